import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { contents, Scratch } from './scratch.js';

describe('take, wherever the folder is', () => {
  let it_: Scratch;
  beforeEach(() => (it_ = new Scratch()));
  afterEach(() => it_.dispose());

  function repository(...options: string[]): void {
    it_.git('init', '-q', ...options);
    it_.write('a.py', 'a\n');
    it_.write('lib/b.py', 'b\n');
  }

  it('a repository without a commit', async () => {
    repository();
    it_.git('add', 'a.py');
    const snapshot = await it_.assertExact();
    assert.equal(snapshot.head, null);
    assert.equal(snapshot.branch, 'main');
    assert.equal(snapshot.changedFiles, 2);
    assert.equal(it_.git('rev-list', '--count', snapshot.commit), '1');
  });

  it('an empty repository, and an empty folder', async () => {
    it_.git('init', '-q');
    assert.equal((await it_.assertExact()).changedFiles, 0);
    fs.rmSync(it_.at('.git'), { recursive: true });
    assert.equal((await it_.assertExact()).hidden, true);
  });

  it('a detached HEAD, and files named HEAD', async () => {
    repository();
    it_.write('HEAD', 'a file of that name');
    const commit = it_.commit();
    it_.git('checkout', '-q', '--detach');
    const snapshot = await it_.assertExact();
    assert.equal(snapshot.branch, null);
    assert.equal(snapshot.head, commit);
  });

  it('a linked worktree, beside the main one', async () => {
    repository();
    it_.commit();
    const linked = path.join(it_.base, 'linked');
    it_.git('worktree', 'add', '-q', linked, '-b', 'side');
    fs.writeFileSync(path.join(linked, 'a.py'), 'edited in the linked one\n');
    const main = await it_.take();
    const snapshot = await it_.take({ folder: linked });
    assert.equal(snapshot.root, linked);
    assert.equal(snapshot.gitDir, it_.at('.git'));
    assert.equal(snapshot.branch, 'side');
    assert.equal(it_.git('rev-parse', `${snapshot.ref}:code`), snapshot.tree);
    assert.notEqual(snapshot.tree, main.tree);
    assert.deepEqual(contents(await it_.checkedOut(snapshot)), contents(linked));
    await it_.assertExact();
  });

  it('a repository with SHA-256 objects', async () => {
    repository('--object-format=sha256');
    it_.commit();
    it_.write('a.py', 'edited\r\n');
    const snapshot = await it_.assertExact();
    assert.equal(snapshot.commit.length, 64);
    assert.equal(snapshot.changedFiles, 1);
  });

  it('submodules: recorded with their commit, dirty ones marked, filled again from the folder', async () => {
    const library = path.join(it_.base, 'library');
    fs.mkdirSync(library);
    it_.gitIn(library, 'init', '-q');
    fs.writeFileSync(path.join(library, 'lib.py'), 'library\r\n');
    it_.gitIn(library, 'add', '-A');
    it_.gitIn(library, 'commit', '-qm', 'library');
    repository();
    for (const name of ['clean', 'dirty', 'moved on', 'not initialised', 'deleted'])
      it_.git('submodule', '--quiet', 'add', library, name);
    it_.commit();
    const recorded = it_.gitIn(library, 'rev-parse', 'HEAD');
    it_.write('dirty/lib.py', 'edited');
    it_.gitIn(it_.at('moved on'), 'commit', '-q', '--allow-empty', '-m', 'next');
    it_.git('submodule', '--quiet', 'deinit', 'not initialised');
    fs.rmSync(it_.at('deleted'), { recursive: true });

    const snapshot = await it_.take();

    const moved = it_.gitIn(it_.at('moved on'), 'rev-parse', 'HEAD');
    const { ref } = snapshot;
    const edited = it_.git('rev-parse', `${snapshot.commit}:dirty`);
    const treeOf = (name: string) => it_.gitIn(it_.at(name), 'rev-parse', `${ref}:code`);
    assert.equal(it_.gitIn(it_.at('dirty'), 'rev-parse', `${edited}^{tree}`), treeOf('dirty'));
    assert.equal(it_.gitIn(it_.at('dirty'), 'rev-parse', `${edited}^`), recorded);
    const gitDir = (name: string) => it_.at(`.git/modules/${name}`);
    assert.deepEqual(snapshot.submodules, [
      { path: 'clean', commit: recorded, tree: treeOf('clean'), dirty: false, gitDir: gitDir('clean'), ref },
      { path: 'dirty', commit: edited, tree: treeOf('dirty'), dirty: true, gitDir: gitDir('dirty'), ref },
      {
        path: 'moved on',
        commit: moved,
        tree: treeOf('moved on'),
        dirty: false,
        gitDir: gitDir('moved on'),
        ref,
      },
      { path: 'not initialised', commit: recorded, dirty: false, gitDir: null },
    ]);
    assert.match(it_.git('ls-tree', snapshot.commit, 'moved on'), new RegExp(`^160000 commit ${moved}`));
    assert.equal(it_.git('ls-tree', snapshot.commit, 'deleted'), '');
    // the edit, the move and the deletion
    assert.equal(snapshot.changedFiles, 3);
    const restored = contents(await it_.checkedOut(snapshot));
    assert.equal(restored['clean/lib.py'], 'file library\r\n');
    assert.equal(restored['dirty/lib.py'], 'file edited');
    assert.deepEqual((await it_.take()).tree, snapshot.tree);

    const inside = await it_.take({ folder: it_.at('dirty') });
    assert.equal(inside.root, it_.at('dirty'));
    assert.equal(inside.changedFiles, 1);
    assert.deepEqual(contents(await it_.checkedOut(inside)), { 'lib.py': 'file edited' });
  });

  it('repositories inside that are no submodules: recorded; those without a commit: as plain files', async () => {
    repository();
    it_.commit();
    for (const name of ['cloned', 'begun']) {
      it_.write(`${name}/x.py`, name);
      it_.gitIn(it_.at(name), 'init', '-q');
    }
    it_.gitIn(it_.at('cloned'), 'add', '-A');
    it_.gitIn(it_.at('cloned'), 'commit', '-qm', 'x');
    const snapshot = await it_.assertExact();
    assert.deepEqual(snapshot.submodules, [
      {
        path: 'cloned',
        commit: it_.gitIn(it_.at('cloned'), 'rev-parse', 'HEAD'),
        tree: it_.gitIn(it_.at('cloned'), 'rev-parse', 'HEAD^{tree}'),
        dirty: false,
        gitDir: it_.at('cloned/.git'),
        ref: snapshot.ref,
      },
    ]);
    assert.ok(it_.names(snapshot).includes('begun/x.py'));
  });

  it('a folder without git: a hidden repository, quick again the next time, with everything but junk', async () => {
    it_.write('train.py', 'train\r\n');
    it_.write('.gitignore', '*.tmp\n');
    it_.write('x.tmp', 'ignored');
    it_.write('inner/y.py', 'inside a repository of its own');
    it_.gitIn(it_.at('inner'), 'init', '-q');
    it_.gitIn(it_.at('inner'), 'add', '-A');
    it_.gitIn(it_.at('inner'), 'commit', '-qm', 'y');
    const junk = [
      '.venv',
      'venv',
      'node_modules',
      'pkg/__pycache__',
      '.ipynb_checkpoints',
      'mlruns',
      '.mypy_cache',
    ];
    for (const name of junk) it_.write(`${name}/x`, 'junk');

    const snapshot = await it_.assertExact([...junk, 'x.tmp']);

    assert.equal(snapshot.hidden, true);
    assert.equal(path.dirname(snapshot.gitDir), it_.hiddenRoot);
    assert.match(path.basename(snapshot.gitDir), /^[0-9a-f]{16}$/);
    assert.equal(snapshot.head, null);
    assert.equal(snapshot.branch, null);
    assert.equal(snapshot.remote, null);
    assert.equal(fs.existsSync(it_.at('.git')), false);
    assert.deepEqual(snapshot.ignored, [
      '.ipynb_checkpoints/',
      '.mypy_cache/',
      '.venv/',
      'mlruns/',
      'node_modules/',
      'pkg/',
      'venv/',
      'x.tmp',
    ]);

    it_.write('train.py', 'edited');
    const second = await it_.assertExact([...junk, 'x.tmp']);
    assert.equal(second.gitDir, snapshot.gitDir);
    assert.notEqual(second.tree, snapshot.tree);
  });

  it('a folder without git that holds the store itself: the store is left out', async () => {
    it_.write('train.py', 'x');
    const snapshot = await it_.take({ hiddenRoot: it_.at('.trainyard/hidden') });
    assert.deepEqual(it_.names(snapshot), ['train.py']);
    const again = await it_.take({ hiddenRoot: it_.at('.trainyard/hidden') });
    assert.equal(again.tree, snapshot.tree);
    assert.deepEqual(again.ignored, []);
  });

  it("a folder that git does not trust: GIT_FAILED with git's words and what to do", async function () {
    if (process.getuid?.() !== 0) this.skip();
    repository();
    fs.chownSync(it_.at('.git'), 12345, 12345);
    fs.chownSync(it_.root, 12345, 12345);
    await assert.rejects(it_.take(), (error: { code: string; message: string; hint: string }) => {
      assert.equal(error.code, 'GIT_FAILED');
      assert.match(error.message, /dubious ownership/);
      assert.match(error.hint, /git config --global --add safe\.directory/);
      return true;
    });
  });

  it('a machine without git: GIT_FAILED', async () => {
    const path = process.env.PATH;
    process.env.PATH = it_.base;
    try {
      await assert.rejects(it_.take(), { code: 'GIT_FAILED', message: 'git was not found.' });
    } finally {
      process.env.PATH = path;
    }
  });

  it('the git folder itself: GIT_FAILED', async () => {
    repository();
    await assert.rejects(it_.take({ folder: it_.at('.git') }), { code: 'GIT_FAILED' });
  });
});
