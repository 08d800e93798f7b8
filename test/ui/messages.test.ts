import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { errors, type Frame } from 'playwright-core';
import type { FromCompare, ToCompare } from '../../src/panels/compare-messages.js';
import type { FromCharts, ToCharts } from '../../src/panels/messages.js';
import type { FromRun, ToRun } from '../../src/panels/run-messages.js';
import type { FromTable, ToTable } from '../../src/panels/table-messages.js';
import { buildScriptJob } from '../../src/job/build.js';
import { command, rowAtRest, webview } from '../support/editor.js';
import { until } from '../support/until.js';
import { recordMessages, type Recorded } from './recorded-messages.js';
import { ProjectWindow } from './window.js';

/** Every message of every panel. One that is missing here is no member of the union, or the types fail. */
const FROM_TABLE: Record<FromTable['type'], 1> = {
  ...{ ready: 1, show: 1, layout: 1, curves: 1, note: 1, act: 1, save: 1, copy: 1, submit: 1, showOutput: 1 },
};
const TO_TABLE: Record<ToTable['type'], 1> = {
  ...{ begin: 1, runs: 1, end: 1, gone: 1, curves: 1, experiments: 1, filterProblem: 1, error: 1 },
};
const FROM_CHARTS: Record<FromCharts['type'], 1> = {
  ...{ ready: 1, fetch: 1, layout: 1, fetchImage: 1, openFile: 1, dropped: 1, removeRun: 1, showLog: 1 },
  ...{ showOutput: 1, copy: 1, save: 1, open: 1, pickMetric: 1, askLimits: 1, failed: 1, openFailure: 1 },
  ...{ log: 1, readNumbers: 1 },
};
const TO_CHARTS: Record<ToCharts['type'], 1> = {
  ...{ init: 1, runs: 1, layout: 1, changed: 1, expand: 1, act: 1, baseline: 1, addMetric: 1, limits: 1 },
  ...{ points: 1, images: 1, image: 1, log: 1, error: 1 },
};
const FROM_COMPARE: Record<FromCompare['type'], 1> = {
  ...{ ready: 1, show: 1, fetch: 1, openCode: 1, openFile: 1, run: 1, charts: 1, showOutput: 1 },
};
const TO_COMPARE: Record<ToCompare['type'], 1> = {
  ...{ runs: 1, goals: 1, changed: 1, code: 1, details: 1, files: 1, pictures: 1, points: 1, error: 1 },
};
const FROM_RUN: Record<FromRun['type'], 1> = {
  ...{ ready: 1, points: 1, log: 1, folder: 1, picture: 1, table: 1, open: 1, openTable: 1, saveNote: 1 },
  ...{ collapsed: 1, act: 1, chart: 1, register: 1, link: 1, copy: 1, retry: 1, showOutput: 1 },
  ...{ openLine: 1, openAsset: 1, chooseInterpreter: 1 },
};
const TO_RUN: Record<ToRun['type'], 1> = {
  ...{ show: 1, run: 1, points: 1, log: 1, found: 1, folder: 1, picture: 1, table: 1, noteSaved: 1 },
  ...{ noteConflict: 1, noteFailed: 1, error: 1 },
};

/** One pixel. */
const PICTURE = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
);

describe('the messages of the panels, in the real editor', function () {
  this.timeout(300_000);
  const window = new ProjectWindow();
  const { workspace } = window;
  let recorded: Recorded;
  const ids: Record<string, string> = {};
  const input = () => window.page.locator('.quick-input-widget input').first();

  before(async () => {
    await window.open({ 'train.sh': 'echo trained\n' }, { 'trainyard.submit.show': 'nothing' });
    recorded = await recordMessages(window.page);
    const other = String((await window.mlflow('experiments/create', { name: 'other' }))['experiment_id']);
    for (const [name, experiment] of [
      ['one', '0'],
      ['two', '0'],
      ['elsewhere', other],
    ] as const)
      ids[name] = await log(name, experiment);
    await window.upload(ids['one']!, 'images/val~grid+step+1+timestamp+1+x1.png', PICTURE);
    await window.upload(ids['one']!, 'plots/roc.png', PICTURE);
    await window.artifact(ids['one']!, 'rows.csv', 'a,b\n1,2\n');
    const script = path.join(window.project, 'train.sh');
    const folders = { codeFolder: window.project, workingFolder: window.project };
    ids['job'] = (
      await workspace.jobs.submit(buildScriptJob({ script, ...folders, interpreter: '/bin/sh' }))
    ).id;
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    await window.picture('messages-failed');
    console.log([...recorded.seen].sort().join('\n'));
  });
  after(() => window.close());

  async function log(name: string, experiment_id: string): Promise<string> {
    const made = await window.mlflow('runs/create', {
      experiment_id,
      run_name: name,
      start_time: Date.now(),
    });
    const { run_id } = (made['run'] as { info: { run_id: string } }).info;
    for (const key of ['loss', 'accuracy'])
      for (let step = 0; step < 3; step++)
        await point(run_id, key, name === 'one' ? 1 / (step + 1) : step, step);
    return run_id;
  }

  async function point(run_id: string, key: string, value: number, step: number): Promise<void> {
    await window.mlflow('runs/log-metric', { run_id, key, value, timestamp: Date.now(), step });
  }

  /** Has the model of a page do something, as its parts do. */
  function on(frame: Frame, element: string, method: string, ...args: unknown[]): Promise<void> {
    return frame.evaluate(
      ([tag, name, given]) => {
        const { model } = document.querySelector(tag) as unknown as {
          model: Record<string, (...args: unknown[]) => void>;
        };
        // What it answers stays in the page.
        void model[name]!(...given);
      },
      [element, method, args] as const,
    );
  }

  const saw = (text: string) =>
    until(text, () => recorded.seen.has(text), 20_000).then(
      () => undefined,
      () => assert.fail(`not seen: ${text}`),
    );

  /** Closes the question that a message led to, if nothing else took the focus from it meanwhile. */
  async function closeQuestion(): Promise<void> {
    const question = window.page.locator('.quick-input-widget');
    try {
      await question.waitFor({ timeout: 5_000 });
    } catch (error) {
      if (!(error instanceof errors.TimeoutError)) throw error;
    }
    await until('no question', async () => {
      if (await question.isVisible()) await window.page.keyboard.press('Escape');
      return !(await question.isVisible());
    });
  }

  async function output(): Promise<void> {
    await window.page
      .locator('.part.panel .pane-body.output-view, .part.panel .output-view')
      .first()
      .waitFor();
    await command(window.page, 'View: Hide Panel');
  }

  const clipboard = () => window.page.evaluate(() => navigator.clipboard.readText());
  const ended = (panel: string, from: object, to: object) =>
    Promise.all([
      ...Object.keys(from).map((type) => saw(`${panel}→host ${type}`)),
      ...Object.keys(to).map((type) => saw(`host→${panel} ${type}`)),
    ]);

  /** Nothing can be read of the workspace while this goes on. */
  async function withoutServer(action: () => Promise<void>): Promise<void> {
    const away = `${window.home}-away`;
    process.kill((await workspace.status()).pid, 'SIGKILL');
    fs.renameSync(window.home, away);
    fs.writeFileSync(window.home, 'no folder');
    try {
      await action();
    } finally {
      fs.rmSync(window.home);
      fs.renameSync(away, window.home);
    }
  }

  async function open(commandArgs: string, selector: string): Promise<Frame> {
    await command(window.page, commandArgs);
    return webview(window.page, selector);
  }

  /** Chooses runs of a list that asks for them. */
  async function choose(title: string, ...names: string[]): Promise<void> {
    await command(window.page, title);
    const box = window.page.locator('.quick-input-widget');
    for (const name of names) {
      const line = box.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first();
      await line.waitFor();
      await line.click();
    }
    if (names.length > 1) await window.page.keyboard.press('Enter');
  }

  it('of the table arrive', async () => {
    const { page } = window;
    const table = await open('Trainyard: Show Runs Table', 'ty-grid');
    const line = (name: string) => table.locator('[role=row]', { hasText: name });
    await line('one').waitFor();
    await table.getByRole('combobox', { name: 'Experiment' }).selectOption({ label: 'other' });
    await line('one').waitFor({ state: 'detached' });
    await line('elsewhere').waitFor();
    await table.getByRole('combobox', { name: 'Experiment' }).selectOption({ label: 'Default' });
    await line('one').waitFor();
    const filter = table.getByRole('combobox', { name: /filter/i });
    await filter.fill('metrics.loss << 1');
    await filter.press('Enter');
    await table.locator('.filter-problem').waitFor();
    await filter.fill('metrics.loss < 1');
    await filter.press('Enter');
    await line('two').waitFor({ state: 'detached' });
    await line('one').waitFor();
    await filter.fill('');
    await filter.press('Enter');
    await line('two').waitFor();

    await on(table, 'ty-table', 'toggle', 'curves', 'metric:loss');
    await table.locator('[data-row] .curve path[d^="M0"]').first().waitFor();
    await on(table, 'ty-table', 'ask', { type: 'note', runId: ids['one'], text: 'noted' });
    await until(
      'the note',
      async () => (await workspace.run(ids['one']!)).tags['mlflow.note.content'] === 'noted',
    );
    await on(table, 'ty-table', 'ask', { type: 'copy', text: 'from the table' });
    await until('the clipboard', async () => (await clipboard()) === 'from the table');
    await on(table, 'ty-table', 'act', 'rename', [ids['one']]);
    await until('the question', async () => (await input().inputValue()) === 'one');
    await closeQuestion();
    await on(table, 'ty-table', 'ask', { type: 'save', name: 'runs.csv', content: [] });
    await until('the question', async () => (await input().inputValue()).endsWith('runs.csv'));
    await closeQuestion();
    await on(table, 'ty-table', 'ask', { type: 'submit' });
    await saw('table→host submit');
    await saw('table→host submit');
    await closeQuestion();
    await on(table, 'ty-table', 'ask', { type: 'showOutput' });
    await output();
    await window.mlflow('experiments/create', { name: 'third' });
    await saw('host→table experiments');
    const gone = await log('gone', '0');
    await line('gone').waitFor();
    await workspace.edit.delete([gone]);
    await line('gone').waitFor({ state: 'detached' });
    await withoutServer(async () => {
      await on(table, 'ty-table', 'retry');
      await table.locator('[role=alert]').first().waitFor();
    });
    await on(table, 'ty-table', 'retry');
    await line('one').waitFor({ timeout: 60_000 });
    await ended('table', FROM_TABLE, TO_TABLE);
    await command(page, 'View: Close All Editors');
  });

  it('of the charts arrive', async () => {
    const { page } = window;
    await choose('Trainyard: Show Charts', 'one', 'two');
    const charts = await webview(page, '.chip-name');
    const ask = (message: object) => on(charts, 'ty-charts', 'ask', message);
    await charts.locator('canvas').first().waitFor();
    await charts.locator('.tiles img').first().waitFor();
    await point(ids['one']!, 'loss', 0.1, 3);
    await saw('host→charts changed');
    await workspace.edit.rename(ids['two']!, 'second');
    await charts.locator('.chip-name', { hasText: 'second' }).waitFor();
    await on(charts, 'ty-charts', 'act', 'addMetric', 'loss');
    await page.locator('.quick-input-widget').getByRole('option', { name: 'accuracy' }).click();
    await charts.locator('ty-chart:has(h3[title="loss, accuracy"])').waitFor();
    await on(charts, 'ty-charts', 'askLimits', 'loss');
    await input().fill('0, 2');
    await page.keyboard.press('Enter');
    await charts.locator('.limits').first().waitFor();
    await charts.locator('.chip', { hasText: 'one' }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Set as Baseline' }).hover();
    await page.keyboard.press('Enter');
    await charts.locator('.chip.baseline').waitFor();
    await charts.locator('ty-chart h3').first().click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Expand/ }).hover();
    await page.keyboard.press('Enter');
    await charts.locator('.full ty-chart').waitFor();
    await on(charts, 'ty-charts', 'expand', null);
    await ask({ type: 'copy', text: 'from the charts' });
    await until('the clipboard', async () => (await clipboard()) === 'from the charts');
    await ask({ type: 'save', name: 'loss.csv', content: [] });
    await until('the question', async () => (await input().inputValue()).endsWith('loss.csv'));
    await closeQuestion();
    await ask({ type: 'failed', message: 'It went wrong.' });
    await page.locator('.notification-toast', { hasText: 'It went wrong.' }).first().waitFor();
    await ask({ type: 'readNumbers', runId: ids['one'], line: 'none' });
    await page.locator('.notification-toast', { hasText: 'No number in this line' }).first().waitFor();
    await ask({ type: 'log', runId: `local/${ids['one']}` });
    await saw('host→charts log');
    await ask({ type: 'showOutput' });
    await output();
    for (const message of [
      { type: 'dropped' },
      { type: 'openFailure', runId: ids['job'] },
      { type: 'showLog', runId: ids['job'] },
    ])
      await ask(message);
    await saw('charts→host showLog');
    await charts.getByRole('button', { name: 'Remove second' }).click();
    await charts.locator('.chip-name', { hasText: 'second' }).waitFor({ state: 'detached' });
    await command(page, 'Trainyard: Reset Charts Layout');
    await charts.locator('.limits').first().waitFor({ state: 'detached' });
    await withoutServer(async () => {
      await on(charts, 'ty-charts', 'retry');
      await charts.locator('[role=alert]').first().waitFor();
    });
    await on(charts, 'ty-charts', 'retry');
    await charts.locator('[role=alert]').first().waitFor({ state: 'detached', timeout: 60_000 });
    await ask({ type: 'open', language: 'csv', text: 'opened,here' });
    await page.locator('.view-line', { hasText: 'opened,here' }).first().waitFor();
    await command(page, 'View: Revert and Close Editor');
    await command(page, 'View: Close All Editors');
  });

  it('of the comparison arrive', async () => {
    const { page } = window;
    await open('Trainyard: Show Runs Table', 'ty-grid');
    await choose('Trainyard: Compare Runs', 'one', 'second');
    await webview(page, 'ty-sheet');
    // Both are in view.
    await command(page, 'View: Move Editor into Next Group');
    const table = await webview(page, 'ty-grid');
    let comparison = await webview(page, 'ty-sheet');
    const post = (message: object) => on(comparison, 'ty-compare', 'post', message);
    await comparison.locator('.curve-box path').first().waitFor();
    await saw('host→compare pictures');
    await on(comparison, 'ty-compare', 'show', [ids['two'], ids['one']]);
    await comparison.locator('thead').getByText('second').first().waitFor();
    await workspace.edit.rename(ids['two']!, 'last');
    await comparison.locator('thead').getByText('last').first().waitFor();
    await on(table, 'ty-table', 'setGoal', 'loss', 'higher');
    await saw('host→compare goals');
    comparison = await webview(page, 'ty-sheet');
    await post({ type: 'showOutput' });
    await output();
    await withoutServer(async () => {
      await on(comparison, 'ty-compare', 'retry');
      await comparison.locator('[role=alert]').first().waitFor();
    });
    await on(comparison, 'ty-compare', 'retry');
    await comparison.locator('ty-sheet').waitFor({ timeout: 60_000 });
    for (const message of [
      { type: 'openCode', runId: ids['one'] },
      { type: 'openFile', path: 'rows.csv', runIds: [ids['one']] },
    ])
      await post(message);
    await page
      .getByRole('tab', { name: /rows\.csv/ })
      .first()
      .waitFor();
    await command(page, 'View: Close All Editors');
    await choose('Trainyard: Compare Runs', 'one', 'last');
    comparison = await webview(page, 'ty-sheet');
    await post({ type: 'run', runId: ids['one'] });
    await (await webview(page, 'ty-run')).getByRole('heading', { name: 'one' }).waitFor();
    await page.locator('.tab', { hasText: 'Compare Runs' }).click();
    comparison = await webview(page, 'ty-sheet');
    await post({ type: 'charts', runIds: [ids['one']] });
    await webview(page, '.chip-name');
    await command(page, 'View: Close All Editors');
    await ended('compare', FROM_COMPARE, TO_COMPARE);
  });

  it('of a run arrive', async () => {
    const { page } = window;
    const runs = page.getByRole('tree', { name: 'Runs' });
    // One click on its row.
    const show = async (name: string) => {
      // The tooltip of the row that was clicked before may lie over this one.
      await page.mouse.move(640, 4);
      await (await rowAtRest(runs, name)).click();
    };
    await command(page, 'Focus on Runs View');
    await (await rowAtRest(runs, 'Default')).click();
    await show('one');
    const panel = await webview(page, 'ty-run h1');
    const job = await workspace.run(ids['job']!);
    const does = (method: string, ...args: unknown[]) => on(panel, 'ty-run', method, ...args);
    await panel.locator('.metrics path').first().waitFor();
    await panel.locator('ty-gallery img').first().waitFor();
    await panel.locator('ty-tables td:visible').first().waitFor();
    await does('toggle', 'files');
    await panel.locator('ty-files').waitFor({ state: 'detached' });
    await does('toggle', 'files');

    const note = async (text: string) => {
      await does('editNote');
      await does('typeNote', text);
    };
    await note('first');
    await does('saveNote');
    await panel.locator('.note', { hasText: 'first' }).waitFor();
    await note('mine');
    await workspace.edit.tag(ids['one']!, { 'mlflow.note.content': 'theirs' });
    await does('saveNote');
    await panel.locator('.other', { hasText: 'theirs' }).waitFor();
    await does('discardNote');

    await does('copy', 'from the run');
    await until('the clipboard', async () => (await clipboard()) === 'from the run');
    await does('act', 'rename');
    await until('the question', async () => (await input().inputValue()) === 'one');
    await closeQuestion();
    await does('register', { runId: ids['one'], path: 'model' });
    await saw('run→host register');
    await does('openLink', 'https://example.com/');
    await page.locator('.monaco-dialog-box').waitFor();
    await page.keyboard.press('Escape');
    await does('showOutput');
    await output();
    // As its link to a parent run does.
    await does('show', ids['job']);
    await panel.getByRole('heading', { name: job.name }).waitFor();
    await panel.locator('ty-log', { hasText: 'trained' }).waitFor({ timeout: 60_000 });
    await workspace.edit.delete([ids['job']!]);
    await panel.locator('[role=alert]').first().waitFor();
    await does('retry');
    await saw('run→host retry');
    await workspace.edit.undelete([ids['job']!]);
    await show('one');
    await panel.getByRole('heading', { name: 'one' }).waitFor();
    await withoutServer(async () => {
      await note('lost?');
      await does('saveNote');
      await panel.locator('.problem', { hasText: 'not saved' }).waitFor();
      await does('discardNote');
    });
    await does('openFile', 'rows.csv');
    await page
      .getByRole('tab', { name: /rows\.csv/ })
      .first()
      .waitFor();
    // What opened before may open late, and lie over the panel.
    const doesAgain = async (method: string, ...args: unknown[]) => {
      for (let left = 5; ; left--)
        try {
          await page.locator('.tab', { hasText: 'one' }).first().click();
          await on(await webview(page, 'ty-run h1', 10_000), 'ty-run', method, ...args);
          return;
        } catch (error) {
          if (left === 0) throw error;
        }
    };
    await doesAgain('openTable', 'rows.csv');
    await saw('run→host openTable');
    await doesAgain('openLine', { file: 'train.sh', line: 1 });
    await page.locator('.notification-toast', { hasText: 'no longer exists' }).first().waitFor();
    await doesAgain('openAsset', 'environment', 'none', '1');
    await page.locator('.notification-toast', { hasText: 'no environment none:1' }).first().waitFor();
    await doesAgain('chooseInterpreter');
    await saw('run→host chooseInterpreter');
    await closeQuestion();
    await doesAgain('openChart', 'loss');
    const charts = await webview(page, '.full ty-chart');
    await charts.locator('.full ty-chart h3', { hasText: 'loss' }).waitFor();
    await on(charts, 'ty-charts', 'ask', { type: 'openFile', runId: ids['one'], path: 'rows.csv' });
    await ended('run', FROM_RUN, TO_RUN);
    await ended('charts', FROM_CHARTS, TO_CHARTS);
  });
});
