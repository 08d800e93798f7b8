import { isObject, parseOrNothing } from '../../base/json.js';
import { toJson } from '../json.js';

/**
 * A logged model says in this tag which registered versions were made of it, as a JSON list of name and version. Both
 * server and client add to it, so an entry may come twice; it is kept once.
 */
export const VERSIONS_TAG = 'mlflow.modelVersions';

/** The tag with one more version. */
export function withVersion(tag: string | undefined, name: string, version: number): string {
  return toJson(unique([...entriesOf(tag), { name, version: String(version) }]));
}

/** The tag as a client wrote it, each entry once; left alone when it is no list of entries. */
export function withoutRepeats(tag: string): string {
  const entries = entriesOf(tag);
  return entries.length > 0 ? toJson(unique(entries)) : tag;
}

function entriesOf(tag: string | undefined): Record<string, unknown>[] {
  const list = tag === undefined ? [] : parseOrNothing(tag);
  return Array.isArray(list) && list.every(isObject) ? list : [];
}

function unique(entries: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  const byVersion = new Map(
    entries.map((entry) => [`${String(entry.version)} ${String(entry.name)}`, entry]),
  );
  return [...byVersion.values()];
}
