import type { ErrorData } from '../../src/base/errors.js';
import type {
  ChartRun,
  ChartsSettings,
  ChartsState,
  ChartVerb,
  ExperimentLayout,
  FromCharts,
  ToCharts,
} from '../../src/extension/panels/messages.js';
import type { Host } from '../shared/host.js';
import { Arrangement } from './arrangement.js';
import { type Curve, curveOf } from './curve.js';
import { Following } from './following.js';
import { parseSearch, type Search, type Section } from './layout.js';
import type { Range } from './range.js';
import { type Series, SeriesStore } from './series-store.js';
import { covers, stepsBetween, type Steps } from './zoom-detail.js';

export type ChartsHost = Host<ToCharts, FromCharts, ChartsState>;

/**
 * What changed. `structure`: runs, metrics, sections, messages. `view`: how curves are drawn. `data`: points of the
 * metrics given. `cursor`: the place of the crosshair. `highlight`: the run that stands out.
 */
export type Change =
  | { what: 'structure' | 'view' | 'cursor' | 'highlight' }
  | { what: 'data'; keys: ReadonlySet<string> }
  /** Something is to be done with the chart of a metric. */
  | { what: 'act'; verb: ExportVerb; key: string };

/** What a chart does by itself; the rest is the panel's. */
export type ExportVerb = Exclude<ChartVerb, 'expand' | 'pin'>;

export interface Cursor {
  x: number;
  /** The metric whose chart the pointer or the keyboard is on. */
  key: string;
  /** Whether it was moved by keyboard, and is to be read out. */
  spoken: boolean;
}

const DEFAULTS: ChartsSettings = { xAxis: 'step', logY: false, smoothing: 0, ignoreOutliers: false };

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
  missing: readonly string[] = [];
  settings: ChartsSettings = DEFAULTS;
  hidden: ReadonlySet<string> = new Set();
  zoom: Range | null = null;
  cursor: Cursor | null = null;
  highlighted: string | undefined;
  error: ErrorData | undefined;
  searchText = '';
  search: Search = parseSearch('');
  /** The metric whose chart fills the panel. */
  expanded: string | null = null;
  #workspaceId = '';
  #experimentId: string | null = null;
  #sections: Section[] | undefined;
  readonly #dismissed = new Set<string>();
  #metrics = new Map<string, ReadonlySet<string>>();

  constructor(host: ChartsHost) {
    this.#host = host;
    const { state } = host;
    this.following = new Following(this, state?.following ?? false);
    if (state?.version === 1) {
      this.hidden = new Set(state.hidden);
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
    this.setRuns(message.runs, message.missing);
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
  }

  setRuns(runs: readonly ChartRun[], missing: readonly string[]): void {
    const before = new Set(this.runs.length > 0 ? this.runs.map(({ id }) => id) : this.#host.state?.runIds);
    // Quite other runs: what part of the axis was looked at has no meaning for them.
    if (!runs.some((run) => before.has(run.id))) this.zoom = null;
    this.runs = runs;
    this.missing = missing.filter((id) => !this.#dismissed.has(id));
    this.hidden = new Set(runs.map(({ id }) => id).filter((id) => this.hidden.has(id)));
    this.store.keepOnly(new Set(runs.map((run) => run.id)));
    this.#metrics = new Map(runs.map((run) => [run.id, new Set(run.metrics)]));
    this.#sections = undefined;
    this.#keep();
    this.emit({ what: 'structure' });
  }

  fail(error: ErrorData | undefined): void {
    this.error = error;
    this.emit({ what: 'structure' });
  }

  // ---- what is shown

  get shownRuns(): readonly ChartRun[] {
    return this.runs.filter((run) => !this.hidden.has(run.id));
  }

  /** Shown runs that have logged the metric. */
  runsOf(key: string): readonly ChartRun[] {
    return this.shownRuns.filter((run) => this.#metrics.get(run.id)?.has(key));
  }

  run(id: string): ChartRun | undefined {
    return this.runs.find((run) => run.id === id);
  }

  /** Sections with the metrics that the search leaves. */
  get sections(): Section[] {
    this.#sections ??= this.arrangement.sections(new Set(this.runs.flatMap((run) => run.metrics)));
    if (this.searchText.trim() === '') return this.#sections;
    return this.#sections
      .map((section) => ({ ...section, keys: section.keys.filter((key) => this.search.matches(key)) }))
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
  curves(key: string): Map<string, Curve> {
    const { xAxis, smoothing } = this.settings;
    const curves = new Map<string, Curve>();
    for (const run of this.shownRuns) {
      const series = this.store.get(run.id, key);
      if (series && series.length > 0) curves.set(run.id, curveOf(series, xAxis, run.startTime, smoothing));
    }
    return curves;
  }

  /** The curves of a metric as they are drawn: where the zoom has fetched more points of one, with these. */
  zoomed(key: string, curves: Map<string, Curve>): Map<string, Curve> {
    if (!this.zoom) return curves;
    const { xAxis, smoothing } = this.settings;
    const drawn = new Map(curves);
    for (const run of this.shownRuns) {
      const series = this.store.get(run.id, key);
      const steps = series && this.stepsInView(series, run.startTime);
      const detail = series && this.store.detail(series);
      if (steps && detail && covers(detail, steps))
        drawn.set(run.id, curveOf(detail.series, xAxis, run.startTime, smoothing));
    }
    return drawn;
  }

  /** The steps of a thinned series that the zoom shows; undefined when all of its points are here. */
  stepsInView(series: Series, startTime: number): Steps | undefined {
    if (!this.zoom || !series.reduced) return undefined;
    const { xAxis, smoothing } = this.settings;
    // Smoothed as it is drawn: of each series one curve is kept.
    return stepsBetween(series, curveOf(series, xAxis, startTime, smoothing), this.zoom);
  }

  // ---- what a person does

  set(settings: Partial<ChartsSettings>): void {
    if (settings.xAxis !== undefined && settings.xAxis !== this.settings.xAxis) {
      this.zoom = null;
      this.cursor = null;
    }
    this.settings = { ...this.settings, ...settings };
    this.#keepLayout();
    this.#keep();
    this.emit({ what: 'view' });
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
    else if (verb === 'pin') this.arrangement.togglePinned(key);
    else this.emit({ what: 'act', verb, key });
  }

  toggleExpanded(key: string): void {
    this.expanded = this.expanded === key ? null : key;
    this.#keep();
    this.emit({ what: 'structure' });
  }

  toggleRun(id: string): void {
    this.#hide(toggled(this.hidden, id));
  }

  /** Shows this run alone; once more, all. */
  solo(id: string): void {
    const others = this.runs.filter((run) => run.id !== id).map((run) => run.id);
    const isAlone = !this.hidden.has(id) && others.every((other) => this.hidden.has(other));
    this.#hide(new Set(isAlone ? [] : others));
  }

  showAll(): void {
    this.#hide(new Set());
  }

  setCursor(cursor: Cursor | null): void {
    this.cursor = cursor;
    this.emit({ what: 'cursor' });
  }

  highlight(runId: string | undefined): void {
    if (this.highlighted === runId) return;
    this.highlighted = runId;
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
