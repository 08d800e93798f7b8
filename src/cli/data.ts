import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { type Command, Option } from 'commander';
import { TrainyardError } from '../base/errors.js';
import { formatAge } from '../base/format.js';
import { fromFolder } from '../job/data-place.js';
import type { DataFile } from '../job/file/data.js';
import { facetOf } from '../workspace/facets.js';
import type { DataType } from '../workspace/types.js';
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
import { print, printJson, table } from './output.js';
import { addPair } from './pairs.js';
import { textOf } from '../base/text-file.js';

interface CreateFlags extends Json {
  file?: string;
  name?: string;
  version?: string;
  type?: DataType;
  path?: string;
  description?: string;
  tag: Record<string, string>;
}

export function addData(program: Command): void {
  const data = program.command('data').description('data by name and version, for the inputs of jobs');
  addList(data, list);
  data
    .command('show')
    .description('show a version; without one the newest')
    .argument(REFERENCE)
    .option('--json', 'print JSON')
    .action(show);
  data
    .command('create')
    .description('keep data under a name: from a data file of Azure ML, or from options')
    .option('-f, --file <file>', 'YAML file of Azure ML')
    .option('--name <name>', 'its name')
    .option('--version <version>', 'its version; default: the next number')
    .addOption(new Option('--type <type>', 'what it is').choices(['uri_file', 'uri_folder', 'mltable']))
    .option('--path <path>', 'where it is: a path or a URI')
    .option('--description <text>', 'what it is, in words')
    .option('--tag <name=value>', 'a tag; may be repeated', addPair, {})
    .option('--json', 'print JSON')
    .action(create);
  addArchiveAndRestore(data, async (name, version, archived) =>
    facetOf(await openWorkspace(), 'data').archive(name, version, archived),
  );
}

async function list(name: string | undefined, flags: ListFlags) {
  const data = facetOf(await openWorkspace(), 'data');
  const archived = flags.archived === true;
  const all = await data.list({ ...(name !== undefined && { name }), archived });
  if (name !== undefined && all.length === 0)
    throw new TrainyardError('NOT_FOUND', `There is no data “${name}”.`, {
      hint: 'List what there is with: trainyard data list',
    });
  const shown = name === undefined ? newestOfEach(all) : all;
  if (flags.json) return printJson({ data: shown });
  if (shown.length === 0)
    return print('No data. Create some with: trainyard data create --name NAME --path PATH');
  print(
    table([
      ['NAME', 'VERSION', 'TYPE', 'CREATED', 'PATH'],
      ...shown.map((each) => [
        each.name,
        versionWords(each),
        each.type,
        formatAge(each.createdAt, Date.now()),
        each.path,
      ]),
    ]),
  );
}

async function show(reference: string, flags: Json) {
  const { name, version } = parseReference(reference);
  const data = facetOf(await openWorkspace(), 'data');
  const asset = await data.get(name, version === 'latest' ? undefined : version);
  if (flags.json) return printJson(asset);
  print(
    table([
      ['Name', asset.name],
      ['Version', versionWords(asset)],
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
  const { file, name, path: given, tag } = flags;
  const asset: Partial<DataFile> = file === undefined ? {} : await readFile(file);
  const tags = { ...asset.tags, ...tag };
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
  tellCreated(created, flags);
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
