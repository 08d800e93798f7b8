import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { buildScriptJob } from '../../src/job/build.js';
import { ACTIVE_STATES } from '../../src/workspace/types.js';
import { command, contextMenu, row, rowAtRest, showFromMenu, webview } from '../support/editor.js';
import { until } from '../support/until.js';
import { ProjectWindow } from './window.js';

/** Fails when it was not given what the steps asked for. */
const SCRIPT = `test "$*" = '--name two words' && test "$TOKEN" = hush && test "$SEED" = 7 && echo "all is there"\n`;

/** One pixel. */
const PICTURE = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
);

describe('the views, in the real editor', function () {
  this.timeout(120_000);
  const window = new ProjectWindow();
  const { workspace } = window;
  const runs = () => window.page.getByRole('tree', { name: 'Runs' });
  const input = () => window.page.locator('.quick-input-widget input').first();

  /** Each test stands alone: it begins with these two runs and no other, and nothing open. */
  async function twoRuns(): Promise<void> {
    await removeAll();
    await log('older', 2);
    await log('best so far', 1);
    await row(runs(), 'older').waitFor({ timeout: 60_000 });
    await rowAtRest(runs(), 'best so far');
  }

  async function removeAll(): Promise<void> {
    const { runs: all } = await workspace.runs({ limit: 1000 });
    if (all.length > 0) await workspace.edit.delete(all.map(({ id }) => id));
    const experiments = (await workspace.experiments()).filter(({ id }) => id !== '0');
    for (const { id } of experiments) await workspace.edit.deleteExperiment(id);
    await workspace.purge.run(Date.now());
    await window.page.getByText('No runs yet.').waitFor({ timeout: 60_000 });
  }

  before(async () => {
    await window.open(
      { 'train.sh': SCRIPT, 'quick.sh': 'echo quick\n' },
      { 'trainyard.submit.show': 'nothing' },
    );
    await window.showSideBar();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.picture('views-failed');
    await window.page.keyboard.press('Escape');
    await command(window.page, 'View: Close All Editors');
  });
  after(() => window.close());

  /** Answers the question that is open, when it is the one that is meant. */
  async function answer(placeholderOrPrompt: string, text?: string, option?: string): Promise<void> {
    const box = window.page.locator('.quick-input-widget');
    const asks = box.getByText(placeholderOrPrompt).or(box.getByPlaceholder(placeholderOrPrompt));
    await asks.first().waitFor({ timeout: 10_000 });
    if (text !== undefined) await input().fill(text, { timeout: 10_000 });
    // What can be picked follows what is typed, a moment later.
    if (option) await box.getByRole('option', { name: option }).waitFor();
    await window.page.keyboard.press('Enter');
  }

  /** A page that was just opened may take the focus, which closes a question: more than one try. */
  async function chooseAndAnswer(target: Locator, item: string, question: string, option: string) {
    for (let left = 2; ; left--) {
      await contextMenu(target, item);
      try {
        await answer(question, option, option);
        return;
      } catch (error) {
        if (left === 0 || (await window.page.locator('.quick-input-widget:visible').count()) > 0) throw error;
      }
    }
  }

  async function log(name: string, loss: number, experimentId = '0'): Promise<string> {
    const made = await window.mlflow('runs/create', {
      experiment_id: experimentId,
      run_name: name,
      start_time: Date.now(),
    });
    const { run_id } = (made['run'] as { info: { run_id: string } }).info;
    for (let step = 0; step < 5; step++)
      await window.mlflow('runs/log-metric', {
        run_id,
        key: 'loss',
        value: loss - step / 100,
        timestamp: step,
        step,
      });
    await window.mlflow('runs/update', { run_id, status: 'FINISHED', end_time: Date.now() });
    return run_id;
  }

  it('say what to do when there is no run', async () => {
    await removeAll();
    await window.page.getByText('No runs yet.').waitFor({ timeout: 60_000 });
    await window.page.getByRole('button', { name: 'Submit Training Script' }).waitFor();
  });

  describe('with two runs', () => {
    beforeEach(twoRuns);

    it('show runs as scripts log them, newest first', async () => {
      const rows = await runs().locator('[role=treeitem] .label-name').allTextContents();
      assert.deepEqual(rows, ['Default', 'best so far', 'older']);
      await row(runs(), 'best so far').getByText('0.96').waitFor();
    });

    it('rename a run with F2', async () => {
      await row(runs(), 'best so far').click();
      await window.page.keyboard.press('F2');
      await answer('Name of the run', 'renamed');
      await row(runs(), 'renamed').waitFor();
      assert.equal(await row(runs(), 'best so far').count(), 0);
    });

    it('tag a run', async () => {
      await contextMenu(row(runs(), 'older'), 'Edit Tag');
      await answer('Name of the tag', 'stage');
      await answer('Value of stage', 'baseline');
      await until('the tag', async () => {
        const found = (await workspace.runs({ filter: "tags.stage = 'baseline'" })).runs;
        return found[0]?.name === 'older' ? true : undefined;
      });
    });

    it('filter, ask again after a mistake, and show all again', async () => {
      await command(window.page, 'Trainyard: Filter Runs');
      await answer('Conditions joined by AND', 'metrics.loss << 1');
      await window.page
        .locator('.quick-input-message')
        .getByText(/^Expected a/)
        .waitFor();
      await input().fill('metrics.loss > 1');
      await window.page.keyboard.press('Enter');
      await row(runs(), 'best so far').waitFor({ state: 'detached' });
      await row(runs(), 'older').waitFor();
      await command(window.page, 'Trainyard: Clear Filter');
      await row(runs(), 'best so far').waitFor();
    });

    it('delete a run, and take that back', async () => {
      await row(runs(), 'older').click();
      await window.page.keyboard.press('Delete');
      await row(runs(), 'older').waitFor({ state: 'detached' });
      await window.page.getByRole('button', { name: 'Undo' }).click();
      await row(runs(), 'older').waitFor();
    });

    it('draw several runs in one panel', async () => {
      await row(runs(), 'best so far').click();
      await row(runs(), 'older').click({ modifiers: ['ControlOrMeta'] });
      await contextMenu(row(runs(), 'older'), 'Show Charts');
      const charts = await webview(window.page, 'canvas');
      for (const name of ['best so far', 'older']) await charts.getByText(name).first().waitFor();
      await command(window.page, 'View: Close All Editors');
    });

    it('show one run, keep a note about it, and come back with it after a reload', async () => {
      const { page } = window;
      await contextMenu(row(runs(), 'older'), 'Show Run');
      let panel = await webview(page, 'ty-run h1');
      await panel.getByRole('heading', { name: 'older' }).waitFor();
      await panel.locator('.metrics path').first().waitFor();
      await panel.getByRole('button', { name: 'Add a note…' }).click();
      await panel.locator('textarea').fill('**Too** wide.');
      await page.keyboard.press('Control+Enter');
      await panel.locator('.note strong', { hasText: 'Too' }).waitFor();
      await panel.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'Copy Link to Run' }).waitFor();
      await page.keyboard.press('Escape');
      // The tab is named after the run.
      await page.getByRole('tab', { name: 'older' }).first().waitFor();

      const [run] = (await workspace.runs({ filter: "attributes.run_name = 'older'" })).runs;
      await window.reload(run!.id);
      panel = await webview(page, 'ty-run h1');
      await panel.locator('.note strong', { hasText: 'Too' }).waitFor({ timeout: 60_000 });

      await panel.locator('.metric-name', { hasText: 'loss' }).click();
      const charts = await webview(page, '.full ty-chart');
      await charts.locator('.full ty-chart h3', { hasText: 'loss' }).waitFor();
      await command(page, 'View: Close All Editors');
    });

    it('show from the context menu the very run that it was opened on', async () => {
      const { page } = window;
      // Neither what is selected, nor what the panel shows.
      const names = ['menu one', 'menu two', 'menu three'];
      for (const name of names) await log(name, 1);
      await (await rowAtRest(runs(), 'menu three')).click();
      for (const name of ['menu one', 'menu two']) {
        await contextMenu(row(runs(), name), 'Show Run');
        const panel = await webview(page, 'ty-run');
        await panel.getByRole('heading', { name }).waitFor();
        assert.equal(await page.locator('.quick-input-widget:visible').count(), 0);
      }
      await workspace.edit.delete(
        (await workspace.runs({ filter: "attributes.run_name LIKE 'menu %'" })).runs.map(({ id }) => id),
      );
      await command(page, 'View: Close All Editors');
    });

    it('drop a run on the charts of another', async () => {
      const { page } = window;
      await row(runs(), 'older').click();
      const charts = await showFromMenu(row(runs(), 'older'), 'Show Charts', 'canvas');
      assert.deepEqual(await charts.locator('.chip-name').allInnerTexts(), ['older']);
      await row(runs(), 'best so far').hover();
      await page.mouse.down();
      await page.mouse.move(700, 300, { steps: 5 });
      await page.keyboard.down('Shift');
      await page.mouse.move(720, 320, { steps: 5 });
      await charts.locator('.drop-here').waitFor({ timeout: 10_000 });
      await page.mouse.up();
      await page.keyboard.up('Shift');
      await charts.locator('.chip-name', { hasText: 'best so far' }).waitFor({ timeout: 10_000 });
      assert.equal(await charts.locator('.drop-here').count(), 0);
      await charts.getByRole('button', { name: 'Remove best so far' }).click();
      await contextMenu(row(runs(), 'best so far'), 'Add to Charts');
      await charts.locator('.chip-name', { hasText: 'best so far' }).waitFor({ timeout: 10_000 });
      await command(page, 'View: Close All Editors');
    });

    it('show the images of a run beside its curves as they come', async () => {
      const { page } = window;
      const charts = await showFromMenu(row(runs(), 'older'), 'Show Charts', 'canvas');
      const [run] = (await workspace.runs({ filter: "attributes.run_name = 'older'" })).runs;
      assert.ok(run);
      const image = (step: number) => `images/val~grid+step+${step}+timestamp+1+x${step}.png`;
      await window.upload(run.id, image(1), PICTURE);
      await charts.getByRole('group', { name: 'val/grid' }).locator('img').waitFor();
      await window.upload(run.id, image(2), PICTURE);
      await charts.locator('.caption-step', { hasText: '2' }).waitFor();
      await charts.locator('.tile').click();
      await charts.getByRole('button', { name: 'Open in Editor' }).click();
      await page.getByRole('tab', { name: /^val~grid\+step\+2/ }).waitFor();
      await command(page, 'View: Close All Editors');
    });

    it('keep the layout of the charts for the experiment, and share it as a file', async () => {
      const { page } = window;
      const show = async () => {
        const charts = await showFromMenu(row(runs(), 'older'), 'Show Charts', 'canvas');
        await charts.getByRole('button', { name: /^View/ }).click();
        return charts;
      };
      const size = (name: string) => ({ name, exact: true });
      await (await show()).getByRole('radio', size('L')).check();
      await command(page, 'View: Close All Editors');
      let charts = await show();
      assert.ok(await charts.getByRole('radio', size('L')).isChecked());

      await command(page, 'Trainyard: Save Charts Layout to File');
      const file = path.join(window.project, '.trainyard', 'charts.json');
      const text = await until('the file', () =>
        Promise.resolve(fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined),
      );
      await page.getByRole('tab', { name: /charts\.json/ }).waitFor();
      assert.deepEqual((JSON.parse(text) as { size: unknown }).size, { width: 560, height: 340 });
      fs.writeFileSync(file, text.replace('560', '230').replace('340', '140'));
      await command(page, 'View: Close All Editors');
      charts = await show();
      assert.ok(await charts.getByRole('radio', size('L')).isChecked(), 'what one has made comes first');
      await command(page, 'Trainyard: Reset Charts Layout');
      await charts.waitForFunction(
        () => document.querySelector<HTMLInputElement>('input[name=chart-size]')?.checked,
      );
      fs.rmSync(path.dirname(file), { recursive: true });
      await command(page, 'Trainyard: Reset Charts Layout');
      const usual = charts.getByRole('radio', size('M'));
      await until('the usual size', async () => {
        // The palette, when it needs more than one try, closes what is open in the page.
        if (!(await usual.isVisible())) await charts.getByRole('button', { name: /^View/ }).click();
        return usual.isChecked({ timeout: 5000 });
      });
      await command(page, 'View: Close All Editors');
    });

    it('give the y axis of a chart a range, after a mistake, and let it follow the curves again', async () => {
      const { page } = window;
      const charts = await showFromMenu(row(runs(), 'older'), 'Show Charts', 'canvas');
      const chart = charts.locator('ty-chart:has(h3[title="loss"])');
      await contextMenu(chart.locator('h3'), 'Set Y Axis Range…');
      await answer('Minimum and maximum', '2, 1');
      await page
        .locator('.quick-input-message')
        .getByText('The first value must be less than the second.')
        .waitFor();
      await input().fill('1, 2.5');
      await page.keyboard.press('Enter');
      await chart.getByRole('button', { name: 'The y axis was set from 1 to 2.5.' }).click();
      await until('the range that was set', async () =>
        (await input().inputValue()) === '1, 2.5' ? true : undefined,
      );
      await page.keyboard.press('Escape');
      await contextMenu(chart.locator('h3'), 'Automatic Y Axis Range');
      await chart.locator('.limits').waitFor({ state: 'detached' });
      await command(page, 'View: Close All Editors');
    });

    it('draw a metric more in a chart that has one', async () => {
      const { page } = window;
      const [run] = (await workspace.runs({ filter: "attributes.run_name = 'older'" })).runs;
      assert.ok(run);
      for (let step = 0; step < 5; step++)
        await window.mlflow('runs/log-metric', {
          run_id: run.id,
          key: 'accuracy',
          value: 0.5 + step / 10,
          timestamp: step,
          step,
        });
      const charts = await showFromMenu(row(runs(), 'older'), 'Show Charts', 'canvas');
      const heading = charts.locator('ty-chart:has(h3[title="loss"]) h3');
      await chooseAndAnswer(heading, 'Add Metric to Chart…', 'Add which metric to the chart?', 'accuracy');
      const both = charts.locator('ty-chart:has(h3[title="loss, accuracy"])');
      await both.locator('.plot[aria-label*="older, accuracy: last 0.9"]').waitFor();
      await both.getByTitle('Remove Chart').click();
      await both.waitFor({ state: 'detached' });
      await command(page, 'View: Close All Editors');
    });

    it('measure a run against another, and save the chart as an SVG', async () => {
      const { page } = window;
      await row(runs(), 'best so far').click();
      await row(runs(), 'older').click({ modifiers: ['ControlOrMeta'] });
      const charts = await showFromMenu(row(runs(), 'older'), 'Show Charts', 'canvas');
      const chart = charts.locator('ty-chart:has(h3[title="loss"])');
      await contextMenu(charts.locator('.chip', { hasText: 'older' }), 'Set as Baseline');
      await charts.locator('.chip.baseline', { hasText: 'older' }).waitFor();
      await chart.locator('.plot-area').hover();
      const line = chart.locator('.tooltip-row', { hasText: 'best so far' });
      await line.getByText('−1', { exact: true }).waitFor();
      await contextMenu(chart.locator('h3'), 'Save as SVG…');
      await until('the proposed name', async () =>
        (await input().inputValue()).endsWith('loss.svg') ? true : undefined,
      );
      await page.keyboard.press('Enter');
      const file = path.join(window.project, 'loss.svg');
      const text = await until('the file', () =>
        Promise.resolve(fs.existsSync(file) ? fs.readFileSync(file, 'utf8') || undefined : undefined),
      );
      fs.rmSync(file);
      assert.match(
        text,
        /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg".*<title>loss<\/title>.*<\/svg>\s*$/s,
      );
      // Five points in a line, which falls from left to right.
      const lines = [...text.matchAll(/ d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"/g)];
      const falling = lines.filter(
        ([, x, y, toX, toY]) => Number(toX) - Number(x) > 100 && Number(toY) > Number(y),
      );
      assert.equal(falling.length, 2);
      await contextMenu(charts.locator('.chip', { hasText: 'older' }), 'Clear Baseline');
      await charts.locator('.chip.baseline').waitFor({ state: 'detached' });
      await command(page, 'View: Close All Editors');
    });

    it('list all runs in a table, and compare what is selected there', async () => {
      await command(window.page, 'Trainyard: Show Runs Table');
      const table = await webview(window.page, '[role=grid]');
      const line = (name: string) => table.locator('[role=row]', { hasText: name });
      await line('best so far').waitFor({ timeout: 60_000 });
      await line('best so far').getByText('0.96').waitFor();
      await line('best so far').click();
      await line('older').click({ modifiers: ['ControlOrMeta'] });
      await table.getByRole('columnheader', { name: 'loss', exact: true }).click({ button: 'right' });
      await table.getByText('Higher Is Better', { exact: true }).click();
      await table.getByRole('button', { name: 'Compare' }).click();
      const comparison = await webview(window.page, 'ty-compare');
      // The older of the two is the one that the other is compared with.
      await comparison.locator('ty-compare').getByText('loss').first().waitFor({ timeout: 60_000 });
      await comparison.getByText('−1', { exact: true }).first().waitFor();
      // As it was said in the table, against what the name says.
      await comparison.getByRole('rowheader', { name: 'loss Higher is better' }).waitFor();
      await command(window.page, 'View: Close All Editors');
    });

    it('group the table, draw its metrics as curves and write a note there', async () => {
      await command(window.page, 'Trainyard: Show Runs Table');
      const table = await webview(window.page, '[role=grid]');
      const menu = async (heading: string, item: string) => {
        await table.getByRole('columnheader', { name: heading, exact: true }).click({ button: 'right' });
        await table.getByText(item, { exact: true }).click();
      };
      await menu('loss', 'Show as Curve');
      // Five points that fall in a line.
      await table.locator('[data-row] .curve path[d^="M0 0"]').first().waitFor();
      await menu('State', 'Group by This Column');
      const group = table.locator('.row.group', { hasText: 'finished' });
      // Both lie half a unit from what they are between.
      await group.getByText('1.46', { exact: false }).waitFor();
      const line = table.locator('[role=row]', { hasText: 'best so far' });
      await line.locator('[data-column=state]').click();
      await window.page.keyboard.press('End');
      await line.locator('[data-column=note]').dblclick();
      await window.page.keyboard.type('half the loss');
      await window.page.keyboard.press('Enter');
      await line.getByText('half the loss').waitFor();
      await until('the note', async () => {
        const [run] = (await workspace.runs({ filter: "attributes.run_name = 'best so far'" })).runs;
        return run?.tags['mlflow.note.content'] === 'half the loss' ? true : undefined;
      });
      await table.getByRole('button', { name: 'Ungroup' }).click();
      await group.waitFor({ state: 'detached' });
      await command(window.page, 'View: Close All Editors');
    });

    it('compare the code of two runs down to the lines', async () => {
      const { page } = window;
      const job = async (name: string, text: string) => {
        fs.writeFileSync(path.join(window.project, 'steps.sh'), text);
        const script = path.join(window.project, 'steps.sh');
        const folders = { codeFolder: window.project, workingFolder: window.project };
        const spec = buildScriptJob({ script, ...folders, interpreter: '/bin/sh', displayName: name });
        return (await workspace.jobs.submit(spec)).id;
      };
      await job('first try', 'echo one\n');
      await job('second try', 'echo two\n');
      await rowAtRest(runs(), 'second try');
      await row(runs(), 'first try').click();
      await row(runs(), 'second try').click({ modifiers: ['ControlOrMeta'] });
      const comparison = await showFromMenu(row(runs(), 'second try'), 'Compare Runs', 'ty-compare');
      await comparison.getByTitle('Compare steps.sh').click();
      await page.locator('.monaco-diff-editor, .multiDiffEntry').first().waitFor({ timeout: 60_000 });
      await page.getByText('echo two').first().waitFor();
      await command(page, 'View: Close All Editors');
    });

    it('compare files that two runs wrote, in the editor', async () => {
      const { page } = window;
      for (const [name, text] of [
        ['writer one', 'accuracy: 0.91\n'],
        ['writer two', 'accuracy: 0.95\n'],
      ] as const)
        await window.artifact(await log(name, 1), 'reports/result.yaml', text);
      await rowAtRest(runs(), 'writer two');
      await row(runs(), 'writer one').click();
      await row(runs(), 'writer two').click({ modifiers: ['ControlOrMeta'] });
      const comparison = await showFromMenu(row(runs(), 'writer two'), 'Compare Runs', 'ty-compare');
      await comparison.getByTitle('Compare reports/result.yaml').click();
      await page.locator('.monaco-diff-editor').first().waitFor({ timeout: 60_000 });
      await page.getByText('accuracy: 0.95').first().waitFor();
      await command(page, 'View: Close All Editors');
    });

    it('show a table that a run logged, and compare it with that of another by rows', async () => {
      const { page } = window;
      for (const [name, score] of [
        ['table one', 0.91],
        ['table two', 0.95],
      ] as const) {
        const run_id = await log(name, 1);
        const data = [...Array.from({ length: 40 }, (_, i) => [`question ${i}`, 1]), ['hardest', score]];
        await window.artifact(run_id, 'answers.json', JSON.stringify({ columns: ['q', 'score'], data }));
        const value = '[{"path": "answers.json", "type": "table"}]';
        await window.mlflow('runs/set-tag', { run_id, key: 'mlflow.loggedArtifacts', value });
      }
      await rowAtRest(runs(), 'table two');
      const panel = await showFromMenu(row(runs(), 'table one'), 'Show Run', 'ty-run .grid');
      await panel.getByRole('region', { name: 'answers.json, 41 rows × 2 columns' }).waitFor();
      await panel.locator('td', { hasText: 'question 3' }).first().waitFor();
      await panel.getByRole('button', { name: 'Open answers.json as CSV' }).click();
      await page.getByRole('tab', { name: 'answers.csv' }).first().waitFor();
      await page.locator('.view-line', { hasText: 'question 3,1' }).first().waitFor();
      await command(page, 'View: Close All Editors');

      await row(runs(), 'table one').click();
      await row(runs(), 'table two').click({ modifiers: ['ControlOrMeta'] });
      const comparison = await showFromMenu(row(runs(), 'table two'), 'Compare Runs', 'ty-compare');
      await comparison.getByTitle('Compare answers.json').click();
      const diff = page.locator('.monaco-diff-editor').first();
      await diff.waitFor({ timeout: 60_000 });
      for (const [side, score] of [
        ['original', '0.91'],
        ['modified', '0.95'],
      ])
        await diff.locator(`.editor.${side} .view-line`, { hasText: `hardest,${score}` }).waitFor();
      await command(page, 'View: Close All Editors');
    });

    it('compare runs that keep their files elsewhere, and go from there to one of them', async () => {
      const { page } = window;
      const location = `file://${window.root}/far`;
      const made = await window.mlflow('experiments/create', { name: 'far', artifact_location: location });
      for (const name of ['far one', 'far two']) await log(name, 1, String(made['experiment_id']));
      await rowAtRest(runs(), 'far two');
      await row(runs(), 'far one').click();
      await row(runs(), 'far two').click({ modifiers: ['ControlOrMeta'] });
      const comparison = await showFromMenu(row(runs(), 'far two'), 'Compare Runs', 'ty-compare');
      await comparison.locator('.problem', { hasText: location }).first().waitFor({ timeout: 60_000 });
      await comparison.locator('thead').getByRole('button', { name: 'far two', exact: true }).click();
      const panel = await webview(page, 'ty-run');
      await panel.getByRole('heading', { name: 'far two' }).waitFor();
      await command(page, 'View: Close All Editors');
    });

    it('keep a secret, and submit with it, with arguments, an experiment, a name and variables', async () => {
      await command(window.page, 'Trainyard: Manage Secrets');
      await answer('Jobs get the secrets');
      await answer('Name of the environment variable', 'TOKEN');
      await answer('Value of TOKEN', 'hush');

      await row(runs(), 'older').click();
      await command(window.page, 'Trainyard: Submit With Options');
      await answer('Submit which script?', 'train.sh', 'train.sh');
      await answer('Where does it run?');
      await answer('Which interpreter runs it?');
      await answer('Arguments for the script.', '--name "two words"');
      await answer('Which experiment', 'sweep', 'New experiment');
      await answer('Name of the run', 'from the steps');
      await answer('Environment variables.', 'SEED=7');
      await window.page
        .locator('.quick-input-widget')
        .getByRole('checkbox', { name: 'TOKEN' })
        .first()
        .click();
      await window.page.keyboard.press('Enter');

      await row(runs(), 'from the steps').waitFor({ timeout: 60_000 });
      const [run] = (await workspace.runs({ filter: "attributes.run_name = 'from the steps'" })).runs;
      assert.ok(run);
      const ended = await until(
        'the end of the run',
        async () => {
          const now = await workspace.run(run.id);
          return ACTIVE_STATES.includes(now.state) ? undefined : now;
        },
        90_000,
      );
      assert.equal(ended.state, 'finished');
      await row(runs(), 'sweep').waitFor();
    });

    it('submit the same again', async () => {
      await window.openFile('quick.sh');
      const finished = (count: number) =>
        until(
          `${count} finished jobs`,
          async () => {
            const { runs: found } = await workspace.runs({});
            const jobs = found.filter(({ code }) => code?.script === 'quick.sh');
            return jobs.length === count && jobs.every(({ state }) => state === 'finished')
              ? jobs
              : undefined;
          },
          90_000,
        );
      await command(window.page, 'Trainyard: Submit Training Script');
      await finished(1);
      await command(window.page, 'Trainyard: Submit Again');
      const both = await finished(2);
      assert.equal(new Set(both.map(({ experimentId }) => experimentId)).size, 1);
    });
  });
});
