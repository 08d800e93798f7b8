import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LocalWorkspace } from '../../src/workspace/local/workspace.js';
import { stopServerOf } from '../support/home.js';
import { command, type Editor, menu, openEditor, row, webview } from '../support/editor.js';

/** Logs to MLflow's protocol with Python's own library only, slowly enough to be reloaded in between. */
const SCRIPT = `import json, os, time, urllib.request
def log(step):
    body = {"run_id": os.environ["MLFLOW_RUN_ID"], "key": "val_accuracy", "value": 1 - 1 / (step + 2),
            "timestamp": int(time.time() * 1000), "step": step}
    request = urllib.request.Request(
        os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric", json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]})
    urllib.request.urlopen(request).read()
for step in range(100):
    log(step)
    print(f"epoch {step} done")
    time.sleep(0.3)
`;

describe('the main job, in the real editor', function () {
  this.timeout(240_000);
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-ui-'));
  const project = path.join(root, 'digits');
  const home = path.join(root, 'home');
  const serverEntry = fileURLToPath(new URL('../../dist/server.js', import.meta.url));
  const workspace = new LocalWorkspace({ home, serverEntry });
  let editor: Editor;

  before(async () => {
    fs.mkdirSync(project);
    fs.writeFileSync(path.join(project, 'train.py'), SCRIPT);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: project });
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-qm', 'first');
    editor = await openEditor({
      folder: project,
      scratch: path.join(root, 'editor'),
      env: { TRAINYARD_HOME: home },
    });
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    fs.mkdirSync('out', { recursive: true });
    await editor.page.screenshot({ path: 'out/main-job-failed.png' });
  });

  after(async () => {
    await editor.close();
    await stopServerOf(home);
    fs.rmSync(root, { recursive: true, force: true });
  });

  it('submits a script from the Explorer, shows its curve and its log, and loses nothing by a reload', async () => {
    const { page } = editor;
    const explorer = page.locator('.explorer-folders-view');
    await row(explorer, 'train.py').waitFor({ timeout: 60_000 });
    // A menu that is opened before the extension is known lacks its commands.
    await page
      .getByRole('tab', { name: /^Trainyard/ })
      .first()
      .waitFor({ timeout: 60_000 });
    await row(explorer, 'train.py').click({ button: 'right' });
    await menu(page, 'Submit Training Script');

    const run = await until(async () => (await workspace.runs({})).runs[0]);
    const head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: project, encoding: 'utf8' }).trim();
    assert.equal(run.code?.head, head);
    assert.equal(run.code?.changedFiles, 0);

    await page
      .getByRole('tab', { name: /^Trainyard/ })
      .first()
      .click();
    const runs = page.getByRole('tree', { name: 'Runs' });
    await row(runs, run.name).waitFor({ timeout: 30_000 });
    await row(runs, run.name).click({ button: 'right' });
    await menu(page, 'Show Charts');
    const charts = await webview(page, 'canvas');
    await charts.getByText('val_accuracy').first().waitFor({ timeout: 30_000 });

    await row(runs, run.name).click({ button: 'right' });
    await menu(page, 'Show Log');
    await page
      .locator('.xterm-rows')
      .getByText(/epoch \d+ done/)
      .first()
      .waitFor({ timeout: 30_000 });
    if (process.env['TRAINYARD_SCREENSHOTS'])
      await page.screenshot({ path: 'docs/images/runs-and-charts.png' });

    // The workbench in a browser writes down which editors are open every few seconds only.
    await sleep(7_000);
    await page.reload({ waitUntil: 'commit' });
    await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    await webview(page, 'canvas'); // the charts come back by themselves
    const ended = await until(async () => {
      const now = await workspace.run(run.id);
      return now.state === 'finished' ? now : undefined;
    });
    assert.equal(ended.metrics['val_accuracy']?.count, 100);
    assert.equal(ended.job?.exitCode, 0);
    await command(page, 'Trainyard: Show Output');
  });
});

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 90_000; Date.now() < end; await sleep(200)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error('It did not happen within 90 s.');
}
