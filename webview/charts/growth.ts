import type { Line } from './draw.js';
import type { Trace } from './m4.js';

/**
 * Where on the x axis lines start to differ from the last drawing: most of a live chart stays unchanged. Infinity if
 * nothing differs; undefined if they are different lines, or look different.
 */
export function changedFrom(before: readonly Line[], after: readonly Line[]): number | undefined {
  if (before.length !== after.length) return undefined;
  let from = Infinity;
  for (const [i, line] of after.entries()) {
    const old = before[i]!;
    if (!looksAlike(old, line)) return undefined;
    from = Math.min(from, differsAt(old.trace, line.trace));
    if (line.smooth && old.smooth) from = Math.min(from, differsAt(old.smooth, line.smooth));
  }
  // Of traces of which nothing is known any more.
  return from === -Infinity ? undefined : from;
}

/** The part of a line from its last vertex before a place of the x axis on. */
export function endOf(line: Line, x: number): Line {
  const { trace, smooth } = line;
  return { ...line, trace: endOfTrace(trace, x), ...(smooth && { smooth: endOfTrace(smooth, x) }) };
}

function endOfTrace(trace: Trace, from: number): Trace {
  let [low, high] = [0, trace.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (trace.x[middle]! < from) low = middle + 1;
    else high = middle;
  }
  const begin = Math.max(0, low - 1);
  return {
    ...trace,
    x: trace.x.subarray(begin, trace.length),
    y: trace.y.subarray(begin, trace.length),
    length: trace.length - begin,
    marks: trace.marks.filter(({ x }) => x >= from),
  };
}

function looksAlike(before: Line, after: Line): boolean {
  return (
    before.id === after.id &&
    before.look.colour === after.look.colour &&
    before.look.dash === after.look.dash &&
    before.look.isBaseline === after.look.isBaseline &&
    (before.smooth === undefined) === (after.smooth === undefined) &&
    before.band === undefined &&
    after.band === undefined
  );
}

/** The place of the last vertex and the last mark before the first difference; -Infinity when that is not known. */
function differsAt(before: Trace, after: Trace): number {
  if (before === after) return Infinity;
  if (before.version !== undefined && after.wentOn?.version === before.version) return after.wentOn.at;
  // Overwritten by a third that was not drawn.
  if (before.x === after.x) return -Infinity;
  const shorter = Math.min(before.length, after.length);
  let same = 0;
  while (
    same < shorter &&
    Object.is(before.x[same], after.x[same]) &&
    Object.is(before.y[same], after.y[same])
  )
    same++;
  const isSame = same === before.length && same === after.length;
  const line = isSame ? Infinity : after.x[Math.max(0, same - 1)]!;

  const marks = Math.max(before.marks.length, after.marks.length);
  for (let i = 0; i < marks; i++) {
    const [old, now] = [before.marks[i], after.marks[i]];
    if (old?.x !== now?.x || old?.kind !== now?.kind)
      return Math.min(line, old?.x ?? Infinity, now?.x ?? Infinity);
  }
  return line;
}
