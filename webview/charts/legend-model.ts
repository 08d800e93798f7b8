import type { ChartRun, RunLabel } from '../../src/panels/messages.js';
import { type Entry, groupEntries, isGroupId, runEntries } from './entries.js';
import type { PanelRuns } from './panel-runs.js';

interface Made {
  runs: readonly ChartRun[];
  grouping: RunLabel | undefined;
  baseline: string | null;
  entries: readonly Entry[];
}

/** The entries of the legend, which of them are shown, and the baseline. */
export class LegendModel {
  /** Entries that are not shown; runs hidden as such count in no group either. */
  hidden: ReadonlySet<string>;
  /** The baseline run. */
  baseline: string | null;
  /** The highlighted entry. */
  highlighted: string | undefined;
  readonly #runs: PanelRuns;
  readonly #grouping: () => RunLabel | undefined;
  readonly #onChange: (what: 'structure' | 'highlight') => void;
  #made: Made | undefined;

  /** `onChange` is called when a person changed something. */
  constructor(
    runs: PanelRuns,
    grouping: () => RunLabel | undefined,
    kept: { hidden?: readonly string[]; baseline?: string | null },
    onChange: (what: 'structure' | 'highlight') => void,
  ) {
    this.#runs = runs;
    this.#grouping = grouping;
    this.#onChange = onChange;
    this.hidden = new Set(kept.hidden);
    this.baseline = kept.baseline ?? null;
  }

  /** Runs, or groups of them. */
  get entries(): readonly Entry[] {
    const { baseline } = this;
    const runs = this.#runs.all;
    const grouping = this.#grouping();
    const made = this.#made;
    if (made?.runs === runs && made.grouping === grouping && made.baseline === baseline) return made.entries;
    const entries = grouping ? groupEntries(runs, grouping, baseline) : runEntries(runs, baseline);
    this.#made = { runs, grouping, baseline, entries };
    return entries;
  }

  get shown(): readonly Entry[] {
    return this.entries.filter(({ id }) => !this.hidden.has(id));
  }

  /** Runs whose points are needed, in the order of the panel. */
  get shownRuns(): readonly ChartRun[] {
    const { hidden, baseline } = this;
    const { all } = this.#runs;
    if (!this.#grouping()) return all.filter(({ id }) => !hidden.has(id));
    // The baseline is hidden as a line; in its group it counts.
    const shown = new Set(
      this.shown.flatMap(({ runs, isGroup }) =>
        isGroup ? runs.filter(({ id }) => !hidden.has(id) || id === baseline) : runs,
      ),
    );
    return all.filter((run) => shown.has(run));
  }

  /** Forgets settings of runs that are gone. */
  keepOnly(runIds: ReadonlySet<string>): void {
    this.hidden = new Set([...this.hidden].filter((id) => runIds.has(id) || isGroupId(id)));
    if (this.baseline !== null && !runIds.has(this.baseline)) this.baseline = null;
  }

  /** Forgets settings of groups. */
  regrouped(): void {
    this.highlighted = undefined;
    this.hidden = new Set([...this.hidden].filter((id) => !isGroupId(id)));
  }

  toggle(id: string): void {
    const hidden = new Set(this.hidden);
    if (!hidden.delete(id)) hidden.add(id);
    this.#hide(hidden);
  }

  /** Shows this run or group alone, beside the baseline; once more, all. */
  solo(id: string): void {
    const others = this.entries
      .map((entry) => entry.id)
      .filter((other) => other !== id && other !== this.baseline);
    const isAlone = !this.hidden.has(id) && others.every((other) => this.hidden.has(other));
    const runs = [...this.hidden].filter((other) => this.#grouping() && !isGroupId(other) && other !== id);
    this.#hide(new Set(isAlone ? runs : [...runs, ...others]));
  }

  showAll(): void {
    this.#hide(new Set());
  }

  setBaseline(runId: string | null): void {
    this.baseline = runId;
    if (runId !== null) this.hidden = new Set([...this.hidden].filter((id) => id !== runId));
    this.#onChange('structure');
  }

  highlight(id: string | undefined): void {
    if (this.highlighted === id) return;
    this.highlighted = id;
    this.#onChange('highlight');
  }

  #hide(hidden: ReadonlySet<string>): void {
    this.hidden = hidden;
    this.highlighted = undefined;
    this.#onChange('structure');
  }
}
