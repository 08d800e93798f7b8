import { html, nothing, type TemplateResult } from 'lit';
import type { XAxis } from '../../src/panels/messages.js';
import type { ChartsModel } from './model.js';
import type { Range } from './range.js';
import type { Series } from './series-store.js';
import { t } from '../shared/l10n.js';

type Model = Pick<ChartsModel, 'store' | 'xAxis' | 'legend' | 'zoom' | 'setZoom' | 'onChange'>;

/** Keeps the newest points in view while only a part of the axis is shown, if a person turns this on. */
export class Following {
  readonly #model: Model;
  #isOn: boolean;

  constructor(model: Model, isOn: boolean) {
    this.#model = model;
    this.#isOn = isOn;
    model.onChange((change) => {
      if (!this.isPossible) this.#isOn = false;
      else if (this.#isOn && change.what === 'data') this.#go(change.keys);
    });
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** If the whole axis is shown, the newest point is in view anyway; an axis of values has no newest point. */
  get isPossible(): boolean {
    const { zoom, xAxis } = this.#model;
    return zoom !== null && (xAxis === 'step' || xAxis === 'time' || xAxis === 'relative');
  }

  set(isOn: boolean): void {
    this.#isOn = isOn;
    const { zoom, legend } = this.#model;
    if (isOn) this.#go(new Set(legend.shownRuns.flatMap((run) => run.metrics)));
    // Kept, and told to the toolbar.
    else this.#model.setZoom(zoom);
  }

  #go(keys: ReadonlySet<string>): void {
    const { zoom, legend, store, xAxis } = this.#model;
    if (!zoom) return;
    let newest = -Infinity;
    for (const key of keys)
      for (const run of legend.shownRuns) {
        const series = store.get(run.id, key);
        if (series) newest = Math.max(newest, newestX(series, xAxis, run.startTime));
      }
    this.#model.setZoom(movedTo(zoom, newest));
  }
}

/** Where the point that was logged last stands on an axis; -Infinity without a point. */
export function newestX(
  series: Pick<Series, 'steps' | 'times' | 'length' | 'isStepless' | 'total'>,
  axis: XAxis,
  startTime: number,
): number {
  const last = series.length - 1;
  if (last < 0) return -Infinity;
  if (axis === 'step') return series.isStepless ? series.total - 1 : series.steps[last]!;
  return axis === 'time' ? series.times[last]! : (series.times[last]! - startTime) / 1000;
}

/** The range, as wide as it is, with `newest` at its end. It moves forward only. */
export function movedTo(range: Range, newest: number): Range {
  if (!(newest > range.max)) return range;
  return { min: newest - (range.max - range.min), max: newest };
}

/** Shown while it means something. */
export function followToggle(following: Following): TemplateResult | typeof nothing {
  if (!following.isPossible) return nothing;
  return html`<label class="check" title=${t('Keeps the newest points in view')}>
    <input
      type="checkbox"
      .checked=${following.isOn}
      @change=${(event: Event) => following.set((event.target as HTMLInputElement).checked)}
    />
    ${t('Follow')}
  </label>`;
}
