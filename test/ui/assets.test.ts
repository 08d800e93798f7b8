import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildJob, buildScriptJob } from '../../src/job/build.js';
import { command, contextMenu, row, rowAtRest, webview } from '../support/editor.js';
import { until } from '../support/until.js';
import { ProjectWindow } from './window.js';

describe('environments and data, in the real editor', function () {
  this.timeout(300_000);
  const window = new ProjectWindow();
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-assets-'));
  const { workspace } = window;
  const tree = () => window.page.getByRole('tree', { name: 'Assets' });
  const box = () => window.page.locator('.quick-input-widget');
  const toast = (text: string | RegExp) => window.page.locator('.notification-toast', { hasText: text });

  before(async () => {
    await window.open(
      {
        'requirements.txt': '# none\n',
        'rows.csv': '1,2\n',
        'train.py': 'print(1)\n',
      },
      {
        'trainyard.submit.show': 'nothing',
        'trainyard.python': pythonWith(scratch, 'example', '1.2.3'),
      },
    );
    await window.showSideBar();
    // The trees draw what is in sight only.
    for (const name of ['Runs', 'Compute', 'Assets'])
      await window.page.getByRole('button', { name: `${name} Section` }).click();
    await row(tree(), 'Environments').waitFor({ timeout: 60_000 });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed')
      await window.picture(`assets-failed-${this.currentTest.title.slice(0, 12)}`);
    await window.page.keyboard.press('Escape');
    await command(window.page, 'Notifications: Clear All Notifications');
    await command(window.page, 'View: Close All Editors');
  });
  after(async () => {
    await window.close();
    fs.rmSync(scratch, { recursive: true });
  });

  async function unfold(label: string): Promise<void> {
    // The tooltip of the row below the pointer covers others.
    await window.page.mouse.move(900, 300);
    await (await rowAtRest(tree(), label)).click();
    await window.page.keyboard.press('ArrowRight');
    await window.page.mouse.move(900, 300);
  }

  /** @param option waits for it: what can be picked comes later */
  async function answer(prompt: string, text?: string, option?: string): Promise<void> {
    await box().getByText(prompt).or(box().getByPlaceholder(prompt)).first().waitFor({ timeout: 60_000 });
    if (text !== undefined) await box().locator('input').first().fill(text);
    if (option) await box().getByRole('option', { name: option }).first().waitFor();
    await window.page.keyboard.press('Enter');
  }

  it('say what to do while there are none', async () => {
    for (const text of ['No environments yet', 'Create Environment…', 'No data yet', 'Create Data…'])
      await row(tree(), text).waitFor();
  });

  it('show what others create as it comes, down to the packages and the runs', async () => {
    const { environments } = workspace;
    await environments.create({ name: 'training', definition: { pip: '# none\n' }, description: 'For all.' });
    await environments.create({ name: 'training', definition: { image: 'python:3.12', pip: '# none\n' } });
    await unfold('training');
    await row(tree(), 'Version 2').waitFor();
    await unfold('Version 1');
    await row(tree(), 'Not built yet').waitFor();
    await row(tree(), 'Used by no run').waitFor();
    await environments.build('training', '1', 'local');
    await row(tree(), 'Built on local').waitFor();
    await unfold('Packages');
    await row(tree(), 'python').waitFor();
    const script = path.join(window.project, 'train.py');
    const folders = { codeFolder: window.project, workingFolder: window.project };
    const spec = buildScriptJob({ script, ...folders, interpreter: 'python' });
    const environment = { kind: 'asset', name: 'training', version: '1' } as const;
    const { name } = await workspace.jobs.submit({ ...spec, environment });
    await unfold('Used by 1 run');
    await row(tree(), name).waitFor();
    await window.picture('assets-environments');
  });

  it('compare two versions in a diff', async () => {
    await contextMenu(row(tree(), 'Version 1'), 'Compare With…');
    await answer('Compare training:1 with which environment?', undefined, 'training:2');
    await window.page.getByRole('tab', { name: 'training:1 ↔ training:2' }).waitFor();
    const line = (text: RegExp) => window.page.locator('.monaco-diff-editor .view-line', { hasText: text });
    await line(/^image:\spython:3\.12$/)
      .first()
      .waitFor();
    await line(/training:2\shas\snot\sbeen\sbuilt\syet/)
      .first()
      .waitFor();
    await line(/packages:/)
      .first()
      .waitFor();
    await window.picture('assets-compare');
  });

  it('are named by the run that used one, in its rows and its panel', async () => {
    const [run] = await workspace.environments.runs('training', '1');
    assert.ok(run);
    await row(tree(), run.name).click();
    const panel = await webview(window.page, 'ty-run h1');
    await window.picture('assets-run');
    await panel.getByRole('button', { name: 'training:1' }).click();
    await window.page.getByRole('tab', { name: 'training-1.yml' }).waitFor();
    await window.page.getByRole('button', { name: 'Runs Section' }).click();
    const runs = window.page.getByRole('tree', { name: 'Runs' });
    await (await rowAtRest(runs, run.name)).click();
    await window.page.keyboard.press('ArrowRight');
    await row(runs, 'Environment').filter({ hasText: 'training:1' }).waitFor();
    await window.page.getByRole('button', { name: 'Runs Section' }).click();
  });

  it('lock a version, and make one of the interpreter of the window', async () => {
    await contextMenu(row(tree(), 'Version 1'), 'Lock');
    await toast('Created the environment training:3.').waitFor();
    const { definition, description } = await workspace.environments.get('training', '3');
    assert.equal(description, 'training:1 in exact versions.');
    assert.match(definition.pip ?? '', /^setuptools==/m);
    await command(window.page, 'Trainyard: Create Environment From This Interpreter');
    await answer('Name of the environment', 'mine');
    await toast('Created the environment mine:1.').waitFor();
    assert.match((await workspace.environments.get('mine', '1')).definition.pip ?? '', /^example==1\.2\.3$/m);
  });

  it('build with the step in a notification, and end the build there', async () => {
    const silent = http.createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    try {
      const { port } = silent.address() as AddressInfo;
      const pip = `--index-url http://127.0.0.1:${port}/simple\nslow==1\n`;
      await workspace.environments.create({ name: 'slow', definition: { pip } });
      await unfold('slow');
      await contextMenu(row(tree(), 'slow'), 'Build On…');
      await answer('Build slow:1 on which target?', 'local', 'local');
      await until('the request of pip', async () => {
        const connections = promisify(silent.getConnections.bind(silent));
        return (await connections()) > 0;
      });
      await window.page.getByRole('treeitem', { name: /^Version 1, \d of \d: / }).waitFor();
      await toast('Building slow:1 on local').getByRole('button', { name: 'Cancel' }).click();
      await toast('Building slow:1 on local').waitFor({ state: 'detached' });
      await window.page.locator('.xterm').getByText('Cancelled.').first().waitFor();
      assert.deepEqual((await workspace.environments.get('slow', '1')).builds, []);
      await window.page
        .getByRole('treeitem', { name: /^Version 1, requirements/ })
        .first()
        .waitFor();
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
    await command(window.page, 'View: Toggle Panel Visibility');
  });

  it('show the failing step of a build and its output in place', async () => {
    const { environments } = workspace;
    await environments.create({ name: 'broken', definition: { pip: '--no-index\nno-such-package==1.0\n' } });
    await unfold('broken');
    await contextMenu(row(tree(), 'broken'), 'Build On…');
    await answer('Build broken:1 on which target?', 'local', 'local');
    await toast('The environment could not be built.').waitFor({ timeout: 120_000 });
    await window.page.getByText('Build broken:1').first().waitFor();
    await window.picture('assets-failed-build');
    await command(window.page, 'View: Toggle Panel Visibility');
    await row(tree(), 'Build Again').waitFor();
    await row(tree(), /no-such-package/)
      .first()
      .waitFor();
    await window.picture('assets-failed-build-tree');
  });

  it('create an environment and data of files in the explorer', async () => {
    const files = window.page.getByRole('tree', { name: 'Files Explorer' });
    await command(window.page, 'File: Focus on Files Explorer');
    await contextMenu(row(files, 'requirements.txt'), 'Create Environment…');
    await answer('Name of the environment', 'from file');
    await box().getByText('Use letters, digits').waitFor();
    await box().locator('input').first().fill('from-file');
    await window.page.keyboard.press('Enter');
    await toast('Created the environment from-file:1.').waitFor();
    assert.deepEqual((await workspace.environments.get('from-file', '1')).definition, { pip: '# none\n' });

    await contextMenu(row(files, 'rows.csv'), 'Create Data…');
    await answer('Name of the data');
    await answer('What it is, in words', 'Two numbers.');
    await toast('Created the data rows:1.').waitFor();
    const { path: where, type, description } = await workspace.data.get('rows');
    assert.deepEqual(
      [where, type, description],
      [path.join(window.project, 'rows.csv'), 'uri_file', 'Two numbers.'],
    );

    await window.showSideBar();
    // All that is open is higher than the view.
    await window.page.getByRole('button', { name: 'Collapse All' }).click();
    await unfold('Data');
    await unfold('rows');
    await unfold('Version 1');
    await row(tree(), 'Read by no run').waitFor();
    await (await rowAtRest(tree(), 'Path')).click();
    await window.page.getByRole('tab', { name: 'rows.csv' }).waitFor();
    await window.picture('assets-data');
  });

  it('open the definition, archive and bring back', async () => {
    await unfold('Environments');
    await contextMenu(row(tree(), 'from-file'), 'Open Definition');
    await window.page.getByRole('tab', { name: 'from-file-1.yml' }).waitFor();
    await window.page.locator('.view-line', { hasText: /^name:\sfrom-file$/ }).waitFor();
    await contextMenu(row(tree(), 'from-file'), 'Archive');
    await row(tree(), 'from-file').waitFor({ state: 'detached' });
    await window.page.getByRole('button', { name: 'Undo' }).click();
    await row(tree(), 'from-file').waitFor();
    await contextMenu(row(tree(), 'from-file'), 'Archive');
    await row(tree(), 'from-file').waitFor({ state: 'detached' });
    await command(window.page, 'Trainyard Assets: Show Archived');
    await contextMenu(row(tree(), 'from-file'), 'Restore');
    await until('it to be back', async () => !(await workspace.environments.get('from-file', '1')).archived);
    await command(window.page, 'Trainyard Assets: Hide Archived');
    await row(tree(), 'from-file').waitFor();
  });

  it('have datastores, whose secrets are set and forgotten with them', async () => {
    await workspace.datastores.create({ name: 'bucket', place: { kind: 's3', bucket: 'rows' } });
    await window.page.getByRole('button', { name: 'Collapse All' }).click();
    await unfold('Datastores');
    await row(tree(), 'bucket').waitFor();
    await command(window.page, 'Trainyard: Set Secret of Datastore…');
    await answer('The secret of which datastore?', undefined, 'bucket');
    await box().getByText('Secret of bucket: ID:SECRET for S3').waitFor();
    await box().locator('input[type=password]').fill('ID:SECRET');
    await window.picture('assets-datastore-secret');
    await window.page.keyboard.press('Enter');
    await box().waitFor({ state: 'hidden' });
    await command(window.page, 'Trainyard: Remove Datastore…');
    await answer('Remove which datastore?', undefined, 'bucket');
    const dialog = window.page.locator('.monaco-dialog-box');
    await dialog.getByText('What is in it stays').waitFor();
    await window.picture('assets-datastore-remove');
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await row(tree(), 'bucket').waitFor({ state: 'detached' });
    assert.deepEqual(await workspace.datastores.list(), []);
  });

  it('have outputs kept again that could not be copied', async () => {
    const folder = path.join(scratch, 'store');
    fs.writeFileSync(folder, 'not a folder');
    await workspace.datastores.create({ name: 'disk', place: { kind: 'folder', path: folder } });
    const folders = { codeFolder: window.project, workingFolder: window.project };
    const command = ['sh', '-c', 'echo 1 > "$1"', 'sh', '${{outputs.score}}'];
    const score = { type: 'uri_file', path: 'azureml://datastores/disk/paths/score.txt' } as const;
    const { id, name } = await workspace.jobs.submit({
      ...buildJob(folders, { command }),
      outputs: { score },
    });
    await until('its end', async () => (await workspace.run(id)).job?.lacksOutputs);
    fs.rmSync(folder);
    const runs = window.page.getByRole('tree', { name: 'Runs' });
    const section = window.page.getByRole('button', { name: 'Runs Section' });
    if ((await section.getAttribute('aria-expanded')) !== 'true') await section.click();
    await contextMenu(row(runs, name), 'Keep Outputs Again');
    await toast(`The outputs of ${name} are where they belong.`).waitFor();
    assert.equal(fs.readFileSync(path.join(folder, 'score.txt'), 'utf8'), '1\n');
    assert.equal((await workspace.run(id)).job?.lacksOutputs, undefined);
  });
});

/** A Python in which a package is installed, as its metadata tells. @returns its program */
function pythonWith(folder: string, name: string, version: string): string {
  const python = path.join(folder, 'venv', 'bin', 'python');
  execFileSync('python3', ['-m', 'venv', '--without-pip', path.join(folder, 'venv')]);
  const ask = 'import sysconfig; print(sysconfig.get_path("purelib"), end="")';
  const info = path.join(execFileSync(python, ['-c', ask]).toString(), `${name}-${version}.dist-info`);
  fs.mkdirSync(info);
  fs.writeFileSync(
    path.join(info, 'METADATA'),
    `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
  );
  return python;
}
