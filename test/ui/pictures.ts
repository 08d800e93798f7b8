// Takes the pictures of docs/images: the demo's project in a real window, with a few more runs.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildScriptJob } from '../../src/job/build.js';
import { LocalWorkspace } from '../../src/workspace/local/workspace.js';
import { ACTIVE_STATES } from '../../src/workspace/types.js';
import { command, type Editor, contextMenu, openEditor, row, webview } from '../support/editor.js';
import { serverEntry, stopServerOf } from '../support/home.js';

const demo = process.argv[2];
if (!demo) throw new Error('Which folder holds the demo?');
const project = path.join(demo, 'digits');
const home = path.join(demo, 'home');
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const workspace = new LocalWorkspace({ home, serverEntry });

const RUNS: Record<string, string[]> = {
  'lr 0.001, batch 8': ['--lr', '0.001', '--batch-size', '8'],
  'lr 0.02': ['--lr', '0.02'],
  'lr 0.01, batch 128': ['--lr', '0.01', '--batch-size', '128'],
};

async function makeRuns(): Promise<void> {
  const there = new Set((await workspace.runs({})).runs.map(({ name }) => name));
  const ids: string[] = [];
  for (const [name, args] of Object.entries(RUNS)) {
    if (there.has(name)) continue;
    const spec = buildScriptJob({
      script: path.join(project, 'train.py'),
      codeFolder: project,
      workingFolder: project,
      interpreter: path.join(project, '.venv/bin/python'),
      args,
      displayName: name,
    });
    ids.push((await workspace.jobs.submit(spec)).id);
  }
  for (const id of ids) while (ACTIVE_STATES.includes((await workspace.run(id)).state)) await sleep(500);
}

async function window(theme: string, show: (page: Editor['page']) => Promise<void>): Promise<void> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-pictures-'));
  const editor = await openEditor({
    folder: project,
    scratch,
    env: { TRAINYARD_HOME: home },
    settings: { 'workbench.colorTheme': theme, 'trainyard.submit.show': 'nothing' },
  });
  try {
    const tab = editor.page.getByRole('tab', { name: /^Trainyard/ }).first();
    await tab.waitFor({ timeout: 60_000 });
    await tab.click();
    await show(editor.page);
  } finally {
    await editor.close();
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function picture(page: Editor['page'], name: string): Promise<void> {
  await sleep(1000);
  await page.screenshot({ path: path.join(IMAGES, `${name}.png`) });
  console.log(`docs/images/${name}.png`);
}

async function showCharts(page: Editor['page']): Promise<void> {
  const runs = page.getByRole('tree', { name: 'Runs' });
  // The tree is whole when the newest run stands in it.
  const newest = row(runs, Object.keys(RUNS).at(-1)!);
  await newest.waitFor();
  await sleep(1000);
  await row(runs, 'baseline').click();
  await sleep(500);
  await newest.click({ modifiers: ['Shift'] });
  await contextMenu(newest, 'Show Charts');
  const charts = await webview(page, 'canvas');
  await sleep(1500);
  await charts
    .locator('.plot-area')
    .first()
    .hover({ position: { x: 150, y: 60 } });
}

await makeRuns();
await window('Dark 2026', async (page) => {
  await showCharts(page);
  await picture(page, 'runs-and-charts');
  const runs = page.getByRole('tree', { name: 'Runs' });
  await row(runs, 'baseline').click();
  await contextMenu(row(runs, 'baseline'), 'Show Code Changes');
  await page.locator('.modified-in-monaco-diff-editor .view-line').first().waitFor();
  await picture(page, 'code-changes');
  await row(runs, 'faster').click();
  await contextMenu(row(runs, 'faster'), 'Show Log');
  await page.locator('.xterm-rows').getByText('epoch 30/30').waitFor();
  await picture(page, 'log');
  await command(page, 'View: Close All Editors');
  await command(page, 'Trainyard: Submit With Options');
  await page.getByPlaceholder('Submit which script?').waitFor();
  await page.keyboard.press('Enter');
  await page.getByPlaceholder('Where does it run?').waitFor();
  await page.keyboard.press('Enter');
  await picture(page, 'submit-options');
});
await window('Light 2026', async (page) => {
  await showCharts(page);
  await picture(page, 'charts-light');
  const runs = page.getByRole('tree', { name: 'Runs' });
  await command(page, 'Trainyard: Show Runs Table');
  await (await webview(page, '[role=gridcell]')).locator('[role=gridcell]').first().waitFor();
  await picture(page, 'runs-table');
  await row(runs, 'baseline').click();
  await row(runs, 'faster').click({ modifiers: ['ControlOrMeta'] });
  await contextMenu(row(runs, 'faster'), 'Compare Runs');
  await (await webview(page, 'ty-compare img')).locator('img').first().waitFor();
  await picture(page, 'comparison');
  await contextMenu(row(runs, 'faster'), 'Show Run');
  await (await webview(page, 'ty-run .metrics path')).locator('.metrics path').first().waitFor();
  await picture(page, 'run');
});
await window('Default High Contrast', async (page) => {
  await showCharts(page);
  await picture(page, 'charts-high-contrast');
});
await stopServerOf(home);
process.exit(0);
