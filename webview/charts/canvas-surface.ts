import type { Theme } from '../shared/theme.js';
import type { Box } from './frame.js';
import type { Font, Path, Stroke, Surface, TextLook } from './surface.js';

/** The screen, and images of it. */
export class CanvasSurface implements Surface {
  readonly ratio: number;
  readonly #ctx: CanvasRenderingContext2D;
  readonly #theme: Pick<Theme, 'fontFamily' | 'background'>;

  /** @param ratio pixels of the canvas in a CSS pixel */
  constructor(ctx: CanvasRenderingContext2D, ratio: number, theme: Pick<Theme, 'fontFamily' | 'background'>) {
    this.#ctx = ctx;
    this.ratio = ratio;
    this.#theme = theme;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.lineJoin = 'round';
    ctx.textBaseline = 'middle';
  }

  /** @param box by default all */
  clear(box?: Box): void {
    const { canvas } = this.#ctx;
    const all = { left: 0, top: 0, width: canvas.width / this.ratio, height: canvas.height / this.ratio };
    const { left, top, width, height } = box ?? all;
    this.#ctx.clearRect(left, top, width, height);
  }

  newPath(): Path2D {
    return new Path2D();
  }

  stroke(path: Path, stroke: Stroke): void {
    if (stroke.isDense) this.#strokeStrands(path, stroke);
    else this.#strokeLine(path, stroke);
  }

  #strokeLine(path: Path, { colour, width, alpha = 1, dash = [] }: Stroke): void {
    const ctx = this.#ctx;
    ctx.globalAlpha = alpha;
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.setLineDash(dash as number[]);
    ctx.stroke(path as Path2D);
  }

  /**
   * A browser without a GPU draws a line of one pixel ten times as fast as a wider one, whose outline it has to compute;
   * so two or three such strands lie side by side. They have no dashes, and are mixed with the background rather than
   * see-through, which would stand out wherever a line crosses itself.
   */
  #strokeStrands(path: Path, { colour, width, alpha = 1 }: Stroke): void {
    const ctx = this.#ctx;
    const wide = width * this.ratio;
    const count = Math.max(1, Math.round(wide + 0.25));
    ctx.globalAlpha = 1;
    ctx.strokeStyle =
      alpha === 1 ? colour : `color-mix(in srgb, ${colour} ${alpha * 100}%, ${this.#theme.background})`;
    ctx.lineWidth = 1 / this.ratio;
    ctx.setLineDash([]);
    for (let i = 0; i < count; i++) {
      // Above each other, since most of a curve runs across; a little aside, so that a steep fall does not stay thin.
      const down = count === 1 ? 0 : ((i / (count - 1) - 0.5) * (wide - 1)) / this.ratio;
      ctx.translate(-0.4 * down, down);
      ctx.stroke(path as Path2D);
      ctx.translate(0.4 * down, -down);
    }
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
    this.#ctx.font = `${isBold ? 'bold ' : ''}${size}px ${this.#theme.fontFamily}`;
  }
}
