import assert from 'node:assert/strict';
import { problemsOf } from '../../../src/job/validate.js';
import type { JobSpec } from '../../../src/job/spec.js';
import { matchAll } from '../../../src/server/jobs/patterns.js';
import { progressIn } from '../../../src/server/jobs/progress.js';

describe('patterns for metrics', () => {
  const find = (regex: string, ...lines: string[]) => matchAll([{ name: 'loss', regex }], lines).matches;

  it('take the first group, or the groups by their names', () => {
    assert.deepEqual(find('loss: ([0-9.]+)', 'epoch 1', 'loss: 0.5'), [{ name: 'loss', value: 0.5 }]);
    assert.deepEqual(find('(?<step>\\d+) (?<value>\\S+)', '12 1e-3'), [
      { name: 'loss', value: 0.001, step: 12 },
    ]);
  });

  it('read numbers as programs print them, and nothing else', () => {
    for (const [text, value] of [
      ['1,024', 1024],
      ['-inf', -Infinity],
      ['Infinity', Infinity],
      ['nan', NaN],
    ] as const)
      assert.deepEqual(find('= (.*)', `= ${text}`), [{ name: 'loss', value }]);
    assert.deepEqual(find('= (.*)', '= soon', '= '), []);
  });

  it('are given up when they take too long', () => {
    const slow = { name: 'x', regex: '^(a+)+$' };
    const { matches, slow: gaveUp } = matchAll(
      [slow, { name: 'y', regex: '(\\d)' }],
      ['a'.repeat(60) + '!', '7'],
    );
    assert.deepEqual(gaveUp, [slow]);
    assert.deepEqual(matches, [{ name: 'y', value: 7 }]);
  });

  it('are checked before the job is taken', () => {
    const spec = {
      codeFolder: '/c',
      workingFolder: '',
      script: 'a',
      command: ['a'],
      environmentVariables: {},
    };
    const problems = (regex: string) =>
      problemsOf({ ...spec, metrics: [{ name: 'm', regex }] } as unknown as JobSpec);
    assert.deepEqual(problems('(x)'), []);
    assert.match(problems('x')[0] ?? '', /no group/);
    assert.match(problems('(x')[0] ?? '', /not a regular expression/);
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

  it('is not any line with a percent sign', () => {
    assert.equal(progressIn(['accuracy 45%', '45%|', '50% of 3/4 [x]']), undefined);
  });
});
