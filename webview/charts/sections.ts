import type { Arrangement } from './arrangement.js';
import { metricsOf } from './chart-id.js';
import { parseSearch, type Search, type Section } from './layout.js';
import type { PanelRuns } from './panel-runs.js';

interface Made {
  parts: Arrangement['parts'];
  metrics: PanelRuns['metrics'];
  sections: Section[];
}

/** The charts of the panel by section, as a person arranged them, and the search among them. */
export class Sections {
  readonly #runs: PanelRuns;
  readonly #arrangement: Arrangement;
  #made: Made | undefined;
  searchText: string;
  search: Search;

  constructor(runs: PanelRuns, arrangement: Arrangement, searchText: string) {
    this.#runs = runs;
    this.#arrangement = arrangement;
    this.searchText = searchText;
    this.search = parseSearch(searchText);
  }

  get isSearching(): boolean {
    return this.searchText.trim() !== '';
  }

  setSearch(text: string): void {
    this.searchText = text;
    this.search = parseSearch(text);
  }

  get #all(): Section[] {
    const { parts } = this.#arrangement;
    const { metrics } = this.#runs;
    if (this.#made?.parts !== parts || this.#made.metrics !== metrics)
      this.#made = { parts, metrics, sections: this.#arrangement.sections(metrics) };
    return this.#made.sections;
  }

  /** With the charts that the search leaves. */
  get shown(): Section[] {
    if (!this.isSearching) return this.#all;
    return this.#all
      .map((section) => ({
        ...section,
        keys: section.keys.filter((key) => metricsOf(key).some((metric) => this.search.matches(metric))),
      }))
      .filter((section) => section.keys.length > 0);
  }

  isOpen(section: Pick<Section, 'prefix' | 'collapsed'>): boolean {
    // What one searches for is to be seen.
    return this.isSearching || this.#arrangement.isOpen(section);
  }

  /** Puts a chart before another of its section, or at its end. */
  move(prefix: string, key: string, before: string | null): void {
    // The search may leave only some of them.
    const section = this.#all.find((other) => other.prefix === prefix);
    if (section) this.#arrangement.move(section, key, before);
  }
}
