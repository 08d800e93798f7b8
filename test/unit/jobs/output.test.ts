import assert from 'node:assert/strict';
import { problemsOf } from '../../../src/job/validate.js';
import type { JobSpec } from '../../../src/job/spec.js';
import { matchAll } from '../../../src/server/jobs/patterns.js';
import { progressIn } from '../../../src/server/jobs/progress.js';

describe('patterns for metrics', () => {
  const find = async (regex: string, ...lines: string[]) =>
    (await matchAll([{ name: 'loss', regex }], lines)).matches;

  it('take the first group, or the groups by their names', async () => {
    assert.deepEqual(await find('loss: ([0-9.]+)', 'epoch 1', 'loss: 0.5'), [{ name: 'loss', value: 0.5 }]);
    assert.deepEqual(await find('(?<step>\\d+) (?<value>\\S+)', '12 1e-3'), [
      { name: 'loss', value: 0.001, step: 12 },
    ]);
  });

  it('read numbers as programs print them, and nothing else', async () => {
    for (const [text, value] of [
      ['1,024', 1024],
      ['-inf', -Infinity],
      ['Infinity', Infinity],
      ['nan', NaN],
      ['-nan', NaN],
      ['+inf', Infinity],
      ['.5e+2', 50],
    ] as const)
      assert.deepEqual(await find('= (.*)', `= ${text}`), [{ name: 'loss', value }]);
    assert.deepEqual(await find('= (.*)', '= soon', '= ', '= ,', '= 0x10', '= 1.2.3', '= 5%'), []);
  });

  it('take a step that is a whole number, and no other', async () => {
    const pattern = '(?<step>\\S+) (?<value>\\S+)';
    assert.deepEqual(await find(pattern, '1,000 1'), [{ name: 'loss', value: 1, step: 1000 }]);
    for (const step of ['nan', 'inf', '0.33', '1e300'])
      assert.deepEqual(await find(pattern, `${step} 1`), [{ name: 'loss', value: 1 }], step);
  });

  it('are given up when they take too long', async () => {
    const slow = { name: 'x', regex: '^(a+)+$' };
    const { matches, slow: gaveUp } = await matchAll(
      [slow, { name: 'y', regex: '(\\d)' }],
      ['a'.repeat(60) + '!', '7'],
    );
    assert.deepEqual(gaveUp, [slow]);
    assert.deepEqual(matches, [{ name: 'y', value: 7 }]);
  });

  it('are checked before the job is taken', () => {
    const spec: JobSpec = {
      kind: 'command',
      codeFolder: '/c',
      workingFolder: '',
      script: 'a',
      command: ['a'],
      target: 'local',
      experiment: 'e',
      environmentVariables: {},
      tags: {},
    };
    const problems = (regex: string) =>
      problemsOf({ ...spec, metrics: [{ name: 'm', regex }] }).map(({ text }) => text);
    assert.deepEqual(problems('(x)'), []);
    assert.match(problems('x')[0] ?? '', /no group/);
    assert.match(problems('(x')[0] ?? '', /not a regular expression/);
    assert.match(problems('(x)\\')[0] ?? '', /not a regular expression/);
  });
});

describe('a progress bar', () => {
  it('tells how much is done, and what remains', () => {
    assert.deepEqual(progressIn(['train:  45%|████▌     | 450/1000 [00:10<01:12, 43.21it/s, loss=0.3]']), {
      done: 450,
      total: 1000,
      remainingSeconds: 72,
    });
    assert.deepEqual(progressIn(['  0%|          | 0/10 [00:00<?, ?it/s]']), { done: 0, total: 10 });
    assert.deepEqual(progressIn([' 50%|#####     | 1.50M/3.00M [1:00:00<1:00:00, 833B/s]']), {
      done: 1.5e6,
      total: 3e6,
      remainingSeconds: 3600,
    });
  });

  it('is the newest one', () => {
    const bar = (n: number) => `${n}0%|#| ${n}/10 [00:01<00:01, 1it/s]`;
    assert.equal(progressIn([bar(1), bar(2), 'epoch 1 done'])?.done, 2);
  });

  it('is the outer one of two', () => {
    const outer = 'epochs:  33%|###       | 1/3 [00:10<00:20, 10.0s/it]';
    const inner = 'batch:  50%|#####     | 2/4 [00:05<00:05, 2.5s/it]\x1b[A';
    assert.equal(progressIn([outer, inner])?.total, 3);
    assert.equal(progressIn([inner]), undefined);
  });

  it('is known without its picture, and where the terminal cuts it', () => {
    assert.deepEqual(progressIn([' 33% 1/3 [00:00<00:02,  8.32it/s]']), {
      done: 1,
      total: 3,
      remainingSeconds: 2,
    });
    assert.deepEqual(progressIn([' 33%|▎| 1/3 [00:00<0']), { done: 1, total: 3 });
  });

  it('counts where it does not know how much there is', () => {
    assert.deepEqual(progressIn(['train: 1585it [00:10, 73.5it/s, loss=0.3]']), { done: 1585, unit: 'it' });
    assert.deepEqual(progressIn(['2it [00:02,  1.20s/it]']), { done: 2, unit: 'it' });
    assert.deepEqual(progressIn(['0 batches [00:00, ? batches/s]']), { done: 0, unit: 'batches' });
    assert.deepEqual(progressIn(['1.81kit [00:00, 8.94Mit/s]']), { done: 1810, unit: 'it' });
    assert.equal(progressIn(['2it [00:02,  1.21s/it]\x1b[A']), undefined);
    assert.equal(progressIn(['took 12s [00:10, 3 files]']), undefined);
  });

  it('is looked for in lines of digits, too, and soon', () => {
    const started = performance.now();
    assert.equal(progressIn(Array<string>(100).fill('1'.repeat(10_000))), undefined);
    assert.equal(progressIn(Array<string>(100).fill(`1%|| ${'1'.repeat(9_990)}`)), undefined);
    assert.equal(progressIn(Array<string>(100).fill('1it ['.repeat(2_000))), undefined);
    assert.equal(progressIn(Array<string>(100).fill('1x'.repeat(5_000))), undefined);
    assert.ok(performance.now() - started < 4_000);
  });

  it('is not any line with a percent sign', () => {
    assert.equal(
      progressIn(['accuracy 45%', '45%|', '50% of 3/4 [x]', '5%|#| 1.2.3/4 [00:10<00:12, 4]']),
      undefined,
    );
  });
});
