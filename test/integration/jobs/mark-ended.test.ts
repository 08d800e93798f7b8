import assert from 'node:assert/strict';
import { TrainyardError } from '../../../src/base/errors.js';
import { ensureServer } from '../../../src/workspace/local/launch.js';
import { serverEntry, TestHome } from '../../support/home.js';
import { askForJson } from '../../support/mlflow.js';

describe('a run that a script left open', () => {
  const home = new TestHome();
  const { workspace } = home;
  after(() => home.close());

  async function mlflow(call: string, body: object): Promise<Record<string, unknown>> {
    const server = await ensureServer({ home: home.home, serverEntry });
    return askForJson(server, { at: `mlflow/${call}`, body });
  }

  async function begin(startTime: number): Promise<string> {
    const made = await mlflow('runs/create', { experiment_id: '0', start_time: startTime });
    return (made['run'] as { info: { run_id: string } }).info.run_id;
  }

  it('is marked as failed when it logged last, and that stays', async () => {
    const start = Date.now() - 3_600_000;
    const id = await begin(start);
    const log = (key: string, timestamp: number) =>
      mlflow('runs/log-metric', { run_id: id, key, value: 1, timestamp, step: 0 });
    await log('loss', start + 60_000);
    await log('accuracy', start + 50_000);
    // A clock that is wrong says nothing of the end.
    await log('wrong', Date.now() + 3_600_000);
    assert.equal((await workspace.run(id)).state, 'running');
    await workspace.edit.end(id);
    const ended = await workspace.run(id);
    assert.deepEqual([ended.state, ended.endTime], ['failed', start + 60_000]);
    await workspace.edit.end(id);
    assert.equal((await workspace.run(id)).endTime, start + 60_000);
    await workspace.edit.delete([id]);
  });

  it('ended when it began, if it logged nothing', async () => {
    const start = Date.now() - 1000;
    const id = await begin(start);
    await workspace.edit.end(id);
    assert.equal((await workspace.run(id)).endTime, start);
  });

  it('keeps the end that its script said', async () => {
    const id = await begin(Date.now() - 1000);
    await mlflow('runs/update', { run_id: id, status: 'FINISHED', end_time: 5 });
    await workspace.edit.end(id);
    const { state, endTime } = await workspace.run(id);
    assert.deepEqual([state, endTime], ['finished', 5]);
  });

  it('is never a job, whose end is known', async () => {
    const { id } = await home.submit('sleep 30\n');
    await assert.rejects(workspace.edit.end(id), (error) => {
      assert.ok(TrainyardError.is(error, 'BAD_REQUEST'));
      return error.hint === 'Cancel it to end it now.';
    });
    await workspace.jobs.cancel(id);
  });

  it('must be one that there is', async () => {
    await assert.rejects(workspace.edit.end('0'.repeat(32)), (error) =>
      TrainyardError.is(error, 'NOT_FOUND'),
    );
  });
});
