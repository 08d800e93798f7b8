import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { describeWithEngine } from '../../support/engine.js';
import { DockerHome } from './home.js';

const LINE = `${'0123456789abcdef'.repeat(4)}\n`;

describeWithEngine('the log of a job in a container', function ({ images }) {
  this.timeout(600_000);
  let test: DockerHome;
  before(() => {
    test = new DockerHome();
  });
  afterEach(() => test.assertTidy());
  after(() => test.close());

  const expected = (size: number) => {
    const hash = createHash('sha256');
    const block = Buffer.from(LINE.repeat(10_000));
    for (let at = 0; at < size; at += block.length)
      hash.update(block.subarray(0, Math.min(block.length, size - at)));
    return hash.digest('hex');
  };

  const read = async (id: string) => {
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of test.workspace.jobs.log(id, {})) {
      hash.update(chunk);
      size += chunk.length;
    }
    return { size, sum: hash.digest('hex') };
  };

  /** The most memory that the server has used, in bytes. */
  const mostMemory = async () => {
    const { pid } = await test.workspace.status();
    const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024;
  };

  for (const [title, size, image] of [
    ['is whole when it is of 1 GB', 1e9, images.shell],
    ['is whole when the engine keeps it, because the image has no shell', 2e7, images.noshell],
  ] as const)
    it(title, async () => {
      const program = image === images.noshell ? '/busybox' : '/bin/busybox';
      const text = `${program} yes ${LINE.trim()} | ${program} head -c ${size}`;
      const id = await test.start(image, [program, 'sh', '-c', text]);
      const { state } = await test.ending(id, 500);
      assert.equal(state, 'finished');
      assert.deepEqual(await read(id), { size, sum: expected(size) });
      assert.ok((await mostMemory()) < 400e6, `the server used ${await mostMemory()} bytes`);
    });

  it('has both streams in the order in which they were written', async () => {
    const text = 'for i in 1 2 3 4 5 6 7 8; do echo out $i; echo err $i >&2; done; printf "no end"';
    const id = await test.script(images.shell, text);
    assert.equal((await test.ending(id)).state, 'finished');
    const lines = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => `out ${i}\nerr ${i}\n`);
    assert.equal(await test.log(id), `${lines.join('')}no end`);
  });
});
