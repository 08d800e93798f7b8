import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { buildScriptJob } from '../../../src/job/build.js';
import type { CommandJob } from '../../../src/job/spec.js';
import { TestHome } from '../../support/home.js';
import { Scratch } from './scratch.js';

describe('the spec of a job', function () {
  this.timeout(180_000);
  let test: TestHome;
  before(() => (test = new TestHome()));
  after(() => test.close());

  function job(script: string, more: Partial<CommandJob> = {}): CommandJob {
    const name = `spec${Math.random().toString(36).slice(2)}.sh`;
    test.write(name, script);
    const folders = { codeFolder: test.project, workingFolder: test.project };
    const file = path.join(test.project, name);
    return { ...buildScriptJob({ script: file, ...folders, interpreter: '/bin/sh' }), ...more };
  }

  it('is kept whole, and runs again as it did', async () => {
    const { jobs } = test.workspace;
    const loss = { name: 'loss', regex: 'loss=(\\d+)' };
    const acc = { name: 'acc', regex: 'acc=(\\d+)' };
    const script = 'echo loss=$LEVEL acc=2 $TOKEN $LAUNCHED "$@"\n';
    const asked = job(script, {
      launcher: ['env', 'LAUNCHED=yes'],
      experiment: 'kept',
      displayName: 'first',
      environmentVariables: { LEVEL: '7' },
      timeout: 600,
      metrics: [loss],
      tags: { team: 'vision' },
    });
    asked.command.push('two words', '--lr', '1');
    const first = await jobs.submit(asked, { secrets: { TOKEN: 'hidden' } });
    await jobs.addPatterns(first.id, [acc]);
    const ended = await test.ended(first.id);
    assert.equal(ended.state, 'finished');
    assert.equal(await test.log(first.id), 'loss=7 acc=2 hidden yes two words --lr 1\n');
    assert.deepEqual(ended.job?.command.slice(0, 3), ['env', 'LAUNCHED=yes', 'sh']);
    assert.deepEqual(ended.job?.environment, { kind: 'interpreter', path: '/bin/sh' });

    const spec = await jobs.spec(first.id);
    const codeFolder = fs.realpathSync(test.project);
    assert.deepEqual(spec, { ...asked, codeFolder, metrics: [loss, acc], secrets: ['TOKEN'] });
    assert.doesNotMatch(JSON.stringify(spec), /hidden/);

    // Without the value of its secret it would be another job.
    await assert.rejects(jobs.submit(spec), { code: 'BAD_REQUEST', message: /secret TOKEN/ });
    const again = await test.ended((await jobs.submit(spec, { secrets: { TOKEN: 'other' } })).id);
    assert.equal(again.state, 'finished');
    assert.equal(await test.log(again.id), 'loss=7 acc=2 other yes two words --lr 1\n');
    assert.equal(again.experimentId, first.experimentId);
    assert.equal(again.tags['team'], 'vision');
    assert.equal(again.metrics['loss']?.value, 7);
    assert.equal(again.metrics['acc']?.value, 2);
    assert.deepEqual(await jobs.spec(again.id), spec);
  });

  it('is that of jobs only', async () => {
    await assert.rejects(test.workspace.jobs.spec('nothing'), { code: 'NOT_FOUND' });
  });

  it('makes a run the child of another', async () => {
    const { jobs, edit } = test.workspace;
    const parent = await jobs.submit(job('true\n'));
    const child = await jobs.submit(job('true\n', { parentRunId: parent.id }));
    assert.equal(child.parentRunId, parent.id);
    assert.equal(child.tags['mlflow.parentRunId'], parent.id);
    assert.equal((await jobs.spec(child.id)).parentRunId, parent.id);
    for (const { id } of [parent, child]) await test.ended(id);

    const nobody = 'f'.repeat(32);
    const refs = () => test.git('for-each-ref', 'refs/trainyard');
    const before = refs();
    await assert.rejects(jobs.submit(job('true\n', { parentRunId: nobody })), {
      code: 'NOT_FOUND',
      message: `The parent run ${nobody} does not exist.`,
    });
    await edit.delete([parent.id]);
    await assert.rejects(jobs.submit(job('true\n', { parentRunId: parent.id })), {
      code: 'NOT_FOUND',
      message: /was deleted/,
    });
    assert.equal(refs(), before);
    // A child of it can be submitted again all the same.
    assert.equal((await jobs.spec(child.id)).parentRunId, undefined);
  });

  it('is refused with the field that is wrong, before anything is kept', async () => {
    const { jobs } = test.workspace;
    for (const [change, field] of [
      [{ timeuot: 5 }, 'timeuot'],
      [{ timeout: '5' }, 'timeout'],
      [{ environment: { kind: 'interpreter' } }, 'environment.path'],
      [{ metrics: [{ name: 'm', regex: '(' }] }, 'metrics[0].regex'],
    ] as [object, string][])
      await assert.rejects(jobs.submit({ ...job('true\n'), ...change }), (error: { details: unknown }) => {
        assert.deepEqual(
          (error.details as { path: string }[]).map((problem) => problem.path),
          [field],
        );
        return true;
      });
  });

  it('names an interpreter that is gone, and says what to do', async () => {
    const gone = path.join(test.root, 'gone', 'bin', 'python');
    const spec = job('true\n', {
      command: ['python', 'train.py'],
      environment: { kind: 'interpreter', path: gone },
      launcher: ['env', 'A=1'],
    });
    const run = await test.ended((await test.workspace.jobs.submit(spec)).id);
    assert.equal(run.state, 'failed');
    assert.deepEqual(run.job?.cause, {
      kind: 'start',
      headline: `${gone} was not found.`,
      hint: 'The job needs this interpreter. Set up its environment again, or submit with another interpreter.',
    });
    assert.equal(run.job?.reason, `${gone} was not found.`);
    assert.equal(await test.log(run.id), `${gone} was not found.\n`);
  });
});

describe('the spec of a job that an older version stored', () => {
  let scratch: Scratch;
  before(async () => (scratch = await Scratch.make()));
  after(() => scratch.close());

  it('runs, and is told in today’s shape', async () => {
    scratch.settings.parallelJobs = 1;
    const first = await scratch.submit('sleep 60\n');
    await scratch.running(first);
    const id = await scratch.submit('echo old\n');
    const { kind: _, environment: __, command, ...old } = scratch.job(id).spec;
    const stored = { ...old, command: ['/bin/bash', ...command.slice(1)] };
    await scratch.restart((store) => void store.jobs.update(id, { spec: stored as CommandJob }));
    assert.deepEqual(scratch.service.specOf(id), { ...stored, kind: 'command' });
    await scratch.service.cancel(first);
    assert.equal((await scratch.ended(id)).state, 'finished');
    assert.equal(scratch.log(id), 'old\n');
  });
});
