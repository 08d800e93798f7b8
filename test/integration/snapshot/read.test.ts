import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { diffSnapshots, diffWithFolder } from '../../../src/snapshot/diff.js';
import { exists, remove } from '../../../src/snapshot/keep.js';
import { readBlob, readTree } from '../../../src/snapshot/read.js';
import { restore } from '../../../src/snapshot/restore.js';
import { contents, Scratch } from './scratch.js';

describe('a snapshot that was taken', () => {
  let it_: Scratch;
  beforeEach(() => {
    it_ = new Scratch();
    it_.git('init', '-q');
    it_.write('train.py', 'one\ntwo\nthree\n');
    it_.write('lib/a.py', 'a\n'.repeat(30));
    it_.write('lib/b.bin', Buffer.from([0, 255, 1]));
    it_.commit();
  });
  afterEach(() => it_.dispose());

  describe('restore', () => {
    it('writes into a new or an empty folder, and refuses any other', async () => {
      const snapshot = await it_.take();
      const fresh = path.join(it_.base, 'a', 'new folder');
      await restore(snapshot, fresh);
      assert.deepEqual(contents(fresh), contents(it_.root));
      const empty = fs.mkdtempSync(path.join(it_.base, 'empty-'));
      await restore(snapshot, empty);
      assert.deepEqual(contents(empty), contents(it_.root));
      await assert.rejects(restore(snapshot, empty), { code: 'CONFLICT' });
      await assert.rejects(restore(snapshot, it_.at('train.py')), { code: 'CONFLICT' });
    });

    it('says NOT_FOUND when the repository is gone, and leaves nothing behind', async () => {
      const snapshot = await it_.take();
      fs.rmSync(it_.at('.git'), { recursive: true });
      const fresh = path.join(it_.base, 'fresh');
      await assert.rejects(restore(snapshot, fresh), { code: 'NOT_FOUND' });
      assert.equal(fs.existsSync(fresh), false);
    });

    it('leaves nothing behind when an object is missing', async () => {
      const snapshot = await it_.take();
      const blob = it_.git('rev-parse', `${snapshot.commit}:lib/a.py`);
      fs.rmSync(it_.at(`.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`));
      const fresh = path.join(it_.base, 'fresh');
      await assert.rejects(restore(snapshot, fresh), { code: 'GIT_FAILED' });
      assert.equal(fs.existsSync(fresh), false);
    });
  });

  describe('read', () => {
    it('lists folders and reads files', async () => {
      fs.symlinkSync('train.py', it_.at('link'));
      const snapshot = await it_.take();
      assert.deepEqual(await readTree(snapshot, ''), [
        { path: 'lib', isFolder: true },
        { path: 'link', isFolder: false, bytes: 8 },
        { path: 'train.py', isFolder: false, bytes: 14 },
      ]);
      assert.deepEqual(await readTree(snapshot, 'lib/'), [
        { path: 'lib/a.py', isFolder: false, bytes: 60 },
        { path: 'lib/b.bin', isFolder: false, bytes: 3 },
      ]);
      assert.deepEqual(await readBlob(snapshot, 'lib/b.bin'), Buffer.from([0, 255, 1]));
    });

    it('finds files with awkward names under the names it lists', async () => {
      fs.writeFileSync(Buffer.concat([Buffer.from(`${it_.at('lib')}/`), Buffer.from([0xff])]), 'bytes');
      it_.write('lib/:(top) -x\n"', 'odd');
      const snapshot = await it_.take();
      const children = await readTree(snapshot, 'lib');
      const read = await Promise.all(
        children
          .slice(0, 1)
          .concat(children.at(-1)!)
          .map(({ path }) => readBlob(snapshot, path)),
      );
      assert.deepEqual(read.map(String), ['odd', 'bytes']);
    });

    it('says NOT_FOUND for what is not there, climbs out, or is of the other kind', async () => {
      const snapshot = await it_.take();
      for (const name of ['missing', '../work/train.py', 'lib', '', 'train.py/x'])
        await assert.rejects(readBlob(snapshot, name), { code: 'NOT_FOUND' }, name);
      for (const name of ['missing', '..', 'train.py', 'lib/../lib'])
        await assert.rejects(readTree(snapshot, name), { code: 'NOT_FOUND' }, name);
    });
  });

  describe('diff', () => {
    it('tells added, modified, deleted, renamed, binary and of another type', async () => {
      const before = await it_.take();
      it_.write('train.py', 'one\n2\nthree\nfour\n');
      fs.renameSync(it_.at('lib/a.py'), it_.at('moved "here".py'));
      it_.write('lib/b.bin', Buffer.from([0, 1]));
      it_.write('new\tfile.py', 'new\n');
      const after = await it_.take();
      const { files, patch } = await diffSnapshots(before, after);
      assert.deepEqual(files, [
        { path: 'lib/b.bin', status: 'modified', additions: null, deletions: null },
        { path: 'moved "here".py', status: 'renamed', additions: 0, deletions: 0, from: 'lib/a.py' },
        { path: 'new\tfile.py', status: 'added', additions: 1, deletions: 0 },
        { path: 'train.py', status: 'modified', additions: 2, deletions: 1 },
      ]);
      assert.match(patch, /^-two\n\+2$/m);
      assert.match(patch, /^rename from lib\/a\.py$/m);
      fs.rmSync(it_.at('train.py'));
      fs.symlinkSync('lib', it_.at('train.py'));
      fs.rmSync(it_.at('lib/b.bin'));
      const statuses = (await diffSnapshots(after, await it_.take())).files.map(({ path, status }) => [
        path,
        status,
      ]);
      assert.deepEqual(statuses, [
        ['lib/b.bin', 'deleted'],
        ['train.py', 'type-changed'],
      ]);
    });

    it('ignores external diff programs and converters', async () => {
      const before = await it_.take();
      it_.git('config', 'diff.external', '/bin/false');
      it_.git('config', 'diff.py.textconv', '/bin/false');
      it_.write('.gitattributes', '*.py diff=py\n');
      const { files } = await diffSnapshots(before, await it_.take());
      assert.deepEqual(
        files.map(({ path }) => path),
        ['.gitattributes'],
      );
    });

    it('works between a repository and a folder without git', async () => {
      const inGit = await it_.take();
      fs.renameSync(it_.at('.git'), path.join(it_.base, 'was.git'));
      it_.write('train.py', 'other\n');
      const hidden = await it_.take();
      fs.renameSync(path.join(it_.base, 'was.git'), it_.at('.git'));
      const { files } = await diffSnapshots(inGit, hidden);
      assert.deepEqual(files, [{ path: 'train.py', status: 'modified', additions: 1, deletions: 3 }]);
      assert.equal((await diffSnapshots(hidden, inGit)).files.length, 1);
    });

    it('cuts a patch of more than 1 MB at the end of a line', async () => {
      const before = await it_.take();
      it_.write('large.txt', `${'é'.repeat(40)}\n`.repeat(20_000));
      const { files, patch } = await diffSnapshots(before, await it_.take());
      assert.deepEqual(files, [{ path: 'large.txt', status: 'added', additions: 20_000, deletions: 0 }]);
      assert.ok(Buffer.byteLength(patch) <= 1_000_000 && Buffer.byteLength(patch) > 999_000);
      assert.match(
        patch,
        /\n\+é{40}\n# The rest of the changes is left out: there is more than 1 MB of them\.\n$/,
      );
    });

    it('compares with the folder as it is now, without a trace in the refs', async () => {
      const snapshot = await it_.take();
      const refs = it_.git('for-each-ref');
      assert.deepEqual(await diffWithFolder(snapshot), { files: [], patch: '' });
      it_.write('train.py', 'one\ntwo\nthree\r\n');
      it_.write('new.py', 'x\n');
      const { files } = await diffWithFolder(snapshot);
      assert.deepEqual(files, [
        { path: 'new.py', status: 'added', additions: 1, deletions: 0 },
        { path: 'train.py', status: 'modified', additions: 1, deletions: 1 },
      ]);
      assert.equal(it_.git('for-each-ref'), refs);
    });

    it('compares a folder without git with what it is now', async () => {
      fs.rmSync(it_.at('.git'), { recursive: true });
      const snapshot = await it_.take();
      it_.write('train.py', 'other\n');
      assert.deepEqual(
        (await diffWithFolder(snapshot)).files.map(({ path }) => path),
        ['train.py'],
      );
      fs.renameSync(it_.root, `${it_.root}-moved`);
      await assert.rejects(diffWithFolder(snapshot), { code: 'NOT_FOUND' });
    });

    it('names files over 100 MB that changed, without storing them', async () => {
      it_.write('large.bin', '');
      fs.truncateSync(it_.at('large.bin'), 101_000_000);
      const snapshot = await it_.take({ largeFiles: 'include', sizeLimit: 1000 });
      assert.deepEqual((await diffWithFolder(snapshot)).files, []);
      fs.truncateSync(it_.at('large.bin'), 102_000_000);
      fs.copyFileSync(it_.at('large.bin'), it_.at('another.bin'));
      assert.deepEqual((await diffWithFolder(snapshot)).files, [
        { path: 'another.bin', status: 'added', additions: null, deletions: null },
        { path: 'large.bin', status: 'modified', additions: null, deletions: null },
      ]);
    });
  });

  it('exists until it is removed and collected; removing twice, or without the repository, is fine', async () => {
    it_.write('train.py', 'only here\n');
    const snapshot = await it_.take();
    assert.equal(await exists(snapshot), true);
    await remove(snapshot);
    await remove(snapshot);
    assert.equal(it_.git('for-each-ref', 'refs/trainyard'), '');
    it_.git('gc', '-q', '--prune=now');
    assert.equal(await exists(snapshot), false);
    fs.rmSync(it_.at('.git'), { recursive: true });
    assert.equal(await exists(snapshot), false);
    await remove(snapshot);
  });
});
