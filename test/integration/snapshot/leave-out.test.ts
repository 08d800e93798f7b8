import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { TrainyardError } from '../../../src/base/errors.js';
import { diffWithFolder } from '../../../src/snapshot/diff.js';
import { contents, Scratch } from './scratch.js';

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

  describe('but for files that are to be included', () => {
    it('one in an ignored folder: its neighbours at each level are named, the folder is not', async () => {
      it_.write('.gitignore', 'scratch/\n');
      for (const name of ['a/train.py', 'a/x', 'b/y', 'c.csv']) it_.write(`scratch/${name}`, name);
      const snapshot = await it_.take({ include: ['scratch/a/train.py'] });
      assert.deepEqual(it_.names(snapshot), ['.gitignore', 'scratch/a/train.py', 'train.py']);
      assert.deepEqual(snapshot.ignored, ['scratch/a/x', 'scratch/b/', 'scratch/c.csv']);
      // .gitignore, too
      assert.equal(snapshot.changedFiles, 2);
      assert.equal((await it_.checkedOut(snapshot).then(contents))['scratch/a/train.py'], 'file a/train.py');
      assert.deepEqual((await diffWithFolder(snapshot)).files, []);
      it_.write('scratch/a/train.py', 'edited');
      assert.deepEqual(
        (await diffWithFolder(snapshot)).files.map(({ path }) => path),
        ['scratch/a/train.py'],
      );
      assert.ok(!it_.names(await it_.take()).includes('scratch/a/train.py'));
    });

    it('one that a pattern of .gitignore, .git/info/exclude or .amlignore names, and one git has', async () => {
      it_.write('.gitignore', '*.local.py\n');
      it_.write('.git/info/exclude', 'mine.py\n');
      it_.write('.amlignore', 'secret/\ntrain.py\n');
      for (const name of ['a.local.py', 'mine.py', 'secret/run.py', 'secret/key']) it_.write(name, name);
      const include = ['a.local.py', 'mine.py', 'secret/run.py', 'train.py', 'missing.py', '../outside.py'];
      const snapshot = await it_.take({ include });
      assert.deepEqual(it_.names(snapshot), [
        '.amlignore',
        '.gitignore',
        'a.local.py',
        'mine.py',
        'secret/run.py',
        'train.py',
      ]);
      assert.deepEqual(snapshot.ignored, ['secret/key']);
    });

    it('named from the folder that is taken, in a submodule, in a folder without git, and judged by its size', async () => {
      it_.write('.gitignore', 'out/\n');
      it_.write('pkg/out/run.py', 'run');
      const folder = it_.at('pkg');
      assert.ok(it_.names(await it_.take({ folder, include: ['out/run.py'] })).includes('pkg/out/run.py'));
      await assert.rejects(it_.take({ folder, include: ['out/run.py'], sizeLimit: 2 }), {
        code: 'LARGE_FILES',
      });

      it_.gitIn(it_.base, 'clone', '-q', it_.root, it_.at('inner'));
      it_.write('inner/.gitignore', 'out/\n');
      it_.write('inner/out/run.py', 'inner');
      it_.write('inner/out/data', 'x');
      const inner = await it_.take({ include: ['inner/out/run.py'] });
      const restored = contents(await it_.checkedOut(inner));
      assert.equal(restored['inner/out/run.py'], 'file inner');
      assert.deepEqual(inner.ignored, ['pkg/', 'inner/out/data']);

      fs.rmSync(it_.at('.git'), { recursive: true });
      it_.write('venv/run.py', 'in a folder that is junk');
      it_.write('venv/lib/x', 'x');
      const hidden = await it_.take({ include: ['venv/run.py'] });
      assert.ok(it_.names(hidden).includes('venv/run.py'));
      assert.deepEqual(hidden.ignored, ['inner/out/', 'pkg/', 'venv/lib/']);
    });
  });

  it('the home, wherever it lies: whole, by a link, tracked, ignored with others, and not compared either', async () => {
    const home = it_.at('var/home');
    const hiddenRoot = path.join(home, 'snapshots');
    for (const name of ['server.json', 'store/runs.db', 'jobs/1/code/train.py'])
      it_.write(`var/home/${name}`, 'x');
    it_.write('var/other.py', 'x');
    fs.symlinkSync(it_.at('var'), path.join(it_.base, 'link'));
    const linked = path.join(it_.base, 'link', 'home');
    for (const apart of [home, linked]) {
      const snapshot = await it_.take({ hiddenRoot, apart });
      assert.deepEqual(it_.names(snapshot), ['train.py', 'var/other.py']);
      assert.deepEqual(snapshot.ignored, []);
      assert.deepEqual((await diffWithFolder(snapshot, apart)).files, []);
    }
    it_.write('.gitignore', 'var/\n');
    assert.deepEqual((await it_.take({ hiddenRoot, apart: linked })).ignored, ['var/other.py']);
    it_.write('.gitignore', '');
    it_.commit();
    const tracked = await it_.take({ hiddenRoot, apart: home });
    assert.deepEqual(it_.names(tracked), ['.gitignore', 'train.py', 'var/other.py']);
    assert.equal(tracked.changedFiles, 0);
    await assert.rejects(it_.take({ apart: it_.root }), { code: 'BAD_REQUEST' });
    const names = it_.names(tracked);
    fs.rmSync(it_.at('.git'), { recursive: true });
    assert.deepEqual(it_.names(await it_.take({ hiddenRoot, apart: linked })), names);
  });

  it('very many files beside each other are told by their folder, which then stands for what is not kept', async () => {
    it_.write('.gitignore', '/data/*\n!/data/.gitkeep\n!/data/sub/\n/data/sub/*.csv\n*.tmp\n');
    it_.write('data/.gitkeep', '');
    it_.write('data/sub/kept.py', 'kept');
    it_.write('data/sub/x.csv', 'x');
    for (let i = 0; i < 300; i++) it_.write(`data/${i}.csv`, '');
    for (let i = 0; i < 300; i++) it_.write(`${i}.tmp`, '');
    const snapshot = await it_.take();
    assert.deepEqual(it_.names(snapshot), ['.gitignore', 'data/.gitkeep', 'data/sub/kept.py', 'train.py']);
    const [below, others] = [true, false].map((is) =>
      snapshot.ignored.filter((name) => name.startsWith('data/') === is),
    );
    assert.deepEqual(below, ['data/']);
    assert.equal(others?.length, 300);
    // One that was left out must not come in with its folder.
    it_.write('data/sub/large.py', 'x'.repeat(1000));
    const { ignored } = await it_.take({ sizeLimit: 500, largeFiles: 'leave-out' });
    assert.equal(ignored.length, 601);
  });

  describe('files over the size limit', () => {
    it('of megabytes are asked about again, though they are known and have not changed', async () => {
      it_.git('init', '-q');
      it_.write('large.bin', Buffer.alloc(2_000_000));
      it_.write('small.py', 'small\n');
      await it_.take({ sizeLimit: 1_500_000, largeFiles: 'include' });
      for (let i = 0; i < 2; i++)
        await assert.rejects(it_.take({ sizeLimit: 1_500_000 }), {
          code: 'LARGE_FILES',
          details: { files: [{ path: 'large.bin', bytes: 2_000_000 }], limit: 1_500_000 },
        });
      // Of a version that did not write down which files are large.
      fs.rmSync(it_.at('.git/trainyard/heavy'));
      await assert.rejects(it_.take({ sizeLimit: 1_500_000 }), { code: 'LARGE_FILES' });
      assert.deepEqual((await it_.take({ sizeLimit: 3_000_000 })).leftOut, []);
    });

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
