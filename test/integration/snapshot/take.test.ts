import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { exists, remove } from '../../../src/snapshot/keep.js';
import { contents, personsGit, Scratch } from './scratch.js';

describe('take', () => {
  let it_: Scratch;
  beforeEach(() => (it_ = new Scratch()));
  afterEach(() => it_.dispose());

  function repository(): void {
    it_.git('init', '-q');
    for (const name of ['kept.py', 'edited.py', 'staged.py', 'gone.py', 'moved.py', 'lib/deep/a.py'])
      it_.write(name, `# ${name}\n`.repeat(20));
    it_.commit();
  }

  it('keeps modified, staged, untracked, deleted, renamed and executable files as they are', async () => {
    repository();
    it_.write('edited.py', 'edited\n');
    it_.write('staged.py', 'staged\n');
    it_.git('add', 'staged.py');
    it_.write('staged.py', 'staged, then edited again\n');
    it_.write('new/untracked.py', 'new\n');
    it_.git('rm', '-q', 'gone.py');
    it_.git('mv', 'moved.py', 'lib/was moved.py');
    fs.chmodSync(it_.at('kept.py'), 0o755);
    it_.write('tool.sh', '#!/bin/sh\n', 0o755);
    it_.write('empty', '');

    const snapshot = await it_.assertExact();

    assert.equal(snapshot.root, it_.root);
    assert.equal(snapshot.gitDir, it_.at('.git'));
    assert.equal(snapshot.hidden, false);
    assert.equal(snapshot.head, it_.git('rev-parse', 'HEAD'));
    assert.equal(snapshot.branch, 'main');
    assert.equal(it_.git('rev-parse', `${snapshot.ref}:code`), snapshot.tree);
    assert.equal(it_.git('rev-parse', `${snapshot.commit}^`), snapshot.head);
    // edited, staged, untracked, gone, both ends of the move, the executable bit, tool.sh, empty
    assert.equal(snapshot.changedFiles, 9);
    assert.equal(
      it_.git('show', '-s', '--format=%an <%ae> %cn %s', snapshot.commit),
      'Trainyard <trainyard@localhost> Trainyard a run',
    );
  });

  it('keeps folders with nothing in them, at every depth, but for those that are ignored', async () => {
    repository();
    it_.write('.gitignore', 'ignored/\n*.pt\n');
    it_.write('new/file.py', 'new\n');
    it_.write('weights/last.pt', 'ignored\n');
    for (const name of ['empty', 'lib/empty', 'new/empty', 'deep/down/empty', 'ignored/empty', 'ü b'])
      fs.mkdirSync(it_.at(name), { recursive: true });
    it_.git('init', '-q', 'inner');
    it_.write('inner/a.py', 'inner\n');
    it_.git('-C', 'inner', 'add', '-A');
    it_.git('-C', 'inner', 'commit', '-qm', 'inner');
    fs.mkdirSync(it_.at('inner/empty'));

    const snapshot = await it_.take();

    const wanted = ['deep/down/empty', 'empty', 'inner/empty', 'lib/empty', 'new/empty', 'ü b'];
    assert.deepEqual([...(snapshot.empty ?? [])].sort(), wanted);
    const restored = await it_.checkedOut(snapshot);
    for (const name of wanted) assert.deepEqual(fs.readdirSync(path.join(restored, name)), []);
    assert.equal(fs.existsSync(path.join(restored, 'ignored')), false);
  });

  it('keeps folders with nothing in them of a folder without git', async () => {
    it_.write('train.py', 'train\n');
    for (const name of ['checkpoints', 'a/b', 'venv/lib']) fs.mkdirSync(it_.at(name), { recursive: true });
    assert.deepEqual((await it_.take()).empty, ['a/b', 'checkpoints']);
  });

  it('keeps symbolic links: to files, to folders, dangling, out of the repository', async () => {
    repository();
    fs.symlinkSync('kept.py', it_.at('to-file'));
    fs.symlinkSync('lib', it_.at('to-folder'));
    fs.symlinkSync('nowhere', it_.at('dangling'));
    fs.symlinkSync('/etc/hostname', it_.at('absolute'));
    await it_.assertExact();
    it_.commit();
    fs.rmSync(it_.at('to-file'));
    fs.symlinkSync('edited.py', it_.at('to-file'));
    assert.equal((await it_.assertExact()).changedFiles, 1);
  });

  it('follows changes of type: file to link, folder to file, file to folder, folder to link', async () => {
    repository();
    it_.write('folder/a', 'a');
    it_.write('data/b', 'b');
    it_.commit();
    await it_.take();
    fs.rmSync(it_.at('kept.py'));
    fs.symlinkSync('edited.py', it_.at('kept.py'));
    fs.rmSync(it_.at('folder'), { recursive: true });
    it_.write('folder', 'now a file');
    fs.rmSync(it_.at('gone.py'));
    it_.write('gone.py/inside', 'now a folder');
    fs.renameSync(it_.at('data'), path.join(it_.base, 'data'));
    fs.symlinkSync(path.join(it_.base, 'data'), it_.at('data'));
    it_.write('.git/info/exclude', 'data\n');
    await it_.assertExact(['data']);
    fs.rmSync(it_.at('.git/trainyard'), { recursive: true });
    await it_.assertExact(['data']);
  });

  it('leaves out what is neither file nor link: a pipe, also in the place of a tracked file', async () => {
    repository();
    await it_.take();
    fs.rmSync(it_.at('kept.py'));
    for (const name of ['kept.py', 'pipe']) execFileSync('mkfifo', [it_.at(name)]);
    const snapshot = await it_.take();
    assert.equal(
      it_.names(snapshot).some((name) => ['kept.py', 'pipe'].includes(name)),
      false,
    );
  });

  it('sees every edit between two snapshots, also one that keeps size and time', async () => {
    repository();
    const first = await it_.take();
    it_.write('kept.py', 'one\n');
    const second = await it_.assertExact();
    it_.write('kept.py', 'two\n');
    const third = await it_.assertExact();
    fs.rmSync(it_.at('kept.py'));
    await it_.assertExact();
    it_.git('checkout', '-q', '--', 'kept.py');
    const last = await it_.assertExact();
    assert.equal(new Set([first.tree, second.tree, third.tree]).size, 3);
    assert.equal(last.tree, first.tree);
    assert.equal(last.changedFiles, 0);
  });

  it('touches nothing of the person: index, HEAD, refs, reflogs, stash, hooks, files', async () => {
    repository();
    it_.write('edited.py', 'for the stash\n');
    it_.git('stash');
    it_.git('config', 'core.logAllRefUpdates', 'always');
    it_.git('config', 'commit.gpgSign', 'true');
    it_.git('config', 'gpg.program', '/bin/false');
    const ran = path.join(it_.base, 'a-hook-ran');
    for (const hook of [
      'reference-transaction',
      'post-index-change',
      'pre-commit',
      'post-checkout',
      'post-commit',
    ])
      it_.write(`.git/hooks/${hook}`, `#!/bin/sh\ntouch '${ran}'\n`, 0o755);
    it_.git('config', 'core.fsmonitor', it_.at('.git/hooks/pre-commit'));
    it_.write('staged.py', 'staged\n');
    it_.write('.git/hooks/off', '');
    it_.git('-c', 'core.hooksPath=/dev/null', '-c', 'core.fsmonitor=false', 'add', 'staged.py');
    it_.write('edited.py', 'edited\n');
    it_.write('untracked.py', 'new\n');
    fs.utimesSync(it_.at('kept.py'), 1_000_000_000, 1_000_000_000);
    const before = { git: personsGit(it_.at('.git')), files: contents(it_.root) };

    const snapshot = await it_.assertExact();

    assert.deepEqual({ git: personsGit(it_.at('.git')), files: contents(it_.root) }, before);
    assert.equal(fs.existsSync(ran), false);
    assert.equal(fs.existsSync(it_.at(`.git/logs/${snapshot.ref}`)), false);
    assert.deepEqual(fs.readdirSync(it_.at('.git/trainyard')).sort(), [
      'HEAD',
      'config',
      'heavy',
      'index',
      'info',
      'last',
      'objects',
      'refs',
    ]);
  });

  it('is not held up by a locked index, and several at a time and a commit do not disturb each other', async () => {
    repository();
    it_.write('edited.py', 'edited\n');
    it_.write('.git/index.lock', '');
    await it_.assertExact();
    fs.rmSync(it_.at('.git/index.lock'));
    const commit = promisify(execFile)('git', ['commit', '-qam', 'meanwhile'], { cwd: it_.root });
    const taken = await Promise.all([1, 2, 3, 4, 5].map(() => it_.take()));
    await commit;
    assert.equal(new Set(taken.map(({ tree }) => tree)).size, 1);
    assert.equal(it_.git('status', '--porcelain'), '');
    assert.equal(it_.git('log', '--format=%s'), 'meanwhile\na commit');
  });

  it('takes the whole repository when a folder in it is given', async () => {
    repository();
    const snapshot = await it_.take({ folder: it_.at('lib/deep') });
    assert.equal(snapshot.root, it_.root);
    assert.ok(it_.names(snapshot).includes('kept.py'));
  });

  it('hashes everything again when git has collected what the kept index names', async () => {
    repository();
    it_.write('untracked.py', 'only in the snapshot\n');
    const first = await it_.take();
    await remove(first);
    it_.git('gc', '-q', '--prune=now');
    assert.equal(await exists(first), false);
    await it_.assertExact();
  });

  it('records the remote without credentials, origin before others', async () => {
    repository();
    it_.git('remote', 'add', 'alpha', 'https://me:secret@example.org/alpha.git?token=abc');
    assert.equal((await it_.take()).remote, 'https://example.org/alpha.git');
    it_.git('remote', 'add', 'origin', 'git@example.org:team/origin.git');
    assert.equal((await it_.take()).remote, 'git@example.org:team/origin.git');
  });

  it('refuses a run id that is no part of a ref, and a folder that is not there', async () => {
    repository();
    await assert.rejects(it_.take({ runId: '../heads/main' }), { code: 'BAD_REQUEST' });
    await assert.rejects(it_.take({ folder: it_.at('missing') }), { code: 'NOT_FOUND' });
  });
});
