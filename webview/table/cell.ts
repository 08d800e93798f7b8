import type { ColumnId } from '../../src/panels/table-messages.js';
import type { RunState } from '../../src/workspace/types.js';
import { formatAge, formatDuration, formatTime, formatValue, isoTime } from '../shared/format.js';
import { RUN_STATES } from '../shared/run-state.js';
import type { RunValues } from './values.js';

/** What a cell shows; undefined where the run has no value. */
export function cellText(values: RunValues, id: ColumnId, row: number): string | undefined {
  const number = values.number(id, row);
  if (number !== undefined) return numberText(id, number, values.now);
  const text = values.text(id, row);
  return text === undefined ? undefined : wordText(id, text);
}

export function numberText(id: ColumnId, number: number, now: number): string {
  if (id === 'started') return formatAge(number, now);
  return id === 'duration' ? formatDuration(number) : formatValue(number);
}

export function wordText(id: ColumnId, text: string): string {
  if (id === 'state') return RUN_STATES[text as RunState].label;
  if (id === 'commit') return text.slice(0, 8);
  // Of a note its first line.
  return id === 'note' ? (/\S.*/.exec(text)?.[0] ?? '') : text;
}

/** The full content of a cell, for its tooltip. */
export function cellTitle(values: RunValues, id: ColumnId, row: number): string | undefined {
  const started = id === 'started' ? values.number(id, row) : undefined;
  if (started !== undefined) return formatTime(started);
  return id === 'duration' || id === 'state' ? cellText(values, id, row) : cellValue(values, id, row);
}

/** The value as programs read it: numbers in full, times as ISO 8601, durations in seconds. */
export function cellValue(values: RunValues, id: ColumnId, row: number): string | undefined {
  const number = values.number(id, row);
  if (number === undefined) return values.text(id, row);
  if (id === 'started') return isoTime(number);
  return String(id === 'duration' ? number / 1000 : number);
}
