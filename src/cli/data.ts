import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { type Command, Option } from 'commander';
import { TrainyardError } from '../base/errors.js';
import { formatAge } from '../base/format.js';
import { fromFolder } from '../job/data-place.js';
import type { DataFile } from '../job/file/data.js';
import { facetOf } from '../workspace/facets.js';
import type { DataAsset, DataType } from '../workspace/types.js';
import { openWorkspace } from './context.js';
import { textOf } from './job-file.js';
import { print, printJson, table } from './output.js';

interface Json {
  json?: boolean;
}

interface CreateFlags extends Json {
  file?: string;
  name?: string;
  version?: string;
  type?: DataType;
  path?: string;
  description?: string;
  tag?: string[];
}

export function addData(program: Command): void {
  const data = program.command('data').description('data by name and version, for the inputs of jobs');
  data
    .command('list', { isDefault: true })
    .description('list the newest version of each, or all versions of one')
    .argument('[name]')
    .option('--archived', 'archived ones, too')
    .option('--json', 'print JSON')
    .action(list);
  data
    .command('show')
    .description('show a version; without one the newest')
    .argument('<name[:version]>')
    .option('--json', 'print JSON')
    .action(show);
  data
    .command('create')
    .description('keep data under a name: of a file as Azure ML has it, or of options')
    .option('-f, --file <file>', 'YAML file of Azure ML')
    .option('--name <name>', 'its name')
    .option('--version <version>', 'its version; default: the next number')
    .addOption(new Option('--type <type>', 'what it is').choices(['uri_file', 'uri_folder', 'mltable']))
    .option('--path <path>', 'where it is: a path or a URI')
    .option('--description <text>', 'what it is, in words')
    .option('--tag <key=value>', 'a tag; can be given several times', (tag, all: string[] = []) => [
      ...all,
      tag,
    ])
    .option('--json', 'print JSON')
    .action(create);
  for (const [verb, archived] of [
    ['archive', true],
    ['restore', false],
  ] as const)
    data
      .command(verb)
      .description(
        archived ? 'do not offer it any more; jobs that name its version still find it' : 'offer it again',
      )
      .argument('<name[:version]>')
      .option('--json', 'print JSON')
      .action(async (reference: string, flags: Json) => {
        const { name, version } = parseReference(reference);
        await facetOf(await openWorkspace(), 'data').archive(name, version, archived);
        if (flags.json) printJson({ name, ...(version !== undefined && { version }), archived });
        else print(`${archived ? 'Archived' : 'Restored'} ${reference}.`);
      });
}

async function list(name: string | undefined, flags: Json & { archived?: boolean }) {
  const data = facetOf(await openWorkspace(), 'data');
  const archived = flags.archived === true;
  const all = await data.list({ ...(name !== undefined && { name }), archived });
  if (name !== undefined && all.length === 0)
    throw new TrainyardError('NOT_FOUND', `There is no data “${name}”.`, {
      hint: 'List what there is with: trainyard data list',
    });
  const shown = name === undefined ? newestOfEach(all) : all;
  if (flags.json) return printJson({ data: shown });
  if (shown.length === 0) return print('No data.');
  print(
    table([
      ['NAME', 'VERSION', 'TYPE', 'CREATED', 'PATH'],
      ...shown.map((each) => [
        each.name,
        each.archived ? `${each.version} (archived)` : each.version,
        each.type,
        formatAge(each.createdAt, Date.now()),
        each.path,
      ]),
    ]),
  );
}

async function show(reference: string, flags: Json) {
  const { name, version } = parseReference(reference);
  const asset = await facetOf(await openWorkspace(), 'data').get(name, version);
  if (flags.json) return printJson(asset);
  print(
    table([
      ['Name', asset.name],
      ['Version', asset.archived ? `${asset.version} (archived)` : asset.version],
      ['Type', asset.type],
      ['Path', asset.path],
      ...(asset.description ? [['Description', asset.description]] : []),
      ...Object.entries(asset.tags).map(([key, value]) => ['Tag', `${key}=${value}`]),
      ...(asset.runId === undefined ? [] : [['Made by run', asset.runId]]),
      ['Input of a job', `azureml:${asset.name}:${asset.version}`],
    ]),
  );
}

async function create(flags: CreateFlags) {
  const { file, name, path: given, json, tag = [] } = flags;
  const asset: Partial<DataFile> = file === undefined ? {} : await readFile(file);
  const tags = { ...asset.tags, ...Object.fromEntries(tag.map(keyAndValue)) };
  const path = given === undefined ? asset.path : fromFolder(given, process.cwd());
  const called = name ?? asset.name;
  if (called === undefined || path === undefined)
    throw new TrainyardError('BAD_REQUEST', 'Data needs a name and a path.', {
      hint: 'Give --name and --path, or a file with --file.',
    });
  const version = flags.version ?? asset.version;
  const description = flags.description ?? asset.description;
  const created = await facetOf(await openWorkspace(), 'data').create({
    name: called,
    path,
    type: flags.type ?? asset.type ?? typeOf(path),
    ...(version !== undefined && { version }),
    ...(description !== undefined && { description }),
    tags,
  });
  if (json) printJson(created);
  else
    print(
      `Created ${created.name}:${created.version}. A job names it as azureml:${created.name}:${created.version}.`,
    );
}

/** YAML is heavy, and most calls need none. */
async function readFile(file: string): Promise<DataFile> {
  const { readDataFile } = await import('../job/file/data.js');
  return readDataFile(textOf(file), path.resolve(file));
}

/** A file of this machine is a file. What else is there is a folder, as in Azure ML. */
function typeOf(path: string): DataType {
  const isFile = fs.statSync(path, { throwIfNoEntry: false })?.isFile() || /^https?:/i.test(path);
  return isFile ? 'uri_file' : 'uri_folder';
}

function newestOfEach(all: readonly DataAsset[]): DataAsset[] {
  return all.filter(({ name }, i) => all[i - 1]?.name !== name);
}

/** `name`, `name:version`, `name@latest`, as a job names it or without `azureml:`. */
function parseReference(reference: string): { name: string; version?: string } {
  const [, name = '', version] = /^(?:azureml:)?([^:@]*)(?:[:@](.*))?$/.exec(reference) ?? [];
  return { name, ...(version !== undefined && version !== 'latest' && { version }) };
}

function keyAndValue(tag: string): [string, string] {
  const at = tag.indexOf('=');
  if (at <= 0)
    throw new TrainyardError('BAD_REQUEST', `The tag “${tag}” has no value.`, {
      hint: 'Write it as KEY=VALUE.',
    });
  return [tag.slice(0, at), tag.slice(at + 1)];
}
