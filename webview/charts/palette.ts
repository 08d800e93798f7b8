import type { ChartRun } from '../../src/panels/messages.js';
import type { Theme } from '../shared/theme.js';

export interface RunLook {
  /** Place in the palette of ten. */
  colour: number;
  /** 0: solid. Runs that share a colour in one panel differ by their dashes, metrics of one chart too. */
  dash: number;
  /** In the colour of the text, thicker, above all others. */
  isBaseline?: boolean;
}

/** Lengths of line and gap in CSS pixels; the swatches in charts.css show the same. */
export const DASHES: readonly number[][] = [[], [6, 3], [2, 2.5]];

/** A run's colour follows from its number and is the same in every view. */
export function looksOf(
  runs: readonly Pick<ChartRun, 'id' | 'number'>[],
  baseline?: string | null,
): Map<string, RunLook> {
  const used = new Map<number, number>();
  const looks = new Map<string, RunLook>();
  for (const run of runs) {
    const colour = ((run.number % 10) + 10) % 10;
    if (run.id === baseline) {
      looks.set(run.id, { colour, dash: 0, isBaseline: true });
      continue;
    }
    const count = used.get(colour) ?? 0;
    used.set(colour, count + 1);
    looks.set(run.id, { colour, dash: count % DASHES.length });
  }
  return looks;
}

/** The look of the n-th of what has no number of its own. */
export function lookAt(place: number): RunLook {
  return { colour: place % 10, dash: Math.floor(place / 10) % DASHES.length };
}

/** Its style on a canvas. */
export function colourOf({ colour, isBaseline }: RunLook, theme: Theme): string {
  return isBaseline ? theme.foreground : theme.runs[colour]!;
}

/** The class that sets `--run`, of page.css. */
export function colourClass({ colour, isBaseline }: RunLook): string {
  return isBaseline ? 'run-baseline' : `run-${colour}`;
}

/** Classes of a piece of the line. */
export function swatchClass(look: RunLook): string {
  return `swatch ${colourClass(look)} dash-${look.dash}`;
}
