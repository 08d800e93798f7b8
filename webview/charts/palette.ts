import type { ChartRun } from '../../src/extension/panels/messages.js';

export interface RunLook {
  /** Place in the palette of ten. */
  colour: number;
  /** 0: solid. Runs that share a colour in one panel differ by their dashes. */
  dash: number;
}

/** Lengths of line and gap in CSS pixels; the swatches in charts.css show the same. */
export const DASHES: readonly number[][] = [[], [6, 3], [2, 2.5]];

/** A run's colour follows from its number and is the same in every view. */
export function looksOf(runs: readonly Pick<ChartRun, 'id' | 'number'>[]): Map<string, RunLook> {
  const used = new Map<number, number>();
  const looks = new Map<string, RunLook>();
  for (const run of runs) {
    const colour = ((run.number % 10) + 10) % 10;
    const count = used.get(colour) ?? 0;
    used.set(colour, count + 1);
    looks.set(run.id, { colour, dash: count % DASHES.length });
  }
  return looks;
}
