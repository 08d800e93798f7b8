import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { PendingRefs } from '../../../src/server/jobs/pending.js';
import { userName } from '../../../src/server/jobs/submission.js';
import { remove } from '../../../src/snapshot/keep.js';
import { take } from '../../../src/snapshot/take.js';
import { until } from '../../support/until.js';
import { Scratch } from './scratch.js';

describe('a submission', () => {
  let scratch: Scratch;
  let umask: number;
  beforeEach(async () => {
    umask = process.umask(0o022);
    scratch = await Scratch.make();
  });
  afterEach(async () => {
    process.umask(umask);
    await scratch.close();
  });
  const git = (...args: string[]) =>
    scratch.git('-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args);

  it('keeps its script although git ignores it, and links what is beside it', async () => {
    scratch.write('.gitignore', 'scratch/\n');
    scratch.write('scratch/train.sh', 'cat scratch/other.csv scratch/data/deep.csv\n');
    scratch.write('scratch/other.csv', 'other\n');
    scratch.write('scratch/data/deep.csv', 'deep\n');
    const id = await scratch.submit('', {
      script: 'scratch/train.sh',
      command: ['/bin/bash', 'scratch/train.sh'],
    });
    await scratch.ended(id);
    assert.equal(scratch.log(id), 'other\ndeep\n');
    const { snapshot } = scratch.job(id);
    assert.deepEqual(snapshot?.ignored, ['scratch/data/', 'scratch/other.csv']);
    assert.equal(
      git('show', `${snapshot?.commit}:scratch/train.sh`),
      'cat scratch/other.csv scratch/data/deep.csv',
    );
  });

  it('that is refused by the store leaves no ref', async () => {
    const { store } = scratch;
    const { id } = await store.write(() => store.experiments.create({ name: 'short-lived' }));
    const submitted = scratch.submit('exit 0\n', { experiment: 'short-lived' });
    await Promise.all([
      assert.rejects(submitted, { code: 'BAD_REQUEST' }),
      store.write(() => store.experiments.delete(id)),
    ]);
    assert.equal(git('for-each-ref', 'refs/trainyard'), '');
    assert.deepEqual(fs.readdirSync(path.join(scratch.home, 'snapshots/pending')), []);
  });

  it('that a kill cuts off before the store has it leaves no ref after the next start', async () => {
    const kept = await scratch.submit('exit 0\n');
    await scratch.ended(kept);
    const refs = git('for-each-ref', 'refs/trainyard');
    // What is there when the server is killed between the two, and when it is killed just after the second.
    const pending = new PendingRefs(scratch.home);
    const { gitDir } = scratch.job(kept).snapshot!;
    const cutOff = await take({
      runId: 'f'.repeat(32),
      folder: scratch.project,
      hiddenRoot: path.join(scratch.home, 'snapshots'),
      sizeLimit: 1e8,
      message: 'cut off',
      intend: async (found) => pending.add('f'.repeat(32), found),
    });
    pending.add(kept, [{ gitDir, ref: `refs/trainyard/runs/${kept}` }]);
    // Of another home.
    git('update-ref', `refs/trainyard/runs/${'e'.repeat(32)}`, cutOff.tree);
    assert.match(git('for-each-ref', 'refs/trainyard'), /f{32}$/m);
    await scratch.restart();
    assert.deepEqual(
      git('for-each-ref', '--format=%(refname)', 'refs/trainyard').split('\n').sort(),
      [`refs/trainyard/runs/${kept}`, `refs/trainyard/runs/${'e'.repeat(32)}`].sort(),
    );
    assert.ok(git('for-each-ref', 'refs/trainyard').includes(refs));
    assert.deepEqual(fs.readdirSync(path.join(scratch.home, 'snapshots/pending')), []);
  });

  it('gives refs of older versions today’s form', async () => {
    const { snapshot } = scratch.job(await scratch.submit('exit 0\n'));
    git('update-ref', snapshot!.ref, snapshot!.commit);
    assert.match(git('log', '--all', '--format=%s'), /Trainyard run/);
    await scratch.restart();
    await until('a clean log', () => git('log', '--all', '--format=%s') === 'first');
    assert.equal(git('rev-parse', `${snapshot!.ref}:code`), snapshot!.tree);
  });

  it('writes into the repository, and runs, under the umask of the person; what is not the job’s is private', async () => {
    process.umask(0o077);
    const id = await scratch.submit(
      'umask; mkdir made; touch made/x; ls -l made | tail -1\n',
      {},
      { umask: 0o022 },
    );
    await scratch.ended(id);
    const [mask, listed] = scratch.log(id).split('\n');
    assert.equal(mask, '0022');
    assert.match(listed ?? '', /^-rw-r--r--/);
    process.umask(0o022);
    git('pack-refs', '--all');
    process.umask(0o077);
    // Writes the file of all refs anew.
    await remove(scratch.job(id).snapshot!);
    for (const name of fs.readdirSync(path.join(scratch.project, '.git'), {
      recursive: true,
      encoding: 'utf8',
    })) {
      const { mode } = fs.statSync(path.join(scratch.project, '.git', name));
      assert.equal(mode & 0o044, 0o044, `${name} has mode ${mode.toString(8)}`);
    }
    for (const entry of fs.readdirSync(path.join(scratch.home, 'jobs'), {
      recursive: true,
      withFileTypes: true,
    })) {
      const file = path.join(entry.parentPath, entry.name);
      if (entry.isFile() && !/\/(output|code)\//.test(file))
        assert.equal(fs.statSync(file).mode & 0o077, 0, `${file} can be read by others`);
    }
  });

  it('is shared as the repository is, whatever the umask', async () => {
    git('config', 'core.sharedRepository', 'group');
    const id = await scratch.submit('exit 0\n', {}, { umask: 0o077 });
    await scratch.ended(id);
    const { snapshot } = scratch.job(id);
    const ref = path.join(scratch.project, '.git', snapshot!.ref);
    const object = path.join(scratch.project, '.git/objects', snapshot!.commit.slice(0, 2));
    const ours = path.join(scratch.project, '.git/trainyard');
    for (const [file, mode] of [
      [ref, 0o660],
      [path.join(ours, 'index'), 0o660],
      [path.join(ours, 'config'), 0o660],
      [object, 0o2770],
      [ours, 0o2770],
    ] as const)
      assert.equal(fs.statSync(file).mode & 0o7777, mode, file);
  });

  it('does not lead the job to a repository: not of a hook, nor around the home', async () => {
    scratch.write('x.txt', 'x\n');
    const hook = { GIT_DIR: path.join(scratch.project, '.git'), GIT_INDEX_FILE: '.git/index' };
    const baseEnv = { PATH: process.env['PATH'] ?? '', ...hook };
    execFileSync('git', ['init', '-q'], { cwd: scratch.root });
    const before = fs.readFileSync(path.join(scratch.project, '.git/index'));
    const id = await scratch.submit(
      'touch new.py; git add new.py; git rev-parse --absolute-git-dir\n',
      {},
      { baseEnv },
    );
    await scratch.ended(id);
    assert.match(scratch.log(id), /^\/.*\n$/);
    assert.notEqual(scratch.log(id).trim(), path.join(scratch.project, '.git'));
    assert.deepEqual(fs.readFileSync(path.join(scratch.project, '.git/index')), before);
    assert.equal(fs.existsSync(path.join(scratch.root, '.git/index')), false);
  });

  it('of a user that the system has no name for has the name of the environment, else the number', function () {
    if (process.getuid?.() !== 0) this.skip();
    const module = JSON.stringify(path.resolve('src/server/jobs/submission.ts'));
    const code = `process.setuid(54321);
      import(${module}).then(({ userName }) => console.log(JSON.stringify([
        userName({ USER: 'me', LOGNAME: 'other' }), userName({ LOGNAME: 'other' }), userName({})])));`;
    assert.equal(typeof userName({ USER: 'someone else' }), 'string');
    const said = execFileSync(process.execPath, ['--import=tsx', '-e', code], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(said), ['me', 'other', '54321']);
  });
});
