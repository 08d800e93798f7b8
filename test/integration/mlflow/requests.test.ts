import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until.js';
import { raw, requestHead } from './raw.js';
import { startServer, type TestServer } from './server.js';

const API = '/api/2.0/mlflow';

describe('MLflow requests', () => {
  let server: TestServer;
  let experiment: string;
  let run: string;

  before(async () => {
    server = await startServer();
    experiment = String((await post('experiments/create', { name: 'requests' })).body.experiment_id);
    run = await newRun();
  });
  after(async () => {
    await server.close();
    assert.deepEqual(server.errors, [], 'no request may be a fault of the server');
  });

  const post = (at: string, body: unknown) => server.call('POST', `${API}/${at}`, body);
  const get = (at: string) => server.call('GET', `${API}/${at}`);
  const newRun = async () => {
    const { body } = await post('runs/create', { experiment_id: experiment, start_time: 1, run_name: 'r' });
    return (body as { run: { info: { run_id: string } } }).run.info.run_id;
  };
  const dataOf = async (id: string) =>
    (
      (await get(`runs/get?run_id=${id}`)).body.run as {
        data: Record<string, { key: string; value: unknown }[]>;
      }
    ).data;

  async function refused(
    answer: Promise<{ status: number; body: Record<string, unknown> }>,
    status: number,
    message: RegExp,
  ) {
    const { status: actual, body } = await answer;
    assert.equal(actual, status, JSON.stringify(body));
    assert.deepEqual(Object.keys(body).sort(), ['error_code', 'message']);
    assert.match(String(body.message), message);
  }

  describe('runs', () => {
    it('are created as MLflow creates them', async () => {
      const { status, body } = await post('runs/create', {
        experiment_id: experiment,
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
        experiment_id: experiment,
        run_name: 'basic',
        user_id: 'me',
        status: 'RUNNING',
        start_time: 1795219054041,
        artifact_uri: `mlflow-artifacts:/${experiment}/${String(info.run_id)}/artifacts`,
        lifecycle_stage: 'active',
      });
      assert.ok(data.tags.some((tag) => JSON.stringify(tag) === '{"key":"mlflow.runName","value":"basic"}'));
    });

    it('get a name when they have none', async () => {
      const { body } = await post('runs/create', { experiment_id: experiment, start_time: 1 });
      assert.ok((body.run as { info: { run_name: string } }).info.run_name.length > 3);
    });

    it('are found by run_uuid, on both faces', async () => {
      for (const at of [
        `/api/2.0/mlflow/runs/get?run_uuid=${run}`,
        `/ajax-api/2.0/mlflow/runs/get?run_id=${run}`,
      ])
        assert.equal((await server.call('GET', at)).status, 200);
    });

    it('refuse a name that differs from its tag', () =>
      refused(
        post('runs/create', {
          experiment_id: experiment,
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
      assert.deepEqual(await post('runs/log-batch', { run_id: run }), { status: 200, body: {} }));

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
      assert.deepEqual(await get(`metrics/get-history?run_id=${run}&metric_key=none`), {
        status: 200,
        body: {},
      });
      assert.deepEqual(await get('metrics/get-history?run_id=none&metric_key=none'), {
        status: 200,
        body: {},
      });
      await refused(
        get(`metrics/get-history?run_id=${run}&metric_key=x&page_token=abc`),
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
      const bulk = await server.call(
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
      await server.store.write(() => server.store.metrics.append(id, points));
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
      assert.deepEqual((await server.call('POST', at, { experiment_ids: [id] })).body, {});
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
      assert.deepEqual((await server.call('POST', at, { experiment_ids: [experiment, id, '999'] })).body, {
        dataset_summaries: [summary('digits', 'train'), summary('held out', 'eval'), summary('plain')],
      });
      await refused(server.call('POST', at, {}), 400, /at least one experiment_id/);
      const many = Array.from({ length: 21 }, String);
      await refused(server.call('POST', at, { experiment_ids: many }), 400, /more than 20 experiment_ids/);
    });
  });

  describe('wrong requests', () => {
    it('without JSON content are refused, so that a page in a browser cannot make them', async () => {
      const headers = { authorization: `Bearer ${server.token}` };
      const send = async (extra: Record<string, string>, method = 'POST') => {
        const response = await fetch(`${server.url}${API}/experiments/create`, {
          method,
          headers: { ...headers, ...extra },
          body: Buffer.from('{"name":"csrf"}'),
        });
        return { status: response.status, body: (await response.json()) as Record<string, unknown> };
      };
      await refused(send({}), 400, /^Bad Request\. Content-Type header is missing\.$/);
      await refused(
        send({ 'content-type': 'text/plain' }),
        400,
        /^Bad Request\. Content-Type must be one of/,
      );
      assert.equal((await get('experiments/get-by-name?experiment_name=csrf')).status, 404);
      assert.equal((await send({ 'content-type': 'application/json; charset=utf-8' })).status, 200);
    });

    for (const [what, body, message] of [
      ['truncated', '{"name": "x"', /not JSON/],
      ['a list', '[1]', /must be a JSON object/],
      ['a number', '1', /must be a JSON object/],
      ['null', 'null', /must be a JSON object/],
      ['empty', '', /^Missing value for required parameter 'name'/],
      ['of wrong types', '{"name": {"a": 1}}', /^Invalid value \{"a":1\} for parameter 'name'/],
      ['deep', `{"name": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`, /Invalid value|not JSON/],
      ['with wrong tags', '{"name": "x", "tags": "y"}', /^Invalid value "y" for parameter 'tags'/],
      ['with a prototype', '{"__proto__": {"name": "x"}}', /^Missing value for required parameter 'name'/],
    ] as const)
      it(`whose body is ${what} are refused`, () => refused(post('experiments/create', body), 400, message));

    it('that are nested too deeply inside a text are refused', () => {
      const deep = '['.repeat(50_000) + ']'.repeat(50_000);
      const model = `{"artifact_path":"a","flavors":${deep},"utc_time_created":"","run_id":""}`;
      return refused(post('runs/log-model', { run_id: run, model_json: model }), 400, /nested too deeply/);
    });

    it('whose body is huge are refused', () =>
      refused(post('experiments/create', `{"name":"${'x'.repeat(33 * 1024 * 1024)}"}`), 413, /./));

    it('for what Trainyard does not do are declined with the reason, in words that no client repeats', async () => {
      for (const [method, at, reason] of [
        ['GET', '/api/3.0/mlflow/traces/tr-1', /not listed/],
        ['POST', '/api/3.0/mlflow/traces/tr-1/assessments', /not listed/],
        ['GET', '/api/2.0/mlflow/webhooks', /call any address/],
        ['POST', '/api/3.0/mlflow/scorers/register', /language models/],
        ['GET', '/ajax-api/3.0/mlflow/gateway/endpoints', /one person/],
      ] as const) {
        const { status, body } = await server.call(method, at, method === 'POST' ? {} : undefined);
        assert.deepEqual([status, body.error_code], [501, 'NOT_IMPLEMENTED'], at);
        assert.match(String(body.message), reason);
      }
    });

    it('to unknown addresses get MLflow’s words', async () => {
      for (const [method, at] of [
        ['GET', '/api/2.0/mlflow/nothing'],
        ['GET', '/api/3.0/mlflow/experiments/get'],
        ['GET', '/api/2.0/mlflow/runs/create'],
        ['GET', '/ajax-api/2.0/preview/mlflow/x'],
      ] as const)
        assert.deepEqual(
          [(await server.call(method, at)).status, (await server.call(method, at)).body.error_code],
          [404, 'ENDPOINT_NOT_FOUND'],
          at,
        );
    });

    it('without the token have no effect', async () => {
      const headers = { 'content-type': 'application/json', authorization: 'Bearer wrong' };
      const response = await fetch(`${server.url}${API}/experiments/create`, {
        method: 'POST',
        headers,
        body: '{"name":"stolen"}',
      });
      assert.equal(response.status, 401);
      assert.equal(((await response.json()) as { error_code: string }).error_code, 'UNAUTHENTICATED');
      const put = await fetch(
        `${server.url}/api/2.0/mlflow-artifacts/artifacts/${experiment}/${run}/artifacts/stolen`,
        { method: 'PUT', body: 'x' },
      );
      assert.equal(put.status, 401);
      assert.equal((await get('experiments/get-by-name?experiment_name=stolen')).status, 404);
    });

    it('may have a location elsewhere, which clients go to themselves', async () => {
      for (const [i, location] of [
        's3://b/x',
        'gs://b/a b/',
        'file:///var/ml',
        '/var/ml',
        'C:\\ml',
      ].entries()) {
        const made = await post('experiments/create', { name: `at ${i}`, artifact_location: location });
        const id = made.body.experiment_id as string;
        const { body } = await get(`experiments/get?experiment_id=${id}`);
        assert.equal((body.experiment as { artifact_location: string }).artifact_location, location);
        const created = (await post('runs/create', { experiment_id: id })).body;
        const info = (created.run as { info: { run_id: string; artifact_uri: string } }).info;
        assert.equal(info.artifact_uri, `${location.replace(/\/$/, '')}/${info.run_id}/artifacts`);
        await refused(get(`artifacts/list?run_id=${info.run_id}`), 501, /These files are at .* client/);
        const file = `/get-artifact?run_uuid=${info.run_id}&path=x`;
        await refused(server.call('GET', file), 501, /These files are at/);
        const put = await server.call(
          'PUT',
          `/api/2.0/mlflow-artifacts/artifacts/x/${info.run_id}/artifacts/f`,
          {},
        );
        assert.equal(put.status, 404);
      }
    });

    it('are refused with a location that is none', async () => {
      for (const location of [
        'here/and/there',
        's3://b/../x',
        's3://b/%2e%2e/x',
        's3:b',
        'file:x',
        's3://b/x?y',
        '/a\nb',
        'models:/x',
        'mlflow-artifacts:/',
        'MLFLOW-artifacts:/x',
        'runs:/x',
        'mlflow-artifacts://host/x',
        'mlflow-artifacts:/../x',
        'mlflow-artifacts:/x#y',
      ])
        await refused(
          post('experiments/create', { name: 'located', artifact_location: location }),
          400,
          /artifact_location|Invalid path|Artifact location/,
        );
    });
  });

  describe('probes', () => {
    it('answer as text', async () => {
      const headers = { authorization: `Bearer ${server.token}` };
      assert.equal(await (await fetch(`${server.url}/health`, { headers })).text(), 'OK');
      assert.equal(await (await fetch(`${server.url}/version`, { headers })).text(), '3.3.0');
      const info = await server.call('GET', '/api/3.0/mlflow/server-info');
      assert.equal(info.body.workspaces_enabled, false);
    });
  });

  describe('artifacts', () => {
    const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts';
    const root = () => `${ARTIFACTS}/${experiment}/${run}/artifacts`;
    const headers = () => ({ authorization: `Bearer ${server.token}` });
    const put = async (at: string, body: RequestInit['body']) =>
      fetch(server.url + at, { method: 'PUT', headers: headers(), body, ...{ duplex: 'half' } });
    const filesOf = async (folder = '') =>
      ((await get(`artifacts/list?run_id=${run}&path=${encodeURIComponent(folder)}`)).body.files ?? []) as {
        path: string;
      }[];

    it('come back as they went, whatever their name', async () => {
      for (const name of ['a.txt', 'ü é/日本.txt', 'a+b=c&d.txt', '100%.txt', '%41.txt', 'x?y#z']) {
        const encoded = name.split('/').map(encodeURIComponent).join('/');
        assert.equal((await put(`${root()}/${encoded}`, `content of ${name}`)).status, 200);
        const response = await fetch(`${server.url}${root()}/${encoded}`, { headers: headers() });
        assert.equal(await response.text(), `content of ${name}`);
        assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
        assert.match(response.headers.get('content-disposition') ?? '', /^attachment; filename\*=UTF-8''/);
      }
      assert.ok((await filesOf()).some(({ path: file }) => file === '%41.txt'));
      assert.deepEqual(
        (await filesOf('ü é')).map(({ path: file }) => file),
        ['ü é/日本.txt'],
      );
      const view = await fetch(`${server.url}/get-artifact?run_id=${run}&path=a.txt`, { headers: headers() });
      assert.equal(await view.text(), 'content of a.txt');
    });

    it('are listed by base name, and a missing folder is empty', async () => {
      await put(`${root()}/folder/in/file.bin`, 'abc');
      const list = (at: string) =>
        server.call('GET', `${ARTIFACTS}?path=${encodeURIComponent(`${experiment}/${run}/artifacts${at}`)}`);
      assert.deepEqual((await list('/folder')).body, { files: [{ path: 'in', is_dir: true }] });
      assert.deepEqual((await list('/folder/in')).body, {
        files: [{ path: 'file.bin', is_dir: false, file_size: 3 }],
      });
      assert.deepEqual((await list('/folder/in/file.bin')).body, {});
      assert.deepEqual((await list('/nowhere')).body, {});
      await refused(server.call('GET', `${root()}/folder`), 400, /refers to a directory, not a file/);
      await refused(server.call('GET', `${root()}/nowhere`), 404, /No such artifact/);
      assert.equal((await server.call('DELETE', `${root()}/folder`)).status, 200);
      assert.deepEqual((await list('/folder')).body, {});
      assert.equal((await server.call('DELETE', `${root()}/folder`)).status, 200);
    });

    it('do not take the place of a folder or a file', async () => {
      await put(`${root()}/kept/file`, 'x');
      assert.equal((await put(`${root()}/kept`, 'y')).status, 400);
      assert.equal((await put(`${root()}/kept/file/below`, 'y')).status, 400);
    });

    it('of unknown and deleted owners are refused, and nothing is kept', async () => {
      const before = server.store.size();
      for (const at of [
        'x',
        `${experiment}/${'0'.repeat(32)}/artifacts/a`,
        `${experiment}/${run}/a`,
        `999/${run}/artifacts/a`,
        `${experiment}/models/m-1/artifacts/a`,
        `${experiment}/traces/x/artifacts/a`,
        `999/traces/tr-${'0'.repeat(32)}/artifacts/a`,
      ])
        assert.equal((await put(`${ARTIFACTS}/${at}`, 'x'.repeat(1e6))).status, 404, at);
      const deleted = await newRun();
      await post('runs/delete', { run_id: deleted });
      assert.equal((await put(`${ARTIFACTS}/${experiment}/${deleted}/artifacts/a`, 'x')).status, 400);
      assert.ok(server.store.size() - before < 500_000);
    });

    for (const at of [
      '../../../x',
      '%2e%2e/%2e%2e/x',
      '..%2f..%2fx',
      '%252e%252e%252fx',
      '..%5c..%5cx',
      '/etc/passwd',
      '%2fetc%2fpasswd',
      'C:%5cx',
      'a%00b',
    ])
      it(`at ${at} are refused with no effect`, async () => {
        const before = await filesOf();
        for (const method of ['PUT', 'GET', 'DELETE']) {
          for (const target of [`${ARTIFACTS}/${at}`, `${root()}/x/${at}`]) {
            const head = requestHead(server, method, target, 'Connection: close', 'Content-Length: 1');
            const answer = await raw(server.port, `${head}x`);
            // Below a real root an absolute-looking rest is just a name below it.
            if (target.startsWith(root()) && /^(\/|%2f|C:)/i.test(at)) continue;
            assert.match(answer, /^HTTP\/1\.1 400 /, `${method} ${target}\n${answer}`);
          }
        }
        const files = await filesOf();
        assert.deepEqual(
          files
            .filter(({ path: file }) => !before.some((b) => b.path === file))
            .map(({ path: file }) => file)
            .filter((file) => file !== 'x'),
          [],
        );
        await refused(get(`artifacts/list?run_id=${run}&path=${at}`), 400, /^Invalid path$/);
      });

    it('of a client that hangs up leave nothing', async () => {
      const incoming = () => fs.readdirSync(path.join(server.store.folder, 'tmp')).length;
      const head = requestHead(server, 'PUT', `${root()}/half.bin`, 'Content-Length: 10000000');
      const socket = net.connect(server.port, '127.0.0.1', () =>
        socket.write(`${head}${'x'.repeat(2_000_000)}`),
      );
      await until('the file to be received', () => incoming() === 1);
      socket.destroy();
      await until('what came of it to be gone', () => incoming() === 0);
      assert.ok(!(await filesOf()).some(({ path: file }) => file === 'half.bin'));
    });

    it('reach a client that reads slowly as they are', async () => {
      const content = randomBytes(5_000_000);
      assert.equal((await put(`${root()}/noise.bin`, content)).status, 200);
      const response = await fetch(`${server.url}${root()}/noise.bin`, { headers: headers() });
      const parts: Uint8Array[] = [];
      for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
        parts.push(part);
        if (parts.length % 20 === 0) await sleep(1);
      }
      assert.ok(Buffer.concat(parts).equals(content));
    });

    it('are let go of when a client that fetches one hangs up', async () => {
      // Windows does not list them; there nothing is compared.
      const openFiles = () => (fs.existsSync('/dev/fd') ? fs.readdirSync('/dev/fd').length : 0);
      assert.equal((await put(`${root()}/long.bin`, Buffer.alloc(50_000_000, 7))).status, 200);
      const before = openFiles();
      for (let i = 0; i < 5; i++) {
        const stop = new AbortController();
        const response = await fetch(`${server.url}${root()}/long.bin`, {
          headers: headers(),
          signal: stop.signal,
        });
        await response.body?.getReader().read();
        stop.abort();
      }
      await until('the files to be closed', () => openFiles() <= before);
      assert.deepEqual(server.errors, []);
    });

    it('of hundreds of megabytes pass through without being held', async () => {
      const chunk = Buffer.alloc(1024 * 1024, 1);
      let left = 300;
      const body = new ReadableStream({ pull: (c) => (left-- > 0 ? c.enqueue(chunk) : c.close()) });
      const before = process.memoryUsage().rss;
      assert.equal((await put(`${root()}/big.bin`, body)).status, 200);
      assert.ok(process.memoryUsage().rss - before < 150 * 1024 * 1024);
      const response = await fetch(`${server.url}${root()}/big.bin`, { headers: headers() });
      assert.equal(response.headers.get('content-length'), String(300 * 1024 * 1024));
      let bytes = 0;
      for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) bytes += part.length;
      assert.equal(bytes, 300 * 1024 * 1024);
    }).timeout(60_000);

    it('come from MLflow’s pages too', async () => {
      const at = `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${run}&path=${encodeURIComponent('ü é/page.txt')}`;
      const send = async (target: string) => {
        const response = await fetch(server.url + target, {
          method: 'POST',
          headers: { ...headers(), 'content-type': 'text/plain' },
          body: 'from a page',
        });
        return { status: response.status, body: (await response.json()) as Record<string, unknown> };
      };
      assert.deepEqual(await send(at), { status: 200, body: {} });
      const response = await fetch(`${server.url}${root()}/${encodeURIComponent('ü é')}/page.txt`, {
        headers: headers(),
      });
      assert.equal(await response.text(), 'from a page');
      const none = '0'.repeat(32);
      await refused(send(at.replace(run, none)), 404, /not found/);
      await refused(send(at.replace(/path=.*/, 'path=../x')), 400, /^Invalid path$/);
      await refused(send(at.replace(/&path=.*/, '')), 400, /^Missing value for required parameter 'path'/);
    });

    it('in several parts are declined in the words that the client knows', () =>
      refused(
        server.call('POST', '/api/2.0/mlflow-artifacts/mpu/create/1/a/artifacts/b', {
          path: 'b',
          num_parts: 2,
        }),
        501,
        /^Multipart upload is not supported for the current artifact repository/,
      ));
  });
});
