// The charts panel in Chromium, alone: how long it takes to open with few and with many metrics, and what it holds after
// an hour of live points, played as quickly as it takes them in.
/* global window, document, requestAnimationFrame */
import { launchChromium } from '../support/chromium.ts';
import { fakeRun, START } from '../ui/webview/data.ts';
import { openCharts } from '../ui/webview/page.ts';
import { serveCharts } from '../ui/webview/server.ts';
import { REPEATS, spread, table } from './_report.mjs';

const MB = 1024 * 1024;
const SIZE = { width: 1200, height: 800 };
const RUNS = 10;
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

async function open(browser, url, metrics, points) {
  const names = Array.from({ length: metrics }, (_, i) => `layer${Math.floor(i / 20)}/metric${i}`);
  const runs = Array.from({ length: RUNS }, (_, i) => fakeRun(i + 1, names, { state: 'running' }));
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
const browser = await launchChromium();
try {
  const rows = [];
  for (const metrics of [5, 12, 500]) {
    const times = [];
    for (let i = 0; i < REPEATS; i++) {
      const { page, ms } = await open(browser, server.url, metrics, 1000);
      times.push(ms);
      await page.close();
    }
    rows.push([`${metrics} metrics of ${RUNS} runs`, spread(times)]);
  }
  table(['opened: from the list of runs to the first curves', 'ms'], rows);

  const { page, errors } = await open(browser, server.url, 6, 1);
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
}
