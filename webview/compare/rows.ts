import type { ChangedFile, ComparedRun } from '../../src/extension/panels/compare-messages.js';
import { type Goal, goalOf } from '../shared/goal.js';

const order = new Intl.Collator('en', { numeric: true });

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
  const all = names ?? [...new Set(runs.flatMap((run) => Object.keys(of(run))))].sort(order.compare);
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
  /** Index of the best run; undefined when the name does not say, or all are as good. */
  best: number | undefined;
}

export function metricRows(runs: readonly ComparedRun[]): MetricRow[] {
  const isOfMachine = (name: string) => Number(name.startsWith('system/'));
  const names = [...new Set(runs.flatMap(({ metrics }) => metrics))].sort(
    (a, b) => isOfMachine(a) - isOfMachine(b) || order.compare(a, b),
  );
  return names.map((name) => {
    const goal = goalOf(name);
    const values = runs.map(({ metrics, values: all }) => all[metrics.indexOf(name)]);
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
  return [...paths].sort(order.compare).map((path) => ({
    path,
    files: changes.map((files) => files?.find((file) => file.path === path)),
  }));
}
