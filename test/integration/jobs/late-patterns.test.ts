import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Run } from '../../../src/workspace/types.js';
import { TestHome } from '../../support/home.js';
import { until } from '../../support/until.js';

/** Without a step of its own, and with one. */
const LOSS = { name: 'loss', regex: 'loss=(?<value>[0-9.]+)' };
const BY_EPOCH = { name: 'by_epoch', regex: 'epoch (?<step>\\d+): loss=(?<value>[0-9.]+)' };

describe('patterns that a job gets after it was submitted', function () {
  this.timeout(180_000);
  let test: TestHome;
  beforeEach(() => (test = new TestHome()));
  afterEach(() => test.close());

  /** Prints a line for each number when that file is there, so that a test says how far it is. */
  const printed = (count: number) =>
    `i=0; while [ $i -lt ${count} ]; do while [ ! -e "${test.root}/go$i" ]; do sleep 0.05; done
     echo "epoch $i: loss=0.$i"; i=$((i+1)); done\n`;
  const go = (...numbers: number[]) =>
    numbers.forEach((n) => fs.writeFileSync(path.join(test.root, `go${n}`), ''));

  async function points(id: string, key: string): Promise<[step: number, value: number][]> {
    const [found] = await test.workspace.points([{ runId: id, key, from: 0 }], 1_000_000);
    return Array.from(found?.steps ?? [], (step, i) => [step, found!.values[i]!]);
  }
  const counted = (id: string, key: string, count: number): Promise<Run> =>
    until(`${count} points of ${key}`, async () => {
      const run = await test.workspace.run(id);
      return run.metrics[key]?.count === count ? run : undefined;
    });
  const hasPrinted = (id: string, text: string) =>
    until(text, async () => (await test.log(id)).includes(text));
  const expected = (count: number) => Array.from({ length: count }, (_, i) => [i, i / 10]);

  it('give what it printed before and what it prints after, each line once', async () => {
    const { id } = await test.submit(printed(6));
    go(0, 1, 2);
    await hasPrinted(id, 'epoch 2');
    await test.workspace.jobs.addPatterns(id, [BY_EPOCH, LOSS]);
    // Asked for twice, as by a client that lost its answer.
    await test.workspace.jobs.addPatterns(id, [BY_EPOCH, LOSS]);
    await counted(id, 'loss', 3);
    go(3, 4, 5);
    const run = await test.ended(id);
    for (const key of ['loss', 'by_epoch']) assert.deepEqual(await points(id, key), expected(6), key);
    assert.deepEqual(run.job?.metrics, [BY_EPOCH, LOSS]);
  });

  it('come to those that it has, whose points stay as they are', async () => {
    const { id } = await test.submit(printed(4), { metrics: [LOSS] });
    go(0, 1);
    await counted(id, 'loss', 2);
    await test.workspace.jobs.addPatterns(id, [LOSS, BY_EPOCH]);
    await counted(id, 'by_epoch', 2);
    go(2, 3);
    await test.ended(id);
    for (const key of ['loss', 'by_epoch']) assert.deepEqual(await points(id, key), expected(4), key);
  });

  it('give the same of a job that has ended, its last line without an end included', async () => {
    const { id } = await test.submit('printf "epoch 0: loss=0.0\\nepoch 1: \\033[32mloss=0.1\\033[0m"\n');
    const { endTime } = await test.ended(id);
    await test.workspace.jobs.addPatterns(id, [LOSS, BY_EPOCH]);
    await counted(id, 'by_epoch', 2);
    assert.deepEqual(await points(id, 'loss'), expected(2));
    assert.deepEqual(await points(id, 'by_epoch'), expected(2));
    const [series] = await test.workspace.points([{ runId: id, key: 'loss', from: 0 }], 10);
    assert.deepEqual([...series!.times], [endTime, endTime]);
    const { state, job } = await test.workspace.run(id);
    assert.equal(state, 'finished');
    assert.deepEqual(job?.metrics, [LOSS, BY_EPOCH]);
    await test.workspace.jobs.addPatterns(id, [LOSS]);
    assert.deepEqual(await points(id, 'loss'), expected(2));
  });

  it('count once while the server is killed in between, of a job that runs', async () => {
    const { id } = await test.submit(printed(8));
    for (let n = 0; n < 8; n++) {
      go(n);
      await hasPrinted(id, `epoch ${n}`);
      if (n === 2) await test.workspace.jobs.addPatterns(id, [BY_EPOCH]);
      if (n === 4) await test.workspace.jobs.addPatterns(id, [LOSS]);
      await test.killServer();
    }
    await test.ended(id);
    for (const key of ['loss', 'by_epoch']) assert.deepEqual(await points(id, key), expected(8), key);
  });

  it('count once while the server is killed again and again, of a job that has ended', async () => {
    const lines = 150_000;
    const { id } = await test.submit(`seq 0 ${lines - 1} | sed 's/.*/epoch &: loss=&/'\n`);
    await test.ended(id);
    await test.workspace.jobs.addPatterns(id, [BY_EPOCH, LOSS]);
    for (let kills = 0; kills < 6; kills++) {
      await test.workspace.run(id);
      await test.killServer();
    }
    await counted(id, 'loss', lines);
    for (const key of ['loss', 'by_epoch']) {
      const found = await points(id, key);
      assert.equal(found.length, lines);
      assert.ok(
        found.every(([step, value], i) => step === i && value === i),
        key,
      );
    }
  });

  it('are refused when one is none, when there are too many, and for a run that is no job', async () => {
    const { id } = await test.submit('true\n', { metrics: [LOSS] });
    const add = (run: string, ...patterns: (typeof LOSS)[]) => test.workspace.jobs.addPatterns(run, patterns);
    await assert.rejects(add(id, { name: 'x', regex: '(' }), { code: 'BAD_REQUEST', message: /regular exp/ });
    await assert.rejects(add(id, { name: 'x', regex: 'x' }), { code: 'BAD_REQUEST', message: /no group/ });
    const many = Array.from({ length: 100 }, (_, i) => ({ name: `m${i}`, regex: '(x)' }));
    await assert.rejects(add(id, ...many), { code: 'BAD_REQUEST', message: /at most 100/ });
    await assert.rejects(add('none', LOSS), { code: 'NOT_FOUND' });
    assert.deepEqual((await test.ended(id)).job?.metrics, [LOSS]);
  });
});
