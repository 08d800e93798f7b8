import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { ChartsLayout, ExperimentLayout } from '../../../src/panels/messages.js';
import { holds } from '../../support/until.js';
import { fakeRun, fakeSeries, lossAt } from './data.js';
import { type FakeHost, installFakeHost } from './fake-host.js';
import { pagesOf } from './panel-test.js';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'val/loss'];

describe('the layout of the charts', () => {
  const openPage = pagesOf('charts', installFakeHost);
  let page: Page;

  async function open(more: Partial<FakeHost> = {}, width = 1200): Promise<void> {
    const runs = [fakeRun(1, KEYS)];
    const points = Object.fromEntries(KEYS.map((key, i) => [key, fakeSeries(1, 50, lossAt(i, 50))]));
    const host = { runs, series: { 'local/run-1': points }, ...more };
    page = await openPage({ host, width });
    await chart('a').locator('.plot-area').waitFor();
  }

  const chart = (metric: string) => page.locator(`ty-chart:has(h3[title="${metric}"])`);
  const order = () => page.locator('[data-section=""] h3').allInnerTexts();
  const layouts = () =>
    page.evaluate(() =>
      window.fake.sent
        .filter(({ type }) => type === 'layout')
        .map((message) => (message as unknown as { layout: ExperimentLayout }).layout),
    );

  /** Drags a chart by its header to the left or right half of another. */
  async function drag(metric: string, to: string, half: 'left' | 'right'): Promise<void> {
    const from = (await chart(metric).locator('header').boundingBox())!;
    const target = (await chart(to).boundingBox())!;
    await page.mouse.move(from.x + 30, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(from.x + 40, from.y + 12);
    await page.mouse.move(target.x + target.width * (half === 'left' ? 0.2 : 0.8), target.y + 60, {
      steps: 4,
    });
  }

  it('follows a chart that is dragged by its header, and is told to the host', async () => {
    await open();
    await drag('d', 'a', 'left');
    await page.locator('.drop-start').waitFor();
    await page.mouse.up();
    assert.deepEqual(await order(), ['d', 'a', 'b', 'c', 'e']);
    await drag('d', 'b', 'right');
    await page.locator('.drop-end').waitFor();
    await page.mouse.up();
    assert.deepEqual(await order(), ['a', 'b', 'd', 'c', 'e']);
    const told = await layouts();
    assert.equal(told.length, 2);
    assert.equal(told[1]?.experimentId, '0');
    assert.deepEqual(told[1].layout.order, { '': ['a', 'b', 'd', 'c', 'e'] });
    await chart('d').locator('.plot-area').waitFor();
  });

  it('stays as it is for a click, at Escape, and outside of the section', async () => {
    await open();
    await chart('b').locator('h3').click();
    await drag('d', 'a', 'left');
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await drag('d', 'val/loss', 'left');
    await page.mouse.up();
    assert.deepEqual(await order(), ['a', 'b', 'c', 'd', 'e']);
    assert.equal(await page.locator('.dragged, .drop-start, .drop-end, .reordering').count(), 0);
    assert.deepEqual(await layouts(), []);
  });

  it('is changed by Alt and arrow keys, and the focus goes along', async () => {
    await open();
    await chart('a').locator('.plot').focus();
    await page.keyboard.press('Alt+ArrowRight');
    assert.deepEqual(await order(), ['b', 'a', 'c', 'd', 'e']);
    assert.equal(await chart('a').locator('[aria-live]').innerText(), 'a: 2 of 5');
    // Three in a row.
    await page.keyboard.press('Alt+ArrowDown');
    assert.deepEqual(await order(), ['b', 'c', 'd', 'e', 'a']);
    await page.keyboard.press('Alt+ArrowUp');
    await page.keyboard.press('Alt+ArrowLeft');
    await page.keyboard.press('Alt+ArrowLeft');
    assert.deepEqual(await order(), ['a', 'b', 'c', 'd', 'e']);
    assert.ok(await chart('a').evaluate((element) => element.contains(document.activeElement)));
    const height = async () => (await chart('a').locator('.plot').boundingBox())!.height;
    const before = await height();
    await page.keyboard.press('Alt+Shift+ArrowDown');
    assert.equal(await height(), before + 16);
  });

  it('has a size for all charts, by choice or by a drag of a lower edge', async () => {
    await open();
    const box = async (metric: string) => (await chart(metric).boundingBox())!;
    const columns = async () => Math.round(1168 / (await box('a')).width);
    assert.equal(await columns(), 3);
    await page.locator('.view-button').click();
    await page.getByLabel('L', { exact: true }).check();
    assert.equal(await columns(), 2);
    await page.getByLabel('S', { exact: true }).check();
    assert.equal(await columns(), 4);
    await page.keyboard.press('Escape');
    const before = await box('b');
    await page.mouse.move(before.x + 50, before.y + before.height);
    await page.mouse.down();
    await page.mouse.move(before.x + 50, before.y + before.height + 60, { steps: 4 });
    assert.equal((await layouts()).length, 2);
    await page.mouse.up();
    for (const metric of ['a', 'b', 'e']) assert.equal((await box(metric)).height, before.height + 60);
    assert.deepEqual((await layouts()).at(-1)?.layout.size, { width: 230, height: 200 });
    // The plot is drawn for it, too.
    await holds(async () => {
      const canvas = (await chart('a').locator('canvas').first().boundingBox())!;
      assert.ok(canvas.height > 150);
    });
    await page.mouse.dblclick(before.x + 50, before.y + before.height + 60);
    await page.locator('.view-button').click();
    assert.ok(await page.getByLabel('M', { exact: true }).isChecked());
  });

  it('is taken from the host, at the start and later', async () => {
    const layout: Omit<ChartsLayout, 'settings'> = {
      size: { width: 560, height: 340 },
      pinned: ['e'],
      order: { '': ['c', 'b', 'a'] },
      toggled: ['val'],
      limits: { a: { min: 0 } },
    };
    await open({ layout });
    assert.deepEqual(await page.locator('[data-section="/pinned"] h3').allInnerTexts(), ['e']);
    assert.deepEqual(await order(), ['c', 'b', 'a', 'd']);
    assert.deepEqual(await page.locator('ty-chart:has(.limits) h3').allInnerTexts(), ['a']);
    assert.equal(await chart('val/loss').count(), 0);
    await page.evaluate(() => {
      const { settings } = window.fake;
      window.fake.say({
        type: 'layout',
        layout: {
          experimentId: '7',
          layout: {
            settings: { ...settings, smoothing: 0.5 },
            size: { width: 330, height: 208 },
            pinned: [],
            order: {},
            toggled: [],
            limits: {},
          },
        },
      });
    });
    await chart('val/loss').waitFor();
    assert.deepEqual(await order(), ['a', 'b', 'c', 'd', 'e']);
    assert.equal(await page.getByLabel('Smoothing').inputValue(), '0.5');
    assert.deepEqual(await layouts(), []);
    await page.locator('.view-button').click();
    await page.getByLabel('L', { exact: true }).check();
    assert.equal((await layouts()).at(-1)?.experimentId, '7');
  });

  it('is one column in a narrow panel, where charts move up and down', async () => {
    await open({}, 400);
    const from = (await chart('b').locator('header').boundingBox())!;
    const target = (await chart('a').boundingBox())!;
    await page.mouse.move(from.x + 30, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(from.x + 30, from.y);
    await page.mouse.move(target.x + 300, target.y + 40, { steps: 4 });
    await page.locator('.drop-start').waitFor();
    await page.mouse.up();
    assert.deepEqual(await order(), ['b', 'a', 'c', 'd', 'e']);
  });

  it('says so when all values are outside of the range that was set, and takes another', async () => {
    await open();
    const note = chart('a').getByText('All values are outside of the set range.');
    await page.evaluate(() => window.fake.say({ type: 'limits', chart: 'a', limits: { min: 900 } }));
    await note.waitFor();
    await chart('a').getByRole('button', { name: 'Change range…' }).press('Enter');
    await page.waitForFunction(() => window.fake.sent.some(({ type }) => type === 'askLimits'));
    assert.equal(await page.locator('.full').count(), 0);
    await page.evaluate(() => window.fake.say({ type: 'limits', chart: 'a', limits: { min: 0 } }));
    await note.waitFor({ state: 'detached' });
  });

  it('has the limits that were set for the y axis of a chart', async () => {
    await open();
    const limits = chart('a').locator('.limits');
    assert.equal(await limits.count(), 0);
    const hasLimits = () =>
      chart('a').evaluate(
        (element) =>
          (JSON.parse((element as HTMLElement).dataset['vscodeContext']!) as { hasLimits: boolean })
            .hasLimits,
      );
    assert.equal(await hasLimits(), false);
    const drawn = () =>
      chart('a')
        .locator('canvas')
        .first()
        .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    const before = await drawn();
    await page.evaluate(() => window.fake.say({ type: 'limits', chart: 'a', limits: { min: 0, max: 9 } }));
    await limits.waitFor();
    assert.equal(await limits.getAttribute('aria-label'), 'The y axis was set from 0 to 9.');
    assert.equal(await hasLimits(), true);
    assert.deepEqual((await layouts()).at(-1)?.layout.limits, { a: { min: 0, max: 9 } });
    await page.waitForFunction(
      (old) =>
        document.querySelector<HTMLCanvasElement>('ty-chart:has(h3[title="a"]) canvas')!.toDataURL() !== old,
      before,
    );
    await limits.click();
    await page.waitForFunction(() => window.fake.sent.some(({ type }) => type === 'askLimits'));
    const asked = await page.evaluate(() => window.fake.sent.find(({ type }) => type === 'askLimits'));
    assert.deepEqual(asked, { type: 'askLimits', chart: 'a', limits: { min: 0, max: 9 }, yScale: 'linear' });
    await page.evaluate(() => window.fake.say({ type: 'act', verb: 'clearLimits', metric: 'a' }));
    await limits.waitFor({ state: 'detached' });
    await page.waitForFunction(
      (old) =>
        document.querySelector<HTMLCanvasElement>('ty-chart:has(h3[title="a"]) canvas')!.toDataURL() === old,
      before,
    );
    assert.deepEqual((await layouts()).at(-1)?.layout.limits, {});
  });
});
