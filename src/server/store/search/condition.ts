import { type Condition, invalid, type Operator } from './parse.js';

export type Bound = string | number;

/** A piece of SQL with its values. User input is only ever in `values`. */
export interface Sql {
  sql: string;
  values: Bound[];
}

const NUMBER_OPERATORS: readonly Operator[] = ['=', '!=', '<', '<=', '>', '>='];
const TEXT_OPERATORS: readonly Operator[] = ['=', '!=', 'LIKE', 'ILIKE'];
export const LIST_OPERATORS: readonly Operator[] = ['IN', 'NOT IN'];

/** Names of entities in errors about a missing string. */
const SPOKEN: Record<string, string> = { attribute: 'attributes', param: "parameter (e.g. 'my-value')" };

/** `column operator ?` for a numeric column. @throws BAD_REQUEST */
export function compareNumber(column: string, { entity, key, operator, value }: Condition): Sql {
  requireOperator(entity, key, operator, NUMBER_OPERATORS);
  if (typeof value !== 'number')
    throw invalid(
      `Expected numeric value type for ${entity === 'attribute' ? `numeric attribute: ${key}` : entity}. ` +
        `Found '${String(value)}'`,
    );
  return { sql: `${column} ${operator} ?`, values: [value] };
}

/** The same for text; `more` are operators that this column allows besides the usual ones. @throws BAD_REQUEST */
export function compareText(column: string, condition: Condition, more: readonly Operator[] = []): Sql {
  const { entity, key, operator, value } = condition;
  requireOperator(entity, key, operator, [...TEXT_OPERATORS, ...more]);
  if (typeof value === 'object')
    return {
      sql: `${column} ${operator} (${value.map(() => '?').join(', ')})`,
      values: [...value],
    };
  if (typeof value !== 'string')
    throw invalid(
      `Expected a quoted string value for ${SPOKEN[entity] ?? `${entity} (e.g. 'my-value')`}. Got value ${String(value)}`,
    );
  if (operator === 'LIKE') return matchText(column, value);
  const sql = operator === 'ILIKE' ? `like_folded(${column}, ?)` : `${column} ${operator} ?`;
  return { sql, values: [value] };
}

/** The literal start of the pattern is a range that an index can find. Only texts within it are matched. */
export function matchText(column: string, pattern: string): Sql {
  const [prefix = ''] = pattern.split(/[%_]/, 1);
  const match = { sql: `like_exact(${column}, ?)`, values: [pattern] };
  if (prefix === '') return match;
  const range = { sql: `${column} >= ? AND ${column} < ?`, values: [prefix, `${prefix}\u{10FFFF}`] };
  if (pattern === `${prefix}%`) return { sql: `(${range.sql})`, values: range.values };
  return { sql: `(${range.sql} AND ${match.sql})`, values: [...range.values, ...match.values] };
}

function requireOperator(
  entity: string,
  key: string,
  operator: Operator,
  allowed: readonly Operator[],
): void {
  if (!allowed.includes(operator))
    throw invalid(
      `Invalid comparator '${operator}' for ${entity} '${key}'. Valid ones are '${allowed.join("', '")}'.`,
    );
}

/** A row of a key-value table (params, tags) that holds, or for IS NULL does not exist. */
export function compareKeyed(table: string, owner: string, condition: Condition): Sql {
  const { key, operator } = condition;
  const row = `SELECT 1 FROM ${table} v WHERE ${owner} AND v.key = ?`;
  if (operator === 'IS NULL') return { sql: `NOT EXISTS (${row})`, values: [key] };
  if (operator === 'IS NOT NULL') return { sql: `EXISTS (${row})`, values: [key] };
  // The plus keeps SQLite from looking through all rows with such a value instead of the one of this owner.
  const test = compareText('+v.value', condition);
  return { sql: `EXISTS (${row} AND ${test.sql})`, values: [key, ...test.values] };
}

/** `AND …` for each part; empty for none. */
export function allOf(parts: readonly Sql[]): Sql {
  return {
    sql: parts.map(({ sql }) => `AND ${sql}`).join(' '),
    values: parts.flatMap(({ values }) => values),
  };
}

/** @throws BAD_REQUEST if a key is named twice */
export function requireOnce(orderBy: readonly { entity: string; key: string }[]): void {
  const seen = new Set<string>();
  for (const { entity, key } of orderBy) {
    const name = `${entity}.${key}`;
    if (seen.has(name)) throw invalid(`\`order_by\` contains duplicate fields: '${name}'.`);
    seen.add(name);
  }
}
