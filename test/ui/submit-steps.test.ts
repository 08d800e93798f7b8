import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { command, contextMenu, row } from '../support/editor.js';
import { until } from '../support/until.js';
import { ProjectWindow } from './window.js';

describe('the steps of Submit With Options, in the real editor', function () {
  this.timeout(180_000);
  const window = new ProjectWindow();

  before(async () => {
    await window.open({ '.env': 'KEY=secret\n' }, { 'trainyard.submit.show': 'nothing' });
    const folder = path.join(window.project, 'pkg');
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, '__init__.py'), '');
    const text =
      'import os\nfrom . import __name__ as name\nprint(name, len(os.environ["KEY"]), __debug__)\n';
    fs.writeFileSync(path.join(folder, 'train.py'), text);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.picture('submit-steps-failed');
  });
  after(() => window.close());

  it('run a script as a module, through a launcher, with the variables of .env', async () => {
    const { page, workspace } = window;
    const explorer = page.locator('.explorer-folders-view');
    await command(page, 'Refresh Explorer');
    await row(explorer, 'pkg').click();
    await contextMenu(row(explorer, 'train.py'), 'Submit With Options…');
    const steps = page.locator('.quick-input-widget');
    const at = (step: number) => steps.getByText(`(${step}/10)`).waitFor({ timeout: 60_000 });
    const pick = async (step: number, item?: string) => {
      await at(step);
      if (item === undefined) await page.keyboard.press('Enter');
      else await steps.getByText(item, { exact: false }).first().click();
    };
    await pick(1);
    await at(2);
    await window.picture('submit-interpreter');
    await pick(2);
    await at(3);
    await window.picture('submit-module');
    await pick(3, 'As a module');
    await at(4);
    await window.picture('submit-launcher');
    await page.keyboard.type('python -O');
    await pick(4, 'python -O');
    for (const step of [5, 6, 7, 8]) await pick(step);
    await at(9);
    await window.picture('submit-env-file');
    await pick(9, 'With the variables of .env');
    const run = await until('the end of the run', async () => {
      const [newest] = (await workspace.runs({})).runs;
      return newest?.endTime === undefined ? undefined : newest;
    });
    let log = '';
    for await (const chunk of workspace.jobs.log(run.id, {})) log += Buffer.from(chunk).toString();
    assert.equal(log, 'pkg 6 False\n');
    assert.deepEqual(run.job?.command.slice(1), ['-O', '-m', 'pkg.train']);
  });
});
