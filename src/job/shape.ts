import type { TSchema } from 'typebox';
import { Errors } from 'typebox/value';
import { isObject } from '../base/json.js';
import { below, type Problem, withArticle } from './problems.js';

/**
 * How a value differs from a schema; empty when it does not. A union is one of objects with a literal `kind`: a value is
 * held against that of its kind only.
 * @param what the value is, for people: `job`
 */
export function problemsOfShape(schema: TSchema, value: unknown, what: string, at = ''): Problem[] {
  const { anyOf, properties = {} } = schema as Part;
  if (anyOf) return problemsOfKind(anyOf, value, what, at);
  const unions = Object.entries(properties).filter(([, property]) => property.anyOf);
  const isInUnion = (pointer: string) =>
    unions.some(([name]) => pointer === `/${name}` || pointer.startsWith(`/${name}/`));
  const own = Errors(schema, value)
    .filter(({ instancePath }) => !isInUnion(instancePath))
    .flatMap((error) => problemsOfError(error, schema, what, at));
  const nested = unions.flatMap(([name, property]) => {
    const inner = isObject(value) ? value[name] : undefined;
    return inner === undefined ? [] : problemsOfShape(property as TSchema, inner, name, below(at, name));
  });
  return [...own, ...nested];
}

/** As much of JSON Schema as is looked at here. */
interface Part {
  anyOf?: Part[];
  properties?: Record<string, Part>;
  items?: Part;
  patternProperties?: Record<string, Part>;
  const?: unknown;
  title?: string;
}

function problemsOfKind(kinds: readonly Part[], value: unknown, what: string, at: string): Problem[] {
  if (!isObject(value)) return [{ path: at, text: `${named(at, what)} must be an object.` }];
  const nameOf = (kind: Part) => String(kind.properties?.['kind']?.const);
  const kind = kinds.find((one) => nameOf(one) === value['kind']);
  if (kind) return problemsOfShape(kind as TSchema, value, kind.title ?? what, at);
  const path = below(at, 'kind');
  const known = `The kinds of ${what} are: ${kinds.map(nameOf).join(', ')}.`;
  const given = value['kind'];
  const text =
    typeof given === 'string'
      ? `There is no ${what} of the kind “${short(given)}” (${path}).`
      : `“${path}” must say which kind of ${what} it is.`;
  return [{ path, text, hint: known }];
}

type ShapeError = ReturnType<typeof Errors>[number];

/** Of one error; several where it tells of several fields. */
function problemsOfError(error: ShapeError, schema: TSchema, what: string, at: string): Problem[] {
  const place = pathOf(error.instancePath);
  const path = place.reduce(below, at);
  const name = named(path, what);
  const { title } = place.reduce<Part>(partAt, schema as Part);
  const one = (text: string): Problem[] => [{ path, text }];
  switch (error.keyword) {
    case 'boolean':
      // Of each field that is one too many, and told with all of them.
      return [];
    case 'additionalProperties':
      return error.params.additionalProperties.map((field) => ({
        path: below(path, field),
        text: `There is no field “${short(below(path, field))}” in ${withArticle(title ?? what)}.`,
        hint: `Its fields are: ${Object.keys(place.reduce<Part>(partAt, schema as Part).properties ?? {}).join(', ')}.`,
      }));
    case 'required':
      return error.params.requiredProperties.map((field) => ({
        path: below(path, field),
        text: `“${below(path, field)}” is missing.`,
      }));
    case 'type':
      return one(`${name} must be ${TYPES[String(error.params.type)] ?? String(error.params.type)}.`);
    case 'minItems':
    case 'minLength':
      return one(title ? `There is no ${title}: “${path}” is empty.` : `${name} is empty.`);
    case 'maxItems':
      return one(`${name} has more than ${error.params.limit} entries.`);
    case 'maxLength':
      return one(`${name} is longer than ${error.params.limit} characters.`);
    case 'minimum':
      return one(`${name} must be at least ${error.params.limit}.`);
    case 'enum':
      return one(`${name} must be one of ${error.params.allowedValues.map(String).join(', ')}.`);
    case 'pattern':
      return one(`${name} is not valid.`);
    default:
      return one(`${name} ${error.message}.`);
  }
}

const TYPES: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function partAt(part: Part, step: string): Part {
  return part.properties?.[step] ?? part.items ?? Object.values(part.patternProperties ?? {})[0] ?? {};
}

/** The steps of a JSON pointer. */
function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function named(path: string, what: string): string {
  return path === '' ? `The ${what}` : `“${short(path)}”`;
}

const LONGEST = 200;

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
