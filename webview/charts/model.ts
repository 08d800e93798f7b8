import type { ErrorData } from '../../src/base/errors.js';
import { DEFAULT_LAYOUT } from '../../src/panels/charts-layout.js';
import type {
  ChartRun,
  ChartsSettings,
  ChartsState,
  ChartVerb,
  ExperimentLayout,
  FromCharts,
  RunLabel,
  ToCharts,
  XAxis,
} from '../../src/panels/messages.js';
import { currentKey } from '../../src/panels/keys.js';
import { lacksRuns } from '../../src/panels/shown-workspace.js';
import type { Host } from '../shared/host.js';
import { Arrangement } from './arrangement.js';
import { axisMetric, axisMetrics } from './axes.js';
import type { Change } from './change.js';
import { combined, isCombined, metricsOf } from './chart-id.js';
import { Curves } from './curves.js';
import { Following } from './following.js';
import { sectionsOf } from './layout.js';
import { isGroupId } from './entries.js';
import { LegendModel } from './legend-model.js';
import { PanelRuns } from './panel-runs.js';
import type { Range } from './range.js';
import { Sections } from './sections.js';
import { SeriesStore } from './series-store.js';

export type ChartsHost = Host<ToCharts, FromCharts, ChartsState>;

export interface Cursor {
  x: number;
  /** The chart that the pointer or the keyboard is on. */
  key: string;
  /** Whether it was moved by keyboard, and is to be read out. */
  spoken: boolean;
}

/** The state of the panel. Components read it and ask it to change; it tells them what did. */
export class ChartsModel {
  readonly store = new SeriesStore();
  readonly runs = new PanelRuns();
  readonly arrangement = new Arrangement(() => this.#arranged());
  readonly sections: Sections;
  readonly legend: LegendModel;
  readonly curves = new Curves(this);
  readonly following: Following;
  readonly #host: ChartsHost;
  readonly #listeners = new Set<(change: Change) => void>();

  /** False until the host has told what to show. */
  isLoaded = false;
  settings: ChartsSettings = DEFAULT_LAYOUT.settings;
  zoom: Range | null = null;
  cursor: Cursor | null = null;
  error: ErrorData | undefined;
  /** The chart that fills the panel. */
  expanded: string | null = null;
  /** A chart that was just made, to be brought into view. */
  added: string | undefined;
  #experimentId: string | null = null;

  constructor(host: ChartsHost) {
    this.#host = host;
    const { state } = host;
    this.sections = new Sections(this.runs, this.arrangement, state?.search ?? '');
    this.legend = new LegendModel(
      this.runs,
      () => this.grouping,
      state ?? {},
      (what) => this.#legendChanged(what),
    );
    this.following = new Following(this, state?.following ?? false);
    this.expanded = state?.expanded ?? null;
    if (state?.zoom && state.zoom.min < state.zoom.max) {
      const { xAxis, min, max } = state.zoom;
      this.settings = { ...DEFAULT_LAYOUT.settings, xAxis };
      this.zoom = { min, max };
    }
  }

  onChange(listener: (change: Change) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  emit(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  // ---- what the host says

  load(message: Extract<ToCharts, { type: 'init' }>): void {
    this.isLoaded = true;
    this.error = undefined;
    this.#take(message.layout);
    this.setRuns(message);
  }

  setLayout(layout: ExperimentLayout): void {
    this.#take(layout);
    this.emit({ what: 'structure' });
    this.emit({ what: 'view' });
  }

  #take({ experimentId, layout }: ExperimentLayout): void {
    if (layout.settings.xAxis !== this.settings.xAxis) {
      this.zoom = null;
      this.cursor = null;
    }
    this.#experimentId = experimentId;
    this.settings = layout.settings;
    this.arrangement.take(layout);
  }

  setRuns(message: Omit<Extract<ToCharts, { type: 'runs' }>, 'type'>): void {
    const known = this.runs.all;
    const before = new Set(known.length > 0 ? known.map(({ id }) => id) : this.#host.state?.runIds);
    // Quite other runs: what part of the axis was looked at has no meaning for them.
    if (!message.runs.some((run) => before.has(run.id))) this.zoom = null;
    this.runs.take(message);
    this.store.keepOnly(new Set(message.runs.map(({ id }) => id)));
    // What was said of a run that is not read yet, or cannot be, stays.
    if (!message.workspaces.some(lacksRuns)) this.legend.keepOnly(new Set(message.runs.map(({ id }) => id)));
    this.#keep();
    this.emit({ what: 'structure' });
  }

  fail(error: ErrorData | undefined): void {
    this.error = error;
    this.emit({ what: 'structure' });
  }

  /** The points of a workspace cannot be read; with no other to show, nothing can. */
  failIn(workspace: string, problem: ErrorData): void {
    if (this.runs.workspaces.length < 2) this.fail(problem);
    else {
      this.runs.failIn(workspace, problem);
      this.emit({ what: 'structure' });
    }
  }

  // ---- what is shown

  /** What runs are grouped by: nothing where no run of the panel has that label. */
  get grouping(): RunLabel | undefined {
    return this.runs.labels.find(({ id }) => id === this.settings.groupBy);
  }

  /** The axis that is drawn: steps where no run has logged the metric that was chosen. */
  get xAxis(): XAxis {
    const { xAxis } = this.settings;
    const metric = axisMetric(xAxis);
    return metric === undefined || this.runs.metrics.has(metric) ? xAxis : 'step';
  }

  /** Shown runs that have logged a metric of the chart. */
  runsOf(chartId: string): readonly ChartRun[] {
    const metrics = metricsOf(chartId);
    return this.legend.shownRuns.filter((run) => metrics.some((key) => this.runs.hasLogged(run.id, key)));
  }

  /** Metrics that the x axis may be. */
  get axisMetrics(): string[] {
    return axisMetrics(this.runs.metrics);
  }

  // ---- what a person does

  set(settings: Partial<ChartsSettings>): void {
    const before = this.settings;
    this.settings = { ...before, ...settings };
    const isOtherAxis = this.settings.xAxis !== before.xAxis;
    const isOtherGrouping = this.settings.groupBy !== before.groupBy;
    if (isOtherAxis) {
      this.zoom = null;
      this.cursor = null;
    }
    if (isOtherGrouping) this.legend.regrouped();
    this.#keepLayout();
    this.#keep();
    this.emit({ what: isOtherAxis || isOtherGrouping ? 'structure' : 'view' });
  }

  setZoom(zoom: Range | null): void {
    this.zoom = zoom;
    this.#keep();
    this.emit({ what: 'view' });
  }

  setSearch(text: string): void {
    this.sections.setSearch(text);
    this.#keep();
    this.emit({ what: 'structure' });
  }

  /** From the context menu of a chart. */
  act(verb: ChartVerb, key: string): void {
    if (verb === 'expand') this.toggleExpanded(key);
    else if (verb === 'pin') this.togglePinned(key);
    else if (verb === 'addMetric') {
      const present = metricsOf(key);
      const others = sectionsOf(this.runs.metrics).flatMap((section) => section.keys);
      const rest = others.filter((metric) => !present.includes(metric));
      this.#host.post({ type: 'pickMetric', chart: key, metrics: rest });
    } else if (verb === 'setLimits') this.askLimits(key);
    else if (verb === 'clearLimits') this.arrangement.setLimits(key, {});
    else this.emit({ what: 'act', verb, key });
  }

  /** Has a person say where the y axis of a chart is to end. */
  askLimits(chart: string): void {
    const limits = this.arrangement.limits(chart) ?? {};
    this.#host.post({ type: 'askLimits', chart, limits, yScale: this.settings.yScale });
  }

  /** Makes a chart of several metrics, and brings it into view. */
  addMetric(chart: string, metric: string): void {
    this.added = combined(chart, metric);
    if (this.expanded === chart) this.expanded = this.added;
    this.arrangement.addMetric(chart, metric);
  }

  toggleExpanded(key: string): void {
    this.expand(this.expanded === key ? null : key);
  }

  expand(chart: string | null): void {
    this.expanded = chart;
    this.#keep();
    this.emit({ what: 'structure' });
  }

  togglePinned(chart: string): void {
    // A chart of several metrics that is not pinned is no more.
    if (this.expanded === chart && isCombined(chart)) this.expanded = null;
    this.arrangement.togglePinned(chart);
  }

  setCursor(cursor: Cursor | null): void {
    this.cursor = cursor;
    this.emit({ what: 'cursor' });
  }

  retry(): void {
    this.error = undefined;
    this.#host.post({ type: 'ready' });
    this.emit({ what: 'structure' });
  }

  dismissMissing(): void {
    this.runs.dismissMissing();
    this.emit({ what: 'structure' });
  }

  ask(message: FromCharts): void {
    this.#host.post(message);
  }

  #legendChanged(what: 'structure' | 'highlight'): void {
    if (what === 'structure') this.#keep();
    this.emit({ what });
  }

  #arranged(): void {
    this.#keepLayout();
    this.emit({ what: 'structure' });
  }

  #keepLayout(): void {
    const layout = { settings: this.settings, ...this.arrangement.parts };
    this.#host.post({ type: 'layout', layout: { experimentId: this.#experimentId, layout } });
  }

  #keep(): void {
    const { zoom, settings, legend } = this;
    this.#host.keep({
      version: 1,
      runIds: this.runs.all.map(({ id }) => id),
      hidden: [...legend.hidden],
      baseline: legend.baseline,
      zoom: zoom && { xAxis: settings.xAxis, min: zoom.min, max: zoom.max },
      following: this.following.isOn,
      search: this.sections.searchText,
      expanded: this.expanded,
    });
  }
}

/** What is kept, by the keys of runs as they are now. */
export function currentState(kept: ChartsState): ChartsState {
  const { runIds, hidden, baseline } = kept;
  return {
    ...kept,
    runIds: runIds.map(currentKey),
    hidden: hidden.map((id) => (isGroupId(id) ? id : currentKey(id))),
    ...(baseline !== undefined && { baseline: baseline === null ? null : currentKey(baseline) }),
  };
}
