import type { RunState } from '../../src/workspace/types.js';
import { formatAge, formatDuration, formatTime, formatValue } from '../shared/format.js';
import { ACTIVE, RUN_STATES } from '../shared/run-state.js';
import type { RunStore } from './store.js';

/** What a cell shows; undefined where the run has no value. `now` in ms since the epoch. */
export function cellText(store: RunStore, id: string, row: number, now: number): string | undefined {
  switch (id) {
    case 'started': {
      const started = store.number(id, row);
      return started === undefined ? undefined : formatAge(started, now);
    }
    case 'duration': {
      const duration = durationOf(store, row, now);
      return duration === undefined ? undefined : formatDuration(duration / 1000);
    }
    case 'state': {
      const state = store.text(id, row);
      return state === undefined ? undefined : RUN_STATES[state as RunState].label;
    }
    case 'commit':
      return store.text(id, row)?.slice(0, 8);
    default: {
      const number = store.number(id, row);
      return number === undefined ? store.text(id, row) : formatValue(number);
    }
  }
}

/** The whole of what a cell stands for, for its tooltip. */
export function cellTitle(store: RunStore, id: string, row: number, now: number): string | undefined {
  const started = id === 'started' ? store.number(id, row) : undefined;
  if (started !== undefined) return formatTime(started);
  return id === 'duration' || id === 'state' ? cellText(store, id, row, now) : cellValue(store, id, row);
}

/** The value as programs read it: numbers in full, times as ISO 8601, durations in seconds. */
export function cellValue(store: RunStore, id: string, row: number): string | undefined {
  const number = store.number(id, row);
  if (number === undefined) return store.text(id, row);
  if (id === 'started') return new Date(number).toISOString();
  return String(id === 'duration' ? number / 1000 : number);
}

/** A run that goes on has the time since its start. */
function durationOf(store: RunStore, row: number, now: number): number | undefined {
  const duration = store.number('duration', row);
  const started = store.number('started', row);
  if (duration !== undefined || started === undefined) return duration;
  return ACTIVE.has(store.text('state', row) as RunState) ? Math.max(0, now - started) : undefined;
}
