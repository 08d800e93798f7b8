/** MLflow’s projects: each entry point of an MLproject is a job. */
import path from 'node:path';
import { joinArguments } from '../arguments.js';
import type { FileEnvironment, JobFile } from './command/job-file.js';
import type { FilePlace } from './kinds.js';
import { nearest } from './nearest.js';
import { plain } from './plain.js';
import { literalText } from './scalars.js';
import { entryOf } from './shape.js';
import type { Sink } from './sink.js';
import type { YamlMap, YamlNode, YamlScalar } from './yaml.js';

/** The keys of the entry points, in the order of the file. */
export function entryPointsIn(root: YamlNode | undefined): YamlScalar[] {
  const points = root && entryOf(root, 'entry_points')?.value;
  return points?.kind === 'map' ? points.entries.map(({ key }) => key) : [];
}

/** The one that runs when none is named, as in MLflow. */
export const MAIN = 'main';

/**
 * The job of an entry point; undefined when something is wrong, which is told. Values of parameters are those below `inputs`,
 * where `--set inputs.NAME` puts them, else the defaults.
 */
export function entryPointOf(root: YamlMap, name: string, sink: Sink, place: FilePlace): JobFile | undefined {
  const points = entryOf(root, 'entry_points')?.value;
  const point = points && entryOf(points, name);
  if (points?.kind !== 'map' || !point) {
    const names = entryPointsIn(root).map(({ value }) => String(value));
    const meant = nearest(name, names);
    sink.tell(points ?? root.entries[0]?.key ?? root, ['entry_points'], {
      code: 'missing-field',
      text: `There is no entry point “${name}”.`,
      hint: meant ? `Did you mean “${meant}”?` : `There are: ${names.join(', ') || 'none'}.`,
    });
    return undefined;
  }
  const steps = ['entry_points', name];
  const command = textOf(point.value, 'command');
  if (command === undefined) {
    sink.tell(point.key, steps, { code: 'missing-field', text: `The entry point “${name}” has no command.` });
    return undefined;
  }
  const values = parametersOf(root, point.value, steps, sink);
  const environment = environmentOf(root, sink, place);
  if (!values) return undefined;
  const named = textOf(root, 'name');
  return {
    file: place.file,
    ...filled(command, values.all),
    code: path.dirname(place.file),
    ...(named !== undefined && { experiment: named }),
    tags: { 'mlflow.project.entryPoint': name },
    properties: {},
    inputs: {},
    outputs: {},
    ...(environment && { environment }),
    environmentVariables: {},
    azure: {},
  };
}

/** Undefined when one has no value. */
function parametersOf(
  root: YamlMap,
  point: YamlNode,
  steps: string[],
  sink: Sink,
): { all: Map<string, string> } | undefined {
  const declared = entryOf(point, 'parameters')?.value;
  const given = entryOf(root, 'inputs')?.value;
  const all = new Map<string, string>();
  let isWhole = true;
  for (const { key, value } of declared?.kind === 'map' ? declared.entries : []) {
    const name = String(key.value);
    const own = given && entryOf(given, name)?.value;
    const standard = value.kind === 'map' ? entryOf(value, 'default')?.value : undefined;
    const found = own ?? standard;
    if (found?.kind === 'scalar' && found.type !== 'null') all.set(name, literalText(found));
    else {
      isWhole = false;
      sink.tell(key, [...steps, 'parameters', name], {
        code: 'missing-value',
        text: `The parameter “${name}” has no default and no value.`,
        hint: `Give it one: --set inputs.${name}=VALUE.`,
      });
    }
  }
  // MLflow passes on what is not declared.
  for (const { key, value } of given?.kind === 'map' ? given.entries : [])
    if (!all.has(String(key.value)) && value.kind === 'scalar')
      all.set(String(key.value), literalText(value));
  return isWhole ? { all } : undefined;
}

/** `{alpha}` becomes an input; one that is a word of a shell as it is, else its value in quotes, as MLflow writes it. */
function filled(
  command: string,
  values: ReadonlyMap<string, string>,
): Pick<JobFile, 'command' | 'parameters'> {
  const parameters: Record<string, string> = {};
  const used = new Set<string>();
  const wordOf = (name: string, value: string) => {
    used.add(name);
    const quoted = joinArguments([value]);
    if (quoted !== value) return quoted;
    parameters[name] = value;
    return `\${{inputs.${name}}}`;
  };
  const text = command.replace(/\{\{|\}\}|\{(\w+)\}/g, (whole, name: string | undefined) => {
    if (name === undefined) return whole[0] as string;
    const value = values.get(name);
    return value === undefined ? whole : wordOf(name, value);
  });
  const others = [...values].filter(([name]) => !used.has(name));
  const more = others.map(([name, value]) => ` --${name} ${wordOf(name, value)}`).join('');
  return { command: text + more, parameters };
}

function environmentOf(root: YamlMap, sink: Sink, place: FilePlace): FileEnvironment | undefined {
  const folder = path.dirname(place.file);
  const docker = entryOf(root, 'docker_env')?.value;
  const image = docker && textOf(docker, 'image');
  if (image !== undefined) return { kind: 'inline', fields: { image }, folder };
  const conda = entryOf(root, 'conda_env');
  if (conda) return { kind: 'inline', fields: { conda_file: plain(conda.value) }, folder };
  const python = entryOf(root, 'python_env');
  if (python)
    sink.tell(python.key, ['python_env'], {
      severity: 'warning',
      code: 'unsupported',
      text: 'python_env is not read. The job runs with the Python of the project.',
    });
  return undefined;
}

function textOf(node: YamlNode, name: string): string | undefined {
  const value = entryOf(node, name)?.value;
  return value?.kind === 'scalar' && value.type !== 'null' ? literalText(value) : undefined;
}
