import { isObject, parseOrNothing } from '../../base/json.js';
import { invalid } from './errors.js';

/**
 * Pages of a list that may grow while it is read. A token names the last item of the page before and where it was;
 * the next page starts after that item wherever it is now, or at that place when the item is gone.
 */
interface Token {
  offset: number;
  after: string;
}

/** The part of a list of `length` items that a page shows, `from` included, `to` not. */
export interface PageRange {
  from: number;
  to: number;
  nextPage?: string;
}

/** @param identity of the item at an index; unique within the list */
export function pageRange(
  length: number,
  identity: (index: number) => string,
  limit: number,
  token: string | undefined,
): PageRange {
  const from = token ? resume(length, identity, decode(token)) : 0;
  const to = Math.min(from + limit, length);
  if (to === length || to <= from) return { from, to };
  return { from, to, nextPage: encode({ offset: to, after: identity(to - 1) }) };
}

export function page<T>(
  items: readonly T[],
  identity: (item: T) => string,
  limit: number,
  token: string | undefined,
): { items: readonly T[]; nextPage?: string } {
  const { from, to, nextPage } = pageRange(items.length, (i) => identity(items[i] as T), limit, token);
  return { items: items.slice(from, to), nextPage };
}

function resume(length: number, identity: (index: number) => string, { offset, after }: Token): number {
  if (offset >= 1 && offset <= length && identity(offset - 1) === after) return offset;
  for (let i = 0; i < length; i++) if (identity(i) === after) return i + 1;
  return offset;
}

function encode(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function decode(token: string): Token {
  const parsed = parseOrNothing(Buffer.from(token, 'base64url').toString());
  const { offset, after } = isObject(parsed) ? parsed : {};
  if (Number.isSafeInteger(offset) && (offset as number) >= 0 && typeof after === 'string')
    return { offset: offset as number, after };
  throw invalid('Invalid page token, could not base64-decode');
}
