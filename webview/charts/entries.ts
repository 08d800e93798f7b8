import { compareValues } from '../../src/base/order.js';
import type { ChartRun, RunLabel } from '../../src/panels/messages.js';
import { lookAt, looksOf, type RunLook } from './palette.js';
import { t } from '../shared/l10n.js';

/** An entry of the legend, which a person can hide, show alone or highlight: a run, or a group of runs. */
export interface Entry {
  /** A run's id, or a group's. */
  id: string;
  name: string;
  look: RunLook;
  runs: readonly ChartRun[];
  isGroup: boolean;
}

/** No run has it. */
const GROUP = 'group:';

export function isGroupId(id: string): boolean {
  return id.startsWith(GROUP);
}

/** The name of a label, without its kind. */
export function labelName(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

/** Runs as they are, the baseline first. */
export function runEntries(runs: readonly ChartRun[], baseline: string | null): Entry[] {
  const looks = looksOf(runs, baseline);
  return runs
    .map((run) => ({ id: run.id, name: run.name, look: looks.get(run.id)!, runs: [run], isGroup: false }))
    .sort((a, b) => Number(b.id === baseline) - Number(a.id === baseline));
}

/**
 * A group for each value of a label, by value, and one for the runs without; before them the baseline, which is a line
 * of its own as well as one of its group. A group keeps its colour while later runs come with other values.
 */
export function groupEntries(runs: readonly ChartRun[], label: RunLabel, baseline: string | null): Entry[] {
  const members = new Map<number, ChartRun[]>();
  const byNumber = runs.map((_, row) => row).sort((a, b) => runs[a]!.number - runs[b]!.number);
  for (const row of byNumber) {
    const code = label.codes[row] ?? 0;
    const known = members.get(code);
    if (known) known.push(runs[row]!);
    else members.set(code, [runs[row]!]);
  }
  const name = labelName(label.id);
  const groups = [...members].map(([code, group], place): Entry & { code: number } => ({
    code,
    id: code === 0 ? GROUP : `${GROUP}=${label.values[code - 1]!}`,
    name: code === 0 ? t('{0}: not set', name) : `${name} = ${label.values[code - 1]!}`,
    look: lookAt(place),
    runs: group,
    isGroup: true,
  }));
  const valueOf = ({ code }: { code: number }) => (code === 0 ? undefined : label.values[code - 1]);
  groups.sort((a, b) => compareValues(valueOf(a), valueOf(b)));
  const line = runs.find((run) => run.id === baseline);
  return line ? [...runEntries([line], baseline), ...groups] : groups;
}
