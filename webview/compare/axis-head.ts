import { html, nothing, type TemplateResult } from 'lit';
import { PageElement } from '../shared/page-element.js';
import { openPopup } from '../controls/popup.js';
import { type Axis, type Brush, labelOf, placeOf, valueAt } from './axis.js';
import { t } from '../shared/l10n.js';

/** A press that goes less far is a click. */
const SLACK = 5;

/**
 * The name of an axis. A drag takes the axis elsewhere, as do the arrow keys; a click opens what can be said of it with the
 * keyboard, too: which values count, on which scale, and whether it is shown.
 */
export class TyAxisHead extends PageElement {
  static override properties = {
    axis: {},
    brush: {},
    isFirst: {},
    isLast: {},
    isOpen: { state: true },
  };
  declare axis: Axis;
  declare brush: Brush | undefined;
  declare isFirst: boolean;
  declare isLast: boolean;
  declare isOpen: boolean;
  declare onBrush: (brush: Brush | undefined) => void;
  declare onScale: (isLog: boolean) => void;
  /** One to the left: −1; to the right: 1. */
  declare onMove: (by: number) => void;
  /** Let go at a place on the screen. */
  declare onDrop: (clientX: number) => void;
  /** Undefined when there must be this one. */
  declare onRemove: (() => void) | undefined;

  constructor() {
    super();
    this.isOpen = false;
  }

  get #popup(): HTMLElement {
    return this.querySelector<HTMLElement>('.popup')!;
  }

  protected override render(): TemplateResult {
    const { axis, brush } = this;
    const { label } = axis.variable;
    const named = brush
      ? t('{0}, only {1} to {2}', label, this.#text(brush.from, 'from'), this.#text(brush.to, 'to'))
      : label;
    return html`<button
        class="axis-name ${brush ? 'brushed' : ''}"
        aria-haspopup="dialog"
        aria-expanded=${this.isOpen}
        aria-label=${t('Axis {0}. Left and Right move it.', named)}
        title=${t('{0}\nDrag to move, click for more', named)}
        @pointerdown=${(event: PointerEvent) => this.#drag(event)}
        @click=${(event: MouseEvent) => event.detail === 0 && this.#open()}
        @keydown=${(event: KeyboardEvent) => this.#key(event)}
      >
        ${label}
      </button>
      <div
        class="popup axis-menu"
        popover
        role="dialog"
        aria-label=${t('Axis {0}', label)}
        @beforetoggle=${(event: ToggleEvent) => (this.isOpen = event.newState === 'open')}
      >
        ${this.isOpen ? this.#content() : nothing}
      </div>`;
  }

  #content(): TemplateResult {
    const { axis, brush } = this;
    const end = (which: 'from' | 'to', label: string) =>
      html`<label class="axis-end"
        ><span>${label}</span>${axis.variable.words ? this.#words(which) : this.#number(which)}</label
      >`;
    const act = (label: string, isEnabled: boolean, run: () => void) =>
      html`<button
        class="menu-item"
        ?disabled=${!isEnabled}
        @click=${() => {
          this.#popup.hidePopover();
          run();
        }}
      >
        ${label}
      </button>`;
    return html`
      ${end('from', t('From'))} ${end('to', t('To'))}
      ${
        axis.canBeLog
          ? html`<label class="axis-end"
              ><span>${t('Log scale')}</span
              ><input
                type="checkbox"
                .checked=${axis.isLog}
                @change=${(event: Event) => this.onScale((event.target as HTMLInputElement).checked)}
            /></label>`
          : nothing
      }
      <hr class="menu-line" />
      ${act(t('Clear Range'), brush !== undefined, () => this.onBrush(undefined))}
      ${act(t('Move Left'), !this.isFirst, () => this.onMove(-1))}
      ${act(t('Move Right'), !this.isLast, () => this.onMove(1))}
      ${act(t('Remove Axis'), this.onRemove !== undefined, () => this.onRemove?.())}
    `;
  }

  #number(which: 'from' | 'to'): TemplateResult {
    const value = this.brush ? valueAt(this.axis, this.brush[which]) : undefined;
    return html`<input
      type="text"
      inputmode="decimal"
      placeholder=${labelOf(this.axis, which === 'from' ? this.axis.min : this.axis.max)}
      .value=${value === undefined ? '' : String(Number(value.toPrecision(5)))}
      @change=${(event: Event) => {
        const { value: text } = event.target as HTMLInputElement;
        const number = text.trim() === '' ? NaN : Number(text);
        this.#setEnd(which, Number.isNaN(number) ? undefined : placeOf(this.axis, number));
      }}
    />`;
  }

  #words(which: 'from' | 'to'): TemplateResult {
    const words = this.axis.variable.words!;
    const at = this.#wordAt(which);
    return html`<select
      @change=${(event: Event) => {
        const index = (event.target as HTMLSelectElement).selectedIndex;
        this.#setEnd(which, (index + (which === 'from' ? 0 : 1)) / words.length);
      }}
    >
      ${words.map((word, i) => html`<option .selected=${i === at}>${word}</option>`)}
    </select>`;
  }

  #wordAt(which: 'from' | 'to'): number {
    const last = this.axis.variable.words!.length - 1;
    if (!this.brush) return which === 'from' ? 0 : last;
    // The upper end of the last word is the lower end of the next.
    return valueAt(this.axis, this.brush[which] - (which === 'to' ? 1e-9 : -1e-9));
  }

  #text(place: number, which: 'from' | 'to'): string {
    return labelOf(this.axis, this.axis.variable.words ? this.#wordAt(which) : valueAt(this.axis, place));
  }

  /** @param place undefined: the end of the axis */
  #setEnd(which: 'from' | 'to', place: number | undefined): void {
    const ends = { from: 0, to: 1 };
    const brush = { ...(this.brush ?? ends), [which]: place ?? ends[which] };
    const isAll = brush.from <= 0 && brush.to >= 1;
    this.onBrush(
      isAll ? undefined : { from: Math.min(brush.from, brush.to), to: Math.max(brush.from, brush.to) },
    );
  }

  #open(): void {
    openPopup(this.#popup, this.querySelector('button')!);
    void this.updateComplete.then(() => this.#popup.querySelector<HTMLElement>('input, select')?.focus());
  }

  #key(event: KeyboardEvent): void {
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (by === 0 || (by < 0 ? this.isFirst : this.isLast)) return;
    event.preventDefault();
    this.onMove(by);
    // The element goes with the axis; the focus stays on it.
    void this.updateComplete.then(() => requestAnimationFrame(() => this.querySelector('button')!.focus()));
  }

  #drag(start: PointerEvent): void {
    if (start.button !== 0) return;
    const button = start.currentTarget as HTMLElement;
    const controller = new AbortController();
    const { signal } = controller;
    let isDragged = false;
    const stop = () => {
      controller.abort();
      this.style.translate = '';
    };
    button.setPointerCapture(start.pointerId);
    button.addEventListener(
      'pointermove',
      ({ clientX }) => {
        const by = clientX - start.clientX;
        isDragged ||= Math.abs(by) >= SLACK;
        if (isDragged) this.style.translate = `${by}px`;
      },
      { signal },
    );
    button.addEventListener(
      'pointerup',
      ({ clientX }) => {
        stop();
        if (isDragged) this.onDrop(clientX);
        else this.#open();
      },
      { signal },
    );
    button.addEventListener('pointercancel', stop, { signal });
    addEventListener('keydown', ({ key }) => key === 'Escape' && stop(), { signal });
  }
}

customElements.define('ty-axis-head', TyAxisHead);
