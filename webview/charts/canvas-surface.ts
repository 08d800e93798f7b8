import type { Box } from './frame.js';
import type { Font, Path, Stroke, Surface, TextLook } from './surface.js';

/** The screen, and images of it. */
export class CanvasSurface implements Surface {
  readonly ratio: number;
  readonly #ctx: CanvasRenderingContext2D;
  readonly #fontFamily: string;

  /** @param ratio pixels of the canvas in a CSS pixel */
  constructor(ctx: CanvasRenderingContext2D, ratio: number, fontFamily: string) {
    this.#ctx = ctx;
    this.ratio = ratio;
    this.#fontFamily = fontFamily;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.lineJoin = 'round';
    ctx.textBaseline = 'middle';
  }

  clear(): void {
    const { width, height } = this.#ctx.canvas;
    this.#ctx.clearRect(0, 0, width / this.ratio, height / this.ratio);
  }

  newPath(): Path2D {
    return new Path2D();
  }

  stroke(path: Path, { colour, width, alpha = 1, dash = [] }: Stroke): void {
    const ctx = this.#ctx;
    ctx.globalAlpha = alpha;
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.setLineDash(dash as number[]);
    ctx.stroke(path as Path2D);
  }

  fill(path: Path, colour: string, alpha = 1): void {
    const ctx = this.#ctx;
    ctx.globalAlpha = alpha;
    ctx.fillStyle = colour;
    ctx.fill(path as Path2D);
  }

  fillBox({ left, top, width, height }: Box, colour: string): void {
    const ctx = this.#ctx;
    ctx.globalAlpha = 1;
    ctx.fillStyle = colour;
    ctx.fillRect(left, top, width, height);
  }

  clipped({ left, top, width, height }: Box, draw: () => void): void {
    const ctx = this.#ctx;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    draw();
    ctx.restore();
  }

  text(text: string, x: number, y: number, { colour, align, ...font }: TextLook): void {
    const ctx = this.#ctx;
    ctx.globalAlpha = 1;
    ctx.fillStyle = colour;
    ctx.textAlign = align;
    this.#setFont(font);
    // Letters between two pixels are blurred.
    ctx.fillText(text, Math.round(x * this.ratio) / this.ratio, Math.round(y * this.ratio) / this.ratio);
  }

  measure(text: string, font: Font): number {
    this.#setFont(font);
    return this.#ctx.measureText(text).width;
  }

  #setFont({ size, isBold }: Font): void {
    this.#ctx.font = `${isBold ? 'bold ' : ''}${size}px ${this.#fontFamily}`;
  }
}
