import assert from 'node:assert/strict';
import { command, contextMenu, row, webview } from '../support/editor.js';
import { until } from '../support/until.js';
import { ProjectWindow } from './window.js';

/** Logs to MLflow's protocol with Python's own library only, slowly enough to be reloaded in between. */
const SCRIPT = `import json, os, time, urllib.request
def log(step):
    body = {"run_id": os.environ["TRAINYARD_RUN_ID"], "key": "val_accuracy", "value": 1 - 1 / (step + 2),
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
  const window = new ProjectWindow();
  const { workspace } = window;

  before(() => window.open({ 'train.py': SCRIPT }));
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.picture('main-job-failed');
  });
  after(() => window.close());

  it('submits a script from the Explorer, shows its curve and its log, and loses nothing by a reload', async () => {
    const { page } = window;
    const explorer = page.locator('.explorer-folders-view');
    await contextMenu(row(explorer, 'train.py'), 'Submit Training Script');

    const run = await until('a run', async () => (await workspace.runs({})).runs[0]);
    assert.equal(run.code?.head, window.git('rev-parse', 'HEAD'));
    assert.equal(run.code?.changedFiles, 0);

    await window.showSideBar();
    const runs = page.getByRole('tree', { name: 'Runs' });
    await row(runs, run.name).waitFor({ timeout: 60_000 });
    await contextMenu(row(runs, run.name), 'Show Charts');
    const charts = await webview(page, 'canvas');
    await charts.getByText('val_accuracy').first().waitFor({ timeout: 60_000 });

    await contextMenu(row(runs, run.name), 'Show Log');
    await page
      .locator('.xterm-rows')
      .getByText(/epoch \d+ done/)
      .first()
      .waitFor({ timeout: 60_000 });

    await window.reload(run.id);
    await webview(page, 'canvas'); // the charts come back by themselves
    const ended = await until(
      'the end of the run',
      async () => {
        const now = await workspace.run(run.id);
        return now.state === 'finished' ? now : undefined;
      },
      90_000,
    );
    assert.equal(ended.metrics['val_accuracy']?.count, 100);
    assert.equal(ended.job?.exitCode, 0);
    await command(page, 'Trainyard: Show Output');
  });
});
