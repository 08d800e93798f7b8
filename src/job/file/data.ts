/** Data as a file of Azure ML has it: `az ml data create --file FILE`. It brings the YAML parser, so it is loaded when used. */
import path from 'node:path';
import { type TSchema, Type } from 'typebox';
import { isObject } from '../../base/json.js';
import { fromFolder, isAssetName } from '../data-place.js';
import type { FileKind } from './kinds.js';
import { plain } from './plain.js';
import { refuseFile } from './problem.js';
import { readFileOfKind } from './read.js';
import { fields, type Marks, named, words } from './schema.js';
import { entryOf } from './shape.js';
import type { Sink } from './sink.js';
import type { YamlFile, YamlMap } from './yaml.js';

const optional = (schema: TSchema, marks: Marks) => Type.Optional({ ...schema, ...marks, nullable: true });

const DataFields = fields(
  {
    $schema: optional(Type.String(), { title: 'schema', description: 'Says what this file is.' }),
    name: Type.String({ title: 'name', description: 'Name of the data.' }),
    version: optional(Type.Union([Type.String(), Type.Number()]), {
      title: 'version',
      description: 'Version of the data. When nothing is said: the next number.',
    }),
    type: optional(words(['uri_file', 'uri_folder', 'mltable']), {
      title: 'type',
      description:
        'What it is. `uri_folder` (when nothing is said) or `uri_file`: a folder or a file. `mltable`: a folder with a file MLTable.',
    }),
    path: Type.String({
      title: 'path',
      description:
        'A path relative to this file, or `http(s)://…`, `azureml://datastores/DATASTORE/paths/PATH`, `runs:/RUN/PATH`.',
      minLength: 1,
    }),
    description: optional(Type.String(), { title: 'description', description: 'What it is, in words.' }),
    tags: optional(named(Type.Union([Type.String(), Type.Number(), Type.Boolean()])), {
      title: 'tags',
      description: 'Tags of the data.',
    }),
    properties: optional(named(Type.Unsafe({})), { title: 'properties', inert: true }),
    datastore: optional(Type.String(), {
      title: 'datastore',
      description: 'Where a local path is uploaded to.',
      inert: true,
    }),
    auto_delete_setting: optional(named(Type.Unsafe({})), { title: 'deletion', inert: true }),
  },
  { title: 'data asset', description: 'Data that is kept by name and version.' },
);

/** Where a job is asked for, such a file is only recognised, so the list of kinds has no schema of it. */
const DATA: FileKind = { id: 'data', title: 'data asset', schema: DataFields, check: checkName };

function checkName(_: YamlFile, root: YamlMap, sink: Sink): void {
  const name = entryOf(root, 'name')?.value;
  if (name?.kind === 'scalar' && name.type === 'string' && !isAssetName(String(name.value)))
    sink.tell(name, ['name'], {
      code: 'value',
      text: `“${String(name.value)}” is not a name for data.`,
      hint: 'Names have letters, digits, “-”, “_” and “.”, and begin with a letter or digit.',
    });
}

export interface DataFile {
  name: string;
  version?: string;
  type: 'uri_file' | 'uri_folder' | 'mltable';
  path: string;
  description?: string;
  tags?: Record<string, string>;
}

/**
 * @param file absolute; its relative paths begin in its folder
 * @throws BAD_REQUEST with all problems, each with its line and column. A version never changes, so what is probably not
 * meant is a problem, too
 */
export function readDataFile(text: string, file: string): DataFile {
  const { yaml, problems } = readFileOfKind(DATA, text, { file });
  const wrong = problems.filter(({ severity }) => severity !== 'note');
  refuseFile(file, wrong, 'defines no data');
  const { name, type, path: where, description, tags } = plain(yaml.root!) as Record<string, unknown>;
  const version = versionIn(yaml);
  return {
    name: name as string,
    ...(version !== undefined && { version }),
    type: (type ?? 'uri_folder') as DataFile['type'],
    path: fromFolder(where as string, path.dirname(file)),
    ...(typeof description === 'string' && { description }),
    ...(isObject(tags) && {
      tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)])),
    }),
  };
}

/** A number as it is written: 1.10 is not 1.1. */
function versionIn({ root, text }: YamlFile): string | undefined {
  const version = root && entryOf(root, 'version')?.value;
  if (version?.kind !== 'scalar' || version.type === 'null') return undefined;
  return version.type === 'string' ? String(version.value) : text.slice(version.start, version.end);
}
