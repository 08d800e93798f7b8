import assert from 'node:assert/strict';
import fs from 'node:fs';
import { TrainyardError } from '../../../src/base/errors.js';
import { Scratch } from './scratch.js';

describe('take, what it leaves out', () => {
  let it_: Scratch;
  beforeEach(() => {
    it_ = new Scratch();
    it_.git('init', '-q');
    it_.write('train.py', 'train\n');
    it_.commit();
  });
  afterEach(() => it_.dispose());

  it('.gitignore at every level, .git/info/exclude and the global excludes; named by their top', async () => {
    fs.writeFileSync(`${it_.base}/global-ignore`, '*.swp\n');
    it_.git('config', 'core.excludesFile', `${it_.base}/global-ignore`);
    it_.write('.gitignore', 'data/\n*.log\n!keep.log\n');
    it_.write('sub/.gitignore', '/local\n');
    it_.write('.git/info/exclude', 'mine.txt\n');
    for (const name of ['data/x/y', 'a.log', 'sub/local', 'mine.txt', 'a.swp']) it_.write(name, 'ignored');
    for (const name of ['keep.log', 'sub/other/local', 'sub/b.py']) it_.write(name, 'kept');
    const snapshot = await it_.assertExact(['data', 'a.log', 'sub/local', 'mine.txt', 'a.swp']);
    assert.deepEqual(snapshot.ignored, ['a.log', 'a.swp', 'data/', 'mine.txt', 'sub/local']);
  });

  it('.amlignore at every level, tracked files too, in the syntax of .gitignore; deletions of that kind are no change', async () => {
    for (const name of [
      'secret/a.txt',
      'secret/deep/b.txt',
      'notes.md',
      'sub/x.csv',
      'sub/keep.csv',
      'x.csv',
    ])
      it_.write(name, name);
    it_.commit();
    it_.write('.amlignore', 'secret/\n*.md\n');
    it_.write('sub/.amlignore', '*.csv\n!keep.csv\n');
    it_.write('sub/new.csv', 'untracked');
    it_.write('.gitignore', '*.tmp\n');
    it_.write('z.tmp', 'by .gitignore');
    const snapshot = await it_.assertExact(['secret', 'notes.md', 'sub/x.csv', 'sub/new.csv', 'z.tmp']);
    assert.deepEqual(snapshot.ignored, ['notes.md', 'secret/', 'sub/new.csv', 'sub/x.csv', 'z.tmp']);
    // the two .amlignore and .gitignore
    assert.equal(snapshot.changedFiles, 3);
    it_.write('.amlignore', '');
    await it_.assertExact(['sub/x.csv', 'sub/new.csv', 'z.tmp']);
  });

  describe('files over the size limit', () => {
    const limits = { sizeLimit: 1000 };
    beforeEach(() => {
      it_.write('tracked-large.bin', Buffer.alloc(5000));
      it_.write('grown.bin', 'small');
      it_.commit();
      it_.write('grown.bin', Buffer.alloc(1500, 1));
      it_.write('new/large.bin', Buffer.alloc(3000, 2));
      it_.write('at-the-limit.bin', Buffer.alloc(1000, 3));
    });

    it('are a question: those changed or untracked, not those in HEAD', async () => {
      const objects = it_.git('count-objects');
      await assert.rejects(it_.take(limits), (error) => {
        assert.ok(TrainyardError.is(error, 'LARGE_FILES'));
        assert.deepEqual(error.details, {
          files: [
            { path: 'new/large.bin', bytes: 3000 },
            { path: 'grown.bin', bytes: 1500 },
          ],
          limit: 1000,
        });
        return true;
      });
      assert.equal(it_.git('count-objects'), objects);
    });

    it('are no question when git has their bytes already, and are one when it has but a pointer', async () => {
      for (const name of ['grown.bin', 'new/large.bin']) fs.rmSync(it_.at(name));
      it_.write('staged.bin', Buffer.alloc(2000));
      it_.git('add', 'staged.bin');
      it_.write('.gitattributes', '*.txt text eol=crlf\n');
      assert.ok(it_.names(await it_.take(limits)).includes('staged.bin'));
      it_.write('model.lfs', 'x'.repeat(2000));
      it_.git('config', 'filter.lfs.clean', 'echo pointer');
      it_.write('.gitattributes', '*.lfs filter=lfs\n');
      it_.commit();
      await assert.rejects(it_.take(limits), { code: 'LARGE_FILES', message: /^model\.lfs is/ });
    });

    it('are included when the person says so, and still a question the next time', async () => {
      const snapshot = await it_.take({ ...limits, largeFiles: 'include' });
      assert.ok(it_.names(snapshot).includes('new/large.bin'));
      assert.deepEqual(snapshot.leftOut, []);
      await assert.rejects(it_.take(limits), { code: 'LARGE_FILES' });
    });

    it('are left out when the person says so, and listed', async () => {
      await it_.take({ ...limits, largeFiles: 'include' });
      const snapshot = await it_.take({ ...limits, largeFiles: 'leave-out' });
      assert.deepEqual(it_.names(snapshot), ['at-the-limit.bin', 'tracked-large.bin', 'train.py']);
      assert.deepEqual(
        snapshot.leftOut.toSorted((a, b) => a.bytes - b.bytes),
        [
          { path: 'grown.bin', bytes: 1500 },
          { path: 'new/large.bin', bytes: 3000 },
        ],
      );
      await it_.assertExact();
    });

    it('are no question when an ignore file names them', async () => {
      it_.write('.amlignore', '*.bin\n');
      await it_.take(limits);
    });
  });
});
