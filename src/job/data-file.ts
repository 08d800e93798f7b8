/** Data of a file as Azure ML's command line reads it: `az ml data create --file FILE`. */
import path from 'node:path';
import { TrainyardError } from '../base/errors.js';
import { isObject } from '../base/json.js';

const closed = { additionalProperties: false };
const text = (description: string) => ({ type: 'string', description });

/** The JSON schema of such a file. */
export const DATA_FILE_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'data',
  description: 'Data that is kept by name and version.',
  type: 'object',
  required: ['name', 'path'],
  properties: {
    $schema: text('The schema of this file.'),
    name: { ...text('Name of the data.'), pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$' },
    version: { type: ['string', 'number'], description: 'Absent: the next number.' },
    type: {
      type: 'string',
      enum: ['uri_file', 'uri_folder', 'mltable'],
      default: 'uri_folder',
      description: 'A file, a folder, or a folder with a file MLTable.',
    },
    path: text(
      'A path relative to this file, or `http(s)://…`, `azureml://datastores/DATASTORE/paths/PATH`, `runs:/RUN/PATH`.',
    ),
    description: text('What it is.'),
    tags: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
    properties: { type: 'object', description: 'Of Azure ML.' },
    datastore: text('Of Azure ML: where a local path is uploaded to.'),
    auto_delete_setting: { type: 'object', description: 'Of Azure ML.' },
  },
  ...closed,
} as const;

export interface DataFile {
  name: string;
  version?: string;
  type: 'uri_file' | 'uri_folder' | 'mltable';
  path: string;
  description?: string;
  tags?: Record<string, string>;
}

type Field = keyof typeof DATA_FILE_SCHEMA.properties;

/**
 * @param text YAML
 * @param folder absolute: where relative paths begin
 * @throws BAD_REQUEST with all the problems
 */
export async function readDataFile(text: string, folder: string): Promise<DataFile> {
  const { parseDocument } = await import('../base/yaml.js');
  const document = parseDocument(text);
  const [fault] = document.errors;
  if (fault) throw wrong([fault.message.split('\n')[0] ?? fault.message]);
  const given: unknown = document.toJS();
  if (!isObject(given)) throw wrong(['It must hold fields such as `name` and `path`.']);
  const problems = problemsOf(given);
  if (problems.length > 0) throw wrong(problems);
  const { name, version, type = 'uri_folder', description, tags } = given;
  return {
    name: name as string,
    ...(version !== undefined && { version: versionIn(document.get('version', true), version) }),
    type: type as DataFile['type'],
    path: fromFolder(given.path as string, folder),
    ...(typeof description === 'string' && { description }),
    ...(isObject(tags) && {
      tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)])),
    }),
  };
}

/** A path relative to a folder as an absolute one; URIs stay. */
export function fromFolder(given: string, folder: string): string {
  // A drive of Windows is no scheme.
  if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(given)) return given;
  return path.resolve(folder, given);
}

function problemsOf(given: Record<string, unknown>): string[] {
  const { properties, required } = DATA_FILE_SCHEMA;
  const missing = required
    .filter((field) => given[field] === undefined || given[field] === null)
    .map((field) => `\`${field}\` is missing.`);
  const wrongs = Object.entries(given).flatMap(([field, value]) => {
    if (!Object.hasOwn(properties, field)) return [`\`${field}\` is no field of data.`];
    return value === null || value === undefined ? [] : problemOf(field as Field, value);
  });
  return [...missing, ...wrongs];
}

function problemOf(field: Field, value: unknown): string[] {
  const schema: { type: string | readonly string[]; enum?: readonly string[]; pattern?: string } =
    DATA_FILE_SCHEMA.properties[field];
  const types = [schema.type].flat();
  if (!types.includes(Array.isArray(value) ? 'array' : typeof value))
    return [`\`${field}\` must be ${types.map((type) => WORDS[type]).join(' or ')}.`];
  if (schema.enum && !schema.enum.includes(value as string))
    return [`\`${field}\` must be one of ${schema.enum.join(', ')}.`];
  if (schema.pattern && !new RegExp(schema.pattern).test(value as string))
    return [
      `\`${field}\` (${String(value)}) has letters, digits, “-”, “_” and “.”, and begins with a letter or digit.`,
    ];
  if (field === 'path' && value === '') return ['`path` is empty.'];
  return [];
}

const WORDS: Record<string, string> = { string: 'text', number: 'a number', object: 'a group of fields' };

/** As it is written: 1.10 is not 1.1. */
function versionIn(node: unknown, version: unknown): string {
  const source = isObject(node) ? node.source : undefined;
  return typeof source === 'string' ? source : String(version);
}

function wrong(problems: readonly string[]): TrainyardError {
  return new TrainyardError('BAD_REQUEST', `This is no data: ${problems.join(' ')}`, {
    hint: 'See docs/data.md for the fields.',
    details: [...problems],
  });
}
