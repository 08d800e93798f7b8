import { type Curve, lowerBound, xAt } from './curve.js';

/** A value that the y axis cannot show, marked at its edge. */
export interface Mark {
  x: number;
  kind: 'nan' | 'above' | 'below';
}

/** A curve as it is drawn: vertices from left to right; a NaN y breaks the line. */
export interface Trace {
  x: Float64Array;
  y: Float64Array;
  length: number;
  marks: Mark[];
  /** Points of the curve that the trace stands for. */
  points: number;
  /** Where its last pixel column begins: the first point of it, and what there was of the trace before. */
  last?: { point: number; length: number; marks: number };
  /** Another for each trace that `traceOf` gives. */
  version?: number;
  /** Of one that went on from another, in its arrays: which one, and the last place up to which they are the same. */
  wentOn?: { version: number; at: number };
}

let versions = 0;

/**
 * The visible shape of a curve between two positions of the x axis: the first, lowest, highest and last value of each
 * pixel column (M4), so that no spike is lost and the cost depends on the width, not on the number of points. A curve
 * with fewer points is returned unchanged. One extra point on each side extends the line to the edge.
 *
 * @param values the curve's y, or its smoothed y
 * @param positive true for a logarithmic axis: values that it cannot show become marks
 * @param before the result of the same call when the curve had fewer points: it is extended, and invalid afterwards
 */
export function traceOf(
  curve: Curve,
  values: Float64Array,
  range: { min: number; max: number },
  columns: number,
  positive = false,
  before?: Trace,
): Trace {
  const from = Math.max(0, lowerBound(curve, range.min) - 1);
  let to = lowerBound(curve, range.max);
  while (to < curve.length && xAt(curve, to) === range.max) to++;
  to = Math.min(curve.length, to + 1);
  const extent = range.max - range.min;
  const column = Number.isFinite(extent) ? extent / columns : range.max / columns - range.min / columns;
  const asIs = to - from <= columns * 4 || !(column > 0);
  // Four vertices and a break for each column, and for what lies before and behind the range.
  const room = asIs ? to - from : (columns + 3) * 5;
  const goneOn = asIs || !before?.last || before.x.length < room ? undefined : before;
  const builder = new TraceBuilder(curve, values, room, goneOn);
  if (asIs) {
    for (let i = from; i < to; i++) {
      const kind = markOf(values[i]!, positive);
      if (kind === undefined) builder.add(i);
      else {
        builder.mark(i, kind);
        builder.break(i);
      }
    }
  } else {
    const begin = goneOn?.last?.point ?? from;
    // By halves where the distance is more than a double can be.
    const by = Number.isFinite(extent) ? 1 : 0.5;
    const columnOf = (i: number) => Math.floor((xAt(curve, i) * by - range.min * by) / (column * by));
    buckets(builder, columnOf, values, begin, to, positive);
  }
  return builder.trace(to - from);
}

function buckets(
  builder: TraceBuilder,
  columnOf: (i: number) => number,
  values: Float64Array,
  from: number,
  to: number,
  positive: boolean,
): void {
  let i = from;
  while (i < to) {
    const column = columnOf(i);
    let first = -1;
    let last = -1;
    let low = -1;
    let high = -1;
    let seen = 0;
    const begin = i;
    builder.beginColumn(i);
    // Wherever it is, the first point is in its own column.
    for (; i < to && (i === begin || columnOf(i) === column); i++) {
      const value = values[i]!;
      const kind = markOf(value, positive);
      if (kind !== undefined) {
        // One mark of a kind in a column is all that can be seen.
        const bit = kind === 'nan' ? 1 : kind === 'above' ? 2 : 4;
        if (!(seen & bit)) builder.mark(i, kind);
        seen |= bit;
        continue;
      }
      if (first < 0) first = low = high = i;
      else if (value < values[low]!) low = i;
      else if (value > values[high]!) high = i;
      last = i;
    }
    if (first < 0) {
      builder.break(begin);
      continue;
    }
    builder.add(first);
    const [one, other] = low < high ? [low, high] : [high, low];
    if (one > first) builder.add(one);
    if (other > one && other > first) builder.add(other);
    if (last > other) builder.add(last);
  }
}

function markOf(value: number, positive: boolean): Mark['kind'] | undefined {
  if (Number.isNaN(value)) return 'nan';
  if (value === Infinity) return 'above';
  if (value === -Infinity || (positive && value <= 0)) return 'below';
  return undefined;
}

class TraceBuilder {
  readonly #curve: Curve;
  readonly #values: Float64Array;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #marks: Mark[];
  readonly #wentOn: Trace['wentOn'];
  #length = 0;
  #last: Trace['last'];

  /** @param before takes over what there is of it before its last column */
  constructor(curve: Curve, values: Float64Array, room: number, before?: Trace) {
    this.#curve = curve;
    this.#values = values;
    const last = before?.last;
    if (!before || !last) {
      this.#x = new Float64Array(room);
      this.#y = new Float64Array(room);
      this.#marks = [];
      return;
    }
    [this.#x, this.#y, this.#length] = [before.x, before.y, last.length];
    this.#marks = before.marks.slice(0, last.marks);
    const at = last.length > 0 ? before.x[last.length - 1]! : -Infinity;
    if (before.version !== undefined) this.#wentOn = { version: before.version, at };
  }

  beginColumn(point: number): void {
    this.#last = { point, length: this.#length, marks: this.#marks.length };
  }

  add(index: number): void {
    this.#x[this.#length] = xAt(this.#curve, index);
    this.#y[this.#length++] = this.#values[index]!;
  }

  break(index: number): void {
    if (this.#length === 0 || Number.isNaN(this.#y[this.#length - 1])) return;
    this.#x[this.#length] = xAt(this.#curve, index);
    this.#y[this.#length++] = NaN;
  }

  mark(index: number, kind: Mark['kind']): void {
    this.#marks.push({ x: xAt(this.#curve, index), kind });
  }

  trace(points: number): Trace {
    return {
      x: this.#x,
      y: this.#y,
      length: this.#length,
      marks: this.#marks,
      points,
      version: versions++,
      ...(this.#last && { last: this.#last }),
      ...(this.#wentOn && { wentOn: this.#wentOn }),
    };
  }
}
