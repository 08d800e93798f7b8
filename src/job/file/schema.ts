/**
 * How the schemas of files are written. They are JSON Schema by TypeBox, with a few words of our own. One schema makes the
 * checks of a file, its hovers and completions, and what `trainyard job schema` prints.
 */
import { type TObject, type TProperties, type TSchema, Type } from 'typebox';
import { valuesTold } from './shape.js';

/** What a text names; editors complete it from what there is. */
export type Reference = 'environment' | 'data' | 'model' | 'compute' | 'file' | 'folder' | 'path';

/** Words of our own. All texts are for people. */
export interface Marks {
  title?: string;
  description?: string;
  /** Valid, but does nothing outside of Azure. It is kept. */
  inert?: true;
  /** Azure sets it. In a file it is ignored. */
  readOnly?: true;
  /** Nothing may stand behind the colon. */
  nullable?: true;
  /** Values are compared without regard to case. */
  caseless?: true;
  /** `UserIdentity` is `user_identity`. */
  snakeCase?: true;
  /** Of the values of `enum`: accepted, and not told to anybody. */
  untold?: string[];
  references?: Reference;
  examples?: unknown[];
}

/** As much of JSON Schema as is used here. */
export interface FileSchema extends Marks {
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  anyOf?: FileSchema[];
  enum?: string[];
  properties?: Record<string, FileSchema>;
  required?: string[];
  additionalProperties?: boolean | FileSchema;
  items?: FileSchema;
  pattern?: string;
  minimum?: number;
  minLength?: number;
  maxLength?: number;
  minProperties?: number;
}

/** An object with these fields and no others. */
export function fields<P extends TProperties>(properties: P, marks: Marks = {}): TObject<P> {
  return Type.Object(properties, { ...marks, additionalProperties: false });
}

/** An object whose keys are names that a person gives. */
export function named(value: TSchema, marks: Marks = {}): TSchema {
  return Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: value, ...marks });
}

export function words(values: readonly string[], marks: Marks = {}): TSchema {
  return Type.Unsafe<string>({ type: 'string', enum: [...values], ...marks });
}

/** The schema as other programs read it: without words of our own. */
export function published(schema: TSchema, id: string): unknown {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: id,
    ...(plain(schema as FileSchema) as object),
  };
}

const OWN = new Set(['inert', 'nullable', 'caseless', 'snakeCase', 'untold', 'references']);

function plain(schema: FileSchema): unknown {
  const told = schema.untold ? { ...schema, enum: valuesTold(schema) } : schema;
  const copy = Object.fromEntries(
    Object.entries(told)
      .filter(([word]) => !OWN.has(word))
      .map(([word, value]) => [word, inner(word, value)]),
  );
  const inert = schema.inert
    ? { description: `${schema.description ?? ''} Does nothing outside of Azure.`.trim() }
    : {};
  const whole = { ...copy, ...inert };
  const { title, description, ...rest } = whole as Record<string, unknown>;
  const texts = { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
  const more: unknown[] = [
    ...(schema.enum && (schema.caseless || schema.snakeCase)
      ? [{ type: 'string', pattern: anyCase(schema) }]
      : []),
    ...(schema.nullable ? [{ type: 'null' }] : []),
  ];
  return more.length === 0 ? whole : { ...texts, anyOf: [rest, ...more] };
}

function inner(word: string, value: unknown): unknown {
  if (word === 'properties')
    return Object.fromEntries(
      Object.entries(value as Record<string, FileSchema>).map(([key, one]) => [key, plain(one)]),
    );
  if (word === 'anyOf') return (value as FileSchema[]).map(plain);
  if (word === 'items' || (word === 'additionalProperties' && typeof value === 'object'))
    return plain(value as FileSchema);
  return value;
}

/** JSON Schema has no patterns that ignore case. */
function anyCase({ enum: values = [], snakeCase }: FileSchema): string {
  const letters = (word: string) =>
    word.replace(/[a-z]/g, (c) => `[${c}${c.toUpperCase()}]`).replaceAll('_', snakeCase ? '_?' : '_');
  return `^(?:${values.map(letters).join('|')})$`;
}
