import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Scratch } from './scratch.js';

describe('take, byte for byte', () => {
  let it_: Scratch;
  beforeEach(() => {
    it_ = new Scratch();
    it_.git('init', '-q');
  });
  afterEach(() => it_.dispose());

  it('keeps names with spaces, quotes, line breaks, tabs, a leading dash, and bytes that are no UTF-8', async () => {
    const names = [
      'a b',
      '-rf',
      '--help',
      'quote"d',
      "it's",
      'tab\tbed',
      'line\nbreak',
      'ünï',
      '日本.py',
      'back\\slash',
      '*',
      ':(top)x',
      'git~1',
      '.gitmodules.txt',
      '#x',
      '!x',
      ' lead',
      'trail ',
    ];
    for (const name of names) it_.write(name, name);
    const bytes = Buffer.concat([
      Buffer.from(`${it_.root}/`),
      Buffer.from([0x66, 0xff, 0xfe, 0x2e, 0x70, 0x79]),
    ]);
    fs.writeFileSync(bytes, 'not UTF-8');
    await it_.assertExact();
    it_.git('config', 'core.protectNTFS', 'false');
    it_.commit();
    fs.writeFileSync(bytes, 'not UTF-8, edited');
    assert.equal((await it_.assertExact()).changedFiles, 1);
  });

  it('keeps CRLF and LF where attributes convert line ends, and counts only real changes', async () => {
    it_.write('.gitattributes', '* text=auto eol=crlf\n*.sh eol=lf\n');
    it_.write('windows.txt', 'a\r\nb\r\n');
    it_.write('unix.sh', 'a\nb\n');
    it_.write('mixed.txt', 'a\r\nb\n');
    it_.write('binary', Buffer.from([0, 13, 10, 0, 10, 13]));
    it_.commit();
    assert.equal((await it_.assertExact()).changedFiles, 0);
    assert.equal((await it_.assertExact()).changedFiles, 0);
    it_.write('windows.txt', 'a\r\nb\r\nc\r\n');
    it_.write('new.txt', 'x\r\ny\n');
    assert.equal((await it_.assertExact()).changedFiles, 2);
    it_.git('checkout', '-q', '--', 'windows.txt');
    await it_.assertExact();
  });

  it('keeps them with core.autocrlf too, with and without an index from before', async () => {
    it_.git('config', 'core.autocrlf', 'true');
    it_.git('config', 'core.safecrlf', 'true');
    it_.write('a.txt', 'a\r\nb\r\n');
    it_.commit();
    assert.equal((await it_.assertExact()).changedFiles, 0);
    it_.git('config', 'core.autocrlf', 'input');
    assert.equal((await it_.assertExact()).changedFiles, 0);
  });

  it('keeps CRLF also when what once converted it is gone', async () => {
    it_.git('config', 'core.autocrlf', 'true');
    it_.write('a.txt', 'a\r\nb\r\n');
    it_.commit();
    it_.git('config', 'core.autocrlf', 'false');
    await it_.assertExact();
  });

  it('never runs a filter, and keeps what lies in the folder: content as well as pointers', async () => {
    const ran = `${it_.base}/ran`;
    it_.git('config', '--global', 'filter.lfs.clean', `sh -c 'touch ${ran}; echo pointer'`);
    it_.git('config', '--global', 'filter.lfs.smudge', `sh -c 'touch ${ran}; echo smudged'`);
    it_.git('config', '--global', 'filter.lfs.process', `sh -c 'touch ${ran}'`);
    it_.git('config', '--global', 'filter.lfs.required', 'true');
    it_.write('.gitattributes', '');
    it_.write('model.bin', 'pointer\n');
    it_.write('other.bin', 'pointer\n');
    it_.commit();
    it_.write('.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n');
    it_.write('model.bin', Buffer.from([0, 1, 2, 13, 10, 255]));
    it_.write('untracked.bin', 'content\r\n');
    await it_.assertExact();
    await it_.assertExact();
    assert.equal(fs.existsSync(ran), false);
  });

  it('keeps ident keywords and other encodings as they are', async () => {
    it_.write('.gitattributes', '*.id ident\n*.u16 text working-tree-encoding=UTF-16LE eol=crlf\n');
    it_.write('a.id', '$Id: something of mine $\n');
    it_.write('a.u16', Buffer.from('hé\r\n', 'utf16le'));
    it_.write('not.u16', Buffer.from([0xd8]));
    it_.git('add', '.gitattributes', 'a.id', 'a.u16');
    it_.git('commit', '-qm', 'encoded');
    assert.equal((await it_.assertExact()).changedFiles, 1);
  });

  it('takes executable bits from the index where the file system has none', async () => {
    it_.git('config', 'core.fileMode', 'false');
    it_.write('run.sh', 'x');
    it_.write('plain', 'x', 0o755);
    it_.commit();
    it_.git('update-index', '--chmod=+x', 'run.sh');
    for (const round of ['first', 'second']) {
      it_.write('run.sh', round);
      const snapshot = await it_.take();
      const listed = it_.git('ls-tree', snapshot.commit);
      assert.match(listed, /100755 blob \w+\trun\.sh/);
      assert.match(listed, /100644 blob \w+\tplain/);
      assert.equal(it_.git('cat-file', 'blob', `${snapshot.commit}:run.sh`), round);
    }
  });
});
