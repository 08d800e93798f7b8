import { like } from '../../store/search/like.js';
import type { Condition, Operator } from '../../store/search/parse.js';
import { invalid } from '../errors.js';

/** MLflow's filters over records in memory: what is few enough not to need an index. */

export type Reading = readonly (string | number)[];

/** What a filter may name, and how it is read of a record: no value, one, or several of which one must match. */
export interface Field<T> {
  kind: 'text' | 'number';
  read(record: T): Reading;
  /** @throws when what is asked of the field makes no sense */
  check?(condition: Condition): void;
}

/** The field that `entity.key` names; undefined when there is none. */
export type Fields<T> = (entity: string, key: string) => Field<T> | undefined;

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

function testOf(kind: Field<unknown>['kind'], condition: Condition): (reading: Reading) => boolean {
  const { entity, key, operator, value } = condition;
  if (!OPERATORS[kind].includes(operator))
    throw invalid(
      `Invalid comparator '${operator}' not one of '${OPERATORS[kind].join("', '")}' for ${entity} '${key}'.`,
    );
  if (operator === 'IS NULL') return (reading) => reading.length === 0;
  if (operator === 'IS NOT NULL') return (reading) => reading.length > 0;
  if (kind === 'number' && typeof value !== 'number')
    throw invalid(`Expected numeric value type for ${entity}. Found '${String(value)}'`);
  if (kind === 'text' && typeof value === 'number')
    throw invalid(`Expected a quoted string value for ${entity} (e.g. 'my-value'). Got value ${value}`);
  const holds = comparison(operator, value as string | number | readonly string[]);
  // A missing key never matches, not even `!=`.
  return (reading) => reading.some(holds);
}

function comparison(operator: Operator, expected: string | number | readonly string[]) {
  switch (operator) {
    case '=':
      return (actual: string | number) => actual === expected;
    case '!=':
      return (actual: string | number) => actual !== expected;
    case '<':
      return (actual: string | number) => Number(actual) < Number(expected);
    case '<=':
      return (actual: string | number) => Number(actual) <= Number(expected);
    case '>':
      return (actual: string | number) => Number(actual) > Number(expected);
    case '>=':
      return (actual: string | number) => Number(actual) >= Number(expected);
    case 'LIKE':
      return (actual: string | number) => like(String(actual), String(expected));
    case 'ILIKE': {
      const pattern = String(expected).toLowerCase();
      return (actual: string | number) => like(String(actual).toLowerCase(), pattern);
    }
    case 'IN':
      return (actual: string | number) => (expected as readonly string[]).includes(String(actual));
    case 'NOT IN':
      return (actual: string | number) => !(expected as readonly string[]).includes(String(actual));
    default:
      throw new RangeError(`no comparison for ${operator}`);
  }
}

export interface Order<T> {
  field: Field<T>;
  ascending: boolean;
}

/** Ordered copy. What has no value, or NaN, comes last in both directions; ties keep the order they came in. */
export function sortRecords<T>(records: readonly T[], orders: readonly Order<T>[]): T[] {
  return records.toSorted((a, b) => {
    for (const { field, ascending } of orders) {
      const difference = compareReadings(field.read(a), field.read(b), ascending);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

function compareReadings([a]: Reading, [b]: Reading, ascending: boolean): number {
  const [aLast, bLast] = [isLast(a), isLast(b)];
  if (aLast || bLast) return Number(aLast) - Number(bLast);
  if (a === b) return 0;
  return (a as string | number) < (b as string | number) === ascending ? -1 : 1;
}

function isLast(value: string | number | undefined): boolean {
  return value === undefined || Number.isNaN(value);
}
