import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { diffSnapshots } from '../../../src/snapshot/diff.js';
import { exists, remove } from '../../../src/snapshot/keep.js';
import { HOLD } from '../../../src/snapshot/hold.js';
import { repositoriesOf, type Snapshot } from '../../../src/snapshot/snapshot.js';
import { tidy } from '../../../src/snapshot/tidy.js';
import { contents, Scratch } from './scratch.js';

describe('what a run keeps in the repository', () => {
  let it_: Scratch;
  beforeEach(() => (it_ = new Scratch()));
  afterEach(() => it_.dispose());

  function repository(...init: string[]): void {
    it_.git('init', '-q', ...init);
    it_.write('train.py', 'train\n');
    it_.write('lib/a.py', 'a\n');
    it_.commit('first');
  }

  /** Another repository of one commit, in the folder. */
  function inner(name: string): void {
    it_.write(`${name}/inner.py`, 'inner\n');
    it_.gitIn(it_.at(name), 'init', '-q');
    it_.gitIn(it_.at(name), 'add', '-A');
    it_.gitIn(it_.at(name), 'commit', '-qm', 'inner');
  }

  function assertOnlyThePersons(folder: string, subjects: string[]): void {
    const lines = (...args: string[]): string[] => it_.gitIn(folder, ...args).split('\n');
    assert.deepEqual(lines('log', '--all', '--format=%s'), subjects);
    assert.equal(lines('log', '--all', '--graph', '--oneline').length, subjects.length);
    assert.equal(lines('rev-list', '--all').length, subjects.length);
    assert.deepEqual(lines('branch', '-a', '--format=%(refname)'), ['refs/heads/main']);
    const { status, stderr } = spawnSync('git', ['fsck', '--no-dangling'], { cwd: folder, encoding: 'utf8' });
    assert.deepEqual(
      { status, errors: stderr.match(/^(error|missing|broken|warning).*/gm) },
      { status: 0, errors: null },
    );
  }

  /** Everything that git may forget, it forgets. */
  function collect(folder = it_.root): void {
    it_.gitIn(folder, 'reflog', 'expire', '--expire=now', '--expire-unreachable=now', '--all');
    it_.gitIn(folder, 'gc', '-q', '--prune=now');
  }

  for (const format of ['sha1', 'sha256'])
    it(`is seen by no log, graph or list of branches, and outlives every gc (${format})`, async () => {
      repository(`--object-format=${format}`);
      if (format === 'sha1') inner('cloned');
      const before = await it_.take();
      const wanted: { snapshot: Snapshot; files: Record<string, string> }[] = [];
      for (const edit of ['one', 'two', 'three']) {
        it_.write('train.py', `${edit}\n`);
        it_.write('new.py', `${edit}, new\n`);
        if (format === 'sha1') it_.write('cloned/inner.py', `${edit}\n`);
        wanted.push({ snapshot: await it_.take(), files: contents(it_.root) });
      }
      assertOnlyThePersons(it_.root, ['first']);
      if (format === 'sha1') assertOnlyThePersons(it_.at('cloned'), ['inner']);

      it_.git('commit', '-qam', 'soon amended');
      const { snapshot } = wanted[2]!;
      const atHead = await it_.take();
      const headTree = it_.git('rev-parse', 'HEAD^{tree}');
      it_.git('checkout', '-qb', 'side');
      it_.git('commit', '-q', '--amend', '-m', 'amended');
      it_.git('checkout', '-q', 'main');
      it_.git('reset', '-q', '--hard', 'HEAD~');
      it_.git('branch', '-qD', 'side');
      it_.git('pack-refs', '--all');
      collect();
      if (format === 'sha1') {
        it_.gitIn(it_.at('cloned'), 'checkout', '-qf', 'HEAD');
        collect(it_.at('cloned'));
      }
      assert.throws(() => it_.git('cat-file', '-e', atHead.commit), 'the commit is collected');
      for (const { snapshot, files } of wanted)
        assert.deepEqual(contents(await it_.checkedOut(snapshot)), files);
      assert.equal((await diffSnapshots(before, snapshot)).files.length, format === 'sha1' ? 3 : 2);
      assert.match(it_.git('diff', `${snapshot.ref}:head`, `${snapshot.ref}:code`), /^\+three$/m);
      assert.equal(it_.git('rev-parse', `${atHead.ref}:head`), headTree);
      assert.equal(await exists(atHead), true);

      // The commit is written again from its text.
      const text = it_.git('cat-file', 'blob', `${snapshot.ref}:commit`);
      fs.writeFileSync(path.join(it_.base, 'commit'), text);
      const again = it_.git('hash-object', '-t', 'commit', '-w', path.join(it_.base, 'commit'));
      assert.equal(again, snapshot.commit);
      assertOnlyThePersons(it_.root, ['first']);
    });

  it('has today’s form in repositories of older versions, too, and loses nothing by that', async () => {
    repository();
    inner('cloned');
    inner('edited');
    it_.write('edited/inner.py', 'edited\n');
    it_.write('train.py', 'edited\n');
    const files = contents(it_.root);
    const { submodules, ...taken } = await it_.take();
    // As it was: refs that point to commits, and nobody knew the trees inside.
    const old: Snapshot = { ...taken, submodules: submodules.map(({ tree: _, ...rest }) => rest) };
    for (const { gitDir, ref, commit } of [old, ...old.submodules])
      it_.gitIn(gitDir!, 'update-ref', ref!, commit);
    fs.rmSync(it_.at('.git/trainyard'), { recursive: true });
    assert.match(it_.git('log', '--all', '--format=%s'), /^a run$/m);
    assert.deepEqual(contents(await it_.checkedOut(old)), files);

    const homes = repositoriesOf(old);
    assert.equal(homes.length, 3);
    for (const home of [...homes, ...homes]) await tidy(home);

    assertOnlyThePersons(it_.root, ['first']);
    for (const name of ['cloned', 'edited']) {
      assertOnlyThePersons(it_.at(name), ['inner']);
      // HEAD moves on to nothing that was there.
      it_.gitIn(it_.at(name), 'checkout', '-q', '--orphan', 'other');
      it_.gitIn(it_.at(name), 'commit', '-q', '--allow-empty', '-m', 'new history');
      it_.gitIn(it_.at(name), 'branch', '-qD', 'main');
      collect(it_.at(name));
    }
    it_.git('commit', '-q', '--amend', '-m', 'amended');
    collect();
    assert.throws(() => it_.git('cat-file', '-e', old.commit));
    assert.equal(await exists(old), true);
    assert.deepEqual(contents(await it_.checkedOut(old)), files);
    assert.match(it_.git('diff', `${old.ref}:head`, `${old.ref}:code`), /^\+edited$/m);
    await remove(old);
    assert.equal(it_.git('for-each-ref', 'refs/trainyard'), '');
  });

  it('is held against gc for an hour, then a pack like any other', async () => {
    repository();
    const { gitDir, hidden } = await it_.take();
    const packs = it_.at('.git/objects/pack');
    const held = (): string[] => fs.readdirSync(packs).filter((name) => name.endsWith('.keep'));
    await tidy({ gitDir, hidden });
    const [keep = ''] = held();
    assert.equal(held().length, 1);
    const old = (Date.now() - 2 * HOLD) / 1000;
    // One that the person has kept stays.
    fs.writeFileSync(path.join(packs, 'pack-of-the-person.keep'), 'mine\n');
    for (const name of held()) fs.utimesSync(path.join(packs, name), old, old);
    await tidy({ gitDir, hidden });
    assert.deepEqual(held(), ['pack-of-the-person.keep']);
    assert.equal(fs.existsSync(path.join(packs, keep.replace('.keep', '.pack'))), true);
  });

  it('comes as one pack, however many files are new', async () => {
    repository();
    for (let n = 0; n < 1200; n++) it_.write(`data/part${n % 7}/sample${n}.txt`, `sample ${n}\n`);
    it_.write('data/empty', '');
    const before = Number(/^count: (\d+)$/m.exec(it_.git('count-objects', '-v'))![1]);
    await it_.assertExact();
    const after = it_.git('count-objects', '-v');
    // The commit.
    assert.equal(Number(/^count: (\d+)$/m.exec(after)![1]), before + 1);
    assert.match(after, /^packs: 1$/m);
  });

  it('goes with no clone, fetch or push, but with a mirror', async () => {
    repository();
    it_.write('train.py', 'edited\n');
    const { ref, tree } = await it_.take();
    const other = (name: string): string => path.join(it_.base, name);
    const refsOf = (name: string): string => it_.gitIn(other(name), 'for-each-ref', 'refs/trainyard');
    it_.gitIn(it_.base, 'clone', '-q', '--no-local', it_.root, 'clone');
    it_.gitIn(other('clone'), 'fetch', '-q', 'origin');
    it_.gitIn(it_.base, 'init', '-q', '--bare', 'bare.git');
    it_.git('push', '-q', '--all', other('bare.git'));
    it_.git('push', '-q', other('bare.git'), 'main');
    for (const name of ['clone', 'bare.git']) {
      assert.equal(refsOf(name), '', name);
      assert.throws(() => it_.gitIn(other(name), 'cat-file', '-e', tree), name);
    }
    it_.git('push', '-q', '--mirror', other('bare.git'));
    assert.match(refsOf('bare.git'), new RegExp(`tree\t${ref}$`));
    assert.throws(() => it_.git('config', '--get-regexp', 'hiderefs'), 'no setting of the person’s is made');
  });

  it('is all there however often git collects while it is taken', async () => {
    repository();
    inner('cloned');
    let done = false;
    const collecting = (async () => {
      while (!done)
        for (const cwd of [it_.root, it_.at('cloned')])
          await promisify(execFile)('git', ['gc', '-q', '--prune=now'], { cwd }).catch((error: Error) =>
            // Two of them at once, or an object that was being read.
            assert.match(error.message, /gc is already running|unable to|failed to run/),
          );
    })();
    const taken: { snapshot: Snapshot; files: Record<string, string> }[] = [];
    for (let i = 0; i < 8; i++) {
      // Contents that come back when their run is gone are those that git is about to remove.
      it_.write('train.py', `edit ${i % 3}\n`);
      it_.write(`lib/new${i % 4}.py`, `new ${i % 2}\n`);
      it_.write('cloned/inner.py', `edit ${i % 3}\n`);
      taken.push({ snapshot: await it_.take(), files: contents(it_.root) });
      if (i % 3 === 2) await remove(taken.shift()!.snapshot);
    }
    done = true;
    await collecting;
    for (const folder of [it_.root, it_.at('cloned')]) it_.gitIn(folder, 'gc', '-q', '--prune=now');
    for (const { snapshot, files } of taken)
      assert.deepEqual(contents(await it_.checkedOut(snapshot)), files);
    assertOnlyThePersons(it_.root, ['first']);
    assertOnlyThePersons(it_.at('cloned'), ['inner']);
  });

  it('is of one state while branches are checked out, or says that it may not be', async () => {
    it_.git('init', '-q');
    const states = ['main', 'side'].map((branch, i) => {
      if (i > 0) it_.git('checkout', '-qb', branch);
      for (let n = 0; n < 300; n++) it_.write(`package/module${n}.py`, `${branch} ${n}\n`);
      it_.commit(branch);
      return it_.git('rev-parse', 'HEAD^{tree}');
    });
    const loop = 'for i in $(seq 6); do git checkout -qf main; git checkout -qf side; done';
    const switching = spawn('/bin/sh', ['-c', loop], { cwd: it_.root, stdio: 'inherit' });
    const ended = new Promise((resolve) => switching.on('close', resolve));
    const taken: Snapshot[] = [];
    while (switching.exitCode === null) taken.push(await it_.take());
    await ended;
    assert.ok(taken.length > 0);
    for (const { tree, torn } of taken) assert.ok(torn || states.includes(tree), 'mixed, and not said');
    const calm = await it_.take();
    assert.deepEqual([calm.tree, calm.torn, calm.branch], [states[1], undefined, 'side']);
  });

  it('an index that is locked for good is no reason to call it torn', async () => {
    repository();
    it_.write('.git/index.lock', '');
    assert.equal((await it_.take()).torn, undefined);
  });
});
