import { html, nothing, svg, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { Points } from '../../src/workspace/types.js';
import { looksOf } from '../charts/palette.js';
import { formatValue } from '../shared/format.js';
import { saySteplessLines } from '../shared/stepless.js';
import { type Overlay, overlay } from './curves.js';
import type { CompareModel } from './model.js';
import { t } from '../shared/l10n.js';

const WIDTH = 240;
const HEIGHT = 84;
/** A thinned curve has up to four points for each of the pixels asked for. */
const MAX_POINTS = 480;
/** Runs named one by one to those who listen. */
const NAMED = 5;

/** Curves below the edge of the window are read a little before they are seen. */
const inView = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries)
      if (target instanceof TyCurve) target.isInView = isIntersecting;
  },
  { rootMargin: '200px 0px' },
);

/** The curves of one metric over each other. What is not in view is neither read nor drawn. */
export class TyCurve extends PageElement {
  static override properties = {
    metric: {},
    version: {},
    isInView: { state: true },
    curves: { state: true },
  };
  declare model: CompareModel;
  declare metric: string;
  /** Another one: there are other points. */
  declare version: string;
  declare isInView: boolean;
  declare curves: readonly Points[] | null | undefined;
  #asked = '';

  constructor() {
    super();
    this.isInView = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    inView.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    inView.unobserve(this);
  }

  protected override willUpdate(): void {
    if (!this.isInView || this.#asked === this.version) return;
    const asked = this.version;
    this.#asked = asked;
    const runIds = this.model.shown.flatMap(({ id, metrics }) => (metrics.includes(this.metric) ? [id] : []));
    void this.model.fetch(this.metric, runIds, MAX_POINTS).then((curves) => {
      // An answer that fails leaves what is there; one to an older question is late.
      if (this.#asked === asked) this.curves = curves ?? this.curves ?? null;
    });
  }

  protected override render(): TemplateResult {
    const { metric, curves, model } = this;
    const drawn = curves ? overlay(curves, WIDTH, HEIGHT) : undefined;
    return html`<button
      class="curve"
      aria-label=${curves ? this.#words(curves) : metric}
      title=${t('Show the charts of these runs')}
      @click=${() => model.post({ type: 'charts', runIds: model.shown.map(({ id }) => id) })}
    >
      <span class="curve-name" title=${metric}>${metric}</span>
      ${drawn ? this.#drawing(drawn) : html`<span class="curve-box muted">${curves === null ? t('Cannot be read') : ''}</span>`}
      ${
        drawn
          ? html`<span class="curve-steps" aria-hidden="true"
              ><span>${formatValue(drawn.firstStep)}</span>${
                drawn.stepless
                  ? html`<span title=${saySteplessLines(drawn.stepless, drawn.paths.size)}
                      >${t('by order')}</span
                    >`
                  : nothing
              }<span>${formatValue(drawn.lastStep)}</span></span
            >`
          : nothing
      }
    </button>`;
  }

  #drawing({ paths, min, max }: Overlay): TemplateResult {
    const looks = looksOf(this.model.shown);
    return html`<span class="curve-box" aria-hidden="true">
      <span class="curve-max">${formatValue(max)}</span>
      <span class="curve-min">${formatValue(min)}</span>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
        ${this.model.shown.map(({ id }) => {
          const { colour, dash } = looks.get(id)!;
          return svg`<path
            class="run-${colour} dash-${dash}"
            data-run=${id}
            d=${paths.get(id) ?? ''}
            @mouseenter=${() => this.model.highlight(id)}
            @mouseleave=${() => this.model.highlight(undefined)}
          />`;
        })}
      </svg>
    </span>`;
  }

  #words(curves: readonly Points[]): string {
    const parts = curves.flatMap(({ runId, values }) => {
      const run = this.model.shown.find(({ id }) => id === runId);
      const finite = values.filter(Number.isFinite);
      if (!run || finite.length === 0) return [];
      const [least, greatest] = [Math.min(...finite), Math.max(...finite)];
      return t(
        '{0}: last {1}, minimum {2}, maximum {3}',
        run.name,
        formatValue(values.at(-1)!),
        formatValue(least),
        formatValue(greatest),
      );
    });
    const said = parts.slice(0, NAMED);
    if (parts.length > NAMED) said.push(t('and {0} more runs', parts.length - NAMED));
    return t('{0}. {1}. Show charts.', this.metric, said.join('; '));
  }
}

customElements.define('ty-curve', TyCurve);
