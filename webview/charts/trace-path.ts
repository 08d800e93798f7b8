import { type Frame, project } from './frame.js';
import type { Trace } from './m4.js';
import type { Path } from './surface.js';

/** CSS pixels by which a vertex may lie above or below the line that is drawn without it. */
const TOLERANCE = 0.2;

/**
 * Adds a trace to a path, without the vertices that a straight line passes by (Bristol's swinging door): a smooth curve
 * keeps few of its four in each pixel column, a noisy one all.
 *
 * @returns how many vertices the path has got
 */
export function tracePath(path: Path, { x, y, length }: Trace, frame: Frame): number {
  const { px, py } = project(frame);
  let vertices = 0;
  let isPenUp = true;
  // The last vertex that is drawn, and the one behind it that may be passed by.
  let left = 0;
  let top = 0;
  let nextLeft = 0;
  let nextTop = 0;
  let hasNext = false;
  // Slopes of the lines from the last vertex that pass by all that were left out since.
  let least = -Infinity;
  let most = Infinity;
  const keepNext = () => {
    if (!hasNext) return;
    path.lineTo(nextLeft, nextTop);
    vertices++;
    [left, top] = [nextLeft, nextTop];
    hasNext = false;
    least = -Infinity;
    most = Infinity;
  };
  for (let i = 0; i < length; i++) {
    if (Number.isNaN(y[i]!)) {
      keepNext();
      isPenUp = true;
      continue;
    }
    const toLeft = px(x[i]!);
    const toTop = py(y[i]!);
    if (isPenUp) {
      path.moveTo(toLeft, toTop);
      vertices++;
      [left, top] = [toLeft, toTop];
      isPenUp = false;
      continue;
    }
    const slope = (toTop - top) / (toLeft - left);
    if (!(slope >= least && slope <= most)) keepNext();
    const across = toLeft - left;
    least = across > 0 ? Math.max(least, (toTop - TOLERANCE - top) / across) : Infinity;
    most = across > 0 ? Math.min(most, (toTop + TOLERANCE - top) / across) : -Infinity;
    [nextLeft, nextTop, hasNext] = [toLeft, toTop, true];
  }
  keepNext();
  return vertices;
}
