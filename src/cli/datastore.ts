import path from 'node:path';
import process from 'node:process';
import { type Command, Option } from 'commander';
import { TrainyardError } from '../base/errors.js';
import { formatAge } from '../base/format.js';
import { fromFolder } from '../job/data-place.js';
import {
  accountEndpoint,
  DATASTORE_KINDS,
  type DatastoreKind,
  type DatastorePlace,
  wordsOnPlace,
} from '../job/datastore.js';
import { facetOf } from '../workspace/facets.js';
import type { Datastore, NewDatastore } from '../workspace/types.js';
import type { Json } from './assets.js';
import { openWorkspace } from './context.js';
import { print, printJson, table } from './output.js';
import { addPair } from './pairs.js';
import { textOf } from '../base/text-file.js';

interface CreateFlags extends Json {
  file?: string;
  name?: string;
  type?: DatastoreKind;
  path?: string;
  bucket?: string;
  region?: string;
  profile?: string;
  pathStyle?: boolean;
  account?: string;
  container?: string;
  endpoint?: string;
  prefix?: string;
  secretEnv?: string;
  description?: string;
  tag: Record<string, string>;
}

export function addDatastore(program: Command): void {
  const datastore = program
    .command('datastore')
    .description('places by name that jobs read from and write to: folders, S3, Azure Storage');
  datastore
    .command('list', { isDefault: true })
    .description('list them')
    .option('--json', 'print JSON')
    .action(list);
  datastore
    .command('show')
    .description('show one')
    .argument('<name>')
    .option('--json', 'print JSON')
    .action(show);
  datastore
    .command('create')
    .description('keep one under a name: from a datastore file, or from options')
    .option('-f, --file <file>', 'YAML file, of Azure ML or as docs/data.md says')
    .option('--name <name>', 'its name')
    .addOption(new Option('--type <type>', 'what it is').choices(DATASTORE_KINDS))
    .option('--path <folder>', 'folder')
    .option('--bucket <name>', 'bucket of S3')
    .option('--region <name>', 'region of S3')
    .option('--profile <name>', 'profile of ~/.aws to sign in with')
    .option('--path-style', 'the bucket stands in the path of an address; default with --endpoint')
    .option('--account <name>', 'account of Azure Storage')
    .option('--container <name>', 'container, or file system, of Azure Storage')
    .option('--endpoint <address>', 'address of the server; default: Amazon’s or Azure’s')
    .option('--prefix <path>', 'its paths begin there')
    .option('--secret-env <variable>', 'environment variable that has its secret, which is never stored')
    .option('--description <text>', 'what it is, in words')
    .option('--tag <name=value>', 'a tag; may be repeated', addPair, {})
    .option('--json', 'print JSON')
    .action(create);
  datastore
    .command('remove')
    .description('forget one; what is in it stays')
    .argument('<name>')
    .option('--json', 'print JSON')
    .action(remove);
}

async function list({ json }: Json) {
  const datastores = await facetOf(await openWorkspace(), 'datastores').list();
  if (json) return printJson({ datastores });
  if (datastores.length === 0)
    return print('No datastores. Create one with: trainyard datastore create --name NAME --path FOLDER');
  const rows = datastores.map(({ name, place, createdAt }) => [
    name,
    place.kind,
    formatAge(createdAt, Date.now()),
    wordsOnPlace(place),
  ]);
  print(table([['NAME', 'TYPE', 'CREATED', 'PLACE'], ...rows]));
}

async function show(name: string, { json }: Json) {
  const datastore = await facetOf(await openWorkspace(), 'datastores').get(name);
  if (json) printJson(datastore);
  else print(table(rowsOf(datastore)));
}

function rowsOf({ name, place, secretEnv, description, tags }: Datastore): string[][] {
  const of = (key: string, value: string | undefined) => (value === undefined ? [] : [[key, value]]);
  const isS3 = place.kind === 's3';
  return [
    ['Name', name],
    ['Type', place.kind],
    ['Place', wordsOnPlace(place)],
    ...(isS3
      ? [...of('Server', place.endpoint), ...of('Region', place.region), ...of('Profile', place.profile)]
      : []),
    ...of('Secret', secretEnv && `in the variable ${secretEnv}`),
    ...of('Description', description || undefined),
    ...Object.entries(tags).map(([key, value]) => ['Tag', `${key}=${value}`]),
    ['Input of a job', `azureml://datastores/${name}/paths/PATH`],
  ];
}

async function create(flags: CreateFlags) {
  const { datastore, secret } =
    flags.file === undefined ? { datastore: ofFlags(flags) } : await ofFile(flags.file, flags);
  const datastores = facetOf(await openWorkspace(), 'datastores');
  const created = await datastores.create(datastore);
  if (secret !== undefined) await datastores.signIn(created.name, secret);
  if (flags.json) return printJson(created);
  print(
    `Created ${created.name}. A job names what is in it as azureml://datastores/${created.name}/paths/PATH.`,
  );
  if (secret !== undefined)
    print(
      'The secret in the file is not stored: the server has it until it ends. Name a variable with --secret-env.',
    );
}

/** YAML is heavy, and most calls need none. Options win over the file. */
async function ofFile(
  file: string,
  flags: CreateFlags,
): Promise<{ datastore: NewDatastore; secret?: string }> {
  const { readDatastoreFile } = await import('../job/file/datastore.js');
  const { datastore, secret } = readDatastoreFile(textOf(file), path.resolve(file));
  const { name, secretEnv, description, tag } = flags;
  const changed: NewDatastore = {
    ...datastore,
    ...(name !== undefined && { name }),
    ...(secretEnv !== undefined && { secretEnv }),
    ...(description !== undefined && { description }),
    tags: { ...datastore.tags, ...tag },
  };
  return { datastore: changed, ...(secret !== undefined && secretEnv === undefined && { secret }) };
}

function ofFlags(flags: CreateFlags): NewDatastore {
  const { name, secretEnv, description, tag } = flags;
  if (name === undefined || flags.type === undefined)
    throw new TrainyardError('BAD_REQUEST', 'A datastore needs a name and a type.', {
      hint: 'Give --name and --type, or a file with --file.',
    });
  return {
    name,
    place: placeOf(flags.type, flags),
    ...(secretEnv !== undefined && { secretEnv }),
    ...(description !== undefined && { description }),
    tags: tag,
  };
}

function placeOf(kind: DatastoreKind, flags: CreateFlags): DatastorePlace {
  const required = (option: 'path' | 'bucket' | 'account' | 'container'): string => {
    const value = flags[option];
    if (value !== undefined) return value;
    throw new TrainyardError('BAD_REQUEST', `A datastore of the type ${kind} needs --${option}.`);
  };
  const { prefix, region, endpoint, profile, pathStyle } = flags;
  const from = { ...(prefix !== undefined && { prefix: prefix.replace(/^\/+|\/+$/g, '') }) };
  switch (kind) {
    case 'folder':
      return { kind, path: fromFolder(required('path'), process.cwd()) };
    case 's3':
      return {
        kind,
        bucket: required('bucket'),
        ...from,
        ...(region !== undefined && { region }),
        ...(endpoint !== undefined && { endpoint }),
        ...(pathStyle && { pathStyle }),
        ...(profile !== undefined && { profile }),
      };
    case 'azure_blob':
    case 'azure_data_lake_gen2': {
      const account = required('account');
      const room = required('container');
      const address = { account, endpoint: accountEndpoint(kind, account, endpoint), ...from };
      return kind === 'azure_blob'
        ? { kind, container: room, ...address }
        : { kind, filesystem: room, ...address };
    }
  }
}

async function remove(name: string, { json }: Json) {
  await facetOf(await openWorkspace(), 'datastores').remove(name);
  if (json) printJson({ name });
  else print(`Removed ${name}. What is in it stays.`);
}
