import { html, nothing, type TemplateResult } from 'lit';
import type { Limits } from '../../src/panels/messages.js';
import { isCombined } from './chart-id.js';
import type { ChartsModel } from './model.js';
import { saySteplessLines } from '../shared/stepless.js';
import type { ChartLine } from './lines.js';
import { sayLimits } from './say-limits.js';
import { t } from '../shared/l10n.js';

/**
 * The tools beside the name of a chart: notes that its points are not placed by step or that its y axis was set, the
 * newest value, and buttons.
 */
export function headerTools(chart: string, model: ChartsModel, lines: readonly ChartLine[]): TemplateResult {
  const limits = model.arrangement.limits(chart);
  return html`${steplessNote(lines, model)}${limits ? limitsButton(chart, limits, model) : nothing}<span
      class="latest"
    ></span>
    <span class="buttons">${pinButton(chart, model)}${expandButton(chart, model)}</span>`;
}

/** A note that lines are not placed by step. */
function steplessNote(lines: readonly ChartLine[], { xAxis }: ChartsModel): TemplateResult | typeof nothing {
  const count = lines.filter(({ curve }) => curve.isStepless).length;
  if (count === 0) return nothing;
  const by = xAxis === 'step' ? 'order' : 'time';
  const text = by === 'order' ? t('by order') : t('by time');
  const title = saySteplessLines(count, lines.length, by);
  return html`<span class="stepless" title=${title} aria-label=${title}>${text}</span>`;
}

function limitsButton(chart: string, limits: Limits, model: ChartsModel): TemplateResult {
  const title = sayLimits(limits, model.settings.yScale);
  return html`<button
    class="limits"
    title=${t('{0} Click to change.', title)}
    aria-label=${title}
    @click=${() => model.askLimits(chart)}
  >
    <span class="icon icon-unfold"></span>
  </button>`;
}

/** Shown in place of curves: why there are none, and how to get them. */
export function beyondNote(chart: string, model: ChartsModel): TemplateResult {
  // Its keys are not those of the chart.
  return html`<p class="beyond" @keydown=${(event: KeyboardEvent) => event.stopPropagation()}>
    ${t('All values are outside of the set range.')}
    <button class="link" @click=${() => model.askLimits(chart)}>${t('Change range…')}</button>
  </p>`;
}

function pinButton(chart: string, model: ChartsModel): TemplateResult {
  const isPinned = model.arrangement.isPinned(chart);
  const [title, icon] = isCombined(chart)
    ? [t('Remove Chart'), 'close']
    : isPinned
      ? [t('Unpin'), 'pinned']
      : [t('Pin'), 'pin'];
  return html`<button
    class="icon-button ${isPinned && !isCombined(chart) ? 'on' : ''}"
    title=${title}
    @click=${() => model.togglePinned(chart)}
  >
    <span class="icon icon-${icon}"></span>
  </button>`;
}

function expandButton(chart: string, model: ChartsModel): TemplateResult {
  const isExpanded = model.expanded === chart;
  return html`<button
    class="icon-button"
    title=${isExpanded ? t('Restore (Enter)') : t('Expand (Enter)')}
    @click=${() => model.toggleExpanded(chart)}
  >
    <span class="icon icon-${isExpanded ? 'screen-normal' : 'screen-full'}"></span>
  </button>`;
}
