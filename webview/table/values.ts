import type { ColumnId } from '../../src/panels/table-messages.js';
import type { RunState } from '../../src/workspace/types.js';
import type { Goal } from '../shared/goal.js';
import { ACTIVE } from '../shared/run-state.js';
import { type ColumnData, type NumberData, numberAt, type RunStore, textAt } from './store.js';

/** What the columns hold: those that the runs came with, and those that follow from them. */
export class RunValues {
  readonly #store: RunStore;
  readonly #goalOf: (metric: string) => Goal;
  #now = Date.now();
  #durations: NumberData | undefined;

  constructor(store: RunStore, goalOf: (metric: string) => Goal) {
    this.#store = store;
    this.#goalOf = goalOf;
  }

  /** ms since the epoch; what ages and durations so far are reckoned by. */
  get now(): number {
    return this.#now;
  }

  /** Time has passed, or runs have changed. */
  renew(): void {
    this.#now = Date.now();
    this.#durations = undefined;
  }

  data(id: ColumnId): ColumnData | undefined {
    if (id === 'duration') return (this.#durations ??= durationsOf(this.#store, this.#now));
    if (!id.startsWith('best:')) return this.#store.columns.get(id);
    const metric = id.slice('best:'.length);
    const goal = this.#goalOf(metric);
    if (goal === 'unknown') return undefined;
    return this.#store.columns.get(`${goal === 'lower' ? 'min' : 'max'}:${metric}`);
  }

  number(id: ColumnId, row: number): number | undefined {
    return numberAt(this.data(id), row);
  }

  text(id: ColumnId, row: number): string | undefined {
    return textAt(this.data(id), row);
  }
}

/** How long each run took, in ms; a run that goes on has the time since its start. */
function durationsOf({ ids, columns }: RunStore, now: number): NumberData {
  const [ended, started, states] = ['duration', 'started', 'state'].map((id) => columns.get(id));
  const data: NumberData = {
    kind: 'number',
    values: new Float64Array(ids.length),
    isSet: new Uint8Array(ids.length),
  };
  for (let row = 0; row < ids.length; row++) {
    let duration = numberAt(ended, row);
    if (duration === undefined && ACTIVE.has(textAt(states, row) as RunState)) {
      const start = numberAt(started, row);
      duration = start === undefined ? undefined : Math.max(0, now - start);
    }
    if (duration === undefined) continue;
    data.values[row] = duration;
    data.isSet[row] = 1;
  }
  return data;
}
