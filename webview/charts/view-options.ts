import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { Band, SmoothingKind } from '../../src/panels/messages.js';
import { openPopup } from '../controls/popup.js';
import { segmented } from '../controls/segmented.js';
import { follow } from '../shared/follow.js';
import { axisMetric } from './axes.js';
import { sizeControl } from './chart-size.js';
import { labelName } from './entries.js';
import type { ChartsModel } from './model.js';
import { asKind, smoothingOf } from './smooth.js';
import { t } from '../shared/l10n.js';

const KINDS: readonly { value: SmoothingKind; label: string; title: string }[] = [
  { value: 'exponential', label: t('Exponential'), title: t('Moving average, as in TensorBoard') },
  { value: 'average', label: t('Average'), title: t('Mean of a window of points around each point') },
  {
    value: 'gaussian',
    label: t('Gaussian'),
    title: t('Mean of the points around each point, weighted by distance'),
  },
];
const BANDS: readonly { value: Band; label: string; title: string }[] = [
  { value: 'range', label: t('Min–max'), title: t('From the lowest to the highest value of the runs') },
  { value: 'deviation', label: t('SD'), title: t('Standard deviation of the runs around the mean') },
  { value: 'none', label: t('None'), title: t('Mean only') },
];

/** A button, and behind it what is set less often. The button says what is not as it was. */
export class TyViewOptions extends PageElement {
  static override properties = { isOpen: { state: true } };
  declare model: ChartsModel;
  declare isOpen: boolean;

  constructor() {
    super();
    this.isOpen = false;
    this.addController(
      follow(() =>
        this.model.onChange(({ what }) => {
          if (what === 'structure' || what === 'view') this.requestUpdate();
        }),
      ),
    );
  }

  get #popup(): HTMLElement {
    return this.querySelector<HTMLElement>('.popup')!;
  }

  protected override render(): TemplateResult {
    const set = this.#set();
    return html`
      <button
        class="view-button ${set.length > 0 ? 'on' : ''}"
        aria-haspopup="dialog"
        aria-expanded=${this.isOpen}
        title=${[t('How the curves are drawn'), ...set].join('; ')}
        @click=${(event: MouseEvent) => openPopup(this.#popup, event.currentTarget as Element, 'end')}
      >
        <span class="icon icon-settings"></span
        ><span class="view-label">${set.length > 0 ? set.join(', ') : t('View')}</span>
      </button>
      <div
        class="popup view-options"
        popover
        role="dialog"
        aria-label=${t('View')}
        @beforetoggle=${(event: ToggleEvent) => (this.isOpen = event.newState === 'open')}
        @toggle=${(event: ToggleEvent) => event.newState === 'open' && this.#popup.querySelector<HTMLElement>('select')?.focus()}
      >
        ${this.isOpen ? this.#content() : nothing}
      </div>
    `;
  }

  /** What is not at its default. */
  #set(): string[] {
    const { grouping, settings } = this.model;
    return [
      grouping ? t('Grouped by {0}', labelName(grouping.id)) : '',
      settings.ignoreOutliers ? t('Outliers ignored') : '',
    ].filter(Boolean);
  }

  #content(): TemplateResult {
    const { model } = this;
    const { ignoreOutliers, band } = model.settings;
    return html`
      ${this.#row(t('Group by'), this.#groupBy())}
      ${this.#row(t('Band'), segmented({ name: 'band', label: t('Band'), options: BANDS, value: band, onChange: (value) => model.set({ band: value }) }))}
      ${this.#row(t('X metric'), this.#xMetric())}
      ${this.#row(
        t('Smoothing'),
        segmented({
          name: 'smoothing-kind',
          label: t('Smoothing'),
          options: KINDS,
          value: model.settings.smoothingKind,
          onChange: (other) => {
            const { kind, amount } = asKind(smoothingOf(model.settings), other);
            model.set({ smoothingKind: kind, smoothing: amount });
          },
        }),
      )}
      ${this.#row(t('Size'), sizeControl(model.arrangement))}
      <label class="check" title=${t('Leaves a few values that are far from all others out of the y axis')}>
        <input
          type="checkbox"
          .checked=${ignoreOutliers}
          @change=${(event: Event) => model.set({ ignoreOutliers: (event.target as HTMLInputElement).checked })}
        />
        ${t('Ignore outliers')}
      </label>
    `;
  }

  #row(label: string, control: TemplateResult): TemplateResult {
    return html`<div class="view-row">
      <span class="control-label" aria-hidden="true">${label}</span>${control}
    </div>`;
  }

  #groupBy(): TemplateResult {
    const { runs, grouping } = this.model;
    const { labels } = runs;
    const kinds = [
      [t('Params'), 'param:'],
      [t('Tags'), 'tag:'],
    ] as const;
    return html`<select
      aria-label=${t('Group by')}
      ?disabled=${labels.length === 0}
      @change=${(event: Event) => this.model.set({ groupBy: (event.target as HTMLSelectElement).value || null })}
    >
      <option value="" ?selected=${!grouping}>
        ${labels.length === 0 ? t('No params or tags') : t('Nothing')}
      </option>
      ${kinds.map(([title, kind]) => {
        const own = labels.filter(({ id }) => id.startsWith(kind));
        if (own.length === 0) return nothing;
        return html`<optgroup label=${title}>
          ${own.map(({ id }) => html`<option value=${id} ?selected=${id === grouping?.id}>${labelName(id)}</option>`)}
        </optgroup>`;
      })}
    </select>`;
  }

  #xMetric(): TemplateResult {
    const { model } = this;
    const chosen = axisMetric(model.xAxis);
    return html`<select
      aria-label=${t('Metric of the x axis')}
      @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        model.set({ xAxis: value ? `metric:${value}` : 'step' });
      }}
    >
      <option value="" ?selected=${chosen === undefined}>${t('None')}</option>
      ${model.axisMetrics.map((name) => html`<option value=${name} ?selected=${name === chosen}>${name}</option>`)}
    </select>`;
  }
}

customElements.define('ty-view-options', TyViewOptions);
