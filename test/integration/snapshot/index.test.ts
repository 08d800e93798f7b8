import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Scratch } from './scratch.js';

describe("take, whatever is in the person's index", () => {
  let it_: Scratch;
  beforeEach(() => {
    it_ = new Scratch();
    it_.git('init', '-q');
    for (const name of ['a.py', 'b.py', 'in/c.py', 'out/d.py', 'out/deep/e.py']) it_.write(name, `${name}\n`);
    it_.commit();
  });
  afterEach(() => it_.dispose());

  it('entries that are assumed unchanged or skipped are taken as they are in the folder', async () => {
    it_.git('update-index', '--assume-unchanged', 'a.py');
    it_.git('update-index', '--skip-worktree', 'b.py');
    it_.write('a.py', 'edited\n');
    it_.write('b.py', 'edited too\n');
    assert.equal((await it_.assertExact()).changedFiles, 2);
  });

  it('a sparse checkout is taken as it is, and what it leaves out counts as no change', async () => {
    for (const option of ['--no-sparse-index', '--sparse-index']) {
      it_.git('sparse-checkout', 'set', '--cone', option, 'in');
      assert.equal(fs.existsSync(it_.at('out')), false);
      it_.write('in/c.py', option);
      const snapshot = await it_.assertExact();
      assert.equal(snapshot.changedFiles, 1);
      assert.equal(it_.git('status', '--porcelain'), ' M in/c.py');
    }
  });

  it('intent-to-add entries have their content, also when it is empty', async () => {
    it_.write('new.py', 'content\n');
    it_.write('empty.py', '');
    it_.git('add', '-N', 'new.py', 'empty.py');
    assert.equal((await it_.assertExact()).changedFiles, 2);
  });

  it('a merge with conflicts is taken with its markers', async () => {
    it_.git('checkout', '-qb', 'other');
    it_.write('a.py', 'theirs\n');
    it_.git('rm', '-q', 'b.py');
    it_.commit();
    it_.git('checkout', '-q', 'main');
    it_.write('a.py', 'ours\n');
    it_.write('b.py', 'ours too\n');
    it_.commit();
    assert.throws(() => it_.git('merge', 'other'));
    const snapshot = await it_.assertExact();
    assert.match(it_.git('cat-file', 'blob', `${snapshot.commit}:a.py`), /<<<<<<< HEAD/);
    assert.match(it_.git('status', '--porcelain'), /^UU a\.py/m);
  });

  it('a split index, an index of version 4, and one with an untracked cache', async () => {
    it_.git('update-index', '--split-index');
    it_.write('a.py', 'one\n');
    await it_.assertExact();
    it_.git('update-index', '--no-split-index', '--index-version=4', '--untracked-cache');
    fs.rmSync(it_.at('.git/trainyard'), { recursive: true });
    await it_.assertExact();
  });

  it('a file tracked although ignored stays, one that is no longer tracked goes', async () => {
    it_.write('forced.bin', 'x');
    it_.write('.gitignore', '*.bin\n');
    await it_.assertExact(['forced.bin']);
    it_.git('add', '-f', 'forced.bin');
    await it_.assertExact();
    it_.git('rm', '-q', '--cached', 'forced.bin');
    await it_.assertExact(['forced.bin']);
  });
});
