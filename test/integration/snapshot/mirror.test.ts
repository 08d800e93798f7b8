import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { bringTo, madeFiles, type Mirror, moveStrays } from '../../../src/snapshot/mirror.js';
import { contents, Scratch } from './scratch.js';

describe('a checkout that is kept', () => {
  let it_: Scratch;
  let mirror: Mirror;
  let since = 0;

  beforeEach(() => {
    it_ = new Scratch();
    it_.git('init', '-q');
    it_.write('train.py', 'one\ntwo\nthree\n');
    it_.write('lib/a.py', 'a\n'.repeat(30));
    it_.write('lib/b.bin', Buffer.from([0, 255, 1]));
    it_.commit();
    const library = path.join(it_.base, 'library');
    it_.gitIn(it_.base, 'init', '-q', library);
    fs.writeFileSync(path.join(library, 'l.py'), 'l');
    it_.gitIn(library, 'add', '-A');
    it_.gitIn(library, 'commit', '-qm', 'l');
    it_.git('submodule', '--quiet', 'add', library, 'library');
    mirror = { folder: path.join(it_.base, 'mirror/code'), git: path.join(it_.base, 'mirror/git') };
    for (const folder of Object.values(mirror)) fs.mkdirSync(folder, { recursive: true });
    since = Date.now();
  });
  afterEach(() => it_.dispose());

  const write = (name: string, text: string): void => {
    fs.mkdirSync(path.dirname(path.join(mirror.folder, name)), { recursive: true });
    fs.writeFileSync(path.join(mirror.folder, name), text);
  };
  const tidy = () => moveStrays(mirror, fs.mkdtempSync(path.join(it_.base, 'away-')), since);
  const isExact = () => assert.deepEqual(contents(mirror.folder), contents(it_.root));

  it('tells what a job has made or changed, ignored or not, in inner repositories too', async () => {
    it_.write('.gitignore', 'outputs/\n');
    await bringTo(mirror, await it_.take());
    assert.deepEqual(await madeFiles(mirror), { files: [], closed: [] });
    write('outputs/model.bin', 'weights');
    write('train.py', 'ONE\ntwo\nthree\n');
    write('lib/ünï "x"\n', 'x');
    write('library/made.txt', 'x');
    write('cloned/x', 'x');
    it_.gitIn(path.join(mirror.folder, 'cloned'), 'init', '-q');
    fs.rmSync(path.join(mirror.folder, 'lib/a.py'));
    fs.utimesSync(path.join(mirror.folder, 'lib/b.bin'), 1, 1);
    fs.rmSync(it_.at('.git'), { recursive: true });
    assert.deepEqual((await madeFiles(mirror)).files, [
      'cloned/x',
      'lib/ünï "x"\n',
      'library/made.txt',
      'outputs/model.bin',
      'train.py',
    ]);
  });

  it('comes back from what a job did to it', async () => {
    await bringTo(mirror, await it_.take());
    isExact();
    fs.rmSync(path.join(mirror.folder, 'lib'), { recursive: true });
    write('lib', 'a file where a folder was');
    write('train.py', 'ONE\ntwo\nthree\n');
    write('library/l.py', 'L');
    write('library/new', 'n');
    write('new/deep/file', 'n');
    fs.mkdirSync(path.join(mirror.folder, 'empty'));
    it_.write('train.py', 'edited by the person\n');
    it_.write('lib/new.py', 'new');
    await tidy();
    await bringTo(mirror, await it_.take());
    isExact();
    assert.deepEqual(fs.readdirSync(mirror.folder).sort(), ['.gitmodules', 'lib', 'library', 'train.py']);
  });

  it('follows repositories that come and go', async () => {
    await bringTo(mirror, await it_.take());
    it_.git('rm', '-qf', 'library');
    it_.write('library', 'a file now');
    await tidy();
    await bringTo(mirror, await it_.take());
    isExact();
  });

  it('does nothing to what a link leads to that a job put in the place of a folder', async () => {
    it_.commit();
    await bringTo(mirror, await it_.take());
    const outside = path.join(it_.base, 'outside');
    fs.cpSync(it_.root, outside, { recursive: true });
    const before = contents(outside);
    fs.rmSync(path.join(mirror.folder, 'lib'), { recursive: true });
    fs.symlinkSync(path.join(outside, 'lib'), path.join(mirror.folder, 'lib'));
    fs.mkdirSync(path.join(outside, 'lib/.git'));
    fs.writeFileSync(path.join(outside, 'lib/a.py'), 'of the person');
    before['lib/a.py'] = contents(outside)['lib/a.py'] ?? '';
    assert.deepEqual((await madeFiles(mirror)).files, []);
    await tidy();
    await bringTo(mirror, await it_.take());
    isExact();
    assert.deepEqual(contents(outside), before);
    assert.ok(fs.existsSync(path.join(outside, 'lib/.git')));
  });

  it('keeps what is in the folder of a submodule that was not initialised', async () => {
    it_.commit();
    it_.git('submodule', '--quiet', 'deinit', '-f', 'library');
    await bringTo(mirror, await it_.take());
    write('library/made.txt', 'x');
    assert.deepEqual((await madeFiles(mirror)).files, ['library/made.txt']);
    await tidy();
    await bringTo(mirror, await it_.take());
    assert.deepEqual(fs.readdirSync(path.join(mirror.folder, 'library')), []);
  });

  it('goes on from what a git left that was killed', async () => {
    const snapshot = await it_.take();
    await bringTo(mirror, snapshot);
    fs.writeFileSync(path.join(mirror.git, 'index.lock'), '');
    await bringTo(mirror, snapshot);
    isExact();
  });
});
