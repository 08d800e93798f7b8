import type { RunStatus } from '../store/runs.js';
import type { LifecycleFilter } from '../store/store.js';
import type { LoggedModelRecord } from '../store/models.js';
import { invalid, invalidValue } from './errors.js';
import { wrongType } from './schema.js';

/** Converts values between the protocol and the store. */

/** The nearest double below 2^63: one that a client reads as an int64 again. */
const LARGEST_INT64 = 2 ** 63 - 1024;

/** @throws when it is outside 64 bits. Beyond 2^53 it is the nearest double, as in the columns that keep it. */
export function int64(value: number | string, path: string): number {
  const number = Number(value);
  const fits =
    typeof value === 'string'
      ? value.replace(/^(-?)0+(?=\d)/, '$1').length <= 20 &&
        BigInt.asIntN(64, BigInt(value)) === BigInt(value)
      : Math.abs(number) <= 2 ** 63;
  if (fits && Number.isInteger(number)) return Math.max(-LARGEST_INT64, Math.min(LARGEST_INT64, number));
  throw invalid(invalidValue(path, value, 'It must be a 64-bit integer.'));
}

export function optionalInt64(value: number | string | undefined, path: string): number | undefined {
  return value === undefined || value === '' ? undefined : int64(value, path);
}

const NUMERAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const NON_FINITE: Record<string, number> = { NaN, Infinity, '-Infinity': -Infinity };

/** A double as protobuf's JSON writes it. */
export function metricValue(value: unknown, path: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') {
    if (Object.hasOwn(NON_FINITE, value)) return NON_FINITE[value] as number;
    if (NUMERAL.test(value)) return Number(value);
  }
  throw wrongType(path, value);
}

/** The inverse. JSON cannot express values that are not finite. */
export function jsonDouble(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

export function queryBool(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true';
}

/** An enum of the protocol: its names, by number, and what each is in the store. */
function enumeration<T>(path: string, members: readonly { number: number; name: string; value: T }[]) {
  return {
    parse(given: number | string): T {
      const member = members.find((m) => m.name === given || m.number === Number(given));
      if (member) return member.value;
      if (typeof given === 'number') throw wrongType(path, given);
      throw invalid(invalidValue(path, given, `Valid values are ${members.map((m) => m.name).join(', ')}.`));
    },
    name(value: T): string {
      const member = members.find((m) => m.value === value);
      if (member) return member.name;
      throw new RangeError(`${path} has no name for ${String(value)}`);
    },
  };
}

export const runStatus = enumeration<RunStatus>('status', [
  { number: 1, name: 'RUNNING', value: 'running' },
  { number: 2, name: 'SCHEDULED', value: 'scheduled' },
  { number: 3, name: 'FINISHED', value: 'finished' },
  { number: 4, name: 'FAILED', value: 'failed' },
  { number: 5, name: 'KILLED', value: 'killed' },
]);

export const viewType = enumeration<LifecycleFilter>('view_type', [
  { number: 1, name: 'ACTIVE_ONLY', value: 'active' },
  { number: 2, name: 'DELETED_ONLY', value: 'deleted' },
  { number: 3, name: 'ALL', value: 'all' },
]);

export const loggedModelStatus = enumeration<LoggedModelRecord['status']>('status', [
  { number: 1, name: 'LOGGED_MODEL_PENDING', value: 'pending' },
  { number: 2, name: 'LOGGED_MODEL_READY', value: 'ready' },
  { number: 3, name: 'LOGGED_MODEL_UPLOAD_FAILED', value: 'failed' },
]);

/** `fallback` when it is absent; without one it is required. */
export function maxResults(value: number | string | undefined, max: number, fallback?: number): number {
  const given = optionalInt64(value, 'max_results') ?? fallback ?? 0;
  if (given <= 0)
    throw invalid(
      `Invalid value ${given} for parameter 'max_results' supplied. It must be a positive integer`,
    );
  if (given > max) throw wrongType('max_results', value);
  return given;
}

export interface Pair {
  key: string;
  value?: string;
}

/** A list of pairs as a record; the last of two equal keys wins; an absent value is the empty string. */
export function toRecord(pairs: readonly Partial<Pair>[] | undefined): Record<string, string> {
  // fromEntries defines own properties, so that a key of "__proto__" is a key like any other.
  return Object.fromEntries((pairs ?? []).map(({ key = '', value = '' }) => [key, value]));
}
