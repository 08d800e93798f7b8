import fs from 'node:fs';
import path from 'node:path';
import { command } from '../support/editor.js';
import { until } from '../support/until.js';
import { ProjectWindow } from './window.js';

const script = (value: number) => `
import json, os, urllib.request
body = {"run_id": os.environ["TRAINYARD_RUN_ID"], "key": "val_accuracy", "value": ${value}, "step": 1, "timestamp": 1}
urllib.request.urlopen(urllib.request.Request(
    os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric", json.dumps(body).encode(),
    {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]}))
`;

describe('runs that end, in the real editor', function () {
  this.timeout(300_000);
  const window = new ProjectWindow();

  before(() =>
    window.open(
      { 'train.py': script(0.9) },
      { 'trainyard.submit.show': 'nothing', 'trainyard.notify': 'all' },
    ),
  );
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.picture('ends-failed');
  });
  after(() => window.close());

  it('are told of, with what came of them and how far that is from the best', async () => {
    const { page } = window;
    await window.openFile('train.py');
    const submitted = async (text: string) => {
      await command(page, 'Trainyard: Submit Training Script');
      const toast = page.locator('.notification-toast', { hasText: text });
      await toast.waitFor({ timeout: 120_000 });
      return toast;
    };
    await submitted('finished: val_accuracy 0.9');
    fs.writeFileSync(path.join(window.project, 'train.py'), script(0.95));
    await submitted('finished: val_accuracy 0.95, 0.05 better than the previous best');
    fs.writeFileSync(path.join(window.project, 'train.py'), script(0.85));
    const toast = await submitted('finished: val_accuracy 0.85, 0.1 short of the best');
    await window.picture('ends-notification');
    await toast.getByRole('button', { name: 'Show Run' }).click();
    await page.locator('.tab.active', { hasNotText: 'train.py' }).waitFor();
  });

  it('are told of together when no window was open', async () => {
    const { page, workspace, project } = window;
    fs.writeFileSync(path.join(project, 'train.py'), `import time; time.sleep(20)\n${script(0.8)}`);
    await window.openFile('train.py');
    const before = (await workspace.runs({})).runs.length;
    for (const n of [1, 2]) {
      await command(page, 'Trainyard: Submit Training Script');
      await until('a run', async () => (await workspace.runs({})).runs.length === before + n);
    }
    const ids = (await workspace.runs({ limit: 2 })).runs.map(({ id }) => id);
    await window.away(ids, async () => {
      for (const id of ids)
        await until('its end', async () => (await workspace.run(id)).endTime !== undefined, 120_000);
    });
    await window.page
      .locator('.notification-toast', { hasText: 'While the editor was closed: 2 runs finished.' })
      .waitFor({ timeout: 120_000 });
  });
});
