import { TrainyardError } from '../../base/errors.js';
import { parseOrNothing } from '../../base/json.js';

/** Where the next page of runs begins. */
export interface RunPlace {
  /** What MLflow calls it: how many runs lie before. */
  token: string;
  /** Only runs that began by then count, in ms; so that those that begin meanwhile do not push the others on. */
  until?: number;
}

export function writePage({ token, until }: RunPlace): string {
  return JSON.stringify(until === undefined ? [token] : [token, until]);
}

/** @throws BAD_REQUEST */
export function readPage(page: string): RunPlace {
  const parts = parseOrNothing(page);
  const [token, until] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (typeof token !== 'string' || !(until === undefined || Number.isSafeInteger(until)))
    throw new TrainyardError('BAD_REQUEST', 'There is no such page of runs.');
  return { token, ...(until !== undefined && { until: until as number }) };
}
