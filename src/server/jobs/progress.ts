import type { Progress } from '../../workspace/types.js';

/**
 * A bar of tqdm: `train:  45%|████▌     | 450/1000 [00:10<00:12, 43.21it/s]`, in a narrow terminal without the bar. All
 * counts are bounded: a line of digits is no reason to look at each of them again and again.
 */
const BAR =
  /\d{1,3}%(?:\|[^|]*\|)?\s*([\d.]{1,20})([kMGT]?)\/([\d.]{1,20})([kMGT]?)\s*\[[\d:]{1,20}<(?:([\d:]{1,20}),)?/;
/** Behind a bar that stands below another: the cursor goes up again. */
const UP = '\x1b[A';

const UNITS: Record<string, number> = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** What the newest progress bar in the lines tells; one below another is of a part, an epoch say, and not of the run. */
export function progressIn(lines: readonly string[]): Progress | undefined {
  for (const line of lines.toReversed()) {
    const [, done, doneUnit = '', total, totalUnit = '', remaining] = BAR.exec(line) ?? [];
    if (done === undefined || total === undefined || line.endsWith(UP)) continue;
    const progress = {
      done: Number(done) * (UNITS[doneUnit] ?? 1),
      total: Number(total) * (UNITS[totalUnit] ?? 1),
    };
    if (Number.isNaN(progress.done) || Number.isNaN(progress.total)) continue;
    const seconds = remaining === undefined ? undefined : toSeconds(remaining);
    return { ...progress, ...(seconds !== undefined && { remainingSeconds: seconds }) };
  }
  return undefined;
}

/** `1:02:03` or `02:03`. */
function toSeconds(clock: string): number {
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
