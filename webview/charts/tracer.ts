import type { Curve } from './curve.js';
import { type Trace, traceOf } from './m4.js';
import type { Range } from './range.js';
import type { Series } from './series-store.js';

interface View {
  x: Range;
  /** Pixel columns between the axes. */
  columns: number;
  /** Whether the y axis is logarithmic. */
  isLog: boolean;
}

/** What places the points. */
type Column = 'steps' | 'times' | 'order';

interface Traced extends View {
  curve: Pick<Curve, 'origin' | 'unit'>;
  by: Column;
  generation: number;
  points: number;
  trace: Trace;
}

/**
 * Traces the curves of a chart. Of one that only grew since the last time, only its end is looked at; its new trace takes
 * the place of the old one, of which only the version may still be used.
 */
export class Tracer {
  #traced = new WeakMap<Series, Traced>();

  /** @param series the points of the curve; absent when it is none that grows, as the mean of a group */
  trace(curve: Curve, series: Series | undefined, view: View): Trace {
    const { x, columns, isLog } = view;
    const by: Column = curve.x === series?.steps ? 'steps' : curve.isStepless ? 'order' : 'times';
    // Only a curve in the order of its points has its new ones at the end.
    if (!series || curve.y !== series.values) return traceOf(curve, curve.y, x, columns, isLog);
    const before = this.#traced.get(series);
    const isGrown =
      before !== undefined &&
      before.by === by &&
      before.generation === series.generation &&
      before.points <= curve.length &&
      before.curve.origin === curve.origin &&
      before.curve.unit === curve.unit &&
      before.x.min === x.min &&
      before.x.max === x.max &&
      before.columns === columns &&
      before.isLog === isLog;
    if (isGrown && before.points === curve.length) return before.trace;
    const trace = traceOf(curve, curve.y, x, columns, isLog, isGrown ? before.trace : undefined);
    const { generation } = series;
    this.#traced.set(series, { ...view, curve, by, generation, points: curve.length, trace });
    return trace;
  }
}
