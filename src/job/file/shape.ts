/** Holds a file against a schema. Every problem has its exact place. */
import { withArticle } from '../problems.js';
import { nearest } from './nearest.js';
import type { FileSchema } from './schema.js';
import { Sink, type Steps } from './sink.js';
import type { YamlEntry, YamlNode, YamlScalar } from './yaml.js';

/** @param what the file is, for people: `command job` */
export function checkShape(node: YamlNode, schema: FileSchema, sink: Sink, steps: Steps = []): void {
  const alternatives = flat(schema);
  if (isNothing(node)) return checkNothing(node, schema, sink, steps);
  if (alternatives.length > 1) return checkUnion(node, alternatives, schema, sink, steps);
  const [only = schema] = alternatives;
  if (only.type === undefined) return;
  if (only.type === 'object') return checkObject(node, only, sink, steps);
  if (only.type === 'array') return checkList(node, only, sink, steps);
  checkScalar(node, only, sink, steps);
}

function checkNothing(node: YamlNode, schema: FileSchema, sink: Sink, steps: Steps): void {
  if (schema.nullable || flat(schema).every(({ type }) => type === undefined)) return;
  sink.tell(node, steps, {
    code: 'value',
    text: `“${steps.at(-1) ?? 'The file'}” has no value.`,
    hint: 'Give it one, or remove the line.',
  });
}

/** A union holds its members, those of unions in it too. */
export function flat(schema: FileSchema): FileSchema[] {
  return schema.anyOf ? schema.anyOf.flatMap(flat) : [schema];
}

function checkUnion(
  node: YamlNode,
  alternatives: readonly FileSchema[],
  union: FileSchema,
  sink: Sink,
  steps: Steps,
): void {
  const chosen = choose(node, alternatives);
  if (chosen) return checkShape(node, chosen, sink, steps);
  const kinds = [...new Set(alternatives.map((one) => TYPES[one.type ?? 'string'] ?? ''))];
  const given = node.kind === 'map' ? entryOf(node, 'type') : undefined;
  if (given) return checkType(given, alternatives, union, sink, steps);
  sink.tell(node, steps, {
    code: 'value',
    text: `${quoted(steps)} must be ${listed(kinds)}, not ${described(node)}.`,
  });
}

/** The member of a union that a value is meant to be; undefined when it is none. */
export function choose(node: YamlNode, alternatives: readonly FileSchema[]): FileSchema | undefined {
  const fitting = alternatives.filter(({ type }) => fits(node, type));
  if (fitting.length < 2) return fitting[0];
  if (node.kind !== 'map') return fitting.find((one) => isRight(node, one)) ?? fitting[0];
  const type = entryOf(node, 'type');
  const typed = type
    ? fitting.filter((one) => one.properties?.['type'] && isRight(type.value, one.properties['type']))
    : fitting;
  if (type && typed.length === 0) return undefined;
  const keys = node.entries.map(({ key }) => String(key.value));
  const foreign = (one: FileSchema) => keys.filter((key) => one.properties?.[key] === undefined).length;
  return typed.find((one) => isRight(node, one)) ?? [...typed].sort((a, b) => foreign(a) - foreign(b))[0];
}

function fits(node: YamlNode, type: FileSchema['type']): boolean {
  if (type === undefined) return true;
  if (node.kind === 'map') return type === 'object';
  if (node.kind === 'list') return type === 'array';
  return type !== 'object' && type !== 'array';
}

function isRight(node: YamlNode, schema: FileSchema): boolean {
  const trial = new Sink(NO_FILE);
  checkShape(node, schema, trial);
  return trial.problems.every(({ severity }) => severity !== 'error');
}

const NO_FILE = { range: () => ({ start: { line: 0, column: 0 }, end: { line: 0, column: 0 } }) } as never;

/** None of the members of a union has this `type`. */
function checkType(
  { value }: YamlEntry,
  alternatives: readonly FileSchema[],
  union: FileSchema,
  sink: Sink,
  steps: Steps,
): void {
  const known = alternatives.flatMap((one) => one.properties?.['type']?.enum ?? []);
  tellValue(value, known, [...steps, 'type'], sink, union.title);
}

function checkObject(node: YamlNode, schema: FileSchema, sink: Sink, steps: Steps): void {
  if (node.kind !== 'map')
    return sink.tell(node, steps, {
      code: 'value',
      text: `${quoted(steps, schema)} must be a mapping with “name: value”, not ${described(node)}.`,
    });
  const { properties = {}, required = [], additionalProperties: others } = schema;
  for (const entry of node.entries) {
    const { key, value } = entry;
    const name = String(key.value);
    if (key.type !== 'string') {
      if (others !== true)
        sink.tell(key, [...steps, name], {
          code: 'value',
          text: `The name ${name} is ${described(key)}.`,
          hint: `Put it in quotes: "${name}".`,
        });
      continue;
    }
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property?.readOnly)
      sink.tell(key, [...steps, name], {
        severity: 'note',
        code: 'inert',
        text: `“${name}” is set by Azure. It is ignored here.`,
      });
    else if (property) {
      if (property.inert)
        sink.tell(key, [...steps, name], {
          severity: 'note',
          code: 'inert',
          text: `“${name}” does nothing outside of Azure. It is kept with the job.`,
        });
      checkShape(value, property, sink, [...steps, name]);
    } else if (typeof others === 'object') checkShape(value, others, sink, [...steps, name]);
    else if (others === false) tellUnknown(key, schema, sink, [...steps, name]);
  }
  for (const name of required)
    if (!entryOf(node, name))
      sink.tell(node.entries[0]?.key ?? node, steps, {
        code: 'missing-field',
        text: `“${name}” is missing${schema.title ? ` in this ${schema.title}` : ''}.`,
        hint: `Add a line “${name}: …”.`,
      });
}

function tellUnknown(key: YamlScalar, schema: FileSchema, sink: Sink, steps: Steps): void {
  const name = String(key.value);
  const known = Object.entries(schema.properties ?? {}).flatMap(([field, one]) =>
    one.readOnly ? [] : [field],
  );
  const meant = nearest(name, known);
  const owner = meant === undefined ? ownerOf(name, schema) : undefined;
  const hint =
    meant !== undefined
      ? `Did you mean “${meant}”?`
      : owner !== undefined
        ? `It belongs below “${owner}”.`
        : `Its fields are: ${known.join(', ')}.`;
  sink.tell(key, steps, {
    code: 'unknown-field',
    text: `There is no field “${name}” in ${schema.title === undefined ? 'this place' : withArticle(schema.title)}.`,
    hint,
    ...(meant !== undefined && { meant }),
  });
}

/** The field that has such a field. */
function ownerOf(name: string, schema: FileSchema): string | undefined {
  return Object.entries(schema.properties ?? {}).find(([, one]) =>
    flat(one).some(({ properties }) => properties !== undefined && Object.hasOwn(properties, name)),
  )?.[0];
}

function checkList(node: YamlNode, schema: FileSchema, sink: Sink, steps: Steps): void {
  if (node.kind !== 'list')
    return sink.tell(node, steps, {
      code: 'value',
      text: `${quoted(steps)} must be a list, not ${described(node)}.`,
    });
  for (const [i, item] of node.items.entries())
    if (schema.items) checkShape(item, schema.items, sink, [...steps, i]);
}

function checkScalar(node: YamlNode, schema: FileSchema, sink: Sink, steps: Steps): void {
  const tell = (text: string, hint?: string) =>
    sink.tell(node, steps, { code: 'value', text, ...(hint !== undefined && { hint }) });
  const must = `${quoted(steps)} must be ${TYPES[schema.type ?? ''] ?? ''}`;
  if (node.kind !== 'scalar') return tell(`${must}, not ${described(node)}.`);
  switch (schema.type) {
    case 'string':
      if (schema.enum) return tellUnlessIn(node, schema, sink, steps);
      if (node.type !== 'string')
        return tell(
          `${must}, but ${sourceOf(node, sink)} is ${described(node)}.`,
          `Put it in quotes: "${sourceOf(node, sink)}".`,
        );
      return checkText(node, schema, sink, steps);
    case 'integer':
      if (!isWhole(node)) return tell(`${must}, not ${shown(node)}.`);
      return checkNumber(node, schema, sink, steps);
    case 'number':
      if (node.type !== 'integer' && node.type !== 'float') return tell(`${must}, not ${shown(node)}.`);
      return checkNumber(node, schema, sink, steps);
    case 'boolean':
      if (node.type !== 'boolean') return tell(`${must}, not ${shown(node)}.`);
  }
}

function isWhole({ type, value }: YamlScalar): boolean {
  return (
    type === 'integer' ||
    (type === 'float' && Number.isInteger(value)) ||
    (type === 'string' && /^\s*[-+]?\d+\s*$/.test(String(value)))
  );
}

function checkNumber(node: YamlScalar, { minimum }: FileSchema, sink: Sink, steps: Steps): void {
  if (minimum !== undefined && Number(node.value) < minimum)
    sink.tell(node, steps, { code: 'value', text: `${quoted(steps)} must be at least ${minimum}.` });
}

function checkText(
  node: YamlScalar,
  { pattern, minLength, maxLength, title }: FileSchema,
  sink: Sink,
  steps: Steps,
): void {
  const text = String(node.value);
  const tell = (what: string) => sink.tell(node, steps, { code: 'value', text: `${quoted(steps)} ${what}.` });
  if (minLength !== undefined && text.length < minLength) tell('is empty');
  else if (maxLength !== undefined && text.length > maxLength) tell(`is longer than ${maxLength} characters`);
  else if (pattern !== undefined && !new RegExp(pattern, 'u').test(text))
    tell(`is not a valid ${title ?? 'value'}`);
}

/** The values that a field may have, for people. */
export function valuesTold({ enum: values = [], untold = [] }: FileSchema): string[] {
  return values.filter((value) => !untold.includes(value));
}

function tellUnlessIn(node: YamlScalar, schema: FileSchema, sink: Sink, steps: Steps): void {
  const { enum: known = [] } = schema;
  const given = String(node.value);
  const value = schema.snakeCase ? snakeCase(given) : schema.caseless ? given.toLowerCase() : given;
  if (node.type !== 'string' || !known.includes(value)) tellValue(node, valuesTold(schema), steps, sink);
}

/** `UserIdentity` and `userIdentity` are `user_identity`. */
export function snakeCase(word: string): string {
  return word
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

function tellValue(node: YamlNode, known: readonly string[], steps: Steps, sink: Sink, what?: string): void {
  const given = node.kind === 'scalar' ? String(node.value) : '';
  const meant = nearest(given, known);
  sink.tell(node, steps, {
    code: 'value',
    text:
      node.kind === 'scalar'
        ? `There is no ${what ? `${what} of the type` : (steps.at(-1) ?? 'value')} “${given}”.`
        : `${quoted(steps)} must be a text, not ${described(node)}.`,
    hint: meant !== undefined ? `Did you mean “${meant}”?` : `Possible values: ${known.join(', ')}.`,
    ...(meant !== undefined && { meant }),
  });
}

export function entryOf(node: YamlNode, name: string): YamlEntry | undefined {
  return node.kind === 'map' ? node.entries.find(({ key }) => key.value === name) : undefined;
}

export function isNothing(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.type === 'null';
}

const TYPES: Record<string, string> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
};

function described(node: YamlNode): string {
  if (node.kind === 'map') return 'a mapping';
  if (node.kind === 'list') return 'a list';
  return {
    string: 'a text',
    integer: 'a number',
    float: 'a number',
    boolean: 'true or false',
    null: 'empty',
    timestamp: 'a date',
  }[node.type];
}

function shown(node: YamlScalar): string {
  return node.type === 'string' ? `“${String(node.value)}”` : String(node.value);
}

function sourceOf(node: YamlScalar, { file }: Sink): string {
  return file.text?.slice(node.start, node.end) ?? String(node.value);
}

function quoted(steps: Steps, schema?: FileSchema): string {
  const name = steps.findLast((step) => typeof step === 'string');
  return name === undefined ? `The ${schema?.title ?? 'file'}` : `“${name}”`;
}

function listed(kinds: readonly string[]): string {
  return kinds.length < 2 ? (kinds[0] ?? '') : `${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}`;
}
