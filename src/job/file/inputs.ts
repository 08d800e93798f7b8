/** What a person may be asked for when a job file is submitted: its inputs, with their types and values. */
import { MAIN } from './mlproject.js';
import type { Override } from './overrides.js';
import { literalText, plainScalar, type ScalarType } from './scalars.js';
import { entryOf, isNothing } from './shape.js';
import type { YamlFile, YamlNode, YamlScalar } from './yaml.js';

export interface FileInput {
  readonly name: string;
  /** `data`: a path, and not a value. */
  readonly type: 'text' | 'integer' | 'number' | 'boolean' | 'data';
  /** As a person writes it; absent when the file gives none. */
  readonly value?: string;
  /** Of data: `uri_file`, `mlflow_model` … */
  readonly dataType?: string;
  /** Where `--set` puts its value: `inputs.data.path`. */
  readonly path: string;
}

/** The inputs of a job, or the parameters of an entry point of an MLproject. */
export function inputsOf({ root }: YamlFile, entryPoint = MAIN): FileInput[] {
  if (root?.kind !== 'map') return [];
  const points = entryOf(root, 'entry_points')?.value;
  return points ? parametersOf(points, entryPoint) : entriesOf(root, 'inputs', inputOf);
}

/** The value that a person wrote for an input, as `--set` has it. */
export function overrideOf({ path, type }: Pick<FileInput, 'path' | 'type'>, text: string): Override {
  const isPlain = type === 'integer' || type === 'number' || type === 'boolean';
  // What looks like another type stays text.
  return { path, value: isPlain ? text.trim() : JSON.stringify(text) };
}

/** What is wrong with a value for an input, a sentence for people; undefined when nothing is. */
export function problemOfValue({ name, type, value }: FileInput, text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === '' && (type !== 'text' || value === undefined)) return `“${name}” needs a value.`;
  const found = plainScalar(trimmed).type;
  switch (type) {
    case 'integer':
      return found === 'integer' ? undefined : `“${name}” is a whole number.`;
    case 'number': {
      const isNumber = found === 'integer' || found === 'float' || Number.isFinite(Number(trimmed));
      return isNumber ? undefined : `“${name}” is a number.`;
    }
    case 'boolean':
      return found === 'boolean' ? undefined : `“${name}” is true or false.`;
    default:
      return undefined;
  }
}

function entriesOf(
  node: YamlNode,
  field: string,
  read: (name: string, value: YamlNode) => FileInput,
): FileInput[] {
  const value = entryOf(node, field)?.value;
  return value?.kind === 'map' ? value.entries.map((one) => read(String(one.key.value), one.value)) : [];
}

function inputOf(name: string, node: YamlNode): FileInput {
  const path = `inputs.${name}`;
  if (node.kind === 'scalar') return literal(name, path, node);
  const value = entryOf(node, 'value')?.value;
  if (value?.kind === 'scalar') return literal(name, `${path}.value`, value);
  return {
    ...{ name, type: 'data', path: `${path}.path` },
    ...optional('value', textOf(node, 'path')),
    dataType: textOf(node, 'type')?.toLowerCase() ?? 'uri_folder',
  };
}

function literal(name: string, path: string, node: YamlScalar): FileInput {
  return { name, path, type: TYPES[node.type], ...optional('value', written(node)) };
}

const TYPES: Record<ScalarType, FileInput['type']> = {
  string: 'text',
  integer: 'integer',
  float: 'number',
  boolean: 'boolean',
  null: 'text',
  timestamp: 'text',
};

/** `alpha: float`, or `alpha: { type: float, default: 0.5 }`; those without a default must be given. */
function parametersOf(points: YamlNode, entryPoint: string): FileInput[] {
  const point = entryOf(points, entryPoint)?.value;
  if (!point) return [];
  return entriesOf(point, 'parameters', (name, node) => {
    const type = node.kind === 'map' ? textOf(node, 'type') : written(node);
    const standard = node.kind === 'map' ? entryOf(node, 'default')?.value : undefined;
    return {
      ...{ name, type: type === 'float' ? 'number' : 'text', path: `inputs.${name}` },
      ...optional('value', standard?.kind === 'scalar' ? written(standard) : undefined),
    };
  });
}

function textOf(node: YamlNode, name: string): string | undefined {
  const value = entryOf(node, name)?.value;
  return value && written(value);
}

function written(node: YamlNode): string | undefined {
  if (node.kind !== 'scalar' || isNothing(node)) return undefined;
  return node.type === 'boolean' ? String(node.value) : literalText(node);
}

function optional<K extends string>(name: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, string>);
}
