/** Keys of runs and experiments (workspace/run-ref.ts) in what panels keep. */
import { parseRunKey, runKey, type RunKey } from '../workspace/run-ref.js';

/** The key of a run or an experiment as it is written now: earlier versions kept bare ids, which are of `local`. */
export function currentKey(kept: string): RunKey {
  return runKey(parseRunKey(kept));
}

/** Id of the workspace of a run or an experiment. */
export function workspaceIn(key: string): string {
  return parseRunKey(key).workspace;
}

/** What was kept by key, under the keys as they are written now. What is there under both counts as written now. */
export function byCurrentKey<T>(
  kept: Readonly<Record<string, T>>,
  others: readonly string[] = [],
): Record<string, T> {
  const isCurrent = (key: string) => others.includes(key) || currentKey(key) === key;
  const entries = Object.entries(kept).sort(([a], [b]) => Number(isCurrent(a)) - Number(isCurrent(b)));
  return Object.fromEntries(
    entries.map(([key, value]) => [others.includes(key) ? key : currentKey(key), value]),
  );
}
