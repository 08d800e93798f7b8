// One chart of the same curves, drawn by our panel and by plain pages with Plotly and with Vega-Lite. Each page is asked
// the same way: `load` gives it the points, `first` draws, `append` adds a point to each curve, `zoom` shows a part.
/* global window, document, Plotly, vega, vegaLite, WheelEvent */
import path from 'node:path';
import { fakeRun, fakeSeries, lossAt } from '../ui/webview/data.ts';
import { openCharts } from '../ui/webview/page.ts';

export const SIZE = { width: 900, height: 400 };
const PLOT = { width: 860, height: 260 };
/** The panel asks for no more of one series; the server thins what is longer. */
const MAX_POINTS = 10_000;

/** @returns {{ run: object, series: { steps: number[], times: number[], values: number[] } }[]} */
export function curvesOf({ runs, points }) {
  return Array.from({ length: runs }, (_, i) => fakeRun(i + 1, ['loss'], { state: 'running' })).map(
    (run) => ({
      run,
      series: fakeSeries(run.number, points, lossAt(run.number, points)),
    }),
  );
}

/** Our panel. Of longer curves it gets what the server would send. */
export async function trainyardPage(browser, { url }, curves) {
  const host = {
    runs: curves.map(({ run }) => run),
    series: Object.fromEntries(
      curves.map(({ run }) => [run.id, { loss: { steps: [], times: [], values: [] } }]),
    ),
  };
  const { page, errors } = await openCharts(browser, { url, host, ...SIZE });
  await page.waitForFunction(() => window.fake.sent.some(({ type }) => type === 'fetch'));
  await page.evaluate(
    ({ all, most }) => {
      for (const { run, series } of all) {
        const stride = Math.ceil(series.values.length / most);
        const column = (values) => Float64Array.from(values.filter((_, i) => i % stride === 0));
        const columns = Object.entries(series).map(([name, values]) => [name, column(values)]);
        window.fake.series[run.id].loss = Object.fromEntries(columns);
      }
      const changed = () =>
        window.fake.say({ type: 'changed', runIds: window.fake.runs.map(({ id }) => id) });
      window.first = async () => {
        changed();
        while (!document.querySelector('ty-chart canvas')) await window.frame();
      };
      // Room for more, so that the host's own part is small.
      const room = {};
      for (const { id } of window.fake.runs)
        for (const [name, column] of Object.entries(window.fake.series[id].loss)) {
          room[`${id}.${name}`] = new Float64Array(column.length + 1000);
          room[`${id}.${name}`].set(column);
        }
      // The host's part of an append, for nobody.
      const { port1: nobody } = new MessageChannel();
      window.idle = async () => {
        const runIds = window.fake.runs.map(({ id }) => id);
        nobody.postMessage({ type: 'changed', runIds });
        setTimeout(() => {
          const from = window.fake.series[runIds[0]].loss.values.length - 1;
          const series = runIds.map((runId) => ({ runId, key: 'loss', from }));
          nobody.postMessage({ type: 'points', id: 0, points: window.fake.pointsOf(series, most) });
        }, 0);
        await window.settled();
      };
      window.append = async () => {
        for (const { id } of window.fake.runs) {
          const { loss } = window.fake.series[id];
          const length = loss.values.length;
          const point = {
            steps: loss.steps[length - 1] + 1,
            times: loss.times[length - 1] + 1000,
            values: 0.5 + Math.random() / 2,
          };
          for (const [name, value] of Object.entries(point)) {
            room[`${id}.${name}`][length] = value;
            loss[name] = room[`${id}.${name}`].subarray(0, length + 1);
          }
        }
        changed();
        await window.settled();
      };
      // To the page, from it, to it, and a frame: as it is with the editor between.
      window.settled = () => new Promise((done) => setTimeout(done, 120));
      window.zoom = (isIn) => {
        const plot = document.querySelector('ty-chart .plot');
        const { left, top, width, height } = plot.getBoundingClientRect();
        const [clientX, clientY] = [left + width * 0.6, top + height / 2];
        const at = document.elementFromPoint(clientX, clientY);
        const deltaY = isIn ? -40 : 40;
        const options = { clientX, clientY, deltaY, ctrlKey: true, bubbles: true, cancelable: true };
        at.dispatchEvent(new WheelEvent('wheel', options));
      };
    },
    { all: curves, most: MAX_POINTS },
  );
  return { page, errors };
}

/** @param packages folder with node_modules */
export async function plotlyPage(browser, { packages }, curves) {
  const page = await plainPage(browser, [
    path.join(packages, 'node_modules/plotly.js-dist-min/plotly.min.js'),
  ]);
  await page.evaluate(
    ({ all, size }) => {
      const traces = all.map(({ run, series }) => ({
        x: Float64Array.from(series.steps),
        y: Float64Array.from(series.values),
        name: run.name,
        type: 'scatter',
        mode: 'lines',
      }));
      const indices = traces.map((_, i) => i);
      let end = traces[0].x.length;
      window.first = () => Plotly.newPlot('plot', traces, { ...size, showlegend: false });
      window.append = async () => {
        const x = indices.map(() => Float64Array.of(end));
        const y = indices.map(() => Float64Array.of(0.5 + Math.random() / 2));
        end++;
        await Plotly.extendTraces('plot', { x, y }, indices);
      };
      const zoomed = window.zooming([0, end]);
      window.zoom = (isIn) => Plotly.relayout('plot', { 'xaxis.range': zoomed(isIn) });
    },
    { all: curves, size: PLOT },
  );
  return { page, errors: [] };
}

/** Lines on a canvas, zoomed by an interval bound to the scales, as Vega-Lite's own examples do it. */
export async function vegaPage(browser, { packages }, curves) {
  const scripts = ['vega/build/vega.min.js', 'vega-lite/build/vega-lite.min.js'];
  const page = await plainPage(
    browser,
    scripts.map((name) => path.join(packages, 'node_modules', name)),
  );
  await page.evaluate(
    ({ all, size }) => {
      const values = all.flatMap(({ run, series }) =>
        series.values.map((loss, i) => ({ run: run.name, step: series.steps[i], loss })),
      );
      const names = all.map(({ run }) => run.name);
      let end = all[0].series.steps.length;
      const { spec } = vegaLite.compile({
        ...size,
        data: { name: 'curves', values },
        params: [{ name: 'grid', select: { type: 'interval', encodings: ['x'] }, bind: 'scales' }],
        mark: { type: 'line', clip: true },
        encoding: {
          x: { field: 'step', type: 'quantitative' },
          y: { field: 'loss', type: 'quantitative' },
          color: { field: 'run', legend: null },
        },
      });
      let view;
      window.first = async () => {
        view = new vega.View(vega.parse(spec), { renderer: 'canvas', container: '#plot' });
        await view.runAsync();
      };
      window.append = async () => {
        const points = names.map((run) => ({ run, step: end, loss: 0.5 + Math.random() / 2 }));
        end++;
        await view.change('curves', vega.changeset().insert(points)).runAsync();
      };
      const zoomed = window.zooming([0, end]);
      window.zoom = (isIn) => view.signal('grid_step', zoomed(isIn)).runAsync();
    },
    { all: curves, size: PLOT },
  );
  return { page, errors: [] };
}

async function plainPage(browser, scripts) {
  const page = await browser.newPage({ viewport: SIZE });
  await page.setContent('<!doctype html><body><div id="plot"></div>');
  for (const script of scripts) await page.addScriptTag({ path: script });
  await page.evaluate(() => {
    // A stretch of the axis around one place, a tenth smaller or larger at each call.
    window.zooming = ([from, to]) => {
      const center = from + (to - from) * 0.6;
      return (isIn) => {
        const factor = isIn ? 0.9 : 1 / 0.9;
        [from, to] = [center - (center - from) * factor, center + (to - center) * factor];
        return [from, to];
      };
    };
  });
  return page;
}
