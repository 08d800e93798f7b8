// The panels of charts and of a run in Chromium, alone: how long they take to open with few metrics, with as many as a page
// has room for and with many, and what the charts hold after an hour of live points, played as quickly as they are taken in.
/* global window, document, requestAnimationFrame */
import { launchChromium } from '../support/chromium.ts';
import { fakeRun, START } from '../ui/webview/data.ts';
import { openCharts, openPanel } from '../ui/webview/page.ts';
import { installRunHost, plainShownRun } from '../ui/webview/run-host.ts';
import { serveCharts, servePanel } from '../ui/webview/server.ts';
import { tableRun } from '../ui/webview/table-host.ts';
import { REPEATS, spread, table } from './_report.mjs';

const MB = 1024 * 1024;
const SIZE = { width: 1200, height: 800 };
const RUNS = 10;
/** Few, as many as a page has room for, and many. */
const METRICS = [5, 12, 500];
/** Seconds, and so points of each series. */
const HOUR = 3600;

/** The host has one series for all, up to `window.now`: what is timed is the page, not the making of points. */
function answerFromOne({ start, length }) {
  window.now = 0;
  const all = (at) => Float64Array.from({ length }, (_, i) => at(i));
  const steps = all((i) => i);
  const times = all((i) => start + i * 1000);
  const values = all((i) => Math.sin(i / 50));
  window.fake.isSilent = true;
  window.answer = () => {
    for (const message of window.fake.sent.splice(0)) {
      if (message.type === 'ready') window.fake.init();
      if (message.type !== 'fetch') continue;
      const points = message.series.map(({ runId, key, from }) => {
        const part = (column) => column.slice(from, window.now);
        return {
          runId,
          key,
          total: window.now,
          reduced: false,
          steps: part(steps),
          times: part(times),
          values: part(values),
        };
      });
      window.fake.say({ type: 'points', id: message.id, points });
    }
  };
}

async function openRun(browser, url, metrics) {
  const [value, count] = [0.5, 10];
  const summary = { value, step: 9, timestamp: START, count, min: value / 2, max: value * 2 };
  const run = tableRun(1, {
    metrics: Object.fromEntries(Array.from({ length: metrics }, (_, i) => [`metric${i}`, summary])),
  });
  const { page } = await openPanel(browser, {
    url,
    install: installRunHost,
    host: { runs: [plainShownRun(run)] },
    ...SIZE,
  });
  const drawn = await page.waitForFunction(
    () => document.querySelector('.metrics path') && performance.now(),
  );
  const ms = await drawn.jsonValue();
  await page.close();
  return ms;
}

async function open(browser, { url, runs: count = RUNS, metrics, points }) {
  const names = Array.from({ length: metrics }, (_, i) => `layer${Math.floor(i / 20)}/metric${i}`);
  const runs = Array.from({ length: count }, (_, i) => fakeRun(i + 1, names, { state: 'running' }));
  const { page, errors } = await openCharts(browser, {
    url,
    host: { runs, series: {}, isSilent: true },
    ...SIZE,
  });
  await page.waitForFunction(() => window.fake.sent.some(({ type }) => type === 'ready'));
  await page.evaluate(answerFromOne, { start: START, length: HOUR });
  const ms = await page.evaluate(async (now) => {
    window.now = now;
    const begin = performance.now();
    while (!document.querySelector('ty-chart canvas')) {
      window.answer();
      await new Promise((done) => requestAnimationFrame(done));
    }
    return performance.now() - begin;
  }, points);
  return { page, errors, ms };
}

const server = await serveCharts();
const runServer = await servePanel('run');
const browser = await launchChromium();
try {
  const ofCharts = async (runs, metrics) => {
    const { page, ms } = await open(browser, { url: server.url, runs, metrics, points: 1000 });
    await page.close();
    return ms;
  };
  const cases = [
    ...[1, RUNS].flatMap((runs) =>
      METRICS.map((metrics) => ({
        name: `charts of ${metrics} metrics, ${runs} run${runs === 1 ? '' : 's'}: from the list of runs to curves`,
        sample: () => ofCharts(runs, metrics),
      })),
    ),
    ...METRICS.map((metrics) => ({
      name: `the run with ${metrics} metrics: from nothing to curves`,
      sample: () => openRun(browser, runServer.url, metrics),
    })),
  ];
  const times = cases.map(() => []);
  for (let i = 0; i < REPEATS; i++)
    for (const [n, { sample }] of cases.entries()) times[n].push(await sample());
  table(
    ['opened, ms', 'min–median–max'],
    cases.map(({ name }, n) => [name, spread(times[n])]),
  );

  const { page, errors } = await open(browser, { url: server.url, metrics: 6, points: 1 });
  const client = await page.context().newCDPSession(page);
  const held = [];
  for (let minute = 0; minute <= 60; minute += 15) {
    await page.evaluate(
      async (until) => {
        const ids = window.fake.runs.map(({ id }) => id);
        for (; window.now < until; window.now++) {
          window.fake.say({ type: 'changed', runIds: ids });
          await new Promise((done) => requestAnimationFrame(done));
          window.answer();
        }
      },
      (minute / 60) * HOUR,
    );
    await page.waitForTimeout(500);
    await client.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize = 0 } = await client.send('Runtime.getHeapUsage');
    const points = (await page.evaluate(() => window.now)) * RUNS * 6;
    held.push([minute, points, (usedSize / MB).toFixed(1), (backingStorageSize / MB).toFixed(1)]);
  }
  if (errors.length > 0) throw new Error(errors.join('\n'));
  console.log(`\n${RUNS} runs by 6 metrics, a point of each every second\n`);
  table(['minutes', 'points', 'heap, MB', 'arrays of points, MB'], held);
} finally {
  await browser.close();
  await server.close();
  await runServer.close();
}
