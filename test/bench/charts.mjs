// node --import=tsx test/bench/charts.mjs      (build first: node esbuild.mjs charts)
//
// The charts page in Chromium beside a plain page that draws the same points with uPlot alone. Each sample is a fresh page,
// the two take turns. Numbers are medians; "cpu" is the main thread's task time, which does not count waiting for a frame.
/* global window, document, requestAnimationFrame */
import { createRequire } from 'node:module';
import { fakeRun, fakeSeries, lossAt } from '../ui/webview/data.ts';
import { launchChromium } from '../support/chromium.ts';
import { openCharts } from '../ui/webview/page.ts';
import { serveCharts } from '../ui/webview/server.ts';

const REPEATS = Number(process.argv[2] ?? 5);
const CASES = [
  { name: '10 × 10,000 points', runs: 10, points: 10_000 },
  { name: '100 × 1,000 points', runs: 100, points: 1_000 },
];
const APPENDS = 20;
const require = createRequire(import.meta.url);
const UPLOT = require.resolve('uplot/dist/uPlot.iife.min.js');
const SIZE = { width: 900, height: 400 };

function dataOf({ runs, points }) {
  const all = Array.from({ length: runs }, (_, i) => fakeRun(i + 1, ['loss'], { state: 'running' }));
  return all.map((run) => ({ run, series: fakeSeries(run.number, points, lossAt(run.number, points)) }));
}

async function cpu(client) {
  const { metrics } = await client.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
}

/** Ms of wall time and of the main thread while `act` runs in the page, up to the painted frame. */
async function measured(page, act, argument) {
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  const before = await cpu(client);
  const wall = await page.evaluate(act, argument);
  // Drawing goes on behind the frame: let it come to rest.
  await page.waitForTimeout(300);
  return { wall, cpu: (await cpu(client)) - before };
}

async function ours(browser, url, data) {
  const host = {
    runs: data.map(({ run }) => run),
    series: Object.fromEntries(
      data.map(({ run }) => [run.id, { loss: { steps: [], times: [], values: [] } }]),
    ),
  };
  const { page, errors } = await openCharts(browser, { url, host, ...SIZE });
  await page.waitForFunction(() => window.fake.sent.some(({ type }) => type === 'fetch'));
  await page.evaluate(load, data);
  // The page has no points yet; now they come, as they do from the extension, in one message.
  const first = await measured(page, async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const start = performance.now();
    window.fake.say({ type: 'changed', runIds: window.fake.runs.map(({ id }) => id) });
    while (!document.querySelector('.u-over')) await frame();
    await frame();
    return performance.now() - start;
  });
  const append = await measured(page, appendOurs, APPENDS);
  if (errors.length > 0) throw new Error(errors.join('\n'));
  await page.close();
  return { first, append: { wall: append.wall / APPENDS, cpu: append.cpu / APPENDS } };
}

function load(data) {
  // Typed arrays, so that the fake host does not cost more than the real one.
  for (const { run, series } of data) {
    const columns = Object.fromEntries(
      Object.entries(series).map(([name, all]) => [name, Float64Array.from(all)]),
    );
    window.fake.series[run.id].loss = columns;
  }
}

async function appendOurs(count) {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const pause = () => new Promise((done) => setTimeout(done, 120));
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    for (const { id } of window.fake.runs) {
      const { loss } = window.fake.series[id];
      const length = loss.values.length;
      for (const [name, value] of [
        ['steps', length],
        ['times', loss.times[length - 1] + 1000],
        ['values', Math.random()],
      ]) {
        const longer = new Float64Array(length + 1);
        longer.set(loss[name]);
        longer[length] = value;
        loss[name] = longer;
      }
    }
    window.fake.say({ type: 'changed', runIds: window.fake.runs.map(({ id }) => id) });
    await pause();
    await frame();
  }
  return performance.now() - start;
}

async function plain(browser, data) {
  const page = await browser.newPage({ viewport: SIZE });
  await page.addScriptTag({ path: UPLOT });
  await page.evaluate((all) => {
    const columns = all.map(({ series }) => Float64Array.from(series.values));
    window.columns = [Float64Array.from(all[0].series.steps), ...columns];
  }, data);
  const first = await measured(
    page,
    async ({ width }) => {
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      const start = performance.now();
      // As a task of the page, which is what the counter counts.
      await new Promise((done) => setTimeout(done));
      const lines = window.columns.slice(1).map((_, i) => ({ stroke: `hsl(${i * 36} 60% 50%)`, width: 1.5 }));
      const options = {
        width: width - 40,
        height: 208,
        scales: { x: { time: false } },
        legend: { show: false },
        series: [{}, ...lines],
      };
      window.plot = new window.uPlot(options, window.columns, document.body);
      await frame();
      await frame();
      return performance.now() - start;
    },
    SIZE,
  );
  const append = await measured(
    page,
    async (count) => {
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      const pause = () => new Promise((done) => setTimeout(done, 120));
      const start = performance.now();
      for (let i = 0; i < count; i++) {
        window.columns = window.columns.map((column, c) => {
          const longer = new Float64Array(column.length + 1);
          longer.set(column);
          longer[column.length] = c === 0 ? column.length : Math.random();
          return longer;
        });
        window.plot.setData(window.columns);
        await pause();
        await frame();
      }
      return performance.now() - start;
    },
    APPENDS,
  );
  await page.close();
  return { first, append: { wall: append.wall / APPENDS, cpu: append.cpu / APPENDS } };
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function row(name, mine, peer) {
  const ratio = (mine / peer).toFixed(1);
  console.log(
    `  ${name.padEnd(34)} ${mine.toFixed(1).padStart(8)} ms   uPlot alone ${peer.toFixed(1).padStart(8)} ms   × ${ratio}`,
  );
}

const server = await serveCharts();
const browser = await launchChromium();
try {
  for (const each of CASES) {
    const data = dataOf(each);
    const mine = [];
    const peer = [];
    for (let i = 0; i < REPEATS; i++) {
      if (i % 2) mine.push(await ours(browser, server.url, data));
      peer.push(await plain(browser, data));
      if (i % 2 === 0) mine.push(await ours(browser, server.url, data));
    }
    const pick = (samples, get) => median(samples.map(get));
    console.log(`${each.name}, one chart, ${REPEATS} pages`);
    row(
      'points there → painted, wall',
      pick(mine, (s) => s.first.wall),
      pick(peer, (s) => s.first.wall),
    );
    row(
      'points there → painted, cpu',
      pick(mine, (s) => s.first.cpu),
      pick(peer, (s) => s.first.cpu),
    );
    row(
      'a point to each run → drawn, cpu',
      pick(mine, (s) => s.append.cpu),
      pick(peer, (s) => s.append.cpu),
    );
  }
} finally {
  await browser.close();
  await server.close();
}
