/** What stands at a place of a file, for hovers and completion. It copes with files that are being written. */
import { kindNamed, recognise, schemaOf } from './kinds.js';
import type { Position, Range } from './position.js';
import type { FileSchema } from './schema.js';
import { choose, entryOf, flat, valuesTold } from './shape.js';
import type { Steps } from './sink.js';
import type { YamlFile, YamlNode } from './yaml.js';

export interface Spot {
  /** Path of the field: `['inputs', 'lr']`. */
  readonly steps: Steps;
  readonly on: 'key' | 'value';
  readonly range: Range;
  /** As it is written in the file, if it is text or a number. */
  readonly text?: string;
}

/** The key or the value at a position; undefined between them. */
export function spotAt(file: YamlFile, position: Position): Spot | undefined {
  const offset = file.lines.offset(position);
  return file.root && spotIn(file, file.root, offset, []);
}

function spotIn(file: YamlFile, node: YamlNode, offset: number, steps: Steps): Spot | undefined {
  if (offset < node.start || offset > node.end) return undefined;
  if (node.kind === 'map') {
    for (const { key, value } of node.entries) {
      const at = [...steps, String(key.value)];
      if (offset >= key.start && offset <= key.end)
        return { steps: at, on: 'key', range: file.range(key), text: String(key.value) };
      const found = spotIn(file, value, offset, at);
      if (found) return found;
    }
    return undefined;
  }
  if (node.kind === 'list') {
    for (const [i, item] of node.items.entries()) {
      const found = spotIn(file, item, offset, [...steps, i]);
      if (found) return found;
    }
    return undefined;
  }
  return { steps, on: 'value', range: file.range(node), text: String(node.value ?? '') };
}

/** Where something is: the key of a field with its value, by its path. */
export function placeOf(
  file: YamlFile,
  steps: Steps,
): { key?: Range; value: Range; node: YamlNode } | undefined {
  let at: { key?: Range; node: YamlNode } | undefined = file.root && { node: file.root };
  for (const step of steps) {
    const { node }: { node?: YamlNode } = at ?? {};
    const entry = node && entryOf(node, String(step));
    const item: YamlNode | undefined = node?.kind === 'list' ? node.items[Number(step)] : undefined;
    at = entry ? { key: file.range(entry.key), node: entry.value } : item && { node: item };
  }
  return at && { ...at, value: file.range(at.node) };
}

/** The schema of a field. Of a union: that of the member which the file has there, or the union. */
export function schemaAt(
  file: YamlFile,
  steps: Steps,
  kind = recognise(file)?.kind.id,
): FileSchema | undefined {
  const known = kind === undefined ? undefined : kindNamed(kind);
  let schema: FileSchema | undefined = known && schemaOf(known);
  let node: YamlNode | undefined = file.root;
  for (const step of steps) {
    if (!schema) return undefined;
    const members: FileSchema[] = flat(schema);
    const one: FileSchema | undefined = (members.length > 1 && node && choose(node, members)) || undefined;
    const candidates: FileSchema[] = one ? [one] : members;
    schema = candidates.map((member) => childOf(member, step)).find((child) => child !== undefined);
    node =
      node &&
      (entryOf(node, String(step))?.value ?? (node.kind === 'list' ? node.items[Number(step)] : undefined));
  }
  return schema;
}

function childOf(
  { properties = {}, additionalProperties: others, items }: FileSchema,
  step: string | number,
): FileSchema | undefined {
  if (typeof step === 'number') return items;
  if (Object.hasOwn(properties, step)) return properties[step];
  return typeof others === 'object' ? others : undefined;
}

/** What may be written at a position. */
export interface Offer {
  readonly steps: Steps;
  /** A key below `steps`, or the value of `steps`. */
  readonly of: 'key' | 'value';
  /** What is there of it up to the position. */
  readonly typed: string;
  /** What the offer replaces. */
  readonly range: Range;
  readonly keys: readonly { name: string; schema: FileSchema; isRequired: boolean }[];
  readonly values: readonly string[];
  /** Of the value, or of what holds the keys. */
  readonly schema?: FileSchema;
}

/** What may be written at a position. The line is taken as text, and what is around it by indentation: half a line is no YAML. */
export function offerAt(
  file: YamlFile,
  position: Position,
  kind = recognise(file)?.kind.id ?? 'command',
): Offer {
  const lines = file.text.split(/\r?\n/);
  const line = (lines[position.line] ?? '').slice(0, position.column);
  const [, lead = '', body = ''] = /^(\s*(?:-\s+)?)(.*)$/s.exec(line) ?? [];
  const around = stepsAround(lines, position.line, lead.length, lead.includes('-'));
  const pair = /^("[^"]*"|'[^']*'|[^\s:#][^:#]*?)\s*:\s+(.*)$/s.exec(body);
  const typed = pair ? (pair[2] ?? '') : body;
  const steps = pair ? [...around, unquoted(pair[1] ?? '')] : around;
  const range = { start: { line: position.line, column: position.column - typed.length }, end: position };
  const schema = schemaAt(file, steps, kind);
  // The type says which member of a union it is: those of all are possible.
  const members = steps.at(-1) === 'type' && pair ? typesOf(file, around, kind) : schema ? flat(schema) : [];
  if (pair)
    return {
      steps,
      of: 'value',
      typed,
      range,
      keys: [],
      values: valuesOf(members),
      ...(schema && { schema }),
    };
  const present = new Set(keysAt(lines, position.line, lead.length));
  const keys = new Map<string, { name: string; schema: FileSchema; isRequired: boolean }>();
  for (const { properties = {}, required = [] } of members)
    for (const [name, one] of Object.entries(properties))
      if (!one.readOnly && !present.has(name) && !keys.has(name))
        keys.set(name, { name, schema: one, isRequired: required.includes(name) });
  const values = lead.includes('-') ? valuesOf(members) : [];
  return { steps, of: 'key', typed, range, keys: [...keys.values()], values, ...(schema && { schema }) };
}

function typesOf(file: YamlFile, steps: Steps, kind: string): FileSchema[] {
  const schema = schemaAt(file, steps, kind);
  return (schema ? flat(schema) : []).flatMap((member) => childOf(member, 'type') ?? []);
}

function valuesOf(members: readonly FileSchema[]): string[] {
  const values = members.flatMap((one) => {
    if (one.enum) return valuesTold(one);
    return one.type === 'boolean' ? ['true', 'false'] : [];
  });
  return [...new Set(values)];
}

/** The keys whose indentation is around a line, from the outside in. */
function stepsAround(
  lines: readonly string[],
  at: number,
  indentation: number,
  isItem: boolean,
): (string | number)[] {
  const steps: (string | number)[] = [];
  let limit = indentation;
  for (let i = at - 1; i >= 0 && limit > 0; i--) {
    const match = /^(\s*)(-\s+)?("[^"]*"|'[^']*'|[^\s#:-][^:#]*?)\s*:(?:\s|$)/.exec(lines[i] ?? '');
    if (!match) continue;
    const depth = (match[1] ?? '').length + (match[2] ?? '').length;
    if (depth >= limit) continue;
    steps.unshift(unquoted(match[3] ?? ''));
    limit = (match[1] ?? '').length === 0 ? 0 : depth;
  }
  return isItem ? [...steps, 0] : steps;
}

/** The keys beside a line. */
function keysAt(lines: readonly string[], at: number, indentation: number): string[] {
  const keyOf = (line: string) => /^(\s*)("[^"]*"|'[^']*'|[^\s#:-][^:#]*?)\s*:(?:\s|$)/.exec(line);
  const found: string[] = [];
  for (const step of [-1, 1])
    for (let i = at + step; i >= 0 && i < lines.length; i += step) {
      const line = lines[i] ?? '';
      if (/^\s*(#|$)/.test(line)) continue;
      const depth = /^\s*/.exec(line)?.[0].length ?? 0;
      if (depth < indentation) break;
      const match = depth === indentation ? keyOf(line) : undefined;
      if (match) found.push(unquoted(match[2] ?? ''));
    }
  return found;
}

function unquoted(key: string): string {
  return /^(["']).*\1$/s.test(key) ? key.slice(1, -1) : key;
}
