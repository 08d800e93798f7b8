import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { command, contextMenu, row, rowAtRest, webview } from '../support/editor.js';
import { ProjectWindow } from './window.js';

/** The title of its tab, a selector of its page, and what the page shows of the runs. */
interface Panel {
  tab: RegExp;
  page: string;
  viewType: string;
  show(): Promise<void>;
  isBack(frame: Frame): Promise<void>;
}

describe('panels after a reload, in the real editor', function () {
  this.timeout(180_000);
  const window = new ProjectWindow();
  const runs = () => window.page.getByRole('tree', { name: 'Runs' });
  const tabs = (panel: Panel) => window.page.locator('.tab').filter({ hasText: panel.tab });
  const pages = async (selector: string) => {
    const counts = window.page.frames().map((frame) =>
      frame
        .locator(selector)
        .count()
        .catch(() => 0),
    );
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  };

  before(async () => {
    await window.open({ 'notes.md': 'Tuned by hand.\n' });
    for (const name of ['one', 'two', 'three']) await log(name);
    await window.showSideBar();
    await rowAtRest(runs(), 'three');
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.picture('reload-failed');
  });
  after(() => window.close());

  async function log(name: string): Promise<void> {
    const made = await window.mlflow('runs/create', {
      experiment_id: '0',
      run_name: name,
      start_time: Date.now(),
    });
    const { run_id } = (made['run'] as { info: { run_id: string } }).info;
    for (let step = 0; step < 3; step++)
      await window.mlflow('runs/log-metric', {
        run_id,
        key: 'loss',
        value: 1 / (step + 1),
        timestamp: step,
        step,
      });
  }

  async function select(...names: string[]): Promise<void> {
    for (const [i, name] of names.entries())
      await row(runs(), name).click(i > 0 ? { modifiers: ['ControlOrMeta'] } : {});
  }

  const PANELS: Record<string, Panel> = {
    charts: {
      tab: /^Charts$/,
      page: 'ty-charts',
      viewType: 'trainyard.charts',
      async show() {
        await select('one', 'two');
        await contextMenu(row(runs(), 'two'), 'Show Charts');
      },
      async isBack(frame) {
        await frame.locator('canvas').first().waitFor();
        assert.deepEqual((await frame.locator('.chip-name').allInnerTexts()).sort(), ['one', 'two']);
      },
    },
    table: {
      tab: /^Runs$/,
      page: 'ty-table',
      viewType: 'trainyard.table',
      async show() {
        await command(window.page, 'Trainyard: Show Runs Table');
        const table = await webview(window.page, '[role=grid]');
        await table.getByRole('combobox', { name: /filter/i }).fill("attributes.run_name != 'three'");
        await window.page.keyboard.press('Enter');
        await table.locator('[role=row]', { hasText: 'three' }).waitFor({ state: 'detached' });
      },
      async isBack(frame) {
        await frame.locator('[role=row]', { hasText: 'one' }).waitFor();
        await frame.locator('[role=row]', { hasText: 'three' }).waitFor({ state: 'detached' });
      },
    },
    comparison: {
      tab: /^Compare Runs$/,
      page: 'ty-compare',
      viewType: 'trainyard.compare',
      async show() {
        await select('one', 'three');
        await contextMenu(row(runs(), 'three'), 'Compare Runs');
      },
      async isBack(frame) {
        for (const name of ['one', 'three']) await frame.locator('thead').getByText(name).first().waitFor();
      },
    },
    run: {
      tab: /^two$/,
      page: 'ty-run',
      viewType: 'trainyard.run',
      show: () => contextMenu(row(runs(), 'two'), 'Show Run'),
      isBack: (frame) => frame.getByRole('heading', { name: 'two' }).waitFor(),
    },
  };

  for (const [name, panel] of Object.entries(PANELS)) {
    it(`${name}: comes back with what it showed, as soon as it was opened`, async () => {
      await command(window.page, 'Focus on Runs View');
      await panel.show();
      await panel.isBack(await webview(window.page, panel.page));
      // The workbench has not written down what the page keeps.
      await window.reload(panel.viewType);
      await panel.isBack(await webview(window.page, panel.page, 60_000));
      await tabs(panel).first().waitFor();
      assert.equal(await tabs(panel).count(), 1);
    });

    it(`${name}: is there once when it is shown again from behind another tab`, async () => {
      // A page that has the focus keeps the keys to itself.
      await command(window.page, 'Focus on Runs View');
      await window.openFile('notes.md');
      await tabs(panel).first().waitFor();
      await window.reload(panel.viewType, 'notes.md');
      await command(window.page, 'Focus on Runs View');
      await rowAtRest(runs(), 'three');
      await panel.show();
      await panel.isBack(await webview(window.page, panel.page, 60_000));
      assert.equal(await tabs(panel).count(), 1);
      assert.equal(await pages(panel.page), 1);
    });

    it(`${name}: comes back when its tab is looked at`, async () => {
      await window.page.locator('.tab', { hasText: 'notes.md' }).click();
      await window.reload(panel.viewType, 'notes.md');
      await tabs(panel).first().click({ timeout: 60_000 });
      await panel.isBack(await webview(window.page, panel.page, 60_000));
      assert.equal(await tabs(panel).count(), 1);
      await command(window.page, 'View: Close All Editors');
    });
  }
});
