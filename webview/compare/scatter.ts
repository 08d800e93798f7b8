import { type Axis, placeOf } from './axis.js';

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** x and y of each run in the box, run by run; NaN where one of the two is missing. */
export function dotsOf(count: number, x: Axis, y: Axis, { left, top, width, height }: Box): Float32Array {
  const dots = new Float32Array(count * 2);
  for (let i = 0; i < count; i++) {
    dots[2 * i] = left + (placeOf(x, x.variable.values[i]!) + apart(x, i)) * width;
    dots[2 * i + 1] = top + (1 - placeOf(y, y.variable.values[i]!) - apart(y, i)) * height;
  }
  return dots;
}

/** Runs of one word would lie on one line: they are spread over a third of its room, each always at the same place. */
function apart({ variable: { words } }: Axis, i: number): number {
  if (!words) return 0;
  // Multiples of the golden ratio lie evenly, however many there are.
  return ((((i + 1) * 0.618034) % 1) - 0.5) / 3 / words.length;
}

/** The nearest dot of those that count; undefined when none is within `reach` pixels. */
export function nearestDot(
  { x, y }: { x: number; y: number },
  dots: Float32Array,
  counts: Uint8Array,
  reach: number,
): number | undefined {
  let best: number | undefined;
  let least = reach;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    const distance = Math.hypot(dots[2 * i]! - x, dots[2 * i + 1]! - y);
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}
