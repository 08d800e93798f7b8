import { TrainyardError } from '../../../base/errors.js';
import { parseOrNothing } from '../../../base/json.js';

/** One sort term: a SQL expression that is never NULL. Keyset paging continues from the terms of the last row. */
export interface Term {
  sql: string;
  descending: boolean;
}

export type Key = string | number;

/**
 * `AND …` for the rows after `keys`, with their bound values. The bound on the first term is redundant, but lets an
 * index start there.
 */
export function after(terms: readonly Term[], keys: readonly Key[]): { sql: string; values: Key[] } {
  const [first] = terms;
  if (!first) return { sql: '', values: [] };
  const values: Key[] = [keys[0] as Key];
  const alternatives = terms.map((term, i) => {
    const equal = terms.slice(0, i).map((earlier, j) => {
      values.push(keys[j] as Key);
      return `${earlier.sql} = ?`;
    });
    values.push(keys[i] as Key);
    return `(${[...equal, `${term.sql} ${term.descending ? '<' : '>'} ?`].join(' AND ')})`;
  });
  return {
    sql: `AND ${first.sql} ${first.descending ? '<=' : '>='} ? AND (${alternatives.join(' OR ')})`,
    values,
  };
}

/** JSON has no infinities, and a metric may be one. */
const written = (key: Key): unknown => (typeof key === 'number' ? [String(key)] : key);

/** `query` names what the token belongs to: a token of another query is refused. */
export function pageToken(query: string, keys: readonly Key[]): string {
  return Buffer.from(JSON.stringify([query, ...keys.map(written)])).toString('base64url');
}

/** @throws BAD_REQUEST */
export function readPageToken(token: string, query: string, length: number): Key[] {
  const parsed = parseOrNothing(Buffer.from(token, 'base64url').toString());
  if (parsed === undefined)
    throw new TrainyardError('BAD_REQUEST', 'Invalid page token, could not base64-decode');
  try {
    const [of, ...keys] = parsed as unknown[];
    if (of !== query || keys.length !== length) throw new RangeError('a token of another query');
    return keys.map((key) => {
      if (typeof key === 'string') return key;
      if (Array.isArray(key) && typeof key[0] === 'string') return Number(key[0]);
      throw new TypeError('not a key');
    });
  } catch (cause) {
    throw new TrainyardError('BAD_REQUEST', 'Invalid page token, it does not belong to this search.', {
      cause,
    });
  }
}
