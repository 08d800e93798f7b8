import assert from 'node:assert/strict';
import { Given, refused } from './given.js';

describe('MLflow requests', () => {
  const given = new Given();
  const { post, get, newRun } = given;
  const dataOf = async (id: string) =>
    (
      (await get(`runs/get?run_id=${id}`)).body.run as {
        data: Record<string, { key: string; value: unknown }[]>;
      }
    ).data;

  describe('runs', () => {
    it('are created as MLflow creates them', async () => {
      const { status, body } = await post('runs/create', {
        experiment_id: given.experiment,
        user_id: 'me',
        run_name: 'basic',
        start_time: '1795219054041',
        tags: [{ key: 'mlflow.user', value: 'me' }],
      });
      assert.equal(status, 200);
      const { info, data } = body.run as { info: Record<string, unknown>; data: { tags: unknown[] } };
      assert.match(String(info.run_id), /^[0-9a-f]{32}$/);
      assert.deepEqual(info, {
        run_uuid: info.run_id,
        run_id: info.run_id,
        experiment_id: given.experiment,
        run_name: 'basic',
        user_id: 'me',
        status: 'RUNNING',
        start_time: 1795219054041,
        artifact_uri: `mlflow-artifacts:/${given.experiment}/${String(info.run_id)}/artifacts`,
        lifecycle_stage: 'active',
      });
      assert.ok(data.tags.some((tag) => JSON.stringify(tag) === '{"key":"mlflow.runName","value":"basic"}'));
    });

    it('get a name when they have none', async () => {
      const { body } = await post('runs/create', { experiment_id: given.experiment, start_time: 1 });
      assert.ok((body.run as { info: { run_name: string } }).info.run_name.length > 3);
    });

    it('are found by run_uuid, on both faces', async () => {
      for (const at of [
        `/api/2.0/mlflow/runs/get?run_uuid=${given.run}`,
        `/ajax-api/2.0/mlflow/runs/get?run_id=${given.run}`,
      ])
        assert.equal((await given.server.call('GET', at)).status, 200);
    });

    it('refuse a name that differs from its tag', () =>
      refused(
        post('runs/create', {
          experiment_id: given.experiment,
          run_name: 'a',
          tags: [{ key: 'mlflow.runName', value: 'b' }],
        }),
        400,
        /Both 'run_name' argument/,
      ));

    it('of no or a deleted experiment are refused', async () => {
      const gone = String((await post('experiments/create', { name: 'gone' })).body.experiment_id);
      await post('experiments/delete', { experiment_id: gone });
      await refused(
        post('runs/create', { experiment_id: gone, start_time: 1 }),
        400,
        /Current state is deleted/,
      );
      await refused(
        post('runs/create', { experiment_id: '999', start_time: 1 }),
        404,
        /No Experiment with id=999/,
      );
      await refused(post('experiments/create', { name: 'gone' }), 400, /already exists/);
    });

    it('take a status again after their end', async () => {
      const id = await newRun();
      const ended = await post('runs/update', { run_id: id, status: 'FINISHED', end_time: 5 });
      assert.equal((ended.body.run_info as { end_time: number }).end_time, 5);
      const resumed = await post('runs/update', { run_id: id, status: 1 });
      assert.equal((resumed.body.run_info as { status: string }).status, 'RUNNING');
      await refused(
        post('runs/update', { run_id: id, status: 'DONE' }),
        400,
        /^Invalid value "DONE" for parameter 'status'/,
      );
    });
  });

  describe('a batch', () => {
    const metric = { key: 'a', value: 1, timestamp: 1 };

    it('with one bad item leaves nothing', async () => {
      const id = await newRun();
      const params = [{ key: 'p', value: '1' }];
      await refused(
        post('runs/log-batch', { run_id: id, metrics: [metric, { ...metric, key: '../b' }], params }),
        400,
        /metrics\[1\]\.name/,
      );
      await refused(
        post('runs/log-batch', { run_id: id, metrics: [metric, { key: 'b', timestamp: 1 }], params }),
        400,
        /^Missing value for required parameter 'metrics\[1\]\.value'/,
      );
      assert.equal((await dataOf(id)).metrics, undefined);
      assert.equal((await dataOf(id)).params, undefined);
    });

    it('that changes a param leaves nothing, and says what it was', async () => {
      const id = await newRun();
      await post('runs/log-parameter', { run_id: id, key: 'p', value: '1' });
      await refused(
        post('runs/log-batch', {
          run_id: id,
          metrics: [metric],
          params: [{ key: 'p', value: '9' }],
          tags: [{ key: 't', value: '1' }],
        }),
        400,
        new RegExp(
          `^Changing param values is not allowed\\. Params were already logged='\\[\\{'key': 'p', 'old_value': '1', 'new_value': '9'\\}\\]' for run ID='${id}'\\.$`,
        ),
      );
      const data = await dataOf(id);
      assert.equal(data.metrics, undefined);
      assert.ok(!data.tags?.some(({ key }) => key === 't'));
      await refused(
        post('runs/log-parameter', { run_id: id, key: 'p', value: '2' }),
        400,
        new RegExp(
          `^Changing param values is not allowed\\. Param with key='p' was already logged with value='1' for run ID='${id}'\\. Attempted logging new value '2'\\.$`,
        ),
      );
    });

    it('may be repeated, and cuts long params alike', async () => {
      const id = await newRun();
      const body = { run_id: id, metrics: [metric], params: [{ key: 'p', value: 'x'.repeat(7000) }] };
      for (let i = 0; i < 2; i++) assert.equal((await post('runs/log-batch', body)).status, 200);
      const { body: history } = await get(`metrics/get-history?run_id=${id}&metric_key=a`);
      assert.deepEqual(history, { metrics: [{ key: 'a', value: 1, timestamp: 1, step: 0 }] });
    });

    it('of nothing is accepted', async () =>
      assert.deepEqual(await post('runs/log-batch', { run_id: given.run }), { status: 200, body: {} }));

    it('for no or a deleted run is refused', async () => {
      const id = await newRun();
      await post('runs/delete', { run_id: id });
      await refused(post('runs/log-batch', { run_id: id, metrics: [metric] }), 400, /'active' state/);
      await refused(post('runs/log-batch', { run_id: '0'.repeat(32) }), 404, /^Run with id=0+ not found$/);
      await refused(post('runs/log-batch', { run_id: '../../x' }), 400, /^Invalid value/);
    });
  });

  describe('metric histories', () => {
    it('say NaN and infinities as words, whatever way they came', async () => {
      const id = await newRun();
      const body = `{"run_id":"${id}","metrics":[{"key":"m","value":NaN,"timestamp":1,"step":0},{"key":"m","value":-Infinity,"timestamp":2,"step":"1"},{"key":"m","value":"Infinity","timestamp":"3","step":2}]}`;
      assert.equal((await post('runs/log-batch', body)).status, 200);
      const { body: history } = await get(`metrics/get-history?run_id=${id}&metric_key=m&max_results=2`);
      assert.deepEqual(
        (history.metrics as { value: unknown }[]).map((m) => m.value),
        ['NaN', '-Infinity'],
      );
      const { body: rest } = await get(
        `metrics/get-history?run_id=${id}&metric_key=m&max_results=2&page_token=${String(history.next_page_token)}`,
      );
      assert.deepEqual(rest, { metrics: [{ key: 'm', value: 'Infinity', timestamp: 3, step: 2 }] });
    });

    it('of an unknown run or key are empty', async () => {
      assert.deepEqual(await get(`metrics/get-history?run_id=${given.run}&metric_key=none`), {
        status: 200,
        body: {},
      });
      assert.deepEqual(await get('metrics/get-history?run_id=none&metric_key=none'), {
        status: 200,
        body: {},
      });
      await refused(
        get(`metrics/get-history?run_id=${given.run}&metric_key=x&page_token=abc`),
        400,
        /^Invalid page token/,
      );
    });

    it('of several runs are sampled', async () => {
      const ids = [await newRun(), await newRun()];
      for (const [i, id] of ids.entries()) {
        const metrics = Array.from({ length: 10 * (i + 1) }, (_, step) => ({
          key: 'm',
          value: step,
          timestamp: step,
          step,
        }));
        await post('runs/log-batch', { run_id: id, metrics });
      }
      const at = `metrics/get-history-bulk-interval?run_ids=${ids[0]}&run_ids=${ids[1]}&metric_key=m&max_results=5`;
      const { body } = await get(at);
      const steps = (body.metrics as { run_id: string; step: number }[])
        .filter((m) => m.run_id === ids[1])
        .map((m) => m.step);
      assert.deepEqual(steps, [0, 4, 8, 12, 19]);
      const within = await get(`${at}&start_step=2&end_step=4`);
      assert.equal((within.body.metrics as unknown[]).length, 6);
      await refused(get(`${at}&start_step=2`), 400, /both must be specified/);
      await refused(get(`${at}&start_step=4&end_step=2`), 400, /end_step must be greater/);
      const bulk = await given.server.call(
        'GET',
        `/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id=${ids[0]}&metric_key=m&max_results=3`,
      );
      assert.equal((bulk.body.metrics as unknown[]).length, 3);
    });

    it('are thinned for a chart without reading all of a long one', async () => {
      const id = await newRun();
      const points = Array.from({ length: 100_000 }, (_, i) => ({
        key: 'long',
        value: i === 77_777 ? 1000 : Math.sin(i / 1000),
        timestamp: i,
        step: i,
      }));
      await given.server.store.write(() => given.server.store.metrics.append(id, points));
      const at = `metrics/get-history-bulk-interval?run_ids=${id}&metric_key=long&max_results=2000`;
      const ask = async (range: string) =>
        (await get(at + range)).body.metrics as { step: number; value: number; run_id: string }[];
      const whole = await ask('');
      assert.ok(whole.length >= 1500 && whole.length <= 2002, `${whole.length} points`);
      assert.deepEqual([whole[0]?.step, whole.at(-1)?.step], [0, 99_999]);
      assert.ok(whole.every(({ step, value }) => value === points[step]?.value));
      const part = await ask('&start_step=77000&end_step=78000');
      assert.deepEqual([part.length, part[777]?.value], [1001, 1000], 'a short stretch is there whole');
    });
  });

  describe('datasets', () => {
    it('of all runs of some experiments are summed up', async () => {
      const at = '/ajax-api/2.0/mlflow/experiments/search-datasets';
      const id = String((await post('experiments/create', { name: 'datasets' })).body.experiment_id);
      const input = (name: string, context?: string) => ({
        dataset: { name, digest: 'd1', source_type: 'local', source: '{}' },
        tags: context && [{ key: 'mlflow.data.context', value: context }],
      });
      assert.deepEqual((await given.server.call('POST', at, { experiment_ids: [id] })).body, {});
      for (const datasets of [
        [input('digits', 'train'), input('held out', 'eval')],
        [input('digits', 'train')],
      ]) {
        const { body } = await post('runs/create', { experiment_id: id });
        const { run_id } = (body.run as { info: { run_id: string } }).info;
        await post('runs/log-inputs', { run_id, datasets: [...datasets, input('plain')] });
      }
      const summary = (name: string, context?: string) => ({
        experiment_id: id,
        name,
        digest: 'd1',
        ...(context && { context }),
      });
      assert.deepEqual(
        (await given.server.call('POST', at, { experiment_ids: [given.experiment, id, '999'] })).body,
        {
          dataset_summaries: [summary('digits', 'train'), summary('held out', 'eval'), summary('plain')],
        },
      );
      await refused(given.server.call('POST', at, {}), 400, /at least one experiment_id/);
      const many = Array.from({ length: 21 }, String);
      await refused(
        given.server.call('POST', at, { experiment_ids: many }),
        400,
        /more than 20 experiment_ids/,
      );
    });
  });

  describe('probes', () => {
    it('answer as text', async () => {
      const headers = { authorization: `Bearer ${given.server.token}` };
      assert.equal(await (await fetch(`${given.server.url}/health`, { headers })).text(), 'OK');
      assert.equal(await (await fetch(`${given.server.url}/version`, { headers })).text(), '3.3.0');
      const info = await given.server.call('GET', '/api/3.0/mlflow/server-info');
      assert.equal(info.body.workspaces_enabled, false);
    });
  });
});
