import type { Run } from '../../workspace/types.js';
import { ownTags } from '../runs/own-tags.js';
import type { RunLabel } from '../../panels/messages.js';

/** A label with more values than this makes no groups. */
const MOST_VALUES = 100;
/** A longer value is a text, not a label. */
const LONGEST = 200;
/** Labels of one list: what differs between its runs comes first. */
const MOST_LABELS = 200;

/** Params and own tags of a run, as ids of labels and their values. */
export function labelledBy(run: Pick<Run, 'params' | 'tags'>): Record<string, string> {
  const labels = [
    ...Object.entries(run.params).map(([name, value]) => [`param:${name}`, value] as const),
    ...ownTags(run).map(([name, value]) => [`tag:${name}`, value] as const),
  ];
  return Object.fromEntries(labels.filter(([, value]) => value.length <= LONGEST));
}

/** By what runs can be grouped, each as a column over them. */
export function labelsOf(runs: readonly Record<string, string>[]): RunLabel[] {
  const columns = new Map<string, { codes: number[]; places: Map<string, number> }>();
  for (const [row, labels] of runs.entries()) {
    for (const [id, value] of Object.entries(labels)) {
      let column = columns.get(id);
      if (!column)
        columns.set(id, (column = { codes: new Array<number>(runs.length).fill(0), places: new Map() }));
      let code = column.places.get(value);
      if (code === undefined) column.places.set(value, (code = column.places.size + 1));
      column.codes[row] = code;
    }
  }
  const isSame = ({ codes }: RunLabel) => codes.every((code) => code === codes[0]);
  return [...columns]
    .filter(([, { places }]) => places.size <= MOST_VALUES)
    .map(([id, { codes, places }]) => ({ id, values: [...places.keys()], codes }))
    .sort((a, b) => Number(isSame(a)) - Number(isSame(b)))
    .slice(0, MOST_LABELS);
}
