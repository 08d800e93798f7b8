/** Makes a job of a file without errors. */
import path from 'node:path';
import type { DataInput, DataOutput, Resources } from '../../spec.js';
import type { FilePlace } from '../kinds.js';
import { plain } from '../plain.js';
import { assetReference, isElsewhere } from '../references.js';
import { literalText } from '../scalars.js';
import { entryOf, isNothing } from '../shape.js';
import { bytesOf } from '../sizes.js';
import type { YamlMap, YamlNode, YamlScalar } from '../yaml.js';
import { dockerArgs, pathFrom } from './check.js';
import { readDockerArgs } from './docker-args.js';
import type { FileEnvironment, JobFile } from './job-file.js';

/** Fields that have a place of their own in a job; `$schema` and `type` say only what the file is. */
const READ = new Set(
  '$schema type name display_name experiment_name description tags properties command code inputs outputs environment environment_variables compute resources limits id creation_context status log_files parameters'.split(
    ' ',
  ),
);

/** @param root of a file without errors */
export function buildJobFile(root: YamlMap, place: FilePlace): JobFile {
  const code = textOf(root, 'code');
  const limits = entryOf(root, 'limits')?.value;
  const timeout = limits && textOf(limits, 'timeout');
  const environment = environmentOf(root, place);
  const { resources, network, azure } = resourcesOf(entryOf(root, 'resources')?.value);
  const others = root.entries.filter(({ key }) => !READ.has(String(key.value)));
  return {
    file: place.file,
    command: textOf(root, 'command') ?? '',
    ...(code !== undefined && {
      code: isElsewhere(code) ? code : pathFrom(place, code),
    }),
    ...optional('name', textOf(root, 'name')),
    ...optional('displayName', textOf(root, 'display_name')),
    ...optional('experiment', textOf(root, 'experiment_name')),
    ...optional('description', textOf(root, 'description')),
    tags: textsOf(entryOf(root, 'tags')?.value),
    properties: textsOf(entryOf(root, 'properties')?.value),
    ...inputsOf(entryOf(root, 'inputs')?.value, place),
    outputs: outputsOf(entryOf(root, 'outputs')?.value),
    ...(environment && { environment }),
    environmentVariables: textsOf(entryOf(root, 'environment_variables')?.value),
    ...optional('compute', textOf(root, 'compute')),
    ...(Object.keys(resources).length > 0 && { resources }),
    ...(network && { network }),
    ...(timeout !== undefined && { timeout: Number(timeout) }),
    azure: {
      ...Object.fromEntries(others.map(({ key, value }) => [String(key.value), plain(value)])),
      ...(Object.keys(azure).length > 0 && { resources: azure }),
    },
  };
}

function optional<K extends string>(name: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, string>);
}

function environmentOf(root: YamlMap, place: FilePlace): FileEnvironment | undefined {
  const value = entryOf(root, 'environment')?.value;
  if (!value) return undefined;
  if (value.kind !== 'scalar')
    return {
      kind: 'inline',
      fields: plain(value) as Record<string, unknown>,
      folder: path.dirname(place.file),
    };
  const text = String(value.value);
  const reference = assetReference(text);
  return reference && reference.kind !== 'wrong' ? reference : { kind: 'file', file: pathFrom(place, text) };
}

function inputsOf(node: YamlNode | undefined, place: FilePlace): Pick<JobFile, 'parameters' | 'inputs'> {
  const parameters: Record<string, string> = {};
  const inputs: Record<string, DataInput> = {};
  for (const { key, value } of node?.kind === 'map' ? node.entries : []) {
    const name = String(key.value);
    const literal = value.kind === 'map' ? entryOf(value, 'value')?.value : value;
    if (literal?.kind === 'scalar') parameters[name] = literalText(literal);
    else inputs[name] = dataInput(value, place);
  }
  return { parameters, inputs };
}

function dataInput(node: YamlNode, place: FilePlace): DataInput {
  const written = textOf(node, 'path') ?? '';
  const mode = textOf(node, 'mode')?.toLowerCase();
  return {
    type: (textOf(node, 'type')?.toLowerCase() ?? 'uri_folder') as DataInput['type'],
    path: isElsewhere(written) ? written : pathFrom(place, written),
    ...(mode !== undefined && { mode: mode as DataInput['mode'] }),
  } as DataInput;
}

function outputsOf(node: YamlNode | undefined): Record<string, DataOutput> {
  const entries = node?.kind === 'map' ? node.entries : [];
  return Object.fromEntries(entries.map(({ key, value }) => [String(key.value), dataOutput(value)]));
}

function dataOutput(node: YamlNode): DataOutput {
  const mode = textOf(node, 'mode')?.toLowerCase();
  return {
    type: textOf(node, 'type')?.toLowerCase() ?? 'uri_folder',
    ...optional('path', textOf(node, 'path')),
    ...(mode !== undefined && { mode: mode === 'mount' ? 'rw_mount' : mode }),
    ...optional('name', textOf(node, 'name')),
    ...optional('version', textOf(node, 'version')),
  } as DataOutput;
}

function resourcesOf(node: YamlNode | undefined): {
  resources: Resources;
  network?: 'off';
  azure: Record<string, unknown>;
} {
  if (node?.kind !== 'map') return { resources: {}, azure: {} };
  const azure: Record<string, unknown> = {};
  let resources: Resources = {};
  let network: 'off' | undefined;
  for (const { key, value } of node.entries) {
    const name = String(key.value);
    if (name === 'docker_args') {
      const read = readDockerArgs(dockerArgs(value) ?? '');
      resources = { ...read.resources, ...resources };
      network = read.network;
      if (read.inert.length > 0) azure[name] = plain(value);
    } else if (name === 'shm_size') resources = { ...resources, ...sharedMemory(value) };
    else if (name === 'instance_count')
      resources = { ...resources, instanceCount: Number((value as YamlScalar).value) };
    else azure[name] = plain(value);
  }
  return { resources, ...(network && { network }), azure };
}

function sharedMemory(value: YamlNode): Resources {
  const shmSize = value.kind === 'scalar' ? bytesOf(String(value.value)) : undefined;
  return shmSize === undefined ? {} : { shmSize };
}

/** Values as texts; what has none is empty. */
function textsOf(node: YamlNode | undefined): Record<string, string> {
  const entries = node?.kind === 'map' ? node.entries : [];
  return Object.fromEntries(
    entries.map(({ key, value }) => [String(key.value), value.kind === 'scalar' ? literalText(value) : '']),
  );
}

function textOf(node: YamlNode, name: string): string | undefined {
  const value = entryOf(node, name)?.value;
  return value?.kind === 'scalar' && !isNothing(value) ? literalText(value) : undefined;
}
