import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const CLI = path.join(ROOT, 'dist/cli.js');
const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
};

describe('the command in the PATH', function () {
  if (process.platform === 'win32') return;
  let scratch: string;
  let bin: string;
  let nodes: string;

  beforeEach(() => {
    scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-path-')));
    bin = path.join(scratch, 'home', '.local', 'bin');
    nodes = path.join(scratch, 'nodes');
    fs.mkdirSync(path.join(scratch, 'home'));
    fs.mkdirSync(nodes);
    fs.symlinkSync(process.execPath, path.join(nodes, 'node'));
  });
  afterEach(() => fs.rmSync(scratch, { recursive: true, force: true }));

  const start = (program: string, args: string[], PATH: string[], more: Record<string, string> = {}) =>
    spawnSync(program, args, {
      cwd: scratch,
      env: { HOME: path.join(scratch, 'home'), PATH: PATH.join(':'), SHELL: '/bin/zsh', ...more },
      encoding: 'utf8',
    });
  const trainyard = (PATH: string[], ...args: string[]) =>
    start('/bin/sh', ['-c', 'trainyard "$@"', 'sh', ...args], PATH);
  const install = (cli: string, PATH: string[], ...args: string[]) => {
    const { status, stdout, stderr } = start(process.execPath, ['--', cli, 'install-path', ...args], PATH);
    return { status, stdout, stderr };
  };

  /** A folder of an editor, with versions of the extension that say which they are. */
  function editorWith(versions: string[], { node = '>=22.19' } = {}): string {
    const extensions = path.join(scratch, 'editor', 'extensions');
    for (const each of versions) {
      const folder = path.join(extensions, `trainyard.trainyard-${each}`);
      fs.mkdirSync(path.dirname(folder), { recursive: true });
      fs.cpSync(path.join(ROOT, 'dist'), path.join(folder, 'dist'), { recursive: true });
      fs.writeFileSync(
        path.join(folder, 'package.json'),
        JSON.stringify({ type: 'module', engines: { node } }),
      );
      if (each !== versions[0])
        fs.writeFileSync(
          path.join(folder, 'dist/cli.js'),
          `console.log('This is ${each}', process.argv.slice(2));`,
        );
    }
    return extensions;
  }

  it('runs, with the Node in the PATH or without one', () => {
    assert.equal(install(CLI, [bin]).status, 0);
    assert.equal(trainyard([bin, nodes], '--version').stdout, `${version}\n`);
    assert.equal(trainyard([bin], '--version').stdout, `${version}\n`);
  });

  it('hands over arguments as they are, and the exit code', () => {
    install(CLI, [bin]);
    const { status, stderr } = trainyard([bin, nodes], 'submit', '--env-file', 'no such $file');
    assert.equal(status, 2);
    assert.match(stderr, /^trainyard: The file no such \$file cannot be read/);
  });

  it('says how to add its folder to the PATH, as the shell of this person does it', () => {
    const { stdout } = install(CLI, [nodes]);
    assert.match(stdout, /Its folder is not in your PATH/);
    const line = stdout.split('\n').find((each) => each.includes('echo')) ?? '';
    assert.ok(line.endsWith('>> ~/.zshrc'));
    start('/bin/sh', ['-c', line], ['/usr/bin', '/bin']);
    const rc = path.join(scratch, 'home', '.zshrc');
    const found = start('/bin/sh', ['-c', `. ${rc}; trainyard --version`], [nodes]);
    assert.equal(found.stdout, `${version}\n`);
    assert.doesNotMatch(install(CLI, [bin]).stdout, /PATH/);
  });

  it('runs the newest version of the extension after an update, and none that is being removed', () => {
    const extensions = editorWith(['0.9.0', '0.10.0', '0.11.0']);
    fs.writeFileSync(path.join(extensions, '.obsolete'), '{"trainyard.trainyard-0.11.0":true}');
    install(path.join(extensions, 'trainyard.trainyard-0.9.0/dist/cli.js'), [bin]);
    assert.equal(trainyard([bin, nodes], 'a b').stdout, "This is 0.10.0 [ 'a b' ]\n");
    fs.rmSync(path.join(extensions, 'trainyard.trainyard-0.9.0'), { recursive: true });
    assert.equal(trainyard([bin, nodes]).stdout, 'This is 0.10.0 []\n');
    fs.rmSync(extensions, { recursive: true });
    const { status, stderr } = trainyard([bin, nodes]);
    assert.equal(status, 1);
    assert.match(stderr, /not installed any more.*Install it again/s);
  });

  it('takes the editor’s Node when the one in the PATH is too old, and says so when there is none', () => {
    const extensions = editorWith(['0.1.0'], { node: '>=99' });
    const editor = path.join(scratch, 'editor', 'code');
    fs.writeFileSync(editor, '#!/bin/sh\necho "editor $ELECTRON_RUN_AS_NODE $5"; exit 7\n', { mode: 0o755 });
    const cli = path.join(extensions, 'trainyard.trainyard-0.1.0/dist/cli.js');
    const how = { TRAINYARD_EDITOR_NODE: editor };
    start(process.execPath, ['--', cli, 'install-path'], [bin], how);
    const { status, stdout } = trainyard([bin, nodes], '--version');
    assert.deepEqual({ status, stdout }, { status: 7, stdout: 'editor 1 --version\n' });
    fs.rmSync(editor);
    const failed = trainyard([bin, nodes]);
    assert.equal(failed.status, 1);
    assert.match(failed.stderr, /needs Node 99 or newer, and this is Node/);
  });

  it('is the same when it is installed again, also by itself', () => {
    install(CLI, [bin]);
    const text = () => fs.readFileSync(path.join(bin, 'trainyard'), 'utf8');
    const before = text();
    assert.equal(trainyard([bin, nodes], 'install-path').status, 0);
    assert.equal(text(), before);
    assert.deepEqual(fs.readdirSync(bin), ['trainyard']);
  });

  it('writes over nothing that is not its own', () => {
    fs.mkdirSync(bin, { recursive: true });
    fs.writeFileSync(path.join(bin, 'trainyard'), 'mine');
    for (const command of ['install-path', 'uninstall-path']) {
      const { status, stderr } = start(process.execPath, ['--', CLI, command], [bin]);
      assert.equal(status, 1);
      assert.match(stderr, /was not made by Trainyard\.\nMove it away, or choose another folder/);
    }
    assert.equal(fs.readFileSync(path.join(bin, 'trainyard'), 'utf8'), 'mine');
    const other = path.join(scratch, 'other');
    assert.equal(install(CLI, [bin], '--folder', other).status, 0);
    // Without it that of the PATH is found.
    assert.match(install(CLI, [nodes, bin, other], '--folder', other).stdout, /your shell finds .* first/);
  });

  it('is removed without a rest', () => {
    install(CLI, [bin]);
    const { stdout } = start(process.execPath, ['--', CLI, 'uninstall-path'], [bin]);
    assert.match(stdout, /^Removed .*trainyard/);
    assert.ok(!fs.existsSync(path.join(bin, 'trainyard')));
    const left = fs.readdirSync(path.join(scratch, 'home'), { recursive: true, withFileTypes: true });
    assert.deepEqual(
      left.filter((entry) => entry.isFile()).map(({ name }) => name),
      [],
    );
    const again = start(process.execPath, ['--', CLI, 'uninstall-path'], [bin]);
    assert.deepEqual([again.status, again.stdout], [0, 'The trainyard command is not installed.\n']);
  });
});

describe('a command line that is run with a Node that is too old', () => {
  it('says so, and what to do', () => {
    const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-node-'));
    fs.cpSync(path.join(ROOT, 'dist'), copy, { recursive: true });
    fs.writeFileSync(path.join(copy, 'package.json'), '{"type":"module"}');
    const text = fs.readFileSync(path.join(copy, 'cli.js'), 'utf8');
    fs.writeFileSync(path.join(copy, 'cli.js'), text.replace('"22.19"', '"99.5"'));
    const run = spawnSync(process.execPath, [path.join(copy, 'cli.js'), 'runs'], { encoding: 'utf8' });
    assert.equal(run.status, 1);
    assert.match(
      run.stderr,
      /^trainyard needs Node 99\.5 or newer, and this is Node \d.*\nInstall a newer one/,
    );
    fs.rmSync(copy, { recursive: true });
  });
});
