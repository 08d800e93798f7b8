import { Type, type TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { isObject } from '../../base/json.js';
import { invalid, invalidValue, type MlflowError } from './errors.js';
import { pythonType } from './python.js';

/** Building blocks of request schemas. Names are MLflow's: snake_case. */

/** A string that must be there; protobuf cannot tell an empty string from an absent one. */
export const Required = Type.String({ minLength: 1 });
export const Text = Type.Optional(Type.String());
/** A JSON integer or a decimal string (protobuf writes int64 both ways); see params.ts. */
export const Int64 = Type.Unsafe<number | string>({ type: ['integer', 'string'], pattern: '^-?\\d+$' });
export const OptionalInt64 = Type.Optional(Int64);
/** A name of the enum or its number; see params.ts. */
export const EnumValue = Type.Unsafe<number | string>({ type: ['integer', 'string'] });
export const Bool = Type.Boolean();
/** In a query the client writes Python's words. */
export const QueryBool = Type.Unsafe<string>({ enum: ['true', 'false', 'True', 'False'] });
/** Anything: a double may be a number, or "NaN", "Infinity", "-Infinity"; metricValue in params.ts decides. */
export const Double = Type.Unsafe<unknown>({});
export const Texts = Type.Optional(Type.Array(Type.String()));
/** Pairs of which each has to have a key. */
export const KeyValues = Type.Optional(Type.Array(Type.Object({ key: Required, value: Text })));
/** Pairs of which the handler checks the keys. */
export const Pairs = Type.Optional(Type.Array(Type.Object({ key: Text, value: Text })));

export const SEE_DOCS = ' See the API docs for more information about request parameters.';

/** A check that throws with MLflow's wording for the first error. Compiled on first use. */
export function checker(schema: TSchema): (input: unknown) => void {
  let compiled: Validator | undefined;
  return (input) => {
    compiled ??= Compile(schema);
    if (!compiled.Check(input)) throw requestError(compiled, schema, input);
  };
}

function requestError(compiled: Validator, schema: TSchema, input: unknown): MlflowError {
  const indexes = new Map<string, number>();
  const small = firstWrong(schema, input, '', indexes);
  const [error] = compiled.Errors(small);
  if (error === undefined) return invalid('The request is not valid.' + SEE_DOCS);
  const keys = error.instancePath.split('/').slice(1).map(unescapePointer);
  const value = keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], small);
  const named = keys.map((key, i) => String(indexes.get(pointerOf(keys.slice(0, i))) ?? key));
  if (error.keyword === 'required') {
    const [name = ''] = error.params.requiredProperties;
    return missing(fieldPath([...named, name]));
  }
  if (error.keyword === 'minLength') return missing(fieldPath(named));
  return wrongType(fieldPath(named), value);
}

const itemCheckers = new WeakMap<object, Validator>();

/**
 * The same input with only the first invalid item of each list, since all errors of a list of millions would not fit
 * into memory. `indexes` gets where each was, by the pointer of its list.
 */
function firstWrong(schema: TSchema, value: unknown, pointer: string, indexes: Map<string, number>): unknown {
  const { items, properties } = schema as { items?: TSchema; properties?: Record<string, TSchema> };
  if (items && Array.isArray(value)) {
    let compiled = itemCheckers.get(items);
    if (!compiled) itemCheckers.set(items, (compiled = Compile(items)));
    const index = value.findIndex((item) => !compiled.Check(item));
    if (index < 0) return value.slice(0, 1);
    indexes.set(pointer, index);
    return [firstWrong(items, value[index], `${pointer}/0`, indexes)];
  }
  if (!properties || !isObject(value)) return value;
  const known = Object.entries(properties).filter(([name]) => Object.hasOwn(value, name));
  return Object.fromEntries(
    known.map(([name, field]) => [name, firstWrong(field, value[name], `${pointer}/${name}`, indexes)]),
  );
}

const pointerOf = (keys: readonly string[]) => keys.map((key) => `/${key}`).join('');

export function wrongType(path: string, value: unknown): MlflowError {
  return invalid(invalidValue(path, value, ` Hint: Value was of type '${pythonType(value)}'.`) + SEE_DOCS);
}

export function missing(path: string): MlflowError {
  return invalid(`Missing value for required parameter '${path}'.` + SEE_DOCS);
}

/** ['metrics', '0', 'value'] → metrics[0].value */
function fieldPath(keys: readonly string[]): string {
  return keys.reduce(
    (path, key) => (/^\d+$/.test(key) ? `${path}[${key}]` : path ? `${path}.${key}` : key),
    '',
  );
}

function unescapePointer(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
