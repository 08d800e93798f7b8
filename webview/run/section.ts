import { html, nothing, type TemplateResult } from 'lit';
import type { RunModel } from './model.js';

interface Options {
  /** Under which it is remembered whether it is closed. */
  id: string;
  title: string;
  count?: number;
  /** Beside the title, while it is open. */
  tools?: TemplateResult | typeof nothing;
  body: () => TemplateResult;
}

/** A collapsible part of the page; a collapsed one is not rendered. */
export function section(model: RunModel, { id, title, count, tools, body }: Options): TemplateResult {
  const isOpen = model.isOpen(id);
  return html`<section class="section" aria-labelledby="section-${id}">
    <div class="section-head">
      <h2 id="section-${id}">
        <button aria-expanded=${isOpen} @click=${() => model.toggle(id)}>
          <span class="icon icon-chevron-${isOpen ? 'down' : 'right'}"></span>${title}${
            count === undefined ? nothing : html`<span class="count">${count}</span>`
          }
        </button>
      </h2>
      ${isOpen && tools ? tools : nothing}
    </div>
    ${isOpen ? html`<div class="section-body">${body()}</div>` : nothing}
  </section>`;
}

/** A small button with an icon and no text. */
export function iconButton(
  icon: string,
  label: string,
  onClick: (event: MouseEvent) => void,
): TemplateResult {
  return html`<button class="icon-button" title=${label} aria-label=${label} @click=${onClick}>
    <span class="icon icon-${icon}"></span>
  </button>`;
}
