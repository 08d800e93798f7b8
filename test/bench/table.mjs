// node --import=tsx test/bench/table.mjs      (build first: node esbuild.mjs table)
//
// The runs table in Chromium with 10,000 runs by 200 columns, a fresh page for each sample. Work is time on the page's main
// thread, which other programs do not lengthen; the first paint is by the clock, from the first thousand runs on.
import { launchChromium } from '../support/chromium.js';
import { openPanel } from '../ui/webview/page.js';
import { servePanel } from '../ui/webview/server.js';
import { installTableHost } from '../ui/webview/table-host.js';

const SAMPLES = 5;
const host = { many: { runs: 10_000, metrics: 160, params: 40 } };
const results = new Map();
const note = (name, value) => results.set(name, [...(results.get(name) ?? []), value]);
/** Scrolls once a frame; evaluated in the page. */
const scroll = (frames, left, top) => `(async () => {
  const grid = document.querySelector('.grid');
  for (let i = 0; i < ${frames}; i++) {
    grid.scrollTo(${left}, ${top});
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  }
})()`;

const server = await servePanel('table');
const browser = await launchChromium();
for (let sample = 0; sample < SAMPLES; sample++) {
  const { page } = await openPanel(browser, {
    url: server.url,
    install: installTableHost,
    host,
    width: 1600,
  });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const work = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  };
  const measure = async (name, action, times = 1) => {
    const before = await work();
    await action();
    note(name, ((await work()) - before) / times);
  };
  await page.getByText('10,000 runs', { exact: true }).waitFor();
  await page.waitForTimeout(500);
  const { told, drawn } = await page.evaluate('window.fakeTable.timing');
  note('first paint after the first runs came', drawn - told);
  await measure('frame of a scroll by five rows', () => page.evaluate(scroll(100, '0', 'i * 110')), 100);
  await measure('frame of a scroll by eighty rows', () => page.evaluate(scroll(100, '0', 'i * 1760')), 100);
  await measure('frame of a scroll across', () => page.evaluate(scroll(60, 'i * 250', '100000')), 60);
  await page.evaluate(scroll(1, '0', '0'));
  await measure('sort by a column', async () => {
    await page.locator('.head [data-column="duration"]').click();
    await page.evaluate(scroll(1, '0', '0'));
  });
  await measure('group by a column', async () => {
    await page.locator('.head [data-column="state"]').click({ button: 'right' });
    await page.getByText('Group by This Column', { exact: true }).click();
    await page.evaluate(scroll(1, '0', '0'));
  });
  await measure(
    'frame of a scroll by eighty rows in groups',
    () => page.evaluate(scroll(100, '0', 'i * 1760')),
    100,
  );
  await page.evaluate(scroll(1, '0', '0'));
  await measure('close a group', async () => {
    await page.locator('.twistie').first().click();
    await page.evaluate(scroll(1, '0', '0'));
  });
  await page.close();
}
await browser.close();
await server.close();
for (const [name, values] of results) {
  const median = values.toSorted((a, b) => a - b)[values.length >> 1];
  console.log(`${name.padEnd(40)} ${median.toFixed(1)} ms`);
}
