/**
 * Datastores as files have them: those of Azure ML (`az ml datastore create --file FILE`), and of the same make for folders and
 * S3. It brings the YAML parser, so it is loaded when used.
 */
import path from 'node:path';
import { type TProperties, type TSchema, Type } from 'typebox';
import { isObject } from '../../base/json.js';
import { accountEndpoint, type DatastorePlace } from '../datastore.js';
import { problemsOfDatastore } from '../datastore-problems.js';
import { fromFolder } from '../data-place.js';
import { refuse } from '../problems.js';
import type { FileKind } from './kinds.js';
import { plain } from './plain.js';
import { refuseFile } from './problem.js';
import { readFileOfKind } from './read.js';
import { fields, type Marks, named, words } from './schema.js';

const optional = (schema: TSchema, marks: Marks) => Type.Optional({ ...schema, ...marks, nullable: true });
const text = (title: string, description: string) => optional(Type.String(), { title, description });
const needed = (title: string, description: string) => Type.String({ title, description, minLength: 1 });

const SECRET_ENV = text(
  'secret_env',
  'Environment variable that has its secret. The secret itself is never kept.',
);
const PREFIX = text('prefix', 'Its paths begin there.');

/** Fields of a datastore of one type. */
function ofType(type: DatastorePlace['kind'], title: string, own: TProperties): TSchema {
  return fields(
    {
      $schema: optional(Type.String(), { title: 'schema', description: 'Says what this file is.' }),
      name: Type.String({ title: 'name', description: 'Name of the datastore.' }),
      type: words([type], { title: 'type', description: title }),
      ...own,
      description: text('description', 'What it is, in words.'),
      tags: optional(named(Type.Union([Type.String(), Type.Number(), Type.Boolean()])), {
        title: 'tags',
        description: 'Tags of the datastore.',
      }),
      properties: optional(named(Type.Unsafe({})), { title: 'properties', inert: true }),
    },
    { title, description: title },
  );
}

const secret = (title: string) =>
  optional(Type.String(), { title, description: 'A secret. It is not kept.' });

const AZURE: TProperties = {
  account_name: needed('account', 'Name of the storage account.'),
  endpoint: text(
    'endpoint',
    '`core.windows.net` (when nothing is said), or the whole address of the account.',
  ),
  protocol: optional(words(['http', 'https', 'wasbs', 'wasb', 'abfss', 'abfs']), {
    title: 'protocol',
    description: '`https` (when nothing is said) or `http`.',
  }),
  prefix: PREFIX,
  secret_env: SECRET_ENV,
  credentials: optional(
    fields({
      account_key: secret('account key'),
      sas_token: secret('shared access signature'),
      tenant_id: text('tenant', 'Tenant of the application to sign in as.'),
      client_id: text('client', 'ID of the application to sign in as.'),
      client_secret: secret('client secret'),
      resource_url: optional(Type.String(), { title: 'resource', inert: true }),
      authority_url: optional(Type.String(), { title: 'authority', inert: true }),
    }),
    {
      title: 'credentials',
      description: 'How to sign in. When nothing is said: as Azure’s tools are signed in.',
    },
  ),
};

const DatastoreFields = Type.Union([
  ofType('folder', 'a folder of this computer', {
    path: needed('path', 'The folder, relative to this file.'),
  }),
  ofType('s3', 'a bucket of S3', {
    bucket: needed('bucket', 'Name of the bucket.'),
    prefix: PREFIX,
    region: text('region', 'Region. When nothing is said: as the profile or the environment says.'),
    endpoint: text('endpoint', 'Address of the server. When nothing is said: Amazon’s.'),
    path_style: optional(Type.Boolean(), {
      title: 'path style',
      description:
        'The bucket stands in the path of an address. When nothing is said: if there is an endpoint.',
    }),
    profile: text('profile', 'Profile of ~/.aws to sign in with.'),
    secret_env: SECRET_ENV,
  }),
  ofType('azure_blob', 'a container of Azure Blob Storage', {
    container_name: needed('container', 'Name of the container.'),
    ...AZURE,
  }),
  ofType('azure_data_lake_gen2', 'a file system of Azure Data Lake Storage Gen2', {
    filesystem: needed('file system', 'Name of the file system.'),
    ...AZURE,
  }),
]);

const DATASTORE: FileKind = { id: 'datastore', title: 'datastore', schema: DatastoreFields };

export interface DatastoreFile {
  name: string;
  place: DatastorePlace;
  secretEnv?: string;
  description?: string;
  tags?: Record<string, string>;
}

/**
 * @param file absolute; a relative path in it begins in its folder
 * @returns the datastore, and a secret that the file has in it
 * @throws BAD_REQUEST with all problems, each with its line and column
 */
export function readDatastoreFile(
  written: string,
  file: string,
): { datastore: DatastoreFile; secret?: string } {
  const { yaml, problems } = readFileOfKind(DATASTORE, written, { file });
  refuseFile(
    file,
    problems.filter(({ severity }) => severity !== 'note'),
    'defines no datastore',
  );
  const read = plain(yaml.root!) as Record<string, unknown>;
  const { name, secret_env: secretEnv, description, tags, credentials } = read;
  const datastore: DatastoreFile = {
    name: name as string,
    place: placeOf(read, path.dirname(file)),
    ...(typeof secretEnv === 'string' && { secretEnv }),
    ...(typeof description === 'string' && { description }),
    ...(isObject(tags) && {
      tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)])),
    }),
  };
  refuse(problemsOfDatastore(datastore));
  const found = isObject(credentials)
    ? ['account_key', 'sas_token', 'client_secret'].map((field) => credentials[field]).find(isText)
    : undefined;
  return { datastore, ...(found !== undefined && { secret: found }) };
}

/** The fields have been checked. @param folder in which relative paths begin */
function placeOf(read: Record<string, unknown>, folder: string): DatastorePlace {
  const said = (field: string) => (isText(read[field]) ? read[field] : undefined);
  const prefix = said('prefix')?.replace(/^\/+|\/+$/g, '');
  const from = prefix ? { prefix } : {};
  switch (read['type'] as DatastorePlace['kind']) {
    case 'folder':
      return { kind: 'folder', path: fromFolder(String(read['path']), folder) };
    case 's3': {
      const [region, endpoint, profile] = ['region', 'endpoint', 'profile'].map(said);
      const pathStyle = read['path_style'] ?? undefined;
      return {
        kind: 's3',
        bucket: String(read['bucket']),
        ...from,
        ...(region !== undefined && { region }),
        ...(endpoint !== undefined && { endpoint }),
        ...(typeof pathStyle === 'boolean' && { pathStyle }),
        ...(profile !== undefined && { profile }),
      };
    }
    case 'azure_blob':
      return {
        kind: 'azure_blob',
        container: String(read['container_name']),
        ...azure(read, 'azure_blob'),
        ...from,
      };
    case 'azure_data_lake_gen2': {
      const filesystem = String(read['filesystem']);
      return { kind: 'azure_data_lake_gen2', filesystem, ...azure(read, 'azure_data_lake_gen2'), ...from };
    }
  }
}

function azure(read: Record<string, unknown>, kind: 'azure_blob' | 'azure_data_lake_gen2') {
  const { account_name: account, endpoint, protocol, credentials } = read;
  // `wasbs` and `abfss` are names that Hadoop has for HTTPS.
  const scheme = isText(protocol) && ['http', 'wasb', 'abfs'].includes(protocol) ? 'http' : 'https';
  const { tenant_id: tenantId, client_id: clientId } = isObject(credentials) ? credentials : {};
  return {
    account: String(account),
    endpoint: accountEndpoint(kind, String(account), isText(endpoint) ? endpoint : undefined, scheme),
    ...(isText(tenantId) && isText(clientId) && { application: { tenantId, clientId } }),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
