import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { extract } from 'tar-stream';
import { nameInContext, packContext } from '../../../../src/job/environment/context.js';
import { digestOf } from '../../../../src/job/environment/digest.js';

describe('the digest of an environment', () => {
  it('depends on the content alone', () => {
    const one = digestOf({ image: 'a', conda: 'name: x\n', variables: { B: '1', A: '2' } });
    assert.equal(one, digestOf({ variables: { A: '2', B: '1' }, conda: 'name: x\r\n', image: 'a' }));
    assert.match(one, /^[0-9a-f]{64}$/);
    assert.equal(digestOf({ image: 'a', variables: {} }), digestOf({ image: 'a' }));
  });

  it('differs with each part', () => {
    const all = [
      digestOf({ image: 'a' }),
      digestOf({ image: 'b' }),
      digestOf({ image: 'a', pip: 'x' }),
      digestOf({ image: 'a', conda: 'x' }),
      digestOf({ build: { context: 'x', dockerfile: 'D' } }),
      digestOf({ build: { context: 'x', dockerfile: 'E' } }),
    ];
    assert.equal(new Set(all).size, all.length);
  });
});

describe('a build context', () => {
  let folder: string;
  const write = (name: string, text = name) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  };
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-context-'));
    write('Dockerfile', 'FROM scratch\n');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  async function packed(dockerfile = 'Dockerfile'): Promise<string[]> {
    const archive = path.join(os.tmpdir(), `${path.basename(folder)}.tar`);
    try {
      await packContext(folder, dockerfile, archive);
      const names: string[] = [];
      const tar = extract();
      fs.createReadStream(archive).pipe(tar);
      for await (const entry of tar) {
        if (entry.header.type !== 'directory') names.push(entry.header.name);
        entry.resume();
      }
      return names;
    } finally {
      fs.rmSync(archive, { force: true });
    }
  }

  it('leaves out what .dockerignore names, from the root, with its exceptions', async () => {
    write('.dockerignore', '# a comment\n*.log\ndata/**\n!data/keep.csv\nnested\n**/cache\n');
    for (const name of [
      'a.log',
      'sub/b.log',
      'data/big.bin',
      'data/keep.csv',
      'nested/x',
      'sub/nested/y',
      'sub/cache/z',
    ])
      write(name);
    assert.deepEqual(await packed(), [
      '.dockerignore',
      'Dockerfile',
      'data/keep.csv',
      'sub/b.log',
      'sub/nested/y',
    ]);
  });

  it('leaves out what .gitignore names, unless there is an .amlignore', async () => {
    write('.gitignore', 'out\n');
    for (const name of ['sub/out/a', 'big/b', '.git/config']) write(name);
    assert.deepEqual(await packed(), ['.gitignore', 'Dockerfile', 'big/b']);
    write('.amlignore', '/big\n');
    assert.deepEqual(await packed(), ['.amlignore', '.gitignore', 'Dockerfile', 'sub/out/a']);
  });

  it('has its Dockerfile in any case', async () => {
    write('.dockerignore', '*\n');
    write('docker/Dockerfile.gpu');
    assert.deepEqual(await packed('docker/Dockerfile.gpu'), ['docker/Dockerfile.gpu']);
  });

  it('names its Dockerfile in one way', () => {
    const names = ['./docker/Dockerfile', 'docker\\Dockerfile', 'docker//Dockerfile', 'docker/Dockerfile'];
    assert.deepEqual(new Set(names.map(nameInContext)), new Set(['docker/Dockerfile']));
  });

  it('is the same archive for the same files, whenever they were written', async () => {
    write('a/b', 'text');
    const archive = path.join(os.tmpdir(), `${path.basename(folder)}.tar`);
    const first = await packContext(folder, 'Dockerfile', archive);
    fs.utimesSync(path.join(folder, 'a/b'), 1, 1);
    assert.equal(await packContext(folder, 'Dockerfile', archive), first);
    write('a/b', 'texT');
    assert.notEqual(await packContext(folder, 'Dockerfile', archive), first);
    fs.rmSync(archive);
  });

  it('is refused when it is too large, or has no Dockerfile', async () => {
    write('large', 'x'.repeat(2000));
    const archive = path.join(os.tmpdir(), `${path.basename(folder)}.tar`);
    await assert.rejects(
      packContext(folder, 'Dockerfile', archive, 1000),
      ({ code }) => code === 'TOO_LARGE',
    );
    await assert.rejects(packContext(folder, 'Not', archive), ({ code }) => code === 'NOT_FOUND');
    await assert.rejects(packContext(folder, '../Dockerfile', archive), ({ code }) => code === 'NOT_FOUND');
    await assert.rejects(
      packContext(`${folder}-not`, 'Dockerfile', archive),
      ({ code }) => code === 'NOT_FOUND',
    );
    assert.ok(!fs.existsSync(archive));
  });
});
