import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../../support/chromium.js';
import { type CompareGiven, installCompareHost, plainRun } from './compare-host.js';
import { openPanel } from './page.js';
import { servePanel } from './server.js';
import { tableRun } from './table-host.js';

const at = (value: number) => ({ value, step: 9, timestamp: 0, count: 10, min: value, max: value });
const FILE = { path: 'train.py', status: 'modified', additions: 3, deletions: 1 } as const;
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const first = tableRun(1, {
  name: 'calm-otter',
  metrics: { val_acc: at(0.9), loss: at(0.4), epoch: at(3) },
  params: { lr: '0.1', seed: '1' },
  tags: {},
});
const second = tableRun(2, {
  name: 'brave-finch',
  metrics: { val_acc: at(0.912), loss: at(0.5), epoch: at(4) },
  params: { lr: '0.01', seed: '1' },
  tags: {},
});
const third = tableRun(3, { name: 'quick-lynx', metrics: {}, params: { seed: '1' }, tags: {} });

const two: CompareGiven = {
  runs: [plainRun(first), plainRun(second)],
  code: { 'run-2': [FILE] },
};

describe('comparison', function () {
  this.timeout(30_000);
  let server: Awaited<ReturnType<typeof servePanel>>;
  let browser: Browser;
  let page: Page;
  let errors: string[];

  before(async () => {
    server = await servePanel('compare');
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(async () => {
    const violations = await page.evaluate(() => window.fakeCompare.violations);
    await page.close();
    assert.deepEqual(errors, []);
    assert.deepEqual(violations, []);
  });

  async function open(host: CompareGiven, width = 1000): Promise<void> {
    ({ page, errors } = await openPanel(browser, {
      url: server.url,
      install: installCompareHost,
      host,
      width,
    }));
  }
  const last = () => page.evaluate(() => window.fakeCompare.sent.at(-1));
  const row = (name: string) =>
    page.locator('tr', { has: page.getByRole('rowheader', { name, exact: true }) });
  const sentences = async () =>
    (await page.locator('.sentences li').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());

  it('says in a sentence what changed', async () => {
    await open(two);
    await page.getByText('1 file').waitFor();
    assert.deepEqual(await sentences(), ['1 file, lr 0.1 → 0.01; val_acc +0.012, loss +0.1']);
  });

  it('shows values and differences, and which are better', async () => {
    await open(two);
    const accuracy = row('val_acc Higher is better');
    await accuracy.waitFor();
    assert.equal(
      (await accuracy.locator('.delta').innerText()).replaceAll(/\s+/g, ' '),
      '+0.012+1.3% better',
    );
    assert.equal(await accuracy.locator('.best').innerText(), '0.912');
    assert.equal(await row('loss Lower is better').locator('.delta.worse').count(), 1);
    assert.equal(await row('epoch').locator('.delta.unknown').count(), 1);
  });

  it('shows only what differs, and all when asked', async () => {
    await open(two);
    await row('lr').waitFor();
    assert.equal(await row('seed').count(), 0);
    await page.getByLabel('All', { exact: true }).check();
    await row('seed').waitFor();
    const state = await page.evaluate(() => window.fakeCompare.state);
    await page.close();
    await open({ ...two, state });
    await row('seed').waitFor();
  });

  it('opens the comparison of a file in the editor, or of all', async () => {
    await open(two);
    await row('train.py').getByRole('button').click();
    assert.deepEqual(await last(), { type: 'openCode', runId: 'run-2', path: 'train.py' });
    await row('Files that differ').getByRole('button').click();
    assert.deepEqual(await last(), { type: 'openCode', runId: 'run-2' });
  });

  it('takes another baseline, and leaves a run out', async () => {
    await open({
      runs: [first, second, third].map(plainRun),
      code: { 'run-2': [], 'run-3': null, 'run-1': [] },
    });
    await page.getByText('Code is not kept').waitFor();
    await page.getByRole('button', { name: 'Make baseline' }).first().click();
    assert.deepEqual(await last(), { type: 'show', runIds: ['run-2', 'run-1', 'run-3'] });
    await page.waitForFunction(
      () => document.querySelector('thead .run-name')?.textContent === 'brave-finch',
    );
    await page.getByRole('button', { name: 'Remove quick-lynx' }).click();
    assert.deepEqual(await last(), { type: 'show', runIds: ['run-2', 'run-1'] });
  });

  it('shows pictures side by side', async () => {
    await open({
      ...two,
      pictures: { 'run-1': { 'images/confusion.png': PIXEL }, 'run-2': { 'images/confusion.png': PIXEL } },
    });
    await page.getByRole('img', { name: 'images/confusion.png of brave-finch' }).waitFor();
    assert.equal(await page.locator('td img').count(), 2);
  });

  it('goes on to the charts of the same runs', async () => {
    await open(two);
    await page.getByRole('button', { name: 'Show Charts' }).click();
    assert.deepEqual(await last(), { type: 'charts', runIds: ['run-1', 'run-2'] });
  });

  it('says what to do when there is nothing to compare, and what is wrong', async () => {
    await open({ runs: [plainRun(first)] });
    await page.getByText('Nothing to compare').waitFor();
    await page.close();
    await open({ runs: two.runs, fail: { code: 'INTERNAL', message: 'Broken.' } });
    await page.getByText('Broken.').waitFor();
    await page.evaluate(() => {
      window.fakeCompare.fail = undefined;
    });
    await page.getByRole('button', { name: 'Retry' }).click();
    await row('lr').waitFor();
  });

  it('fits a narrow panel', async () => {
    await open(two, 500);
    await row('lr').waitFor();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
  });
});
