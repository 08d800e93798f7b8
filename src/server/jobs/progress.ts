import type { Progress } from '../../workspace/types.js';

/**
 * A bar of tqdm: `train: 45%|████▌ | 450/1000 [00:10<00:12, 43.21it/s]`, in a narrow terminal without the bar. All
 * counts are bounded: a line of digits is no reason to look at each of them again and again.
 */
const BAR =
  /\d{1,3}%(?:\|[^|]*\|)?\s*([\d.]{1,20})([kMGT]?)\/([\d.]{1,20})([kMGT]?)\s*\[[\d:]{1,20}<(?:([\d:]{1,20}),)?/;
/** One that does not know where it ends: `train: 450it [00:10, 43.21it/s]`. What it counts stands in its rate, too. */
const COUNT =
  /([\d.]{1,20})([kMGT]?)( ?[^\s\d[\]/]{1,20}) \[[\d:]{1,20}, {1,5}(?:[\d.?]{1,20}[kMGT]?\3\/s|[\d.]{1,20}s\/\3)[\],]/;
/** Behind a bar that stands below another: the cursor goes up again. */
const UP = '\x1b[A';

const PREFIXES: Record<string, number> = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** What the newest progress bar in the lines tells; one below another is of a part, an epoch say, and not of the run. */
export function progressIn(lines: readonly string[]): Progress | undefined {
  for (const line of lines.toReversed()) {
    // Most lines are none, and the patterns take their time: a log may be of gigabytes.
    if (!line.includes('[') || line.endsWith(UP)) continue;
    const progress = barIn(line) ?? countIn(line);
    if (progress) return progress;
  }
  return undefined;
}

function barIn(line: string): Progress | undefined {
  const [, count, countUnit, most, mostUnit, remaining] = BAR.exec(line) ?? [];
  const done = toNumber(count, countUnit);
  const total = toNumber(most, mostUnit);
  if (done === undefined || total === undefined) return undefined;
  return { done, total, ...(remaining !== undefined && { remainingSeconds: toSeconds(remaining) }) };
}

function countIn(line: string): Progress | undefined {
  const [, count, prefix, unit = ''] = COUNT.exec(line) ?? [];
  const done = toNumber(count, prefix);
  return done === undefined ? undefined : { done, unit: unit.trim() };
}

function toNumber(digits: string | undefined, prefix = ''): number | undefined {
  const number = Number(digits) * (PREFIXES[prefix] ?? 1);
  return Number.isNaN(number) ? undefined : number;
}

/** `1:02:03` or `02:03`. */
function toSeconds(clock: string): number {
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
