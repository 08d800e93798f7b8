import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { diffSnapshots, diffWithFolder } from '../../../src/snapshot/diff.js';
import { exists, remove } from '../../../src/snapshot/keep.js';
import { readBlob, readTree } from '../../../src/snapshot/read.js';
import { restore } from '../../../src/snapshot/restore.js';
import { contents, personsGit, Scratch } from './scratch.js';

describe('repositories inside the folder', () => {
  let it_: Scratch;
  /** Makes a repository of its own with these files. */
  function library(name: string, files: Record<string, string>): string {
    const folder = path.join(it_.base, name);
    for (const [file, text] of Object.entries(files)) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), text);
    }
    it_.gitIn(folder, 'init', '-q');
    it_.gitIn(folder, 'add', '-A');
    it_.gitIn(folder, 'commit', '-qm', name);
    return folder;
  }
  /** Of each repository inside, what a run keeps in it. */
  const refsIn = (name: string): string => it_.gitIn(it_.at(name), 'for-each-ref', 'refs/trainyard');

  beforeEach(() => {
    it_ = new Scratch();
    const deep = library('deep', { 'deep.py': 'deep\n' });
    const middle = library('middle', {
      'a.py': 'a\n',
      'b.py': 'b\n',
      'run.sh': 'x\n',
      '.gitignore': '*.csv\n',
    });
    it_.gitIn(middle, 'submodule', '--quiet', 'add', deep, 'deep');
    it_.gitIn(middle, 'commit', '-qm', 'with deep');
    it_.git('init', '-q');
    it_.write('train.py', 'train\n');
    it_.git('submodule', '--quiet', 'add', middle, 'lib/sub');
    it_.git('submodule', '--quiet', 'update', '--init', '--recursive');
    it_.commit();
  });
  afterEach(() => it_.dispose());

  it('edits, new files, deletions, staged ones and modes run and are kept, at every depth', async () => {
    assert.equal((await it_.assertExact()).changedFiles, 0);
    it_.write('lib/sub/a.py', 'edited\n');
    it_.write('lib/sub/new/untracked.py', 'new\n');
    fs.rmSync(it_.at('lib/sub/b.py'));
    fs.chmodSync(it_.at('lib/sub/run.sh'), 0o755);
    it_.write('lib/sub/staged.py', 'staged\n');
    it_.gitIn(it_.at('lib/sub'), 'add', 'staged.py');
    it_.write('lib/sub/deep/deep.py', 'deeper\n');
    const gitFolders = ['.git', '.git/modules/lib/sub', '.git/modules/lib/sub/modules/deep'].map((name) =>
      it_.at(name),
    );
    const before = personsGit(gitFolders[1]!);
    const snapshot = await it_.assertExact();
    assert.equal(snapshot.changedFiles, 6);
    assert.deepEqual(
      snapshot.submodules.map(({ path, dirty, gitDir }) => ({ path, dirty, gitDir })),
      [
        { path: 'lib/sub', dirty: true, gitDir: gitFolders[1] },
        { path: 'lib/sub/deep', dirty: true, gitDir: gitFolders[2] },
      ],
    );
    const after = personsGit(gitFolders[1]!);
    const ours = (name: string): boolean => /(^|\/)(trainyard|objects)\//.test(name);
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      if (!ours(name)) assert.equal(after[name], before[name], name);
    assert.equal((await it_.take()).tree, snapshot.tree, 'the same code is the same tree');
  });

  it('edits that the index hides are seen: assumed unchanged, and a submodule that is to be ignored', async () => {
    it_.gitIn(it_.at('lib/sub'), 'update-index', '--assume-unchanged', 'a.py');
    it_.git('config', '-f', '.gitmodules', 'submodule.lib/sub.ignore', 'all');
    it_.git('config', 'submodule.lib/sub.ignore', 'all');
    it_.write('lib/sub/a.py', 'edited\n');
    // and .gitmodules
    assert.equal((await it_.assertExact()).changedFiles, 2);
  });

  it('what is ignored inside is named by its path from the root; large files inside are a question', async () => {
    it_.write('lib/sub/data.csv', 'x');
    assert.deepEqual((await it_.take()).ignored, ['lib/sub/data.csv']);
    it_.write('lib/sub/large.bin', Buffer.alloc(2000));
    it_.write('larger.bin', Buffer.alloc(3000));
    await assert.rejects(it_.take({ sizeLimit: 1000 }), {
      code: 'LARGE_FILES',
      details: {
        files: [
          { path: 'larger.bin', bytes: 3000 },
          { path: 'lib/sub/large.bin', bytes: 2000 },
        ],
        limit: 1000,
      },
    });
    const snapshot = await it_.take({ sizeLimit: 1000, largeFiles: 'leave-out' });
    assert.deepEqual(snapshot.leftOut.map(({ path }) => path).sort(), ['larger.bin', 'lib/sub/large.bin']);
    assert.equal((await it_.checkedOut(snapshot).then(contents))['lib/sub/large.bin'], undefined);
  });

  it('a clone that is no submodule, and a worktree of the repository itself, are taken with their edits', async () => {
    library('work/cloned', { 'c.py': 'c\n' });
    it_.write('cloned/c.py', 'edited\n');
    it_.git('worktree', 'add', '-q', 'tree', '-b', 'side');
    it_.write('tree/train.py', 'in the worktree\n');
    const snapshot = await it_.assertExact();
    const refs = snapshot.submodules.map(({ path, ref }) => [path, ref]);
    assert.deepEqual(refs, [
      ['cloned', snapshot.ref],
      ['lib/sub', snapshot.ref],
      ['lib/sub/deep', snapshot.ref],
      ['tree', `${snapshot.ref}.1`],
      ['tree/lib/sub', undefined],
    ]);
    it_.git('gc', '-q', '--prune=now');
    it_.gitIn(it_.at('cloned'), 'gc', '-q', '--prune=now');
    assert.deepEqual(await it_.checkedOut(snapshot).then(contents), contents(it_.root));
    assert.equal(it_.git('fsck', '--connectivity-only'), '');
  });

  it('broken ones, and one of another object format, are kept as files', async () => {
    it_.gitIn(it_.base, 'init', '-q', '--object-format=sha256', it_.at('sha256'));
    it_.write('sha256/z.py', 'z\n');
    it_.gitIn(it_.at('sha256'), 'add', '-A');
    it_.gitIn(it_.at('sha256'), 'commit', '-qm', 'z');
    it_.write('broken/x.py', 'x\n');
    it_.write('broken/.git', 'gitdir: ../nowhere\n');
    it_.write('odd/.git/nothing', '');
    it_.write('odd/y.py', 'y\n');
    const snapshot = await it_.assertExact();
    for (const name of ['broken/x.py', 'odd/y.py', 'sha256/z.py'])
      assert.ok(it_.names(snapshot).includes(name), name);
  });

  it('their commits outlive their branches and gc while the run exists, and the refs go with it', async () => {
    it_.write('lib/sub/a.py', 'edited\n');
    it_.gitIn(it_.at('lib/sub/deep'), 'commit', '-q', '--allow-empty', '-m', 'soon gone');
    const snapshot = await it_.take();
    const want = contents(it_.root);
    it_.gitIn(it_.at('lib/sub'), 'checkout', '-qf', 'HEAD');
    it_.gitIn(it_.at('lib/sub/deep'), 'reset', '-q', '--hard', 'HEAD~');
    for (const name of ['lib/sub', 'lib/sub/deep']) {
      it_.gitIn(it_.at(name), 'reflog', 'expire', '--expire=now', '--all');
      it_.gitIn(it_.at(name), 'gc', '-q', '--prune=now');
      assert.notEqual(refsIn(name), '');
    }
    assert.deepEqual(await it_.checkedOut(snapshot).then(contents), want);
    await remove(snapshot);
    for (const name of ['.', 'lib/sub', 'lib/sub/deep']) assert.equal(refsIn(name), '');
    it_.gitIn(it_.at('lib/sub'), 'gc', '-q', '--prune=now');
    assert.equal(await exists(snapshot), false);
  });

  it('one that was deinitialised, or whose folder is gone, is found where git keeps it', async () => {
    it_.write('lib/sub/a.py', 'edited\n');
    const snapshot = await it_.take();
    const want = contents(it_.root);
    it_.git('submodule', '--quiet', 'deinit', '-f', 'lib/sub');
    assert.deepEqual(await it_.checkedOut(snapshot).then(contents), want);
    fs.rmSync(it_.at('lib'), { recursive: true });
    assert.deepEqual(await it_.checkedOut(snapshot).then(contents), want);
  });

  it('one whose commit is gone is told, with what to do, and nothing is left in the folder', async () => {
    const snapshot = await it_.take();
    fs.rmSync(it_.at('.git/modules'), { recursive: true });
    const fresh = path.join(it_.base, 'fresh');
    for (const work of [() => restore(snapshot, fresh), () => readTree(snapshot, 'lib/sub')])
      await assert.rejects(work(), (error: { code: string; message: string; hint: string }) => {
        assert.equal(error.code, 'NOT_FOUND');
        assert.match(error.message, /The repository lib\/sub in .* no longer has the commit/);
        assert.match(error.hint, /git submodule update --init/);
        return true;
      });
    assert.equal(fs.existsSync(fresh), false);
  });

  it('one that was not initialised stays empty, as it was, also when it is initialised later', async () => {
    it_.git('submodule', '--quiet', 'deinit', '-f', 'lib/sub');
    const snapshot = await it_.take();
    assert.equal(snapshot.changedFiles, 0);
    it_.git('submodule', '--quiet', 'update', '--init');
    assert.deepEqual(Object.keys(await it_.checkedOut(snapshot).then(contents)), ['.gitmodules', 'train.py']);
  });

  it('their files are read, and compared under their own paths', async () => {
    const before = await it_.take();
    it_.write('lib/sub/a.py', 'edited\n');
    it_.write('lib/sub/deep/new.py', 'new\n');
    const want = [
      { path: 'lib/sub/a.py', status: 'modified', additions: 1, deletions: 1 },
      { path: 'lib/sub/deep/new.py', status: 'added', additions: 1, deletions: 0 },
    ];
    const refs = refsIn('lib/sub');
    const now = await diffWithFolder(before);
    assert.deepEqual(now.files, want);
    assert.equal(refsIn('lib/sub'), refs);
    const after = await it_.take();
    const { files, patch } = await diffSnapshots(before, after);
    assert.deepEqual(files, want);
    assert.match(patch, /^\+\+\+ b\/lib\/sub\/a\.py$/m);
    assert.match(patch, /^\+edited$/m);
    assert.doesNotMatch(patch, /Subproject commit/);
    assert.deepEqual(await diffWithFolder(after), { files: [], patch: '' });

    assert.equal(String(await readBlob(after, 'lib/sub/a.py')), 'edited\n');
    assert.equal(String(await readBlob(before, 'lib/sub/a.py')), 'a\n');
    assert.equal(String(await readBlob(after, 'lib/sub/deep/new.py')), 'new\n');
    assert.deepEqual(await readTree(after, 'lib/sub/deep'), [
      { path: 'lib/sub/deep/deep.py', isFolder: false, bytes: 5 },
      { path: 'lib/sub/deep/new.py', isFolder: false, bytes: 4 },
    ]);
    await assert.rejects(readBlob(after, 'lib/sub/missing'), { code: 'NOT_FOUND' });
  });

  it('one that moved to another commit, was added or removed is compared by its files', async () => {
    const before = await it_.take();
    it_.write('lib/sub/a.py', 'committed\n');
    it_.gitIn(it_.at('lib/sub'), 'commit', '-qam', 'next');
    library('work/cloned', { 'c.py': 'c\n' });
    const after = await it_.take();
    // the move and the clone
    assert.equal(after.changedFiles, 2);
    assert.deepEqual((await diffSnapshots(before, after)).files, [
      { path: 'cloned/c.py', status: 'added', additions: 1, deletions: 0 },
      { path: 'lib/sub/a.py', status: 'modified', additions: 1, deletions: 1 },
    ]);
  });

  it('a take that is refused leaves no ref, neither outside nor inside', async () => {
    fs.mkdirSync(it_.at('.git/refs/trainyard'));
    fs.writeFileSync(it_.at('.git/refs/trainyard/runs'), 'in the way');
    await assert.rejects(it_.take(), { code: 'GIT_FAILED' });
    for (const name of ['lib/sub', 'lib/sub/deep']) assert.equal(refsIn(name), '');
  });
});
