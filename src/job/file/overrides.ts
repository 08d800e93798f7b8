import { plainScalar } from './scalars.js';
import { entryOf } from './shape.js';
import type { Steps } from './sink.js';
import {
  moved,
  readYaml,
  YamlFile,
  type YamlEntry,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from './yaml.js';

/** A value in place of the one in a file, as `--set inputs.lr=0.1`. */
export interface Override {
  /** With dots: `inputs.lr`. */
  readonly path: string;
  /** As YAML has it: `0.1`, `true`, `[a, b]`; anything else is a text. */
  readonly value: string;
}

/** The file with other values. They stand where the old ones do. */
export function overridden(
  file: YamlFile,
  set: readonly Override[],
): { file: YamlFile; problems: { steps: Steps; text: string }[] } {
  if (set.length === 0 || file.root?.kind !== 'map') return { file, problems: [] };
  const problems: { steps: Steps; text: string }[] = [];
  let root: YamlMap = file.root;
  for (const { path, value } of set) {
    const steps = path.split('.');
    const wrong = steps.includes('') ? `“${path}” names no field.` : unreachable(root, steps);
    if (wrong !== undefined) problems.push({ steps, text: wrong });
    else root = withValue(root, steps, value);
  }
  return { file: new YamlFile(file.text, root, file.problems), problems };
}

function unreachable(root: YamlMap, steps: readonly string[]): string | undefined {
  let at: YamlNode | undefined = root;
  for (const [i, step] of steps.slice(0, -1).entries()) {
    at = at && entryOf(at, step)?.value;
    if (at && at.kind !== 'map' && !(at.kind === 'scalar' && at.type === 'null'))
      return `“${steps.slice(0, i + 1).join('.')}” has no fields, so ${steps.join('.')} cannot be set.`;
  }
  return undefined;
}

function withValue(map: YamlMap, [step = '', ...rest]: readonly string[], value: string): YamlMap {
  const old = entryOf(map, step);
  const place = old?.value ?? { start: map.start, end: map.start };
  const key: YamlScalar = old?.key ?? {
    kind: 'scalar',
    start: map.start,
    end: map.start,
    type: 'string',
    value: step,
  };
  const below =
    old?.value.kind === 'map'
      ? old.value
      : { kind: 'map' as const, start: place.start, end: place.end, entries: [] };
  const entry: YamlEntry = {
    key,
    value: rest.length > 0 ? withValue(below, rest, value) : valueAt(value, old?.value, place),
  };
  const entries = old ? map.entries.map((one) => (one === old ? entry : one)) : [...map.entries, entry];
  return { ...map, entries };
}

function valueAt(text: string, old: YamlNode | undefined, place: { start: number; end: number }): YamlNode {
  const { start, end } = place;
  const node = parsed(text, start, end);
  // Other data for an input that is data: a path.
  if (old?.kind === 'map' && entryOf(old, 'path') && node.kind === 'scalar' && node.type === 'string')
    return withValue(old, ['path'], text);
  return node;
}

function parsed(text: string, start: number, end: number): YamlNode {
  if (/^\s*[[{"']/.test(text)) {
    const { root, problems } = readYaml(text);
    if (root && problems.length === 0) return moved(root, { start, end });
  }
  return { kind: 'scalar', start, end, ...plainScalar(text) };
}
