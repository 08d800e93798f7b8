import type { ErrorData } from '../../src/base/errors.js';
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
} from '../../src/extension/panels/messages.js';
import type { Host } from '../shared/host.js';
import { Arrangement } from './arrangement.js';
import { axisMetric, axisMetrics } from './axes.js';
import { combined, isCombined, metricsOf } from './chart-id.js';
import { type Curve, curveOf } from './curve.js';
import { type Entry, groupEntries, isGroupId, runEntries } from './entries.js';
import { Following } from './following.js';
import { parseSearch, type Search, type Section, sectionsOf } from './layout.js';
import type { RunCurve } from './lines.js';
import type { Range } from './range.js';
import { type Series, SeriesStore } from './series-store.js';
import { smoothingOf } from './smooth.js';
import { covers, stepsBetween, type Steps } from './zoom-detail.js';

export type ChartsHost = Host<ToCharts, FromCharts, ChartsState>;

/**
 * What changed. `structure`: runs, metrics, sections, messages. `view`: how curves are drawn. `data`: points of the
 * metrics given. `cursor`: the place of the crosshair. `highlight`: the run or group that stands out.
 */
export type Change =
  | { what: 'structure' | 'view' | 'cursor' | 'highlight' }
  | { what: 'data'; keys: ReadonlySet<string> }
  /** Something is to be done with this chart. */
  | { what: 'act'; verb: ExportVerb; key: string };

/** What a chart does by itself; the rest is the panel's. */
export type ExportVerb = Exclude<ChartVerb, 'expand' | 'pin' | 'addMetric' | 'setLimits' | 'clearLimits'>;

export interface Cursor {
  x: number;
  /** The chart that the pointer or the keyboard is on. */
  key: string;
  /** Whether it was moved by keyboard, and is to be read out. */
  spoken: boolean;
}

export const DEFAULTS: ChartsSettings = {
  xAxis: 'step',
  yScale: 'linear',
  smoothingKind: 'exponential',
  smoothing: 0,
  ignoreOutliers: false,
  groupBy: null,
  band: 'range',
};

/** The state of the panel. Components read it and ask it to change; it tells them what did. */
export class ChartsModel {
  readonly store = new SeriesStore();
  readonly arrangement = new Arrangement(() => this.#arranged());
  readonly following: Following;
  readonly #host: ChartsHost;
  readonly #listeners = new Set<(change: Change) => void>();

  /** False until the host has told what to show. */
  isLoaded = false;
  runs: readonly ChartRun[] = [];
  /** By what the runs can be grouped. */
  labels: readonly RunLabel[] = [];
  missing: readonly string[] = [];
  settings: ChartsSettings = DEFAULTS;
  /** Entries of the legend that are not shown; runs hidden as such count in no group either. */
  hidden: ReadonlySet<string> = new Set();
  /** The run that others are measured against. */
  baseline: string | null = null;
  zoom: Range | null = null;
  cursor: Cursor | null = null;
  /** An entry of the legend. */
  highlighted: string | undefined;
  error: ErrorData | undefined;
  searchText = '';
  search: Search = parseSearch('');
  /** The chart that fills the panel. */
  expanded: string | null = null;
  /** A chart that was just made, to be brought into view. */
  added: string | undefined;
  #workspaceId = '';
  #experimentId: string | null = null;
  #sections: Section[] | undefined;
  #entries: readonly Entry[] | undefined;
  readonly #dismissed = new Set<string>();
  #metrics = new Map<string, ReadonlySet<string>>();

  constructor(host: ChartsHost) {
    this.#host = host;
    const { state } = host;
    this.following = new Following(this, state?.following ?? false);
    if (state?.version === 1) {
      this.hidden = new Set(state.hidden);
      this.baseline = state.baseline ?? null;
      if (state.zoom) {
        const { xAxis, min, max } = state.zoom;
        this.settings = { ...DEFAULTS, xAxis };
        this.zoom = { min, max };
      }
      this.expanded = state.expanded ?? null;
      this.searchText = state.search;
      this.search = parseSearch(state.search);
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
    this.#workspaceId = message.workspaceId;
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
    this.#sections = undefined;
    this.#entries = undefined;
  }

  setRuns({
    runs,
    labels,
    missing,
  }: Pick<Extract<ToCharts, { type: 'runs' }>, 'runs' | 'labels' | 'missing'>): void {
    const before = new Set(this.runs.length > 0 ? this.runs.map(({ id }) => id) : this.#host.state?.runIds);
    // Quite other runs: what part of the axis was looked at has no meaning for them.
    if (!runs.some((run) => before.has(run.id))) this.zoom = null;
    this.runs = runs;
    this.labels = labels;
    this.missing = missing.filter((id) => !this.#dismissed.has(id));
    const ids = new Set(runs.map(({ id }) => id));
    this.hidden = new Set([...this.hidden].filter((id) => ids.has(id) || isGroupId(id)));
    if (this.baseline !== null && !ids.has(this.baseline)) this.baseline = null;
    this.store.keepOnly(ids);
    this.#metrics = new Map(runs.map((run) => [run.id, new Set(run.metrics)]));
    this.#sections = undefined;
    this.#entries = undefined;
    this.#keep();
    this.emit({ what: 'structure' });
  }

  fail(error: ErrorData | undefined): void {
    this.error = error;
    this.emit({ what: 'structure' });
  }

  // ---- what is shown

  /** What runs are grouped by: nothing where no run of the panel has that label. */
  get grouping(): RunLabel | undefined {
    return this.labels.find(({ id }) => id === this.settings.groupBy);
  }

  /** The axis that is drawn: steps where no run has logged the metric that was chosen. */
  get xAxis(): XAxis {
    const { xAxis } = this.settings;
    const metric = axisMetric(xAxis);
    return metric === undefined || this.#hasMetric(metric) ? xAxis : 'step';
  }

  /** What the legend lists: runs, or groups of them. */
  get entries(): readonly Entry[] {
    const { grouping } = this;
    this.#entries ??= grouping
      ? groupEntries(this.runs, grouping, this.baseline)
      : runEntries(this.runs, this.baseline);
    return this.#entries;
  }

  get shownEntries(): readonly Entry[] {
    return this.entries.filter(({ id }) => !this.hidden.has(id));
  }

  /** Runs whose points are wanted, in the order of the panel. */
  get shownRuns(): readonly ChartRun[] {
    const { hidden, baseline } = this;
    if (!this.grouping) return this.runs.filter(({ id }) => !hidden.has(id));
    // The baseline is hidden as a line; in its group it counts.
    const shown = new Set(
      this.shownEntries.flatMap(({ runs, isGroup }) =>
        isGroup ? runs.filter(({ id }) => !hidden.has(id) || id === baseline) : runs,
      ),
    );
    return this.runs.filter((run) => shown.has(run));
  }

  /** Shown runs that have logged a metric of the chart. */
  runsOf(chartId: string): readonly ChartRun[] {
    const metrics = metricsOf(chartId);
    return this.shownRuns.filter((run) => metrics.some((key) => this.#metrics.get(run.id)?.has(key)));
  }

  hasLogged(runId: string, metric: string): boolean {
    return this.#metrics.get(runId)?.has(metric) ?? false;
  }

  /** Metrics that the x axis may be. */
  get axisMetrics(): string[] {
    return axisMetrics(new Set(this.runs.flatMap((run) => run.metrics)));
  }

  run(id: string): ChartRun | undefined {
    return this.runs.find((run) => run.id === id);
  }

  /** Sections with the metrics that the search leaves. */
  get sections(): Section[] {
    this.#sections ??= this.arrangement.sections(new Set(this.runs.flatMap((run) => run.metrics)));
    if (this.searchText.trim() === '') return this.#sections;
    return this.#sections
      .map((section) => ({
        ...section,
        keys: section.keys.filter((key) => metricsOf(key).some((metric) => this.search.matches(metric))),
      }))
      .filter((section) => section.keys.length > 0);
  }

  get hasMetrics(): boolean {
    return this.runs.some((run) => run.metrics.length > 0);
  }

  isOpen(section: Section): boolean {
    // What one searches for is to be seen.
    if (this.searchText.trim() !== '') return true;
    return this.arrangement.isOpen(section);
  }

  /** Curves of the shown runs that have points, in the order of the panel. */
  curves(chartId: string): RunCurve[] {
    const runs = this.shownRuns;
    return metricsOf(chartId).flatMap((metric) =>
      runs.flatMap((run): RunCurve[] => {
        const series = this.store.get(run.id, metric);
        if (!series || series.length === 0) return [];
        const curve = this.#curveOf(run, series);
        return curve.length > 0 ? [{ run, metric, series, curve }] : [];
      }),
    );
  }

  /** The curves as they are drawn: where the zoom has fetched more points of one, with these. */
  zoomed(curves: readonly RunCurve[]): readonly RunCurve[] {
    if (!this.zoom) return curves;
    return curves.map((drawn) => {
      const steps = this.stepsInView(drawn.series, drawn.run);
      const detail = this.store.detail(drawn.series);
      if (!steps || !detail || !covers(detail, steps)) return drawn;
      return { ...drawn, series: detail.series, curve: this.#curveOf(drawn.run, detail.series) };
    });
  }

  /** The steps of a thinned series that the zoom shows; undefined when all of its points are here. */
  stepsInView(series: Series, run: ChartRun): Steps | undefined {
    if (!this.zoom || !series.reduced) return undefined;
    // Smoothed as it is drawn: of each series one curve is kept.
    return stepsBetween(series, this.#curveOf(run, series), this.zoom);
  }

  #curveOf(run: ChartRun, series: Series): Curve {
    const axis = this.xAxis;
    const metric = axisMetric(axis);
    const by = metric === undefined ? undefined : this.store.get(run.id, metric);
    return curveOf(series, { axis, startTime: run.startTime, by }, smoothingOf(this.settings));
  }

  #hasMetric(metric: string): boolean {
    return this.runs.some((run) => this.hasLogged(run.id, metric));
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
    if (isOtherGrouping) {
      this.#entries = undefined;
      this.highlighted = undefined;
      this.hidden = new Set([...this.hidden].filter((id) => !isGroupId(id)));
    }
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
    this.searchText = text;
    this.search = parseSearch(text);
    this.#keep();
    this.emit({ what: 'structure' });
  }

  /** Puts a chart before another of its section, or at its end. */
  move({ prefix }: Section, key: string, before: string | null): void {
    // The search may leave only some of them.
    const section = this.#sections?.find((other) => other.prefix === prefix);
    if (section) this.arrangement.move(section, key, before);
  }

  /** From the context menu of a chart. */
  act(verb: ChartVerb, key: string): void {
    if (verb === 'expand') this.toggleExpanded(key);
    else if (verb === 'pin') this.togglePinned(key);
    else if (verb === 'addMetric') {
      const present = metricsOf(key);
      const metrics = new Set(this.runs.flatMap((run) => run.metrics));
      const others = sectionsOf(metrics).flatMap((section) => section.keys);
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

  toggleEntry(id: string): void {
    this.#hide(toggled(this.hidden, id));
  }

  /** Shows this run or group alone, beside the baseline; once more, all. */
  solo(id: string): void {
    const others = this.entries
      .map((entry) => entry.id)
      .filter((other) => other !== id && other !== this.baseline);
    const isAlone = !this.hidden.has(id) && others.every((other) => this.hidden.has(other));
    const runs = [...this.hidden].filter((other) => this.grouping && !isGroupId(other) && other !== id);
    this.#hide(new Set(isAlone ? runs : [...runs, ...others]));
  }

  setBaseline(runId: string | null): void {
    this.baseline = runId;
    this.#entries = undefined;
    if (runId !== null) this.hidden = new Set([...this.hidden].filter((id) => id !== runId));
    this.#keep();
    this.emit({ what: 'structure' });
  }

  showAll(): void {
    this.#hide(new Set());
  }

  setCursor(cursor: Cursor | null): void {
    this.cursor = cursor;
    this.emit({ what: 'cursor' });
  }

  highlight(id: string | undefined): void {
    if (this.highlighted === id) return;
    this.highlighted = id;
    this.emit({ what: 'highlight' });
  }

  retry(): void {
    this.error = undefined;
    this.#host.post({ type: 'ready' });
    this.emit({ what: 'structure' });
  }

  dismissMissing(): void {
    this.missing.forEach((id) => this.#dismissed.add(id));
    this.missing = [];
    this.emit({ what: 'structure' });
  }

  ask(message: FromCharts): void {
    this.#host.post(message);
  }

  #hide(hidden: ReadonlySet<string>): void {
    this.hidden = hidden;
    this.highlighted = undefined;
    this.#keep();
    this.emit({ what: 'structure' });
    this.emit({ what: 'view' });
  }

  #arranged(): void {
    this.#sections = undefined;
    this.#keepLayout();
    this.emit({ what: 'structure' });
  }

  #keepLayout(): void {
    const layout = { settings: this.settings, ...this.arrangement.parts };
    this.#host.post({ type: 'layout', layout: { experimentId: this.#experimentId, layout } });
  }

  #keep(): void {
    const { zoom, settings } = this;
    this.#host.keep({
      version: 1,
      workspaceId: this.#workspaceId,
      runIds: this.runs.map((run) => run.id),
      hidden: [...this.hidden],
      baseline: this.baseline,
      zoom: zoom && { xAxis: settings.xAxis, min: zoom.min, max: zoom.max },
      following: this.following.isOn,
      search: this.searchText,
      expanded: this.expanded,
    });
  }
}

function toggled(set: ReadonlySet<string>, item: string): Set<string> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
