import type { ChartRun } from '../../src/panels/messages.js';
import { axisMetric } from './axes.js';
import { metricsOf } from './chart-id.js';
import { type Curve, curveOf } from './curve.js';
import type { RunCurve } from './lines.js';
import type { ChartsModel } from './model.js';
import type { Series } from './series-store.js';
import { smoothingOf } from './smooth.js';
import { covers, stepsBetween, type Steps } from './zoom-detail.js';

type Model = Pick<ChartsModel, 'store' | 'legend' | 'xAxis' | 'settings' | 'zoom'>;

/** The loaded points as curves on the axis of the panel, smoothed according to its settings. */
export class Curves {
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  /** Those of the shown runs that have points, in the order of the panel. */
  of(chartId: string): RunCurve[] {
    const { store, legend } = this.#model;
    const runs = legend.shownRuns;
    return metricsOf(chartId).flatMap((metric) =>
      runs.flatMap((run): RunCurve[] => {
        const series = store.get(run.id, metric);
        if (!series || series.length === 0) return [];
        const curve = this.#curveOf(run, series);
        return curve.length > 0 ? [{ run, metric, series, curve }] : [];
      }),
    );
  }

  /** The curves as they are drawn: where the zoom has fetched more points of one, with these. */
  zoomed(curves: readonly RunCurve[]): readonly RunCurve[] {
    const { zoom, store } = this.#model;
    if (!zoom) return curves;
    return curves.map((drawn) => {
      const steps = this.stepsInView(drawn.series, drawn.run);
      const detail = store.detail(drawn.series);
      if (!steps || !detail || !covers(detail, steps)) return drawn;
      return { ...drawn, series: detail.series, curve: this.#curveOf(drawn.run, detail.series) };
    });
  }

  /** The steps of a thinned series that the zoom shows; undefined when all of its points are here. */
  stepsInView(series: Series, run: ChartRun): Steps | undefined {
    const { zoom } = this.#model;
    if (!zoom || !series.reduced) return undefined;
    // Smoothed as it is drawn: of each series one curve is kept.
    return stepsBetween(series, this.#curveOf(run, series), zoom);
  }

  #curveOf(run: ChartRun, series: Series): Curve {
    const { store, settings, xAxis: axis } = this.#model;
    const metric = axisMetric(axis);
    const by = metric === undefined ? undefined : store.get(run.id, metric);
    return curveOf(series, { axis, startTime: run.startTime, by }, smoothingOf(settings));
  }
}
