import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { findServer } from '../../src/workspace/local/launch.js';
import { ACTIVE_STATES } from '../../src/workspace/types.js';
import { startMlflow } from '../integration/mlflow/peer.js';
import { hasPython } from '../integration/mlflow/python.js';
import { command, contextMenu, row, rowAtRest, webview } from '../support/editor.js';
import { TestHome } from '../support/home.js';
import { mlflowSeed } from '../support/mlflow-seed.js';
import { passOn } from '../support/proxy.js';
import { until } from '../support/until.js';
import { ProjectWindow } from './window.js';

/** A server of MLflow's protocol that is not the window's own. */
interface TrackingServer {
  port: number;
  token?: string;
  close(): Promise<void>;
}

/** MLflow's own where it is installed; else that of another home, which speaks the same protocol and wants a token. */
async function startTrackingServer(): Promise<TrackingServer> {
  if (hasPython('full')) return startMlflow();
  const home = new TestHome();
  await home.workspace.status();
  const server = await findServer(home.home);
  if (!server) throw new Error('The server of the other home is gone.');
  return { port: server.port, token: server.token, close: () => home.close() };
}

/** What the window reaches the server through, so that a test can cut it off. */
class Road {
  readonly #server: http.Server;
  #port = 0;

  constructor(port: number) {
    this.#server = http.createServer((request, response) => {
      request.headers.host = `127.0.0.1:${port}`;
      passOn(port, (path) => path)(request, response);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe('a tracking server beside the workspace of this computer, in the real editor', function () {
  this.timeout(300_000);
  const window = new ProjectWindow();
  const runs = () => window.page.getByRole('tree', { name: 'Runs' });
  const box = () => window.page.locator('.quick-input-widget');
  let server: TrackingServer;
  let road: Road;

  before(async () => {
    server = await startTrackingServer();
    road = new Road(server.port);
    await road.open();
    await window.open({ 'train.sh': 'echo trained\n' });
    await logHere('at home', 0.5);
    await logThere('abroad', 0.25);
    await window.showSideBar();
    await rowAtRest(runs(), 'at home', 60_000);
    await addServer();
    await row(runs(), 'Cluster').click();
    await rowAtRest(runs(), 'abroad', 60_000).catch(async (error: unknown) => {
      await window.picture('tracking-server-before');
      throw error;
    });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.picture('tracking-server-failed');
    await command(window.page, 'View: Close All Editors');
  });
  after(async () => {
    await window.close();
    await road?.close();
    await server?.close();
  });

  async function logHere(name: string, loss: number): Promise<void> {
    const made = await window.mlflow('runs/create', {
      experiment_id: '0',
      run_name: name,
      start_time: Date.now(),
    });
    const { run_id } = (made['run'] as { info: { run_id: string } }).info;
    for (const point of curve(loss)) await window.mlflow('runs/log-metric', { run_id, ...point });
    await window.mlflow('runs/update', { run_id, status: 'FINISHED', end_time: Date.now() });
  }

  async function logThere(name: string, loss: number): Promise<void> {
    const { port, token } = server;
    const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }) };
    const seed = mlflowSeed(`http://127.0.0.1:${port}`, headers);
    const id = await seed.run(await seed.experiment('Night shift'), { name });
    await seed.log(id, { params: { lr: '0.01' }, points: curve(loss) });
    await seed.file(id, 'notes.txt', Buffer.from('Logged elsewhere.\n'));
    await seed.finish(id);
  }

  function curve(loss: number) {
    return Array.from({ length: 5 }, (_, step) => ({
      key: 'loss',
      value: loss + (4 - step) / 10,
      step,
      timestamp: 1_700_000_000_000 + step,
    }));
  }

  /** By the command, as people do. */
  async function addServer(): Promise<void> {
    await command(window.page, 'Trainyard: Add Workspace');
    await pick('MLflow');
    await answer('Name of the workspace', 'Cluster');
    await answer('Address of the tracking server', road.url);
    await pick(server.token === undefined ? 'None' : 'Token');
    if (server.token !== undefined) {
      await box().locator('input[type=password]').fill(server.token);
      await window.page.keyboard.press('Enter');
    }
    await answer('Seconds without an answer', '5');
    await window.page
      .locator('.notification-toast', { hasText: 'Added the workspace Cluster' })
      .waitFor({ timeout: 60_000 });
    await command(window.page, 'Notifications: Clear All Notifications');
  }

  async function pick(option: string): Promise<void> {
    await box().getByRole('option', { name: option }).first().click();
  }

  async function answer(question: string, text: string): Promise<void> {
    await box().getByText(question).first().waitFor();
    await box().locator('input').first().fill(text);
    await window.page.keyboard.press('Enter');
  }

  async function chooseOfBoth(item: string): Promise<void> {
    await command(window.page, 'Focus on Runs View');
    await rowAtRest(runs(), 'abroad');
    await row(runs(), 'at home').click();
    await row(runs(), 'abroad').click({ modifiers: ['ControlOrMeta'] });
    await contextMenu(row(runs(), 'abroad'), item);
  }

  it('has its runs in the tree beside those of this computer', async () => {
    for (const name of ['Local', 'Cluster', 'Night shift', 'at home', 'abroad'])
      await row(runs(), name).waitFor();
    await row(runs(), 'abroad').getByText('0.25').waitFor();
    await window.picture('tracking-server-tree');
  });

  it('has its curves in one panel with those of this computer', async () => {
    await chooseOfBoth('Show Charts');
    const page = await webview(window.page, 'ty-charts canvas');
    await page.locator('.chip-name', { hasText: 'abroad' }).waitFor();
    await page.locator('.chip-name', { hasText: 'at home' }).waitFor();
    await page.locator('.chip', { hasText: 'abroad' }).getByText('Cluster').waitFor();
    assert.equal(await page.locator('[role=alert]').count(), 0);
    await window.picture('tracking-server-charts');
  });

  it('has its runs in the table of all', async () => {
    await command(window.page, 'Trainyard: Show Runs Table');
    const page = await webview(window.page, '[role=grid]');
    await page.locator('[role=row]', { hasText: 'abroad' }).getByText('Cluster').waitFor();
    await page.locator('[role=row]', { hasText: 'at home' }).getByText('Local').waitFor();
    await window.picture('tracking-server-table');
  });

  it('has its runs compared with those of this computer', async () => {
    await chooseOfBoth('Compare Runs');
    const page = await webview(window.page, 'ty-compare');
    for (const name of ['abroad', 'at home', 'Cluster', 'Local'])
      await page.locator('thead').getByText(name).first().waitFor();
    const code = page.getByText('Cannot be compared').first();
    await code.waitFor();
    assert.equal(await code.getAttribute('title'), 'The workspace “Cluster” does not keep the code of runs.');
    await window.picture('tracking-server-comparison');
  });

  it('has a panel for each run, which says what cannot be done there', async () => {
    await command(window.page, 'Focus on Runs View');
    await rowAtRest(runs(), 'abroad');
    await contextMenu(row(runs(), 'abroad'), 'Show Run');
    const page = await webview(window.page, 'ty-run header');
    await page.getByRole('heading', { name: 'abroad' }).waitFor();
    await page.getByText('notes.txt').first().waitFor();
    const lacking = page.locator('.facts > div', { hasText: 'Not in this workspace' });
    assert.match(await lacking.innerText(), /code of runs, jobs/);
    assert.equal(await page.getByRole('button', { name: 'Submit Again' }).count(), 0);
    await window.picture('tracking-server-run');
  });

  it('is where a job logs when its steps say so', async () => {
    await command(window.page, 'Trainyard: Submit With Options');
    await box().getByPlaceholder('Submit which script?').waitFor();
    await window.page.keyboard.press('Enter');
    await box().getByPlaceholder('Where does it run?').waitFor();
    await window.page.keyboard.press('Enter');
    await box().getByPlaceholder('Where does it log?').waitFor();
    await window.picture('tracking-server-log-to');
    const title = box().locator('.quick-input-title');
    let answered = await title.innerText();
    await pick('Cluster');
    const submitted = async () => (await window.workspace.runs({})).runs.find(({ job }) => job !== undefined);
    // The box is away for a moment between two steps, so only the job says that there are no more.
    await until(
      'the job',
      async () => {
        const step = await title.innerText({ timeout: 1_000 }).catch(() => answered);
        if (step !== answered) {
          answered = step;
          await window.page.keyboard.press('Enter');
        }
        return submitted();
      },
      120_000,
    );
    const run = await until(
      'the end of the job',
      async () => {
        const job = await submitted();
        return job && !ACTIVE_STATES.includes(job.state) ? job : undefined;
      },
      120_000,
    );
    assert.equal(run.state, 'finished');
    assert.deepEqual(run.job?.elsewhere, [road.url]);
    assert.equal(run.job?.environmentVariables?.['MLFLOW_TRACKING_URI'], road.url);
  });

  it('is a row with the reason when it is down, and takes nothing else with it', async () => {
    await command(window.page, 'Trainyard: Show Runs Table');
    const page = await webview(window.page, '[role=grid]');
    await page.locator('[role=row]', { hasText: 'abroad' }).waitFor();
    await road.close();
    await command(window.page, 'Trainyard: Refresh');
    await row(runs(), 'abroad').waitFor({ state: 'detached', timeout: 60_000 });
    await runs()
      .getByText(/cannot be reached/)
      .first()
      .waitFor();
    await row(runs(), 'Retry').waitFor();
    await logHere('still at home', 0.4);
    await row(runs(), 'still at home').waitFor();
    await page.locator('[role=row]', { hasText: 'still at home' }).waitFor();
    await window.picture('tracking-server-down');
    await road.open();
    await row(runs(), 'Retry').click();
    await rowAtRest(runs(), 'abroad', 60_000);
  });

  it('is not added when it cannot be reached, unless a person wants it', async () => {
    const nobody = 'http://127.0.0.1:1';
    const dialog = window.page.locator('.monaco-dialog-box');
    const add = async (name: string, choice: string) => {
      await command(window.page, 'Trainyard: Add Workspace');
      await pick('MLflow');
      await answer('Name of the workspace', name);
      await answer('Address of the tracking server', nobody);
      await pick('None');
      await answer('Seconds without an answer', '5');
      await dialog.getByText(`The workspace ${name} cannot be used yet.`).waitFor({ timeout: 60_000 });
      await dialog.getByRole('button', { name: choice }).click();
    };
    await add('Nobody', 'Cancel');
    await dialog.waitFor({ state: 'hidden' });
    assert.equal(await row(runs(), 'Nobody').count(), 0);
    await add('Later', 'Add Anyway');
    await row(runs(), 'Later').waitFor({ timeout: 60_000 });
    await window.picture('tracking-server-later');
  });
});
