import type { Run } from '../../workspace/types.js';
import { keyOf } from './panel-workspaces.js';
import { failureOf } from '../runs/run-failure.js';
import { NOTE_TAG, ownTags } from '../runs/own-tags.js';
import type { NumberColumn, RunChunk, TextColumn } from '../../panels/table-messages.js';

/**
 * The runs by columns, as the table gets them.
 * @param place what their workspace is called, where there are several
 */
export function chunkOf(
  runs: readonly Run[],
  experimentName: (id: string) => string | undefined,
  place?: string,
): RunChunk {
  const texts = new Map<string, TextColumn & { index: Map<string, number> }>();
  const numbers = new Map<string, NumberColumn>();

  const text = (id: string, row: number, value: string | null | undefined) => {
    if (value === undefined || value === null || value === '') return;
    let column = texts.get(id);
    if (!column)
      texts.set(id, (column = { id, words: [], codes: new Uint32Array(runs.length), index: new Map() }));
    let code = column.index.get(value);
    if (code === undefined) column.index.set(value, (code = column.words.push(value)));
    column.codes[row] = code;
  };
  const number = (id: string, row: number, value: number | undefined) => {
    if (value === undefined) return;
    let column = numbers.get(id);
    if (!column)
      numbers.set(
        id,
        (column = { id, values: new Float64Array(runs.length), isSet: new Uint8Array(runs.length) }),
      );
    column.values[row] = value;
    column.isSet[row] = 1;
  };

  for (const [row, run] of runs.entries()) {
    text('name', row, run.name);
    text('state', row, run.state);
    text('workspace', row, place);
    text('experiment', row, experimentName(run.experimentId));
    text('commit', row, run.code?.head);
    text('branch', row, run.code?.branch);
    text('target', row, run.job?.target);
    text('user', row, run.user);
    text('failure', row, failureOf(run)?.headline);
    text('note', row, run.tags[NOTE_TAG]);
    number('number', row, run.number);
    number('started', row, run.startTime);
    number('duration', row, run.endTime === undefined ? undefined : run.endTime - run.startTime);
    number('changed', row, run.code?.changedFiles);
    for (const [name, { value, min, max }] of Object.entries(run.metrics)) {
      number(`metric:${name}`, row, value);
      number(`min:${name}`, row, min);
      number(`max:${name}`, row, max);
    }
    for (const [name, value] of Object.entries(run.params)) text(`param:${name}`, row, value);
    for (const [name, value] of ownTags(run)) text(`tag:${name}`, row, value);
  }
  return {
    ids: runs.map(keyOf),
    texts: [...texts.values()].map(({ id, words, codes }) => ({ id, words, codes })),
    numbers: [...numbers.values()],
  };
}
