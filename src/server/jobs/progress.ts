import type { Progress } from '../../workspace/types.js';

/** A bar of tqdm: `train:  45%|████▌     | 450/1000 [00:10<00:12, 43.21it/s]`. */
const BAR = /\d+%\|[^|]*\|\s*([\d.]+)([kMGT]?)\/([\d.]+)([kMGT]?)\s*\[[\d:]+<([\d:]+|\?)/;

const UNITS: Record<string, number> = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** What the newest progress bar in the lines tells. */
export function progressIn(lines: readonly string[]): Progress | undefined {
  for (const line of lines.toReversed()) {
    const [, done, doneUnit = '', total, totalUnit = '', remaining] = BAR.exec(line) ?? [];
    if (done === undefined || total === undefined) continue;
    const seconds = remaining === undefined || remaining === '?' ? undefined : toSeconds(remaining);
    return {
      done: Number(done) * (UNITS[doneUnit] ?? 1),
      total: Number(total) * (UNITS[totalUnit] ?? 1),
      ...(seconds !== undefined && { remainingSeconds: seconds }),
    };
  }
  return undefined;
}

/** `1:02:03` or `02:03`. */
function toSeconds(clock: string): number {
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
