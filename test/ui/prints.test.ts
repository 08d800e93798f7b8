import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { command, webview } from '../support/editor.js';
import { until } from '../support/until.js';
import { ProjectWindow } from './window.js';

/** Prints a line whenever a file is there that asks for it, and nothing that it knows of Trainyard. */
const script = (go: string) => `echo "learning from 3 files"
for i in 0 1 2 3 4 5; do
  while [ ! -e "${go}/$i" ]; do sleep 0.1; done
  echo "Epoch $i/6 - loss: 0.$((9 - i)) - val_acc=0.$((i + 1))"
done
`;

describe('a script that only prints, in the real editor', function () {
  this.timeout(300_000);
  const window = new ProjectWindow();
  const { workspace } = window;
  const go = (...numbers: number[]) =>
    numbers.forEach((n) => fs.writeFileSync(path.join(window.root, String(n)), ''));

  before(() => window.open({ 'train.sh': script(window.root) }, { 'trainyard.submit.show': 'charts' }));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.picture('prints-failed');
  });
  after(() => window.close());

  it('shows its log where the charts would be, and reads the numbers of a line that is clicked', async () => {
    const { page } = window;
    await window.openFile('train.sh');
    go(0, 1);
    await command(page, 'Trainyard: Submit Training Script');
    const charts = await webview(page, 'ty-printed');
    const log = charts.getByRole('region', { name: 'End of the log' });
    await log.getByText('learning from 3 files').waitFor({ timeout: 60_000 });
    await charts.getByRole('button', { name: 'Epoch 1/6' }).waitFor();
    go(2);
    const line = charts.getByRole('button', { name: 'Epoch 2/6' });
    await line.waitFor();
    await window.picture('prints-log');
    await line.click();
    const box = page.locator('.quick-input-widget');
    await box.locator('.monaco-list-row', { hasText: 'val_acc' }).waitFor();
    assert.match((await box.innerText()).replaceAll('\u00a0', ' '), /loss\s*0\.7[^]*val_acc\s*0\.3/);
    for (const name of ['loss', 'val_acc'])
      await box.locator('.monaco-list-row', { hasText: name }).first().click();
    await page.keyboard.press('Enter');
    await page
      .locator('.notification-toast', {
        hasText:
          /Reading loss, val_acc from the output of .*\. Later submissions of train\.sh read the same metrics/,
      })
      .waitFor();
    await charts.locator('ty-chart:has(h3[title="loss"]) canvas').first().waitFor();
    await charts.locator('ty-chart:has(h3[title="val_acc"]) canvas').first().waitFor();
    assert.equal(await charts.locator('ty-printed').count(), 0);
    go(3, 4, 5);
    const [run] = (await workspace.runs({})).runs;
    await until('the end', async () => (await workspace.run(run!.id)).state === 'finished');
    const points = await workspace.points(
      ['loss', 'val_acc'].map((key) => ({ runId: run!.id, key, from: 0 })),
      100,
    );
    assert.deepEqual(
      points.map(({ steps, values }) => [[...steps], [...values]]),
      [
        [
          [0, 1, 2, 3, 4, 5],
          [0.9, 0.8, 0.7, 0.6, 0.5, 0.4],
        ],
        [
          [0, 1, 2, 3, 4, 5],
          [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
        ],
      ],
    );
    await window.picture('prints-charts');
  });

  it('gives them by itself when it is submitted again', async () => {
    const { page } = window;
    await command(page, 'Trainyard: Submit Again');
    const again = await until('the second run', async () => {
      const { runs } = await workspace.runs({});
      return runs.length === 2 ? runs.find(({ number }) => number === 2) : undefined;
    });
    await until('the end', async () => (await workspace.run(again.id)).state === 'finished');
    const { metrics } = await workspace.run(again.id);
    assert.equal(metrics['loss']?.count, 6);
    assert.equal(metrics['val_acc']?.value, 0.6);
  });

  it('forgets those that are not ticked any more', async () => {
    const { page } = window;
    await command(page, 'Trainyard: Submit With Options');
    const box = page.locator('.quick-input-widget');
    // The panel is where the focus is.
    await box.getByPlaceholder('Submit which script?').waitFor();
    await page.keyboard.press('Enter');
    const metrics = box.getByPlaceholder('Which metrics to read from its output?');
    for (let step = 0; step < 11 && !(await metrics.isVisible()); step++) {
      const title = box.locator('.quick-input-title');
      await title.filter({ hasText: 'train.sh' }).waitFor();
      const before = await title.innerText();
      await page.keyboard.press('Enter');
      await until('the next step', async () => (await title.innerText()) !== before);
    }
    await box.locator('.monaco-list-row', { hasText: 'val_acc' }).first().click();
    await page.keyboard.press('Enter');
    const third = await until('the third run', async () =>
      (await workspace.runs({})).runs.find(({ number }) => number === 3),
    );
    await until('the end', async () => (await workspace.run(third.id)).state === 'finished');
    assert.deepEqual(Object.keys((await workspace.run(third.id)).metrics), ['loss']);
  });
});
