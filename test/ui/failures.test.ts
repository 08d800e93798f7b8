import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { command, rowAtRest, webview } from '../support/editor.js';
import { ProjectWindow } from './window.js';

const SCRIPT = 'echo training\n\nno-such-program --lr 1\n';

describe('a run that failed, in the real editor', function () {
  this.timeout(300_000);
  const window = new ProjectWindow();

  before(() => window.open({ 'train.sh': SCRIPT }, { 'trainyard.submit.show': 'nothing' }));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.picture('failures-failed');
  });
  after(() => window.close());

  /** Where the cursor is, as the status bar has it. */
  async function at(line: number, name: string): Promise<void> {
    await window.page.locator('.statusbar-item', { hasText: `Ln ${line},` }).waitFor();
    await window.page.locator('.tab.active', { hasText: name }).waitFor();
  }

  it('says so in a notification, which leads to the line', async () => {
    const { page } = window;
    await window.openFile('train.sh');
    await command(page, 'Trainyard: Submit Training Script');
    const toast = page.locator('.notification-toast', { hasText: 'no-such-program: command not found' });
    await toast.waitFor({ timeout: 60_000 });
    await toast.getByRole('button', { name: 'Open Line' }).click();
    await at(3, 'train.sh');
  });

  it('says so in its row and its panel, whose link leads to the version that ran when the file has changed', async () => {
    const { page } = window;
    const [run] = (await window.workspace.runs({})).runs;
    await command(page, 'Focus on Runs View');
    const row = await rowAtRest(page.getByRole('tree', { name: 'Runs' }), run?.name ?? '');
    assert.match((await row.innerText()).replaceAll('\u00a0', ' '), /no-such-program: command not found/);
    await row.click();
    const panel = await webview(page, 'ty-run h1');
    const failure = panel.getByRole('region', { name: 'Failure' });
    await failure.getByText('no-such-program: command not found').waitFor();
    fs.writeFileSync(path.join(window.project, 'train.sh'), '# new\necho other\n');
    await failure.getByRole('button', { name: 'train.sh:3' }).click();
    await page
      .locator('.notification-toast', {
        hasText: 'train.sh has changed since. This is the version that ran.',
      })
      .waitFor();
    await at(3, 'train.sh');
    await page.locator('.view-line', { hasText: 'no-such-program' }).first().waitFor();
  });
});
