import { html, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import { fresh, Stage } from './canvas.js';

const HEIGHT = 10;

/** The colour scale, from its low end to its high one. */
export class TyShades extends PageElement {
  static override properties = { isReversed: {} };
  declare isReversed: boolean;
  readonly #stage = new Stage(this);

  protected override render(): TemplateResult {
    return html`<canvas aria-hidden="true"></canvas>`;
  }

  protected override updated(): void {
    const { width, paint } = this.#stage;
    if (width === 0) return;
    const context = fresh(this.querySelector('canvas')!, width, HEIGHT);
    for (let x = 0; x < width; x++) {
      const place = x / (width - 1);
      context.fillStyle = paint.shade(this.isReversed ? 1 - place : place);
      context.fillRect(x, 0, 1.5, HEIGHT);
    }
  }
}

customElements.define('ty-shades', TyShades);
