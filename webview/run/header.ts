import { html, nothing, type TemplateResult } from 'lit';
import type { RunPanelVerb, ShownRun } from '../../src/panels/run-messages.js';
import { formatAge, formatCount, formatDuration, formatTime } from '../shared/format.js';
import { ACTIVE, RUN_STATES } from '../shared/run-state.js';
import type { RunModel } from './model.js';
import { iconButton } from './section.js';
import { t } from '../shared/l10n.js';

type Progress = NonNullable<ShownRun['progress']>;

/** Whose run it is, how it stands, and what can be done with it. */
export function header(model: RunModel, run: ShownRun, now: number): TemplateResult {
  const state = RUN_STATES[run.state];
  return html`<header data-vscode-context=${menuContext(run)}>
    <div class="title">
      <i class="dot run-${colourOf(run)}"></i>
      <h1 title=${run.name}>${run.name}</h1>
      ${run.canEdit ? iconButton('edit', t('Rename'), () => model.act('rename')) : nothing}
    </div>
    <p class="about">
      <span class="state tone-${state.tone}" role="status"
        ><span class="icon icon-${state.icon}"></span>${state.label}</span
      >
      ${run.workspace === undefined ? nothing : html`<span title=${t('Workspace')}>${run.workspace}</span>`}
      <span title=${t('Experiment')}>${run.experiment}</span>
      <span title=${formatTime(run.startTime)}>${formatAge(run.startTime, now)}</span>
      ${run.state === 'queued' ? nothing : html`<span title=${t('Duration')}>${lasted(run, now)}</span>`}
      ${run.progress ? progressCount(run.progress) : nothing}
      ${
        run.parentRunId === undefined
          ? nothing
          : html`<button class="link" @click=${() => model.show(run.parentRunId!)}>
              ${t('Go to its parent run')}
            </button>`
      }
      ${
        run.jobRunId === undefined
          ? nothing
          : html`<button class="link" @click=${() => model.show(run.jobRunId!)}>
              ${t('Go to the job’s run')}
            </button>`
      }
    </p>
    ${run.progress ? progressBar(run.progress) : nothing}
    <div class="tools" role="toolbar" aria-label=${t('Run')}>
      ${isCancellable(run) ? tool(model, 'debug-stop', t('Cancel'), 'cancel') : nothing}
      ${run.metrics.length > 0 ? tool(model, 'graph-line', t('Charts'), 'charts') : nothing}
      ${run.isJob ? tool(model, 'output', t('Log'), 'log') : nothing}
      ${tool(model, 'git-compare', t('Compare With…'), 'compare')}
      ${run.isJob ? tool(model, 'debug-restart', t('Submit Again'), 'rerun') : nothing}
      ${iconButton('ellipsis', t('More'), openMenu)}
    </div>
  </header>`;
}

/** Of the run's colours, which one. */
export function colourOf({ number }: ShownRun): number {
  return ((number % 10) + 10) % 10;
}

function tool(model: RunModel, icon: string, label: string, verb: RunPanelVerb): TemplateResult {
  return html`<button class="tool" @click=${() => model.act(verb)}>
    <span class="icon icon-${icon}"></span>${label}
  </button>`;
}

/** A bar, where it is known how much there is. */
function progressBar({ done, total, remainingSeconds }: Progress): TemplateResult | typeof nothing {
  if (total === undefined) return nothing;
  const share = total > 0 ? Math.min(done, total) / total : 0;
  const left =
    remainingSeconds === undefined
      ? ''
      : t('about {0} left', formatDuration(roundly(remainingSeconds) * 1000));
  return html`<div class="progress">
    <progress max="1" .value=${share} aria-label=${t('Progress')}></progress>
    <span>${Math.floor(share * 100)}%</span>
    <span class="muted"
      >${t('{0} of {1}', formatCount(done), formatCount(total))}${left && ` · ${left}`}</span
    >
  </div>`;
}

/** What was counted, where it is not. */
function progressCount({ done, total, unit }: Progress): TemplateResult | typeof nothing {
  if (total !== undefined) return nothing;
  return html`<span title=${t('Progress')}>${formatCount(done)} ${unit}</span>`;
}

/** A guess has no tenths of a second. */
function roundly(seconds: number): number {
  return seconds < 60 ? Math.ceil(seconds) : Math.round(seconds / 5) * 5;
}

function lasted({ startTime, endTime }: ShownRun, now: number): string {
  const duration = Math.max(0, (endTime ?? now) - startTime);
  // While it goes on, whole seconds: tenths would only flicker.
  return formatDuration(endTime === null ? Math.floor(duration / 1000) * 1000 : duration);
}

/** For the native menu: `when` clauses of package.json, and the run that its commands get. */
function menuContext({ id, isJob, hasCode, canEdit, canRegister, state }: ShownRun): string {
  return JSON.stringify({
    webviewSection: 'run',
    runId: id,
    preventDefaultContextMenuItems: true,
    runIsJob: isJob,
    runHasCode: hasCode,
    runIsActive: isJob && ACTIVE.has(state),
    runIsCancellable: isCancellable({ isJob, state }),
    runIsOpen: !isJob && canEdit && ACTIVE.has(state),
    runCanEdit: canEdit,
    runCanRegister: canRegister,
  });
}

/** A job that only has its files to keep cannot be ended any more. */
function isCancellable({ isJob, state }: Pick<ShownRun, 'isJob' | 'state'>): boolean {
  return isJob && ACTIVE.has(state) && state !== 'collecting';
}

/** The editor opens its own menu upon this event. */
function openMenu(event: MouseEvent): void {
  const button = event.currentTarget as HTMLElement;
  const { left, bottom } = button.getBoundingClientRect();
  button.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, clientX: left, clientY: bottom }));
  event.stopPropagation();
}
