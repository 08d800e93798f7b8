import { html, nothing, type TemplateResult } from 'lit';
import type { ErrorData } from '../../src/base/errors.js';
import { lacksRuns, type ShownWorkspace } from '../../src/panels/shown-workspace.js';
import { t } from './l10n.js';

/** What a person can do about a failure. */
export interface Remedies {
  retry: () => void;
  showOutput: () => void;
}

/** In place of a page that has nothing to show: why, and what to do about it. */
export function emptyPage(
  icon: string,
  title: string,
  hint = '',
  actions: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return page('status', icon, title, hint, actions);
}

/** In place of a page of which nothing could be read. */
export function failurePage({ message, hint = '' }: ErrorData, remedies: Remedies): TemplateResult {
  return page('alert', 'error', message, hint, remedy(remedies));
}

/** Above a page that shows what was read before a failure. */
export function errorNotice({ message, hint = '' }: ErrorData, remedies: Remedies): TemplateResult {
  return html`<div class="notice bad" role="alert">
    <span class="icon icon-error"></span>
    <p>${message} ${hint}</p>
    <div class="actions">${remedy(remedies)}</div>
  </div>`;
}

/** Above a page: which workspaces it misses the runs of, and why. */
export function workspaceNotices(
  workspaces: readonly ShownWorkspace[],
  remedies: Remedies,
): TemplateResult | typeof nothing {
  const told = workspaces.filter(lacksRuns);
  if (told.length === 0) return nothing;
  return html`${told.map(({ label, problem }) =>
    problem
      ? errorNotice({ ...problem, message: t('{0}: {1}', label, problem.message) }, remedies)
      : html`<div class="notice" role="status">
          <span class="icon icon-loading"></span>
          <p>${t('{0} has not answered yet. Its runs are added when it does.', label)}</p>
        </div>`,
  )}`;
}

function page(
  role: 'status' | 'alert',
  icon: string,
  title: string,
  hint: string,
  actions: TemplateResult | typeof nothing,
): TemplateResult {
  return html`<div class="empty ${role === 'alert' ? 'bad' : ''}" role=${role}>
    <span class="icon icon-${icon}"></span>
    <p>${title}</p>
    ${hint === '' ? nothing : html`<p class="hint">${hint}</p>`}
    ${actions === nothing ? nothing : html`<div class="actions">${actions}</div>`}
  </div>`;
}

function remedy({ retry, showOutput }: Remedies): TemplateResult {
  return html`<vscode-button @click=${retry}>${t('Retry')}</vscode-button>
    <vscode-button appearance="secondary" @click=${showOutput}>${t('Show Log')}</vscode-button>`;
}
