import { html, nothing, type TemplateResult } from 'lit';
import type { ShownRun } from '../../src/panels/run-messages.js';
import type { DataInput, ModelLink, ModelSource } from '../../src/workspace/types.js';
import { nameOf } from './files.js';
import type { RunModel } from './model.js';
import { t } from '../shared/l10n.js';

/** What the run read and made. @param folders of its files that hold a model */
export function inputsAndOutputs(model: RunModel, run: ShownRun, folders: readonly string[]): TemplateResult {
  const read = run.models.filter(({ role }) => role === 'input');
  const made = run.models.filter(({ role }) => role === 'output');
  return html`<ul class="things">
    ${run.inputs.map((input) => data(model, input))}
    ${read.map((link) => thing('package', link.name, t('input model'), link.id))}
    ${made.map((link) => output(model, run, link))}
    ${folders.map((path) =>
      thing(
        'package',
        nameOf(path),
        t('model'),
        path,
        register(model, run, { runId: run.id, path }, nameOf(path)),
      ),
    )}
  </ul>`;
}

function data(
  model: RunModel,
  { name, version, digest, context, sourceType, source }: DataInput,
): TemplateResult {
  const about = [context && t('data for {0}', context), sourceType].filter(Boolean).join(' · ') || t('data');
  if (version === undefined) return thing('database', name, about, digest, nothing, source);
  const open = () => model.openAsset('data', name, version);
  return thing(
    'database',
    html`<button class="link" @click=${open}>${name}:${version}</button>`,
    about,
    digest,
    nothing,
    source,
  );
}

function output(model: RunModel, run: ShownRun, { id, name, step }: ModelLink): TemplateResult {
  const about = step ? t('model, step {0}', step) : t('model');
  return thing('package', name, about, id, register(model, run, { modelId: id }, name));
}

function thing(
  icon: string,
  name: string | TemplateResult,
  about: string,
  id: string,
  tools: TemplateResult | typeof nothing = nothing,
  title = id,
): TemplateResult {
  return html`<li>
    <span class="icon icon-${icon}"></span>
    <span class="thing"
      ><span class="thing-name">${name}</span> <span class="muted">${about}</span>
      <span class="id" title=${title}>${id}</span></span
    >
    ${tools}
  </li>`;
}

function register(
  model: RunModel,
  { canRegister }: ShownRun,
  source: ModelSource,
  name: string,
): TemplateResult | typeof nothing {
  if (!canRegister) return nothing;
  return html`<button
    class="link"
    aria-label=${t('Register {0}', name)}
    @click=${() => model.register(source)}
  >
    ${t('Register…')}
  </button>`;
}
