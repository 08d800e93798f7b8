import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Run } from '../../src/workspace/types.js';
import { command, contextMenu, row } from '../support/editor.js';
import { until } from '../support/until.js';
import { ProjectWindow } from './window.js';

const JOB = `# yaml-language-server: $schema=https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
command: >-
  sh -c "echo \${{inputs.lr}} \${{inputs.epochs}} \${{inputs.fast}} '\${{inputs.note}}' && cat \${{inputs.data}}"
experiment_name: of the file
compute: local
inputs:
  lr: 0.1
  epochs: 20
  fast: false
  note: plain
  data:
    type: uri_file
    path: ./a.csv
`;
const SCRIPT = `import argparse
parser = argparse.ArgumentParser()
parser.add_argument('--lr', type=float, default=0.1)
parser.add_argument('--verbose', action='store_true')
print(parser.parse_args())
`;

const PROJECT = `name: of the project
entry_points:
  main:
    parameters:
      rate: float
    command: echo rate {rate}
`;

describe('job files, in the real editor', function () {
  this.timeout(240_000);
  const window = new ProjectWindow();
  const steps = () => window.page.locator('.quick-input-widget');
  const explorer = () => window.page.locator('.explorer-folders-view');
  const at = (step: number) => steps().getByText(`(${step}/10)`).waitFor({ timeout: 10_000 });
  const ended = (what: string, fits: (run: Run) => boolean = () => true) =>
    until(what, async () => {
      const [newest] = (await window.workspace.runs({})).runs;
      return newest?.endTime !== undefined && fits(newest) && newest;
    });
  const logOf = async ({ id }: Run) => {
    let log = '';
    for await (const chunk of window.workspace.jobs.log(id, {})) log += Buffer.from(chunk).toString();
    return log;
  };

  /** A lens that is drawn again under the mouse takes no click. */
  const press = async (title: string, done: () => Promise<unknown>) => {
    const lens = window.page.locator('.codelens-decoration').getByText(title, { exact: true });
    await lens.waitFor({ timeout: 60_000 });
    for (let left = 4; ; left--)
      try {
        await lens.click();
        return await done();
      } catch (error) {
        if (left === 0) throw error;
      }
  };

  before(async () => {
    await window.open(
      {
        'job.yml': JOB,
        'compose.yml': 'services:\n  web:\n    command: x\n',
        'a.csv': 'of a\n',
        'b.csv': 'of b\n',
        'train.py': SCRIPT,
        MLproject: PROJECT,
      },
      { 'trainyard.submit.show': 'nothing', 'workbench.colorTheme': 'Default Dark Modern' },
    );
    // A server that runs takes a job at once.
    await window.workspace.experiments();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.picture('job-files-failed');
  });
  after(() => window.close());

  it('run as they are by the button above their first line', async () => {
    const { page } = window;
    await window.openFile('job.yml');
    const lenses = page.locator('.codelens-decoration');
    await press('Run', () =>
      until('a run', async () => (await window.workspace.runs({})).runs.length > 0, 8000),
    );
    const run = await ended('the run of the file');
    assert.equal(await logOf(run), '0.1 20 False plain\nof a\n');
    await lenses.getByText(`Last run: ${run.name}`).waitFor({ timeout: 60_000 });
    await window.picture('job-file-lens');
  });

  it('run step by step, with values that are held to their types', async () => {
    const { page } = window;
    const before = (await window.workspace.runs({})).runs[0]?.id;
    const value = async (text: string) => {
      await steps().locator('input').first().fill(text);
      await page.keyboard.press('Enter');
    };
    const choose = async (text: string) => {
      await steps().locator('input').first().fill(text);
      await steps().getByRole('option', { name: text }).click();
    };
    await press('Run on…', () => at(1));
    await window.picture('job-file-target');
    await page.keyboard.press('Enter');
    await at(2);
    await value('fast');
    await steps().getByText('“lr” is a number.').waitFor();
    await window.picture('job-file-number');
    await value('0.5');
    await at(3);
    await value('2.5');
    await steps().getByText('“epochs” is a whole number.').waitFor();
    await value('3');
    await at(4);
    await window.picture('job-file-boolean');
    await steps().getByRole('option', { name: 'true' }).click();
    await at(5);
    await value('[not, a list]');
    await at(6);
    await window.picture('job-file-data');
    await choose('./nowhere.csv');
    await steps()
      .getByPlaceholder(/There is no file or folder/)
      .waitFor({ timeout: 60_000 });
    await choose('./b.csv');
    await at(7);
    await window.picture('job-file-environment');
    await page.keyboard.press('Enter');
    await at(8);
    await choose('by steps');
    await at(9);
    await value('stepped');
    const run = await ended('the run by steps', ({ id }) => id !== before);
    assert.equal(await logOf(run), '0.5 3 True [not, a list]\nof b\n');
    assert.equal(run.name, 'stepped');
    const experiments = await window.workspace.experiments();
    assert.equal(experiments.find(({ id }) => id === run.experimentId)?.name, 'by steps');
    assert.equal(fs.readFileSync(path.join(window.project, 'job.yml'), 'utf8'), JOB);
  });

  it('are submitted from the Explorer, where other YAML is not', async () => {
    const { page } = window;
    const before = (await window.workspace.runs({})).runs[0]?.id;
    await row(explorer(), 'compose.yml').click({ button: 'right' });
    const items = page.locator('.monaco-menu .action-label');
    await items.filter({ hasText: 'Copy Path' }).first().waitFor();
    assert.equal(await items.filter({ hasText: 'Submit' }).count(), 0);
    await page.keyboard.press('Escape');
    await contextMenu(row(explorer(), 'job.yml'), 'Submit Job File');
    const run = await ended('the run from the menu', ({ id }) => id !== before);
    assert.equal(await logOf(run), '0.1 20 False plain\nof a\n');
  });

  it('ask for what an entry point leaves open', async () => {
    const { page } = window;
    const before = (await window.workspace.runs({})).runs[0]?.id;
    await contextMenu(row(explorer(), 'MLproject'), 'Submit Job File');
    const next = async (step: number) => {
      await steps().getByText(`(${step}/6)`).waitFor({ timeout: 60_000 });
      await page.keyboard.press('Enter');
    };
    await next(1);
    await next(2);
    await steps().getByText('“rate” needs a value.').waitFor();
    await steps().locator('input').first().fill('0.25');
    for (const step of [2, 3, 4, 5]) await next(step);
    const run = await ended('the run of the entry point', ({ id }) => id !== before);
    assert.equal(await logOf(run), 'rate 0.25\n');
    const experiments = await window.workspace.experiments();
    assert.equal(experiments.find(({ id }) => id === run.experimentId)?.name, 'of the project');
  });

  it('are made of a script, with what they cannot say above them', async () => {
    const { page } = window;
    await contextMenu(row(explorer(), 'train.py'), 'Save Script as Job File…');
    await steps().locator('input').first().waitFor();
    await window.picture('job-file-save');
    await page.keyboard.press('Enter');
    await page.locator('.tab.active', { hasText: 'train.yml' }).waitFor({ timeout: 60_000 });
    const text = fs.readFileSync(path.join(window.project, 'train.yml'), 'utf8');
    assert.match(text, /^# --verbose did not become an input/);
    assert.match(text, /^command: python train.py --lr \$\{\{inputs.lr\}\}$/m);
    assert.match(text, /^code: "\."$/m);
    await page.locator('.codelens-decoration').getByText('Run on…').waitFor({ timeout: 60_000 });
    await window.picture('job-file-saved');
  });

  it('are made of a run, beside one that has the name already', async () => {
    const { page, workspace } = window;
    const [{ name = '' } = {}] = (await workspace.runs({ filter: "name = 'stepped'" })).runs;
    assert.equal(name, 'stepped');
    fs.writeFileSync(path.join(window.project, 'stepped.yml'), 'mine: true\n');
    await window.showSideBar();
    const runs = page.getByRole('tree', { name: 'Runs' });
    await row(runs, 'by steps').click();
    await contextMenu(row(runs, 'stepped'), 'Save Run as Job File…');
    await steps().locator('input').first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.tab.active', { hasText: 'stepped-2.yml' }).waitFor({ timeout: 60_000 });
    const text = fs.readFileSync(path.join(window.project, 'stepped-2.yml'), 'utf8');
    assert.match(text, /^experiment_name: by steps$/m);
    assert.match(text, /^ {2}lr: 0.5$/m);
    assert.doesNotMatch(text, /trainyard\.jobFile/);
    assert.equal(fs.readFileSync(path.join(window.project, 'stepped.yml'), 'utf8'), 'mine: true\n');
  });

  it('look well in a light theme, too', async () => {
    const { page } = window;
    await command(page, 'Preferences: Toggle between Light/Dark Themes');
    await window.openFile('job.yml');
    const lenses = page.locator('.codelens-decoration');
    await lenses.getByText('Run on…').waitFor({ timeout: 60_000 });
    await window.picture('job-file-lens-light');
    await press('Run on…', () => at(1));
    await page.keyboard.press('Enter');
    await at(2);
    await window.picture('job-file-number-light');
    await page.keyboard.press('Escape');
  });
});
