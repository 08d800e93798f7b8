import { compareNames } from '../../src/base/order.js';
import type { ChangedFile, ComparedFile, ComparedRun } from '../../src/panels/compare-messages.js';
import type { Goals } from '../../src/panels/table-messages.js';
import { type Goal, goalOf } from '../shared/goal.js';

export interface TextRow {
  name: string;
  /** One for each run. */
  values: (string | undefined)[];
  differs: boolean;
}

/** What runs have by name, side by side. @param names in their order; by default by name */
export function textRows(
  runs: readonly ComparedRun[],
  of: (run: ComparedRun) => Readonly<Record<string, string>>,
  names?: readonly string[],
): TextRow[] {
  const all = names ?? [...new Set(runs.flatMap((run) => Object.keys(of(run))))].sort(compareNames);
  return all.map((name) => {
    const values = runs.map((run) => of(run)[name]);
    return { name, values, differs: values.some((value) => value !== values[0]) };
  });
}

export interface MetricRow {
  name: string;
  goal: Goal;
  values: (number | undefined)[];
  differs: boolean;
  /** Index of the best run; undefined when it has no goal, or all are as good. */
  best: number | undefined;
}

/** @param said the goals that a person set */
export function metricRows(runs: readonly ComparedRun[], said?: Goals): MetricRow[] {
  const isOfMachine = (name: string) => Number(name.startsWith('system/'));
  const byRun = runs.map(({ metrics, values }) => new Map(metrics.map((name, i) => [name, values[i]])));
  const names = [...new Set(byRun.flatMap((values) => [...values.keys()]))].sort(
    (a, b) => isOfMachine(a) - isOfMachine(b) || compareNames(a, b),
  );
  return names.map((name) => {
    const goal = goalOf(name, said);
    const values = byRun.map((all) => all.get(name));
    const differs = values.some((value) => !Object.is(value, values[0]));
    return { name, goal, values, differs, best: differs ? bestOf(values, goal) : undefined };
  });
}

function bestOf(values: readonly (number | undefined)[], goal: Goal): number | undefined {
  if (goal === 'unknown') return undefined;
  const sign = goal === 'lower' ? 1 : -1;
  let best: number | undefined;
  for (const [i, value] of values.entries()) {
    if (value === undefined || Number.isNaN(value)) continue;
    if (best === undefined || (value - values[best]!) * sign < 0) best = i;
  }
  return best;
}

export interface FileRow {
  path: string;
  /** One for each run after the first; undefined where the file is as in the first, or nothing is known. */
  files: (ChangedFile | undefined)[];
}

/** Every file in which a run differs from the first. @param changes by run, of those after the first */
export function fileRows(changes: readonly (readonly ChangedFile[] | undefined)[]): FileRow[] {
  const paths = new Set(changes.flatMap((files) => files?.map(({ path }) => path) ?? []));
  return [...paths].sort(compareNames).map((path) => ({
    path,
    files: changes.map((files) => files?.find((file) => file.path === path)),
  }));
}

export interface WrittenRow {
  path: string;
  /** One for each run; undefined where it has none, or nothing is known. */
  files: (ComparedFile | undefined)[];
  differs: boolean;
}

/** Every file that one of the runs wrote. @param lists by run; one that is not known yet makes no difference */
export function writtenRows(lists: readonly (readonly ComparedFile[] | undefined)[]): WrittenRow[] {
  const byPath = lists.map((list) => new Map(list?.map((file) => [file.path, file])));
  const paths = new Set(byPath.flatMap((files) => [...files.keys()]));
  return [...paths].sort(compareNames).map((path) => {
    const files = byPath.map((known) => known.get(path));
    const told = files.filter((_, i) => lists[i] !== undefined);
    return { path, files, differs: told.some((file) => !isSameFile(told[0], file)) };
  });
}

/** Without digests the sizes decide. */
export function isSameFile(a: ComparedFile | undefined, b: ComparedFile | undefined): boolean {
  if (!a || !b) return a === b;
  return a.sha256 !== undefined && b.sha256 !== undefined ? a.sha256 === b.sha256 : a.bytes === b.bytes;
}
