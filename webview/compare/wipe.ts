import { html, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import type { ComparedRun } from '../../src/panels/compare-messages.js';
import { dot } from './cells.js';
import { t } from '../shared/l10n.js';

interface Side {
  run: ComparedRun;
  source: string;
}

interface Size {
  width: number;
  height: number;
}

/**
 * Two pictures of one size on top of each other: the line between them follows the pointer, and the arrow keys through
 * the slider below. Pictures of two sizes have no common places, and stand side by side.
 */
export class TyWipe extends PageElement {
  static override properties = {
    name: {},
    left: {},
    right: {},
    at: { state: true },
    sizes: { state: true },
  };
  declare name: string;
  declare left: Side;
  declare right: Side;
  /** Per cent from the left edge. */
  declare at: number;
  declare sizes: { left?: Size; right?: Size };

  constructor() {
    super();
    this.at = 50;
    this.sizes = {};
  }

  protected override updated(): void {
    this.style.setProperty('--at', `${this.at}%`);
  }

  protected override render(): TemplateResult {
    const { name, left, right, at, sizes } = this;
    const isApart =
      sizes.left !== undefined &&
      sizes.right !== undefined &&
      (sizes.left.width !== sizes.right.width || sizes.left.height !== sizes.right.height);
    const image = (side: 'left' | 'right') =>
      html`<img
        class=${side}
        src=${this[side].source}
        alt=${t('{0} of {1}', name, this[side].run.name)}
        draggable="false"
        @load=${({ target }: Event) => this.#measured(side, target as HTMLImageElement)}
      />`;
    return html`
      <div class="wipe-names">
        <span>${dot(left.run)}${left.run.name}</span><span>${dot(right.run)}${right.run.name}</span>
      </div>
      <div
        class="wipe-stage ${isApart ? 'apart' : ''}"
        @pointerdown=${(event: PointerEvent) => this.#grab(event)}
        @pointermove=${(event: PointerEvent) => event.buttons & 1 && this.#moveTo(event)}
      >
        ${image('left')} ${image('right')} ${isApart ? '' : html`<i class="wipe-line"></i>`}
      </div>
      ${
        isApart
          ? html`<p class="muted">${t('The pictures have two sizes.')}</p>`
          : html`<input
              type="range"
              min="0"
              max="100"
              aria-label=${t('Line between {0} and {1}', left.run.name, right.run.name)}
              aria-valuetext="${at}% ${left.run.name}"
              .value=${String(at)}
              @input=${(event: InputEvent) => (this.at = (event.target as HTMLInputElement).valueAsNumber)}
            />`
      }
    `;
  }

  #measured(side: 'left' | 'right', { naturalWidth: width, naturalHeight: height }: HTMLImageElement): void {
    this.sizes = { ...this.sizes, [side]: { width, height } };
  }

  #grab(event: PointerEvent): void {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.#moveTo(event);
  }

  #moveTo(event: PointerEvent): void {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    this.at = Math.round(Math.max(0, Math.min(1, (event.clientX - left) / width)) * 100);
  }
}

customElements.define('ty-wipe', TyWipe);
