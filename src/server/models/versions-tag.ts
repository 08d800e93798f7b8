import { isObject, parseOrNothing } from '../../base/json.js';
import { toJson } from '../json.js';

/**
 * This tag of a logged model lists the registered versions made from it, as JSON with name and version. Both server and
 * client add to it; duplicates are removed.
 */
export const VERSIONS_TAG = 'mlflow.modelVersions';

/** The tag with one more version. */
export function withVersion(tag: string | undefined, name: string, version: number): string {
  return toJson(unique([...entriesOf(tag), { name, version: String(version) }]));
}

/** The tag as a client wrote it, without duplicates; unchanged if it is not a list of entries. */
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
