import type { ErrorData } from '../../src/base/errors.js';
import type { ChartRun, ToCharts } from '../../src/panels/messages.js';
import type { Points, PointsRequest } from '../../src/workspace/types.js';
import { axisMetric } from './axes.js';
import { metricsOf } from './chart-id.js';
import type { ChartsHost, ChartsModel } from './model.js';
import { Series } from './series-store.js';
import { isWorthFetching, withMargins } from './zoom-detail.js';

/** Points of one series in an answer; a longer one is thinned by the store. A panel is about 1,000 pixels wide. */
const MAX_POINTS = 10_000;
/** Live points are appended to a thinned series as they are; from this length on it is fetched anew. */
const REFETCH_LENGTH = 4 * MAX_POINTS;
/** Series in one request: so few that the first charts do not wait for the last ones. */
const BATCH = 40;
/** Requests on their way to one workspace: the store reads the next while the page draws the last. */
const IN_FLIGHT = 2;

/** Milliseconds without a change of the zoom after which more points are asked for. */
const SETTLED = 150;

/** Of runs of one workspace: one that is slow keeps no other waiting. */
interface Request {
  workspace: string;
  series: PointsRequest[];
}

/** Fetches the points of the charts in view, and of no others. */
export class Loader {
  readonly #host: ChartsHost;
  readonly #model: ChartsModel;
  readonly #visible = new Set<string>();
  /** How often each run was said to have new points; a series that saw fewer of them is behind. */
  readonly #changes = new Map<string, number>();
  readonly #seen = new Map<string, number>();
  readonly #pending = new Map<number, Request>();
  /** Workspaces whose points could not be read: they are not asked again before the host stands anew. */
  readonly #failed = new Set<string>();
  #zoomed: ReturnType<typeof setTimeout> | undefined;
  #nextId = 1;
  #isQueued = false;

  constructor(host: ChartsHost, model: ChartsModel) {
    this.#host = host;
    this.#model = model;
    host.onMessage((message) => this.#receive(message));
    model.onChange(({ what }) => {
      if (what === 'structure') this.#queue();
      if (what === 'view' && model.zoom) this.#queueSoon();
    });
  }

  setVisible(key: string, isVisible: boolean): void {
    if (isVisible) this.#visible.add(key);
    else this.#visible.delete(key);
    this.#queue();
  }

  /** Whether points of the chart are wanted but not here yet. */
  isLoading(chartId: string): boolean {
    return (
      !this.#model.error &&
      this.#seriesOf(chartId).some(
        ({ run, metric }) => !this.#failed.has(run.workspace) && !this.#model.store.get(run.id, metric),
      )
    );
  }

  /** What the chart is drawn of: its metrics, and the one that is the x axis, of the runs that logged them. */
  #seriesOf(chartId: string): { run: ChartRun; metric: string }[] {
    const axis = axisMetric(this.#model.xAxis);
    const metrics = new Set([...(axis === undefined ? [] : [axis]), ...metricsOf(chartId)]);
    return this.#model
      .runsOf(chartId)
      .flatMap((run) =>
        [...metrics]
          .filter((metric) => this.#model.runs.hasLogged(run.id, metric))
          .map((metric) => ({ run, metric })),
      );
  }

  #receive(message: ToCharts): void {
    switch (message.type) {
      case 'init':
        // The host stands anew: answers to earlier requests will not come, and any series may have grown.
        this.#pending.clear();
        this.#failed.clear();
        for (const run of message.runs) this.#changed(run.id);
        this.#model.load(message);
        break;
      case 'runs':
        for (const { id, problem } of message.workspaces) if (!problem) this.#failed.delete(id);
        for (const run of message.runs) if (!this.#changes.has(run.id)) this.#changed(run.id);
        this.#model.setRuns(message);
        break;
      case 'changed':
        message.runIds.forEach((id) => this.#changed(id));
        this.#queue();
        break;
      case 'layout':
        this.#model.setLayout(message.layout);
        break;
      case 'expand':
        this.#model.expand(message.chart);
        break;
      case 'act':
        this.#model.act(message.verb, message.metric);
        break;
      case 'baseline':
        this.#model.legend.setBaseline(message.runId);
        break;
      case 'addMetric':
        this.#model.addMetric(message.chart, message.metric);
        break;
      case 'limits':
        this.#model.arrangement.setLimits(message.chart, message.limits);
        break;
      case 'points':
        this.#take(message.id, message.points);
        break;
      case 'error':
        this.#fail(message.id, message.error);
        break;
    }
  }

  #changed(runId: string): void {
    this.#changes.set(runId, (this.#changes.get(runId) ?? 0) + 1);
  }

  /** A wheel turns on for a while; what it passes is not asked for. */
  #queueSoon(): void {
    clearTimeout(this.#zoomed);
    this.#zoomed = setTimeout(() => this.#queue(), SETTLED);
  }

  /** Several causes in one turn make one request. */
  #queue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    queueMicrotask(() => {
      this.#isQueued = false;
      for (const workspace of new Set(this.#model.runs.all.map((run) => run.workspace))) this.#ask(workspace);
    });
  }

  #ask(workspace: string): void {
    const underWay = () => [...this.#pending.values()].filter((request) => request.workspace === workspace);
    while (underWay().length < IN_FLIGHT && !this.#model.error && !this.#failed.has(workspace)) {
      const series = this.#next(workspace);
      if (series.length === 0) break;
      const id = this.#nextId++;
      this.#pending.set(id, { workspace, series });
      this.#host.post({ type: 'fetch', id, series, maxPoints: MAX_POINTS });
    }
  }

  /** What to ask for next: series that are behind, of the charts in view, from the top. */
  #next(workspace: string): PointsRequest[] {
    const asked = new Set([...this.#pending.values()].flatMap(({ series }) => series).map(nameOf));
    const batch: PointsRequest[] = [];
    for (const key of this.#model.sections.shown.flatMap((section) => section.keys)) {
      if (!this.#visible.has(key)) continue;
      for (const { run, metric } of this.#seriesOf(key)) {
        if (run.workspace !== workspace) continue;
        const request: PointsRequest = { runId: run.id, key: metric, from: this.#from(run.id, metric) };
        const name = nameOf(request);
        const changes = this.#changes.get(run.id) ?? 0;
        if (asked.has(name) || (this.#seen.get(name) ?? 0) >= changes) continue;
        this.#seen.set(name, changes);
        if (batch.push(request) === BATCH) return batch;
      }
    }
    return batch.length > 0 ? batch : this.#nextDetails(workspace, asked);
  }

  /** Stretches of thinned series that the zoom shows, when all series are there. */
  #nextDetails(workspace: string, asked: ReadonlySet<string>): PointsRequest[] {
    const batch: PointsRequest[] = [];
    for (const chartId of this.#visible)
      for (const { run, metric: key } of this.#seriesOf(chartId)) {
        if (run.workspace !== workspace) continue;
        const series = this.#model.store.get(run.id, key);
        const steps = series && this.#model.curves.stepsInView(series, run);
        if (!steps || !isWorthFetching(this.#model.store.detail(series), steps)) continue;
        const { from, to } = withMargins(steps);
        const request = { runId: run.id, key, from: 0, fromStep: from, toStep: to };
        if (!asked.has(nameOf(request)) && batch.push(request) === BATCH) return batch;
      }
    return batch;
  }

  #from(runId: string, key: string): number {
    const series = this.#model.store.get(runId, key);
    return series && series.length < REFETCH_LENGTH ? series.total : 0;
  }

  #take(id: number, answers: Points[]): void {
    const requests = this.#pending.get(id)?.series;
    // The answer to a page before this one, or from before the host stood anew.
    if (!requests) return;
    this.#pending.delete(id);
    const keys = new Set<string>();
    for (const [i, points] of answers.entries()) {
      const request = requests[i];
      if (!request || !this.#model.runs.get(points.runId)) continue;
      const series = this.#model.store.open(points.runId, points.key);
      if (request.fromStep !== undefined && request.toStep !== undefined) {
        const detail = new Series();
        detail.append(points);
        const { fromStep, toStep } = request;
        this.#model.store.setDetail(series, { series: detail, fromStep, toStep });
        keys.add(points.key);
        continue;
      }
      const isShorter = points.total < request.from;
      if (request.from === 0 || isShorter) series.clear();
      if (isShorter) {
        // Not the series we know: from its start, at once.
        this.#seen.delete(nameOf(request));
        continue;
      }
      if (points.steps.length > 0) this.#model.store.dropDetailAt(series, points.steps[0]!);
      series.append(points);
      if (points.values.length > 0 || request.from === 0) keys.add(points.key);
    }
    if (keys.size > 0) this.#model.emit({ what: 'data', keys });
    this.#queue();
  }

  #fail(id: number | undefined, error: ErrorData): void {
    if (id === undefined) {
      this.#model.fail(error);
      return;
    }
    const request = this.#pending.get(id);
    if (!request) return;
    for (const series of request.series) this.#seen.delete(nameOf(series));
    this.#pending.delete(id);
    this.#failed.add(request.workspace);
    this.#model.failIn(request.workspace, error);
  }
}

/** Of a series, and of the stretch of one. */
function nameOf({ runId, key, fromStep }: PointsRequest): string {
  return fromStep === undefined ? `${runId}\0${key}` : `${runId}\0${key}\0zoom`;
}
