import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type CompareGiven, installCompareHost, plainRun } from './compare-host.js';
import { pagesOf } from './panel-test.js';
import { tableRun } from './table-host.js';

const at = (value: number) => ({ value, step: 9, timestamp: 0, count: 10, min: value, max: value });
const FILE = { path: 'train.py', status: 'modified', additions: 3, deletions: 1 } as const;
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const OTHER_PIXEL = 'data:image/gif;base64,R0lGODlhAQABAIAAAP8AAP///ywAAAAAAQABAAACAkQBADs=';

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
  code: { 'local/run-2': [FILE] },
};

describe('comparison', () => {
  const openPage = pagesOf('compare', installCompareHost);
  let page: Page;

  async function open(host: CompareGiven, width = 1000): Promise<void> {
    page = await openPage({ host, width });
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
      (await accuracy.locator('.figures').last().innerText()).replaceAll(/\s+/g, ' '),
      '0.912 +0.012 +1.3% better',
    );
    assert.equal(await accuracy.locator('.best').innerText(), '0.912');
    assert.equal(await row('loss Lower is better').locator('.delta.worse').count(), 1);
    assert.equal(await row('epoch').locator('.delta.unknown').count(), 1);
  });

  it('goes by what a person said of a metric, at once', async () => {
    await open({ ...two, goals: { 'metric:epoch': 'lower', 'metric:loss': 'unknown' } });
    await row('epoch Lower is better').locator('.delta.worse').waitFor();
    assert.equal(await row('loss').locator('.delta.unknown').count(), 1);
    assert.deepEqual(await sentences(), ['1 file, lr 0.1 → 0.01; val_acc +0.012, epoch +1']);
    await page.evaluate(() =>
      window.fakeCompare.say({ type: 'goals', goals: { 'metric:val_acc': 'lower' } }),
    );
    await row('val_acc Lower is better').locator('.delta.worse').waitFor();
    await row('epoch').locator('.delta.unknown').waitFor();
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
    assert.deepEqual(await last(), { type: 'openCode', runId: 'local/run-2', path: 'train.py' });
    await row('Files that differ').getByRole('button').click();
    assert.deepEqual(await last(), { type: 'openCode', runId: 'local/run-2' });
  });

  it('opens the panel of a run from its name', async () => {
    await open(two);
    await page.locator('thead').getByRole('button', { name: 'brave-finch', exact: true }).click();
    assert.deepEqual(await last(), { type: 'run', runId: 'local/run-2' });
  });

  it('says why files of a run are not listed, beside those of another', async () => {
    await open({
      ...two,
      files: {
        'local/run-1': { files: [{ path: 'a.txt', bytes: 3, isText: true }], isCut: false },
        'local/run-2': { files: null, isCut: false, problem: 'They are stored at s3://bucket/far' },
      },
    });
    await row('Not listed').getByText('s3://bucket/far').waitFor();
    assert.equal(await row('a.txt').count(), 0, 'nothing is known, so nothing differs');
  });

  it('takes another baseline, and leaves a run out', async () => {
    await open({
      runs: [first, second, third].map((run) => plainRun(run)),
      code: { 'local/run-2': [], 'local/run-3': null, 'local/run-1': [] },
    });
    await page.getByText('Code is not kept').waitFor();
    await page.getByRole('button', { name: 'Make baseline' }).first().click();
    assert.deepEqual(await last(), { type: 'show', runIds: ['local/run-2', 'local/run-1', 'local/run-3'] });
    await page.waitForFunction(
      () => document.querySelector('thead .run-name')?.textContent?.trim() === 'brave-finch',
    );
    await page.getByRole('button', { name: 'Remove quick-lynx' }).click();
    assert.deepEqual(await last(), { type: 'show', runIds: ['local/run-2', 'local/run-1'] });
  });

  it('lays curves over each other, and reads only those in view', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `m${String(i).padStart(2, '0')}/loss`);
    const metrics = Object.fromEntries(names.map((name, i) => [name, at(i)]));
    const curve = { 'local/run-1': [3, 2, 1], 'local/run-2': [4, 1] };
    await open({
      runs: [plainRun(tableRun(1, { metrics })), plainRun(tableRun(2, { metrics }))],
      points: Object.fromEntries(names.map((name) => [name, curve])),
    });
    await page.waitForFunction(() => document.querySelectorAll('ty-curve path').length >= 2);
    assert.match(
      (await page.locator('ty-curve button').first().getAttribute('aria-label')) ?? '',
      /^m00\/loss\. .*last 1, minimum 1, maximum 3; .*last 1, minimum 1, maximum 4\. Show charts\.$/,
    );
    const fetched = await page.evaluate(
      () => window.fakeCompare.sent.filter(({ type }) => type === 'fetch').length,
    );
    assert.ok(fetched > 0 && fetched < 60, `${fetched}`);
    await page.locator('thead [data-run="local/run-2"]').hover();
    await page.locator('ty-curve path.lit[data-run="local/run-2"]').first().waitFor();
    await page.locator('ty-curve button').first().click();
    assert.deepEqual(await last(), { type: 'charts', runIds: ['local/run-1', 'local/run-2'] });
  });

  it('reads a curve again when its run has logged more', async () => {
    await open({ ...two, points: { loss: { 'local/run-1': [1, 2], 'local/run-2': [2, 3] } } });
    await page.locator('ty-curve path').first().waitFor();
    const fetches = () =>
      page.evaluate(() => window.fakeCompare.sent.filter(({ type }) => type === 'fetch').length);
    assert.equal(await fetches(), 1);
    const more = plainRun({ ...second, metrics: { ...second.metrics, loss: { ...at(0.3), count: 11 } } });
    await page.evaluate(
      ({ run }) =>
        window.fakeCompare.say({
          type: 'changed',
          curves: ['loss'],
          runs: [
            { ...run, values: Float64Array.from(run.values, Number), counts: Float64Array.from(run.counts) },
          ],
        }),
      { run: more },
    );
    await page.waitForFunction(
      () => window.fakeCompare.sent.filter(({ type }) => type === 'fetch').length === 2,
    );
    assert.match(await row('loss Lower is better').innerText(), /0\.4\s+0\.3\s*−0\.1/);
  });

  it('shows data, packages and files, only what differs, and opens files in the editor', async () => {
    const file = (path: string, sha256: string, isText = true) => ({ path, bytes: 1200, sha256, isText });
    await open({
      ...two,
      details: {
        'local/run-1': {
          data: { 'digits (training)': 'aa' },
          sources: { 'digits (training)': 's3' },
          models: {},
          environment: { torch: '2.1' },
        },
        'local/run-2': {
          data: { 'digits (training)': 'bb' },
          sources: { 'digits (training)': 's3' },
          models: {},
          environment: { torch: '2.2' },
        },
      },
      files: {
        'local/run-1': {
          isCut: false,
          files: [file('a.json', '1'), file('same.txt', '2'), file('w.pt', '3', false)],
        },
        'local/run-2': {
          isCut: false,
          files: [file('a.json', '9'), file('same.txt', '2'), file('w.pt', '4', false), file('new.csv', '5')],
        },
      },
    });
    assert.match(await row('digits (training)').innerText(), /aa\s+bb/);
    assert.match(await row('torch').innerText(), /2\.1\s+2\.2/);
    assert.equal(await row('digits (training) from').count(), 0);
    assert.equal(await row('same.txt').count(), 0);
    await row('a.json').getByRole('button', { name: 'differs, 1.2 kB' }).click();
    assert.deepEqual(await last(), {
      type: 'openFile',
      path: 'a.json',
      runIds: ['local/run-1', 'local/run-2'],
    });
    await row('new.csv').getByRole('button', { name: 'only here' }).click();
    assert.deepEqual(await last(), { type: 'openFile', path: 'new.csv', runIds: ['local/run-2'] });
    // Bytes that are no text cannot be set side by side.
    assert.equal(await row('w.pt').getByRole('button').count(), 1);
    assert.match(await row('w.pt').innerText(), /differs, 1\.2 kB/);
  });

  it('wipes between two pictures of one size, with the keyboard too', async () => {
    const pictures = { 'local/run-1': { 'a.png': PIXEL }, 'local/run-2': { 'a.png': OTHER_PIXEL } };
    await open({ ...two, pictures });
    await page.getByLabel('Slider').check();
    const line = page.getByRole('slider', { name: 'Line between calm-otter and brave-finch' });
    await line.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const at52 = () =>
      page.locator('ty-wipe').evaluate((wipe) => (wipe as HTMLElement).style.getPropertyValue('--at'));
    assert.equal(await at52(), '52%');
    const stage = (await page.locator('.wipe-stage').boundingBox())!;
    await page.mouse.click(stage.x + stage.width / 4, stage.y + stage.height / 2);
    assert.equal(await at52(), '25%');
  });

  describe('of many runs', () => {
    const many = Array.from({ length: 60 }, (_, i) =>
      tableRun(i + 1, {
        name: `sweep-${i}`,
        params: { lr: String(10 ** -(1 + (i % 4))), opt: i % 2 ? 'adam' : 'sgd', seed: String(i) },
        metrics: { val_loss: at((i % 4) + i / 1000) },
        tags: {},
      }),
    );
    const given: CompareGiven = { runs: many.map((run) => plainRun(run)) };
    const status = () => page.locator('.relation-tools [role=status]').innerText();

    it('shows how params hang together with the metric, and what matters', async () => {
      await open(given);
      await page.getByRole('img', { name: 'Parallel coordinates of 60 runs over' }).waitFor();
      await page.getByText(/The params predict \d+% of the order/).waitFor();
      const lr = page.locator('.importance tbody tr').first();
      assert.match((await lr.innerText()).replaceAll('\u2212', '-'), /^lr\s+\d+%\s+-0\.9\d/);
      await page.getByRole('img', { name: 'val_loss over' }).waitFor();
      assert.equal(await page.locator('.run-list tbody tr').count(), 50);
      assert.match(await page.locator('.run-list tbody tr').first().innerText(), /sweep-0/);
      await page.getByText('60 runs', { exact: true }).first().waitFor();
    });

    it('brushes an axis by drag, and compares what is left', async () => {
      await open(given);
      const box = (await page.locator('.parallel .over').boundingBox())!;
      const head = (await page.locator('ty-axis-head', { hasText: 'val_loss' }).boundingBox())!;
      const x = head.x + head.width / 2;
      await page.mouse.move(x, box.y + box.height - 30);
      await page.mouse.down();
      await page.mouse.move(x, box.y + box.height - 50, { steps: 3 });
      await page.mouse.up();
      assert.equal(await status(), '15 of 60 runs');
      await page.getByRole('button', { name: 'Keep only these' }).click();
      const shown = await last();
      assert.ok(shown?.type === 'show' && shown.runIds.length === 15);
      await page.getByRole('button', { name: 'Back to 60 runs' }).click();
      const back = await last();
      assert.ok(back?.type === 'show' && back.runIds.length === 60);
    });

    it('brushes and moves axes with the keyboard', async () => {
      await open(given);
      const name = page.getByRole('button', { name: /^Axis opt/ });
      await name.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Axis opt' }).getByLabel('From').selectOption('sgd');
      assert.equal(await status(), '30 of 60 runs');
      await page.keyboard.press('Escape');
      const order = () => page.locator('ty-axis-head .axis-name').allInnerTexts();
      const before = await order();
      const place = before.indexOf('opt');
      await name.focus();
      await page.keyboard.press(place === 0 ? 'ArrowRight' : 'ArrowLeft');
      const after = await order();
      assert.equal(after.indexOf('opt'), place === 0 ? 1 : place - 1);
      await page.waitForFunction(() => document.activeElement?.textContent?.trim() === 'opt');
      await page.getByRole('button', { name: 'Clear', exact: true }).click();
      assert.equal(await status(), '60 runs');
    });

    it('keeps what was chosen', async () => {
      await open(given);
      await page.getByRole('combobox', { name: 'Horizontal' }).selectOption('opt');
      await page.getByRole('button', { name: 'Axes…' }).click();
      await page.getByRole('dialog', { name: 'Axes' }).getByLabel('seed').uncheck();
      const state = await page.evaluate(() => window.fakeCompare.state);
      await page.close();
      await open({ ...given, state });
      await page.getByRole('img', { name: 'val_loss over opt' }).waitFor();
      assert.ok(!(await page.locator('ty-axis-head .axis-name').allInnerTexts()).includes('seed'));
    });

    it('points at a run everywhere, and opens its charts', async () => {
      await open(given);
      await page.locator('.run-list [data-run="local/run-5"]').hover();
      const title = () => page.locator('.parallel .over').getAttribute('title');
      assert.match((await title()) ?? '', /^sweep-4\nval_loss 0\.004/);
      assert.match((await page.locator('.scatter .over').getAttribute('title')) ?? '', /^sweep-4/);
      await page.getByRole('button', { name: 'sweep-4', exact: true }).click();
      assert.deepEqual(await last(), { type: 'charts', runIds: ['local/run-5'] });
    });

    it('stands side by side as far as that can be read', async () => {
      await open(given);
      await page.getByLabel('Side by side').check();
      await page.getByText('The first 12 of 60 runs.').waitFor();
      assert.equal(await page.locator('thead .run-name').count(), 12);
    });
  });

  it('shows pictures side by side', async () => {
    await open({
      ...two,
      pictures: {
        'local/run-1': { 'images/confusion.png': PIXEL },
        'local/run-2': { 'images/confusion.png': OTHER_PIXEL },
      },
    });
    await page.getByRole('img', { name: 'images/confusion.png of brave-finch' }).waitFor();
    assert.equal(await page.locator('td img').count(), 2);
  });

  it('goes on to the charts of the same runs', async () => {
    await open(two);
    await page.getByRole('button', { name: 'Show Charts' }).click();
    assert.deepEqual(await last(), { type: 'charts', runIds: ['local/run-1', 'local/run-2'] });
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
