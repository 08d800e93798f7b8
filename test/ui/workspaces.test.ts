import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { readList } from '../../src/workspace/configuration/file.js';
import { removeWorkspace } from '../../src/workspace/configuration/changes.js';
import { LocalWorkspace } from '../../src/workspace/local/workspace.js';
import { command, contextMenu, row, rowAtRest } from '../support/editor.js';
import { serverEntry, stopServerOf } from '../support/home.js';
import { until } from '../support/until.js';
import { ProjectWindow } from './window.js';

describe('several workspaces, in the real editor', function () {
  this.timeout(300_000);
  const window = new ProjectWindow();
  const tree = (name: string) => window.page.getByRole('tree', { name });
  const box = () => window.page.locator('.quick-input-widget');

  before(async () => {
    await window.open({ 'train.sh': 'echo trained > model.txt\n' }, { 'trainyard.submit.show': 'nothing' });
    await window.showSideBar();
    await tree('Runs').or(window.page.getByText('No runs yet.')).first().waitFor({ timeout: 60_000 });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window.picture('workspaces-failed');
    await command(window.page, 'View: Close All Editors');
    for (const { id } of await others()) {
      await stopServerOf(homeOf(id));
      await removeWorkspace(id, surroundings(), { isBroken: true });
    }
    await command(window.page, 'Trainyard: Refresh');
  });
  after(() => window.close());

  const surroundings = () => ({
    home: window.home,
    serverEntry,
    credentials: { get: () => Promise.resolve(undefined) },
  });
  const homeOf = (id: string) => path.join(window.home, 'workspaces', id);
  const others = async () => (await readList(window.home)).workspaces.filter(({ id }) => id !== 'local');

  async function answer(text: string): Promise<void> {
    await box().locator('input').first().fill(text);
    await window.page.keyboard.press('Enter');
  }

  /** By the command, as people do. @returns its client */
  async function add(name: string): Promise<LocalWorkspace> {
    const { page } = window;
    await command(page, 'Trainyard: Add Workspace');
    const kinds = box().getByRole('option', { name: 'On This Computer' });
    const asksName = box().getByText('Name of the workspace');
    await kinds.or(asksName).first().waitFor();
    if (await kinds.isVisible()) await kinds.click();
    await asksName.first().waitFor();
    await answer(name);
    await box().getByRole('option', { name: 'Use the Default' }).click();
    await page.locator('.notification-toast', { hasText: `Added the workspace ${name}` }).waitFor();
    const entry = await until('the entry', async () => (await others()).find((each) => each.name === name));
    return new LocalWorkspace({ home: homeOf(entry.id), serverEntry }, { id: entry.id, label: name });
  }

  it('are added, get the jobs of the window that chose them, and show their runs below their names', async () => {
    const { page } = window;
    const team = await add('Team');
    await row(tree('Runs'), 'Team').waitFor();
    await row(tree('Runs'), 'Local').waitFor();
    await page.getByRole('button', { name: 'Submit to It' }).click();
    await window.openFile('train.sh');
    await command(page, 'Trainyard: Submit Training Script');
    const run = await until('the run', async () => (await team.runs({})).runs[0], 90_000);
    await rowAtRest(tree('Runs'), run.name);
    await page.locator('.statusbar-item', { hasText: 'Team' }).first().waitFor();
    await until('its end', async () => (await team.run(run.id)).state === 'finished', 90_000);
    assert.deepEqual((await window.workspace.runs({})).runs, []);
    await window.picture('workspaces-runs');
    await contextMenu(row(tree('Runs'), run.name), 'Copy Link to Run');
    await contextMenu(row(tree('Runs'), run.name), 'Delete Run');
    await row(tree('Runs'), run.name).waitFor({ state: 'detached' });
    assert.equal((await team.run(run.id)).lifecycle, 'deleted');
  });

  it('are renamed, and removed after it was said what they hold', async () => {
    const { page } = window;
    const crew = await add('Crew');
    await crew.experiments();
    await command(page, 'Trainyard: Rename Workspace');
    await box().getByRole('option', { name: 'Crew' }).click();
    await box().getByText('Name of the workspace').first().waitFor();
    await box().locator('input').first().fill('local');
    await box().getByText('There is a workspace “Local” already.').first().waitFor();
    await answer('Ship');
    await row(tree('Runs'), 'Ship').waitFor();

    await command(page, 'Trainyard: Remove Workspace');
    await box().getByRole('option', { name: 'Ship' }).click();
    const dialog = page.getByRole('dialog').filter({ hasText: 'Remove the workspace Ship?' });
    await dialog.getByText('It holds 0 runs, 0 models').waitFor({ timeout: 60_000 });
    await window.picture('workspaces-remove');
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await page
      .locator('.notification-toast', { hasText: 'Removed the workspace Ship' })
      .waitFor({ timeout: 60_000 });
    assert.deepEqual(await others(), []);
    assert.ok(!fs.existsSync(crew.home));
    assert.ok(fs.existsSync(path.join(window.home, 'removed-workspaces', path.basename(crew.home))));
  });

  it('that cannot be opened are rows that say why, and take nothing else down', async () => {
    const { page } = window;
    const file = path.join(window.home, 'workspaces.json');
    const broken = { id: 'later-0000', name: 'Later', kind: 'of-later' };
    fs.writeFileSync(file, JSON.stringify({ workspaces: [broken] }));
    await row(tree('Runs'), 'Later').waitFor();
    await tree('Runs')
      .getByText(/which this version of Trainyard does not know/)
      .first()
      .waitFor();
    await row(tree('Runs'), 'Retry').waitFor();
    await row(tree('Runs'), 'Local').waitFor();
    fs.writeFileSync(file, '{');
    await tree('Runs')
      .getByText(/cannot be read/)
      .first()
      .waitFor();
    await window.picture('workspaces-broken');
    fs.writeFileSync(file, '{"workspaces":[]}');
    await row(tree('Runs'), 'Later').waitFor({ state: 'detached' });
    await page.getByText('No runs yet.').first().waitFor();
  });
});
