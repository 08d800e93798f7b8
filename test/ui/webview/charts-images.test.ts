import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { fakeImages, fakeRun, fakeSeries, lossAt } from './data.js';
import { type FakeHost, installFakeHost } from './fake-host.js';
import { pagesOf } from './panel-test.js';

describe('images in the charts panel', () => {
  const openPage = pagesOf('charts', installFakeHost);
  let page: Page;

  async function open(images: FakeHost['images'], metrics = ['loss']): Promise<void> {
    const runs = [fakeRun(1, metrics), fakeRun(2, metrics)];
    const points = { loss: fakeSeries(1, 50, lossAt(1, 50)) };
    const host = { runs, series: { 'local/run-1': points, 'local/run-2': points }, images };
    page = await openPage({ host, height: 900 });
    if (Object.keys(images).length > 0) await page.locator('.images').waitFor();
  }

  const row = (key: string) => page.getByRole('group', { name: key });
  const slider = (key: string) => row(key).getByRole('slider');
  const captions = (key: string) => row(key).locator('.caption').allInnerTexts();
  const pictures = (key: string) => row(key).locator('ty-image img');
  /** Images that were asked for. */
  const asked = () =>
    page.evaluate(() =>
      window.fake.sent
        .filter(({ type }) => type === 'fetchImage')
        .map((message) => (message as unknown as { path: string }).path),
    );

  it('are not there when no run logged one', async () => {
    await open({});
    await page.locator('ty-chart .plot-area').first().waitFor();
    assert.equal(await page.locator('.images').count(), 0);
  });

  it('show the newest of each run, in a row for each key', async () => {
    await open({
      'local/run-1': [...fakeImages('grid', [0, 10, 20]), ...fakeImages('one', [0])],
      'local/run-2': fakeImages('grid', [5, 15]),
    });
    await pictures('grid').nth(1).waitFor();
    assert.deepEqual(
      (await captions('grid')).map((text) => text.replaceAll(/\s+/g, ' ')),
      ['digits-1 20', 'digits-2 15'],
    );
    assert.equal(await slider('one').count(), 0);
    // The small copies, and nothing twice.
    const paths = await asked();
    assert.equal(paths.length, 3);
    assert.ok(paths.every((path) => path.includes('small')));
    const loaded = await pictures('grid').evaluateAll((all) =>
      all.map((each) => (each as HTMLImageElement).naturalWidth),
    );
    assert.deepEqual(loaded, [128, 128]);
  });

  it('go to a step together, each run to its nearest at or below', async () => {
    await open({
      'local/run-1': [...fakeImages('grid', [0, 10, 20]), ...fakeImages('map', [0, 20, 40])],
      'local/run-2': fakeImages('grid', [5, 15]),
    });
    await pictures('grid').nth(1).waitFor();
    await slider('grid').focus();
    await page.keyboard.press('Home');
    assert.equal(await slider('grid').getAttribute('aria-valuetext'), '0');
    await row('grid').getByText('from step 5').waitFor();
    assert.equal(await slider('map').getAttribute('aria-valuetext'), '0');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.deepEqual(
      (await captions('grid')).map((text) => text.replaceAll(/\s+/g, ' ')),
      ['digits-1 10', 'digits-2 5'],
    );
    await page.getByLabel('Link steps').uncheck();
    await slider('grid').fill('0');
    assert.equal(await slider('map').getAttribute('aria-valuetext'), '0');
    await slider('map').fill('1');
    assert.equal(await slider('grid').getAttribute('aria-valuetext'), '0');
  });

  it('stay where they are when new ones come, and follow them at the end', async () => {
    await open({ 'local/run-1': fakeImages('grid', [0, 10]), 'local/run-2': fakeImages('map', [0, 10]) });
    await pictures('grid').first().waitFor();
    const add = (runId: string, key: string, steps: number[]) =>
      page.evaluate(({ runId, images }) => window.fake.say({ type: 'images', runId, images }), {
        runId,
        images: fakeImages(key, steps),
      });
    await add('local/run-1', 'grid', [0, 10, 20]);
    await row('grid').locator('.caption-step', { hasText: '20' }).waitFor();
    await slider('grid').fill('1');
    await add('local/run-1', 'grid', [0, 10, 20, 30]);
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('.images [max="3"]'));
    assert.equal(await slider('grid').getAttribute('aria-valuetext'), '10');
    assert.equal(await row('grid').locator('.caption-step').innerText(), '10');
  });

  it('are fetched when they come in view, and once', async () => {
    const keys = Array.from({ length: 40 }, (_, i) => `key${i}`);
    await open({ 'local/run-1': keys.flatMap((key) => fakeImages(key, [0, 1])) }, []);
    await pictures('key0').waitFor();
    await page.waitForTimeout(300);
    assert.ok((await asked()).length < 15, `${(await asked()).length} at the start`);
    await row('key39').scrollIntoViewIfNeeded();
    await pictures('key39').waitFor();
    await row('key0').scrollIntoViewIfNeeded();
    await page.waitForTimeout(300);
    const paths = await asked();
    assert.equal(new Set(paths).size, paths.length);
    assert.ok(paths.length < 40);
  });

  it('open in full size, move through the steps there, and close with Escape', async () => {
    await open({ 'local/run-1': fakeImages('grid', [0, 10, 20]) });
    await pictures('grid').first().waitFor();
    await row('grid').locator('.tile').focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'grid of digits-1' });
    const size = () => dialog.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth);
    await dialog.locator('img').waitFor();
    assert.equal(await size(), 512);
    await dialog.getByRole('slider').focus();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await dialog.getByRole('slider').getAttribute('aria-valuetext'), '10');
    await dialog.getByRole('button', { name: 'Open in Editor' }).click();
    const opened = await page.evaluate(() => window.fake.sent.find(({ type }) => type === 'openFile'));
    assert.deepEqual(opened, {
      type: 'openFile',
      runId: 'local/run-1',
      path: 'images/grid%step%10%timestamp%1%id.png',
    });
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await slider('grid').getAttribute('aria-valuetext'), '20');
  });

  it('follow the search, the hidden runs and the folded section', async () => {
    await open({
      'local/run-1': [...fakeImages('grid', [0]), ...fakeImages('map', [0])],
      'local/run-2': fakeImages('grid', [0]),
    });
    await pictures('map').first().waitFor();
    await page.locator('.search input').fill('grid');
    await row('map').waitFor({ state: 'detached' });
    await page.locator('.search input').fill('');
    await page.locator('.chip-toggle', { hasText: 'digits-1' }).click();
    await row('map').waitFor({ state: 'detached' });
    assert.equal((await captions('grid')).length, 1);
    await page.getByRole('button', { name: /^Images/ }).click();
    await row('grid').waitFor({ state: 'detached' });
    const { layout } = (await page.evaluate(() =>
      window.fake.sent.findLast(({ type }) => type === 'layout'),
    )) as unknown as { layout: { layout: { toggled: string[] } } };
    assert.deepEqual(layout.layout.toggled, ['/images']);
  });
});
