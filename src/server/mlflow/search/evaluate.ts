import { like } from '../../store/search/like.js';
import type { Condition, Operator } from '../../store/search/parse.js';
import { invalid } from '../errors.js';

/** MLflow's filters over records in memory, for collections too small to need an index. */

type Value = string | number;

/** The fields that a filter may name, and how each is read from a record. It may have no value. */
export interface Field<T> {
  kind: 'text' | 'number';
  read(record: T): Value | undefined;
  /** @throws if the comparison does not apply to the field */
  check?(condition: Condition): void;
}

/** The field that `entity.key` names; undefined when there is none. */
export type Fields<T> = (entity: string, key: string) => Field<T> | undefined;

export const text = <T>(read: (record: T) => string | undefined): Field<T> => ({ kind: 'text', read });
export const number = <T>(read: (record: T) => number | undefined): Field<T> => ({ kind: 'number', read });

const OPERATORS: Record<Field<unknown>['kind'], readonly Operator[]> = {
  number: ['=', '!=', '<', '<=', '>', '>='],
  text: ['=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN', 'IS NULL', 'IS NOT NULL'],
};

export function filterRecords<T>(
  records: readonly T[],
  conditions: readonly Condition[],
  fields: Fields<T>,
): T[] {
  const tests = conditions.map((condition) => {
    const field = requireField(fields, condition);
    field.check?.(condition);
    const test = testOf(field.kind, condition);
    return (record: T) => test(field.read(record));
  });
  return records.filter((record) => tests.every((test) => test(record)));
}

export function requireField<T>(
  fields: Fields<T>,
  { entity, key }: Pick<Condition, 'entity' | 'key'>,
): Field<T> {
  const field = fields(entity, key);
  if (field) return field;
  throw invalid(`Invalid ${entity} key '${key}' specified.`);
}

function testOf(kind: Field<unknown>['kind'], condition: Condition): (value: Value | undefined) => boolean {
  const { entity, key, operator, value } = condition;
  if (!OPERATORS[kind].includes(operator))
    throw invalid(
      `Invalid comparator '${operator}' not one of '${OPERATORS[kind].join("', '")}' for ${entity} '${key}'.`,
    );
  if (operator === 'IS NULL') return (actual) => actual === undefined;
  if (operator === 'IS NOT NULL') return (actual) => actual !== undefined;
  if (kind === 'number' && typeof value !== 'number')
    throw invalid(`Expected numeric value type for ${entity}. Found '${String(value)}'`);
  if (kind === 'text' && typeof value === 'number')
    throw invalid(`Expected a quoted string value for ${entity} (e.g. 'my-value'). Got value ${value}`);
  const holds = comparison(operator, value as Value | readonly string[]);
  // A missing key never matches, not even `!=`.
  return (actual) => actual !== undefined && holds(actual);
}

function comparison(operator: Operator, expected: Value | readonly string[]) {
  switch (operator) {
    case '=':
      return (actual: Value) => actual === expected;
    case '!=':
      return (actual: Value) => actual !== expected;
    case '<':
      return (actual: Value) => Number(actual) < Number(expected);
    case '<=':
      return (actual: Value) => Number(actual) <= Number(expected);
    case '>':
      return (actual: Value) => Number(actual) > Number(expected);
    case '>=':
      return (actual: Value) => Number(actual) >= Number(expected);
    case 'LIKE':
      return (actual: Value) => like(String(actual), String(expected));
    case 'ILIKE': {
      const pattern = String(expected).toLowerCase();
      return (actual: Value) => like(String(actual).toLowerCase(), pattern);
    }
    case 'IN':
      return (actual: Value) => (expected as readonly string[]).includes(String(actual));
    case 'NOT IN':
      return (actual: Value) => !(expected as readonly string[]).includes(String(actual));
    default:
      throw new RangeError(`no comparison for ${operator}`);
  }
}

export interface Order<T> {
  field: Field<T>;
  ascending: boolean;
}

/** A sorted copy. Missing values and NaN come last in both directions; ties keep their order. */
export function sortRecords<T>(records: readonly T[], orders: readonly Order<T>[]): T[] {
  return records.toSorted((a, b) => {
    for (const { field, ascending } of orders) {
      const difference = compare(field.read(a), field.read(b), ascending);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

function compare(a: Value | undefined, b: Value | undefined, ascending: boolean): number {
  const [aLast, bLast] = [isLast(a), isLast(b)];
  if (aLast || bLast) return Number(aLast) - Number(bLast);
  if (a === b) return 0;
  return (a as Value) < (b as Value) === ascending ? -1 : 1;
}

function isLast(value: Value | undefined): boolean {
  return value === undefined || Number.isNaN(value);
}
