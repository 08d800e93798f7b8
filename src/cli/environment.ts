import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { TrainyardError } from '../base/errors.js';
import { formatAge } from '../base/format.js';
import type { EnvironmentFromFile } from '../job/environment/from-file.js';
import { findPython } from '../job/python/find.js';
import { installedRequirements } from '../job/python/installed.js';
import {
  differencesOf,
  type EnvironmentDifference,
  packagesMissing,
  packagesOf,
} from '../workspace/compare-environments.js';
import { facetOf } from '../workspace/facets.js';
import { lockOf } from '../workspace/lock-environment.js';
import type { EnvironmentVersion } from '../workspace/types.js';
import {
  addArchiveAndRestore,
  addList,
  type Json,
  type ListFlags,
  newestOfEach,
  parseReference,
  REFERENCE,
  tellCreated,
  versionWords,
} from './assets.js';
import { openWorkspace } from './context.js';
import { count, print, printJson, shellWord, table } from './output.js';
import { repositoryRoot } from './repository.js';

interface CreateFlags extends Json {
  file?: string;
  name?: string;
  version?: string;
  image?: string;
  interpreter?: string | true;
  description?: string;
}

export function addEnvironment(program: Command): void {
  const environment = program.command('environment').description('what jobs run in, by name and version');
  addList(environment, list);
  environment
    .command('show')
    .description('show a version: what it is made of, what is in it, which runs used it')
    .argument(REFERENCE)
    .option('--json', 'print JSON')
    .action(show);
  environment
    .command('create')
    .description('keep an environment under a name')
    .option(
      '-f, --file <file>',
      'environment file of Azure ML, conda file, requirements.txt, uv.lock, pyproject.toml or Dockerfile; default: the nearest one',
    )
    .option('--image <image>', 'container image, alone or for what the file adds')
    .option(
      '--interpreter [path]',
      'the packages of this Python in exact versions; default: the Python of the folder',
    )
    .option('--name <name>', 'its name; default: that of the file')
    .option('--version <version>', 'its version; default: that of the file, else the next number')
    .option('--description <text>', 'what it is, in words')
    .option('--json', 'print JSON')
    .action(create);
  environment
    .command('build')
    .description('build it on a target, as the first job would')
    .argument(REFERENCE)
    .option('--target <target>', 'where', 'local')
    .option('--json', 'print JSON')
    .action(build);
  environment
    .command('lock')
    .description('make a new version with the exact packages of its build')
    .argument(REFERENCE)
    .option('--json', 'print JSON')
    .action(lock);
  environment
    .command('diff')
    .description('show how the second differs from the first')
    .argument(REFERENCE)
    .argument(REFERENCE)
    .option('--json', 'print JSON')
    .action(diff);
  addArchiveAndRestore(environment, async (name, version, archived) =>
    facetOf(await openWorkspace(), 'environments').archive(name, version, archived),
  );
}

async function list(name: string | undefined, flags: ListFlags) {
  const environments = facetOf(await openWorkspace(), 'environments');
  const all = await environments.list({
    ...(name !== undefined && { name }),
    archived: flags.archived === true,
  });
  if (name !== undefined && all.length === 0)
    throw new TrainyardError('NOT_FOUND', `There is no environment “${name}”.`);
  const shown = name === undefined ? newestOfEach(all) : all;
  if (flags.json) return printJson({ environments: shown });
  if (shown.length === 0)
    return print('No environments. Create one with: trainyard environment create --name NAME --file FILE');
  print(
    table([
      ['NAME', 'VERSION', 'MADE OF', 'BUILT ON', 'CREATED'],
      ...shown.map((each) => [
        each.name,
        versionWords(each),
        madeOf(each),
        each.builds.map(({ target }) => target).join(', ') || '–',
        formatAge(each.createdAt, Date.now()),
      ]),
    ]),
  );
}

async function show(reference: string, flags: Json) {
  const environments = facetOf(await openWorkspace(), 'environments');
  const environment = await find(reference);
  const runs = await environments.runs(environment.name, environment.version);
  if (flags.json)
    return printJson({ ...environment, runs: runs.map(({ id, name, state }) => ({ id, name, state })) });
  const { name, digest, definition, description, builds } = environment;
  const { image, conda, pip, build: context } = definition;
  print(
    table([
      ['Name', name],
      ['Version', versionWords(environment)],
      ['Digest', digest],
      ...(description ? [['Description', description]] : []),
      ...(image === undefined ? [] : [['Image', image]]),
      ...(context ? [['Build', `${context.dockerfile} in ${context.context.slice(0, 12)}`]] : []),
      ...builds.map(({ target, at, isGone }) => [
        'Built',
        isGone ? `on ${target}, removed since; built again when needed` : `on ${target}: ${at}`,
      ]),
      ['Runs', runs.length === 0 ? '–' : runs.map((run) => run.name).join(', ')],
    ]),
  );
  if (conda !== undefined) print(`\n${conda.trimEnd()}`);
  if (pip !== undefined) print(`\n${pip.trimEnd()}`);
  const packages = packagesOf(environment);
  if (packages) print(`\n${table([['PACKAGE', 'VERSION'], ...Object.entries(packages)])}`);
}

async function create(flags: CreateFlags) {
  const { image, interpreter, name, version, description } = flags;
  const isSaid = image !== undefined || interpreter !== undefined;
  const file = flags.file ?? (isSaid ? undefined : await nearestFile());
  const from: EnvironmentFromFile =
    file === undefined ? { definition: {} } : await readFile(path.resolve(file));
  const pip = interpreter === undefined ? undefined : await installedFor(interpreter);
  const called = name ?? from.name;
  const numbered = version ?? from.version;
  const created = await facetOf(await openWorkspace(), 'environments').create({
    ...from,
    definition: {
      ...from.definition,
      ...(image !== undefined && { image }),
      ...(pip !== undefined && { pip }),
    },
    ...(called !== undefined && { name: called }),
    ...(numbered !== undefined && { version: numbered }),
    ...(description !== undefined && { description }),
  });
  tellCreated(created, flags);
}

async function build(reference: string, flags: Json & { target: string }) {
  const environment = await find(reference);
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const say = (text: string) => process.stderr.write(text);
  const built = await facetOf(await openWorkspace(), 'environments').build(
    environment.name,
    environment.version,
    flags.target,
    (event) => {
      if (flags.json) return;
      if (event.type === 'output') say(event.text);
      else say(`[${event.step}${event.of > 0 ? `/${event.of}` : ''}] ${event.text}\n`);
    },
    abort.signal,
  );
  if (flags.json) return printJson(built);
  const packages = Object.keys(built.packages ?? {}).length;
  print(`Built on ${built.target}: ${built.at}${packages > 0 ? `, ${count(packages, 'package')}` : ''}.`);
}

async function lock(reference: string, flags: Json) {
  const environments = facetOf(await openWorkspace(), 'environments');
  tellCreated(await environments.create(lockOf(await find(reference))), flags);
}

async function diff(one: string, two: string, flags: Json) {
  const [before, after] = [await find(one), await find(two)];
  const differences = differencesOf(before, after);
  if (flags.json) return printJson(differences);
  const { definition, packages } = differences;
  const rows = (all: EnvironmentDifference[]) =>
    all.map(({ what, before: a, after: b }) => [what, firstLine(a), firstLine(b)]);
  const all = [...definition, ...(packages ?? [])];
  if (all.length === 0) print('They are the same.');
  else
    print(
      table([['WHAT', `${before.name}:${before.version}`, `${after.name}:${after.version}`], ...rows(all)]),
    );
  for (const each of new Set([before, after])) tellMissing(each);
}

/** Why packages are not compared. */
function tellMissing(environment: EnvironmentVersion): void {
  const called = `${environment.name}:${environment.version}`;
  switch (packagesMissing(environment)) {
    case 'not-built':
      print(
        `The packages of ${called} are not known before it is built. Build it with: trainyard environment build ${called}`,
      );
      break;
    case 'no-python':
      print(`There is no Python in ${called}, so it has no packages to compare.`);
  }
}

function firstLine(text = '–'): string {
  const [first = '', ...rest] = text.trimEnd().split('\n');
  return rest.length === 0 ? first : `${first} … (${rest.length + 1} lines)`;
}

/** The one that the project here has. @throws BAD_REQUEST when there is none, or several to choose from */
async function nearestFile(): Promise<string> {
  const { findEnvironmentFiles, nearestOf } = await import('../job/environment/find-files.js');
  const here = process.cwd();
  const found = nearestOf(findEnvironmentFiles(here, (await repositoryRoot(here)) ?? here));
  const names = found.map(({ file }) => path.relative(here, file) || file);
  const [only] = names;
  if (only === undefined)
    throw new TrainyardError('BAD_REQUEST', 'Nothing says what the environment is made of.', {
      hint: 'Give --file, --image or --interpreter.',
    });
  if (names.length > 1)
    throw new TrainyardError(
      'BAD_REQUEST',
      `Several files here define an environment: ${names.join(', ')}.`,
      {
        hint: `Choose one: trainyard environment create --file ${shellWord(only)}`,
        details: { files: found },
      },
    );
  process.stderr.write(`Reading ${only}\n`);
  return only;
}

/** YAML is heavy, and most calls need none. */
async function readFile(file: string): Promise<EnvironmentFromFile> {
  const { environmentOfFile } = await import('../job/environment/from-file.js');
  return environmentOfFile(file);
}

/** Exact versions of what an interpreter has, for pip. @throws NO_INTERPRETER */
function installedFor(interpreter: string | true): Promise<string> {
  const folder = process.cwd();
  const python =
    interpreter === true ? findPython({ folder, codeFolder: folder, env: process.env }).path : interpreter;
  return installedRequirements(python);
}

async function find(reference: string): Promise<EnvironmentVersion> {
  const { name, version = 'latest' } = parseReference(reference);
  return facetOf(await openWorkspace(), 'environments').get(name, version);
}

function madeOf({ definition: { image, conda, pip, build: context } }: EnvironmentVersion): string {
  if (context) return context.dockerfile;
  return [image, conda !== undefined && 'conda file', pip !== undefined && 'requirements']
    .filter(Boolean)
    .join(' + ');
}
