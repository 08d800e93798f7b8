import { onThemeChange, readTheme, type Theme } from '../shared/theme.js';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { colourAt, cssColour, type ScaleKind } from './colour-scale.js';

/** Sizes a canvas for the screen's pixels, empties it, and gives what to draw on in CSS pixels. */
export function fresh(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  return context;
}

/** Steps of the colour scale that are told apart: making a colour for each run would cost more than drawing it. */
const SHADES = 32;

/** Colours of the theme, and those of the scale. */
export interface Paint extends Theme {
  shade(place: number): string;
}

function readPaint(): Paint {
  const kind: ScaleKind = /vscode-(high-contrast-)?light/.test(document.body.className) ? 'light' : 'dark';
  const shades = Array.from({ length: SHADES }, (_, i) => cssColour(colourAt(i / (SHADES - 1), kind)));
  const theme = readTheme();
  return {
    ...theme,
    shade: (place) => (Number.isNaN(place) ? theme.muted : shades[Math.round(place * (SHADES - 1))]!),
  };
}

/** Draws an element again when its width or the theme changes. */
export class Stage implements ReactiveController {
  width = 0;
  paint: Paint = readPaint();
  readonly #host: ReactiveControllerHost & HTMLElement;
  #subscription: { dispose(): void } | undefined;
  readonly #sizes = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry!.contentRect.width);
    if (width === this.width) return;
    this.width = width;
    this.#host.requestUpdate();
  });

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.paint = readPaint();
    this.#sizes.observe(this.#host);
    this.#subscription = onThemeChange(() => {
      this.paint = readPaint();
      this.#host.requestUpdate();
    });
  }

  hostDisconnected(): void {
    this.#sizes.disconnect();
    this.#subscription?.dispose();
  }
}
