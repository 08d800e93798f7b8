import assert from 'node:assert/strict';
import { TerminalText } from '../../../src/extension/log/terminal-text.js';
import { Coalescer } from '../../../src/extension/runs/coalescer.js';
import { PRIMARY_METRIC_TAG, primaryMetric } from '../../../src/extension/runs/primary-metric.js';
import { parseRunUriPath, runUriPath, splitPath } from '../../../src/extension/runs/run-uri.js';
import { formatAssignments, parseAssignments } from '../../../src/extension/submit/assignments.js';
import { parseJobTask } from '../../../src/extension/tasks/job-task.js';
import { runContext, isCancellable, rowContext } from '../../../src/extension/views/row-context.js';
import type { MetricSummary, Run } from '../../../src/workspace/types.js';
import { pass, standStill } from '../../support/clock.js';

describe('the metric that stands for a run', () => {
  const metrics = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [name, { value: 1 } as MetricSummary]));

  it('is the one that was asked for, then the experiment’s', () => {
    const all = metrics('loss', 'f1', 'bleu');
    assert.equal(primaryMetric(all, 'f1', { [PRIMARY_METRIC_TAG]: 'bleu' }), 'f1');
    assert.equal(primaryMetric(all, 'missing', { [PRIMARY_METRIC_TAG]: 'bleu' }), 'bleu');
  });

  it('is else a usual one, also below a prefix', () => {
    assert.equal(primaryMetric(metrics('a', 'loss', 'val_loss'), ''), 'val_loss');
    assert.equal(
      primaryMetric(metrics('epoch', 'validation/val_accuracy', 'loss'), ''),
      'validation/val_accuracy',
    );
    assert.equal(primaryMetric(metrics('eval/loss', 'learning_rate'), ''), 'eval/loss');
  });

  it('is never a system metric unless asked for', () => {
    assert.equal(primaryMetric(metrics('system/cpu_percent'), ''), undefined);
    assert.equal(primaryMetric(metrics('system/cpu_percent'), 'system/cpu_percent'), 'system/cpu_percent');
    assert.equal(primaryMetric(metrics('zeta', 'system/a'), ''), 'zeta');
  });
});

describe('work that is asked for often', () => {
  standStill();
  it('is done once for many triggers, and once more for those that came meanwhile', async () => {
    let done = 0;
    const one = new Coalescer(
      async () => {
        done += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
      },
      1,
      (error) => assert.fail(String(error)),
    );
    for (let i = 0; i < 10; i++) one.trigger();
    await pass(1);
    for (let i = 0; i < 10; i++) one.trigger();
    await pass(40);
    assert.equal(done, 2);
  });

  it('goes on after a failure', async () => {
    const errors: unknown[] = [];
    let done = 0;
    const one = new Coalescer(
      () => (done++ === 0 ? Promise.reject(new Error('first')) : Promise.resolve()),
      1,
      (error) => errors.push(error),
    );
    one.trigger();
    await pass(10);
    one.trigger();
    await pass(10);
    assert.deepEqual([done, errors.length], [2, 1]);
  });

  it('stops when it is disposed', async () => {
    let done = 0;
    const one = new Coalescer(
      () => Promise.resolve(void done++),
      5,
      (error) => assert.fail(String(error)),
    );
    one.trigger();
    await pass(1);
    one.trigger();
    one.dispose();
    await pass(20);
    assert.equal(done, 1);
  });
});

describe('a log in a terminal', () => {
  const show = (...chunks: (string | Uint8Array)[]) => {
    const text = new TerminalText();
    const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
    return bytes.map((chunk) => text.decode(chunk)).join('') + text.end();
  };

  it('starts each line at the left', () => {
    assert.equal(show('a\nb\n'), 'a\r\nb\r\n');
    assert.equal(show('\n'), '\r\n');
  });

  it('keeps the carriage returns of a progress bar', () => {
    assert.equal(show('\r10%\r20%\n'), '\r10%\r20%\r\n');
  });

  it('leaves Windows line ends alone, also over the border of two chunks', () => {
    assert.equal(show('a\r\nb\r', '\nc'), 'a\r\nb\r\nc');
    assert.equal(show('a\r', '', '\nb'), 'a\r\nb');
  });

  it('puts a character together that two chunks share', () => {
    const bytes = Buffer.from('né\n');
    assert.equal(show(bytes.subarray(0, 2), bytes.subarray(2)), 'né\r\n');
    assert.equal(show(bytes.subarray(0, 2)), 'n\uFFFD');
  });
});

describe('the address of a file of a run', () => {
  it('is read as it was written', () => {
    for (const path of ['', 'model/MLmodel', 'a b/ü.txt'])
      for (const area of ['files', 'code', 'table'] as const) {
        const address = { runId: 'r1', area, path };
        assert.deepEqual(parseRunUriPath(runUriPath(address)), address);
      }
  });

  it('names nothing outside of these', () => {
    for (const path of ['/', '/r1', '/r1/other/x', '//files/x'])
      assert.equal(parseRunUriPath(path), undefined);
  });

  it('splits into folder and name', () => {
    assert.deepEqual(splitPath('a/b/c'), { folder: 'a/b', name: 'c' });
    assert.deepEqual(splitPath('c'), { folder: '', name: 'c' });
  });
});

describe('environment variables on one line', () => {
  it('are read as they were written', () => {
    const variables = { A: '1', B: 'two words', EMPTY: '', URL: 'x=y&z' };
    assert.deepEqual(parseAssignments(formatAssignments(variables)), variables);
    assert.deepEqual(parseAssignments(' A=1  B="two words" '), { A: '1', B: 'two words' });
  });

  it('are refused when they are no assignment', () => {
    for (const line of ['A', '1A=2', '=x', 'A-B=1', "A='open"])
      assert.throws(() => parseAssignments(line), RangeError);
  });
});

describe('a task', () => {
  it('takes arguments as a list or as a line', () => {
    assert.deepEqual(parseJobTask({ script: 'a.py', args: ['--x', '1 2'] }).args, ['--x', '1 2']);
    assert.deepEqual(parseJobTask({ script: 'a.py', args: '--x "1 2"' }).args, ['--x', '1 2']);
    assert.deepEqual(parseJobTask({ script: 'a.py' }).args, []);
  });

  it('is refused when it is not what the schema says', () => {
    for (const task of [
      {},
      { script: '' },
      { script: 1 },
      { script: 'a', args: [1] },
      { script: 'a', target: 1 },
    ])
      assert.throws(() => parseJobTask(task), RangeError);
  });
});

describe('the context of a row', () => {
  it('tells menus what a run is', () => {
    const run = { state: 'running', job: {}, code: { snapshot: 'c' } } as Run;
    assert.equal(runContext(run), 'run;active;job;debuggable;code');
    assert.equal(runContext({ ...run, state: 'preparing' }), 'run;active;job;code');
    assert.equal(runContext({ ...run, state: 'failed', job: undefined, code: undefined }), 'run');
  });

  it('offers only what the workspace of a run has', () => {
    const run = { state: 'running', job: {}, code: { snapshot: 'c' } } as Run;
    assert.equal(runContext(run, ['jobs']), 'run;active;code');
    assert.equal(runContext(run, ['code', 'edit']), 'run;active;job;debuggable;readOnly');
  });

  it('offers neither cancel nor delete for a run whose files are being kept', () => {
    const run = { state: 'collecting', job: {} } as Run;
    assert.equal(runContext(run), 'run;active;collecting;job');
    assert.equal(isCancellable(run), false);
    assert.equal(isCancellable({ ...run, state: 'running' }), true);
  });

  it('offers a shell where a job may be in a container', () => {
    const shell = (target: string, kind: string) =>
      runContext({ state: 'running', job: { target, environment: { kind } } } as Run)
        .split(';')
        .includes('shell');
    assert.ok(shell('docker', 'asset'));
    assert.ok(!shell('local', 'asset'), 'a virtual environment');
    assert.ok(!shell('local', 'interpreter'));
  });

  it('offers to keep outputs again where that failed', () => {
    const run = { state: 'finished', job: { lacksOutputs: true } } as Run;
    assert.equal(runContext(run), 'run;job;outputs');
    assert.equal(runContext(run, ['jobs']), 'run');
  });

  it('offers no cancel for a run that was started elsewhere', () => {
    assert.equal(runContext({ state: 'running' } as Run), 'run');
  });

  it('keeps the order of its tokens', () => {
    assert.equal(rowContext({ hasRun: true, kind: 'model' }), 'model;hasRun');
  });
});
