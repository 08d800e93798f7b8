// The charts panel in Chromium beside plain pages that draw the same points with Plotly (MLflow's library) and Vega-Lite
// (that of the DVC extension). A fresh page for each sample, in turns. "cpu" is the main thread's time, which neither
// waiting for a frame nor other programs lengthen; "frame" is from a change to the painted frame.
/* global window, requestAnimationFrame */
import { launchChromium } from '../support/chromium.ts';
import { serveCharts } from '../ui/webview/server.ts';
import { curvesOf, plotlyPage, trainyardPage, vegaPage } from './_pages.mjs';
import { FULL, ONLY, quantile, REPEATS, spread, table } from './_report.mjs';

const CASES = [
  { name: '10 × 10,000', runs: 10, points: 10_000, repeats: REPEATS },
  { name: '100 × 1,000', runs: 100, points: 1_000, repeats: REPEATS },
  // Vega-Lite takes half a minute for each of these.
  { name: '10 × 100,000', runs: 10, points: 100_000, repeats: FULL ? REPEATS : 1 },
];
const APPENDS = 30;
const ZOOMS = 20;
const PAGES = { Trainyard: trainyardPage, Plotly: plotlyPage, 'Vega-Lite': vegaPage };

/** Ms of the main thread until now. */
async function cpuOf(page) {
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await client.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  };
}

async function sample(open, where, curves) {
  const { page, errors } = await open(browser, where, curves);
  page.setDefaultTimeout(300_000);
  await page.evaluate(() => {
    window.frame = () => new Promise((done) => requestAnimationFrame(done));
    // Behind what the frame does now, painting too.
    window.rest = () =>
      new Promise((done) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = done;
        port2.postMessage(0);
      });
  });
  const cpu = await cpuOf(page);
  const measured = async (act, argument) => {
    await page.waitForTimeout(200);
    const before = await cpu();
    const result = await page.evaluate(act, argument);
    // Some go on drawing behind the frame.
    await page.waitForTimeout(300);
    return { result, cpu: (await cpu()) - before };
  };
  const first = await measured(async () => {
    const start = performance.now();
    await window.first();
    await window.frame();
    await window.rest();
    return performance.now() - start;
  });
  const append = await measured(async (count) => {
    for (let i = 0; i < count; i++) {
      await window.append();
      await window.frame();
    }
  }, APPENDS);
  // What such a wait takes of a page to which nothing is added, with what a host does that is in the page.
  const wait = await measured(async (count) => {
    for (let i = 0; i < count; i++) {
      await window.idle?.();
      await window.frame();
    }
  }, APPENDS);
  const zoom = await measured(async (count) => {
    const frames = [];
    for (let i = 0; i < count; i++) {
      await window.frame();
      const start = performance.now();
      await window.zoom(i < count / 2);
      await window.rest();
      frames.push(performance.now() - start);
    }
    return frames;
  }, ZOOMS);
  await page.close();
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return {
    'first paint, clock': first.result,
    'first paint, cpu': first.cpu,
    'a point to each curve, cpu': (append.cpu - wait.cpu) / APPENDS,
    'a step of zoom, cpu': zoom.cpu / ZOOMS,
    'longest frame of a zoom': quantile(zoom.result, 1),
  };
}

const server = await serveCharts();
const where = { url: server.url, packages: process.env.TRAINYARD_BENCH_PAGES };
const browser = await launchChromium();
try {
  for (const { name, repeats, ...size } of CASES.filter(({ name }) => ONLY.test(name))) {
    const curves = curvesOf(size);
    const samples = Object.fromEntries(Object.keys(PAGES).map((page) => [page, []]));
    for (let i = 0; i < repeats; i++)
      for (const [page, open] of Object.entries(PAGES)) samples[page].push(await sample(open, where, curves));
    console.log(`\n${name} points in one chart, ${repeats} pages each, ms (min–median–max)\n`);
    table(
      ['', ...Object.keys(PAGES), 'of Plotly', 'of Vega-Lite'],
      Object.keys(samples.Trainyard[0]).map((measure) => {
        const all = Object.values(samples).map((of) => of.map((one) => one[measure]));
        const [ours, ...theirs] = all.map((times) => quantile(times, 0.5));
        return [measure, ...all.map(spread), ...theirs.map((peer) => `${(peer / ours).toFixed(1)} ×`)];
      }),
    );
  }
} finally {
  await browser.close();
  await server.close();
}
