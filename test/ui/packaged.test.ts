import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { command, type Editor, openEditor } from '../support/editor.js';
import { stopServerOf } from '../support/home.js';
import { tool } from '../support/tools.js';
import { until } from '../support/until.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** What a person gets: the packaged extension, installed in an editor that knows no checkout. */
describe('the packaged extension, in the real editor', function () {
  this.timeout(400_000);
  let scratch: string;
  let editor: Editor;
  const home = () => path.join(scratch, 'home');
  const bin = () => path.join(scratch, 'home', '.local', 'bin');

  before(async () => {
    scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-packaged-')));
    const project = path.join(scratch, 'project');
    fs.mkdirSync(project);
    fs.mkdirSync(home());
    // The editor takes the PATH from a login shell.
    for (const name of ['.profile', '.bashrc'])
      fs.writeFileSync(path.join(home(), name), `export PATH="${bin()}:$PATH"\n`);
    const { packaging } = await tool<{ packaging(): { program: string; args: string[] } }>('setup.mjs');
    const { program, args } = packaging();
    const vsix = path.join(scratch, 'trainyard.vsix');
    execFileSync(program, [...args, '--out', vsix], { cwd: ROOT });
    editor = await openEditor({
      folder: project,
      scratch: path.join(scratch, 'editor'),
      env: { HOME: home(), TRAINYARD_HOME: path.join(scratch, 'trainyard'), PATH: `${bin()}:/usr/bin:/bin` },
      vsix,
    });
  });
  after(async () => {
    await editor?.close();
    await stopServerOf(path.join(scratch, 'trainyard'));
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  });

  const extension = () => {
    const folder = path.join(scratch, 'editor', 'extensions');
    const name = fs.readdirSync(folder).find((each) => each.startsWith('trainyard.trainyard-'));
    assert.ok(name, 'The extension is not installed.');
    return path.join(folder, name);
  };

  it('has all bundles and what they load, and no source', () => {
    const dist = (folder: string) =>
      fs
        .readdirSync(folder)
        .filter((name) => name.endsWith('.js'))
        .sort();
    assert.deepEqual(dist(path.join(extension(), 'dist')), dist(path.join(ROOT, 'dist')));
    assert.ok(dist(path.join(extension(), 'dist')).some((name) => name.startsWith('server.app-')));
    for (const name of ['src', 'test', 'node_modules', 'out', '.ci'])
      assert.ok(!fs.existsSync(path.join(extension(), name)), name);
  });

  it('puts the trainyard command into the PATH, which runs without another Node', async () => {
    const { page } = editor;
    await command(page, "Trainyard: Install 'trainyard' Command in PATH");
    await page.getByText("'trainyard' is in the PATH").first().waitFor({ timeout: 60_000 });
    const run = (...args: string[]) =>
      spawnSync('/bin/sh', ['-c', 'trainyard "$@"', 'sh', ...args], {
        cwd: path.join(scratch, 'project'),
        env: { HOME: home(), PATH: bin(), TRAINYARD_HOME: path.join(scratch, 'trainyard') },
        encoding: 'utf8',
      });
    const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    const first = run('--version');
    assert.deepEqual([first.stdout, first.stderr], [`${version}\n`, '']);
    // The server of the same extension, from a file that the package has.
    assert.equal(run('runs').stdout, 'No runs. Start one with: trainyard submit train.py\n');
  });

  it('takes it away again', async () => {
    const { page } = editor;
    await command(page, "Trainyard: Uninstall 'trainyard' Command from PATH");
    await until('the command to go', async () => !fs.existsSync(path.join(bin(), 'trainyard')), 60_000);
  });
});
