import { axisMetric } from './axes.js';
import type { ExportVerb } from './change.js';
import { titleOf } from './chart-id.js';
import { toCsv, toCsvAlong } from './export.js';
import { groupsToCsv } from './export-groups.js';
import type { ChartLine } from './lines.js';
import type { ChartsModel } from './model.js';
import { type Picture, toCanvas, toSvg } from './picture.js';
import type { PlotView } from './plot.js';

/** A chart as it is shown. */
export interface ShownChart {
  id: string;
  lines: readonly ChartLine[];
  /** While it is drawn. */
  drawn: { view: PlotView; size: Picture['size'] } | undefined;
}

/** Exports a chart: to the clipboard, to a file, to the editor. */
export async function exportChart(verb: ExportVerb, chart: ShownChart, model: ChartsModel): Promise<void> {
  const name = titleOf(chart.id).replaceAll(/[^\p{L}\p{N}._-]+/gu, '-');
  const bytes = (text: string) => new TextEncoder().encode(text);
  switch (verb) {
    case 'copyImage': {
      window.focus();
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': imageOf(chart) })]);
      break;
    }
    case 'saveImage': {
      const content = new Uint8Array(await (await imageOf(chart)).arrayBuffer());
      model.ask({ type: 'save', name: `${name}.png`, content });
      break;
    }
    case 'saveVector':
      model.ask({ type: 'save', name: `${name}.svg`, content: bytes(toSvg(pictureOf(chart))) });
      break;
    case 'saveData':
      model.ask({ type: 'save', name: `${name}.csv`, content: bytes(csvOf(chart, model)) });
      break;
    case 'openData':
      model.ask({ type: 'open', language: 'csv', text: csvOf(chart, model) });
      break;
  }
}

function imageOf(chart: ShownChart): Promise<Blob> {
  const canvas = toCanvas(pictureOf(chart));
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The image is too large.')))),
  );
}

function pictureOf({ id, lines, drawn }: ShownChart): Picture {
  if (!drawn) throw new Error('The chart is not drawn.');
  return { title: titleOf(id), ...drawn, legend: lines };
}

function csvOf({ lines }: ShownChart, { zoom, grouping, xAxis, settings }: ChartsModel): string {
  const along = axisMetric(xAxis);
  if (!grouping) return along ? toCsvAlong(along, lines, zoom) : toCsv(lines, zoom);
  return groupsToCsv(lines, { axis: xAxis, x: zoom, band: settings.band });
}
