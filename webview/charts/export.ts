import { quoted } from '../shared/csv.js';
import type { Theme } from '../shared/theme.js';
import { lowerBound, xAt } from './curve.js';
import type { ChartLine } from './lines.js';
import { colourOf, DASHES } from './palette.js';
import type { Range } from './range.js';

const HEAD = 'run_id,run,metric,step,time,value';

/** The points of a chart inside the visible part of its x axis, a line each; times as ISO 8601. */
export function toCsv(
  shown: readonly Pick<ChartLine, 'entry' | 'metric' | 'series' | 'curve'>[],
  x: Range | null,
): string {
  const lines = [HEAD];
  for (const { entry, metric, series, curve } of shown) {
    if (!series) continue;
    const start = [entry.id, entry.name, metric].map(quoted).join(',');
    // A curve that is not in the order of its axis has other indices than its series; it is given whole.
    const isAsLogged = curve.y === series.values;
    const from = x && isAsLogged ? lowerBound(curve, x.min) : 0;
    for (let i = from; i < series.length; i++) {
      if (x && isAsLogged && xAt(curve, i) > x.max) break;
      const time = new Date(series.times[i]!).toISOString();
      lines.push(`${start},${series.steps[i]!},${time},${series.values[i]!}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const MARGIN = 12;
const TITLE = 26;
const ROW = 18;
const SWATCH = 18;

/** The chart with its name above and its lines below, at the resolution of the screen. */
export function toImage(
  plot: HTMLCanvasElement,
  title: string,
  lines: readonly Pick<ChartLine, 'name' | 'look'>[],
  theme: Theme,
): HTMLCanvasElement {
  const ratio = devicePixelRatio;
  const image = document.createElement('canvas');
  const ctx = image.getContext('2d')!;
  const font = (weight: string) => `${weight} ${12 * ratio}px ${theme.fontFamily}`;
  ctx.font = font('normal');
  const width = plot.width + 2 * MARGIN * ratio;
  const places = flow(
    lines.map(({ name }) => ctx.measureText(name).width + (SWATCH + 2 * MARGIN) * ratio),
    width - 2 * MARGIN * ratio,
  );
  const rows = (places.at(-1)?.row ?? -1) + 1;
  image.width = width;
  image.height = plot.height + (TITLE + 2 * MARGIN + rows * ROW) * ratio;
  ctx.fillStyle = theme.background;
  ctx.fillRect(0, 0, image.width, image.height);
  ctx.textBaseline = 'middle';
  ctx.fillStyle = theme.foreground;
  ctx.font = font('bold');
  ctx.fillText(title, MARGIN * ratio, (MARGIN + TITLE / 2) * ratio);
  ctx.drawImage(plot, MARGIN * ratio, (MARGIN + TITLE) * ratio);
  ctx.font = font('normal');
  for (const [i, { name, look }] of lines.entries()) {
    const { left, row } = places[i]!;
    const x = MARGIN * ratio + left;
    const y = plot.height + (MARGIN + TITLE + ROW * (row + 0.5)) * ratio;
    ctx.strokeStyle = colourOf(look, theme);
    ctx.lineWidth = 2.5 * ratio;
    ctx.setLineDash(DASHES[look.dash]!.map((length) => length * ratio));
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x + SWATCH * ratio, y);
    ctx.stroke();
    ctx.fillStyle = theme.foreground;
    ctx.fillText(name, x + (SWATCH + 6) * ratio, y);
  }
  return image;
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
