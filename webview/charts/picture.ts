import type { Theme } from '../shared/theme.js';
import { layoutAxes } from './axis-layout.js';
import { CanvasSurface } from './canvas-surface.js';
import type { Box } from './frame.js';
import { colourOf, DASHES, type RunLook } from './palette.js';
import { drawPlot, type PlotView } from './plot.js';
import type { Ruler, Surface } from './surface.js';
import { SvgSurface } from './svg-surface.js';

/** A chart as an image: its name above, its legend below. */
export interface Picture {
  title: string;
  view: PlotView;
  /** Of the plot, in CSS pixels. */
  size: { width: number; height: number };
  legend: readonly { name: string; look: RunLook }[];
}

/** For pages that are printed or looked at larger. */
const LEAST_RATIO = 2;

export function toCanvas(picture: Picture): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const ctx = canvas.getContext('2d')!;
  const { theme } = picture.view;
  const ratio = Math.max(LEAST_RATIO, devicePixelRatio);
  const layout = layoutPicture(picture, new CanvasSurface(ctx, ratio, theme));
  canvas.width = Math.round(layout.width * ratio);
  canvas.height = Math.round(layout.height * ratio);
  // Resizing a canvas resets its state.
  drawPicture(new CanvasSurface(ctx, ratio, theme), picture, layout);
  return canvas;
}

export function toSvg(picture: Picture): string {
  const ctx = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
  const theme = opaque(picture.view.theme, ctx);
  const plain = { ...picture, view: { ...picture.view, theme } };
  const surface = new SvgSurface(theme.fontFamily, new CanvasSurface(ctx, 1, theme));
  const layout = layoutPicture(plain, surface);
  drawPicture(surface, plain, layout);
  return surface.document(layout.width, layout.height, picture.title);
}

const MARGIN = 12;
const TITLE = 26;
const ROW = 18;
const SWATCH = 18;
const TEXT = { size: 12 };

interface Layout {
  width: number;
  height: number;
  plot: Box;
  entries: { left: number; row: number }[];
}

function layoutPicture({ size, legend }: Picture, ruler: Ruler): Layout {
  const entries = flow(
    legend.map(({ name }) => ruler.measure(name, TEXT) + SWATCH + 2 * MARGIN),
    size.width,
  );
  const rows = (entries.at(-1)?.row ?? -1) + 1;
  return {
    width: size.width + 2 * MARGIN,
    height: size.height + TITLE + 2 * MARGIN + rows * ROW,
    plot: { left: MARGIN, top: MARGIN + TITLE, ...size },
    entries,
  };
}

function drawPicture(surface: Surface, { title, view, legend }: Picture, layout: Layout): void {
  const { width, height, plot, entries } = layout;
  const { theme } = view;
  const text = { ...TEXT, colour: theme.foreground, align: 'left' } as const;
  surface.fillBox({ left: 0, top: 0, width, height }, theme.background);
  surface.text(title, MARGIN, MARGIN + TITLE / 2, { ...text, isBold: true });
  drawPlot(surface, layoutAxes(view, plot, surface), { ...view, highlighted: undefined });
  for (const [i, { name, look }] of legend.entries()) {
    const { left, row } = entries[i]!;
    const x = MARGIN + left;
    const y = plot.top + plot.height + ROW * (row + 0.5);
    const swatch = surface.newPath();
    swatch.moveTo(x, y);
    swatch.lineTo(x + SWATCH, y);
    surface.stroke(swatch, { colour: colourOf(look, theme), width: 2.5, dash: DASHES[look.dash]! });
    surface.text(name, x + SWATCH + 6, y, text);
  }
}

/** Places for boxes of these widths, from left to right, in as many rows as it takes. */
export function flow(widths: readonly number[], room: number): { left: number; row: number }[] {
  let left = 0;
  let row = 0;
  return widths.map((width) => {
    if (left > 0 && left + width > room) {
      left = 0;
      row++;
    }
    const place = { left, row };
    left += width;
    return place;
  });
}

/** The theme in opaque colours that every program supports. */
function opaque(theme: Theme, ctx: CanvasRenderingContext2D): Theme {
  const plain = (colour: string) => {
    for (const each of [theme.background, colour]) {
      ctx.fillStyle = each;
      ctx.fillRect(0, 0, 1, 1);
    }
    const [red, green, blue] = ctx.getImageData(0, 0, 1, 1).data;
    return `#${[red, green, blue].map((part) => part!.toString(16).padStart(2, '0')).join('')}`;
  };
  const { foreground, muted, grid, background, runs } = theme;
  return {
    ...theme,
    foreground: plain(foreground),
    muted: plain(muted),
    grid: plain(grid),
    background: plain(background),
    runs: runs.map(plain),
  };
}
