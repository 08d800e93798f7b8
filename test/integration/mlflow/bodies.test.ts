import assert from 'node:assert/strict';
import { ensureServer } from '../../../src/workspace/local/launch.js';
import { serverEntry, TestHome } from '../../support/home.js';
import { ask, askForJson, createRun } from '../../support/mlflow.js';

const MEGABYTE = 1024 * 1024;
const repeat = (item: string, bytes: number) =>
  Array(Math.floor(bytes / (item.length + 1)))
    .fill(item)
    .join(',');

/** Bodies that are small as text and large in memory, or that make a check slow. Each is about so many bytes. */
const BODIES: Record<string, (bytes: number) => string> = {
  'a list of empty objects': (n) => `{"run_id":"r","metrics":[${repeat('{}', n)}]}`,
  'a list of wrong metrics that all have a key': (n) =>
    `{"run_id":"r","metrics":[${repeat('{"key":"a"}', n)}]}`,
  'a list of numbers where texts go': (n) => `{"experiment_ids":[${repeat('1', n)}]}`,
  'a list of ids': (n) => `{"experiment_ids":[${repeat('"0"', n)}]}`,
  'ids that are all others': (n) =>
    `{"experiment_ids":[${Array.from({ length: n / 10 }, (_, i) => `"${i + 1e6}"`).join(',')}]}`,
  orders: (n) => `{"experiment_ids":["0"],"order_by":[${repeat('"metrics.a"', n)}]}`,
  'lists in lists': (n) => `{"experiment_ids":[${repeat('[[]]', n)}]}`,
  depth: (n) => `{"run_id":${'['.repeat(n / 2)}${']'.repeat(n / 2)}}`,
  'depth of objects': (n) => `{"run_id":${'{"a":'.repeat(n / 6)}1${'}'.repeat(n / 6)}}`,
  'the same key': (n) => `{${repeat('"key":"a"', n)}}`,
  'many keys': (n) => `{${Array.from({ length: n / 12 }, (_, i) => `"k${i}":{}`).join(',')}}`,
  'a number with digits without end': (n) =>
    `{"run_id":"r","key":"a","timestamp":1,"step":1,"value":${'9'.repeat(n)}}`,
  'a step with digits without end': (n) =>
    `{"run_id":"r","key":"a","timestamp":1,"value":1,"step":"${'9'.repeat(n)}"}`,
  'a value with digits without end': (n) =>
    `{"run_id":"r","key":"a","timestamp":1,"step":1,"value":"${'1'.repeat(n)}x"}`,
  'a long id': (n) => `{"run_id":"${'a'.repeat(n)}","experiment_ids":["${'1'.repeat(n / 2)}x"]}`,
  'a long key': (n) => `{"run_id":"r","key":"${'a/'.repeat(n / 2)}","value":"1","timestamp":1}`,
  'a long filter': (n) => `{"experiment_ids":["0"],"filter":"${'metrics.a > 1 and '.repeat(n / 18)}"}`,
  'a text that does not end': (n) => `{"run_id":"${'\\"'.repeat(n / 2)}`,
  'words that JSON does not have': (n) => `{"metrics":[${repeat('NaN', n)}]}`,
};

const ROUTES = [
  'runs/log-batch',
  'runs/log-metric',
  'runs/search',
  'runs/set-tag',
  'runs/log-inputs',
  'runs/outputs',
  'experiments/create',
  'logged-models',
  'logged-models/search',
  'registered-models/create',
  'model-versions/create',
];

describe('bodies that cost more than they weigh', function () {
  this.timeout(300_000);
  const test = new TestHome();
  after(() => test.close());

  for (const [name, bodyOf] of Object.entries(BODIES))
    it(`are answered, soon and within bounds: ${name}`, async () => {
      const server = await ensureServer({ home: test.home, serverEntry });
      for (const at of ROUTES) {
        const body = bodyOf(4 * MEGABYTE);
        const started = performance.now();
        const answer = await fetch(`http://127.0.0.1:${server.port}/api/2.0/mlflow/${at}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
          body,
        });
        const said = await answer.text();
        const seconds = (performance.now() - started) / 1000;
        assert.ok(
          answer.status < 500 && answer.status !== 0,
          `${at}: ${answer.status} ${said.slice(0, 300)}`,
        );
        assert.ok(seconds < 15, `${at}: ${seconds} s`);
      }
      const { pid, memoryBytes } = await test.workspace.status();
      assert.equal(pid, server.pid, 'it is the same server');
      assert.ok(memoryBytes < 700 * MEGABYTE, `${memoryBytes / MEGABYTE} MB`);
    });

  it('of the largest size do not end it either', async () => {
    const server = await ensureServer({ home: test.home, serverEntry });
    const body = BODIES['a list of empty objects']?.(31 * MEGABYTE);
    const refused = await fetch(`http://127.0.0.1:${server.port}/api/2.0/mlflow/runs/log-batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body,
    });
    assert.equal(refused.status, 413);
    assert.match(await refused.text(), /contains more than 750000 values/);
    const own = await fetch(`http://127.0.0.1:${server.port}/api/trainyard/v1/runs/search`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: `{"experimentIds":[${repeat('{}', 15 * MEGABYTE)}]}`,
    });
    assert.equal(own.status, 413);
    assert.equal((await test.workspace.status()).pid, server.pid);
  });

  it('of which one item is wrong are told which', async () => {
    const server = await ensureServer({ home: test.home, serverEntry });
    const metrics = Array.from({ length: 900 }, (_, i) => ({ key: 'a', value: i, timestamp: 1, step: i }));
    const wrong = async (change: (all: Record<string, unknown>[]) => void) => {
      const all: Record<string, unknown>[] = structuredClone(metrics);
      change(all);
      const answer = await ask(server, { at: 'mlflow/runs/log-batch', body: { run_id: 'r', metrics: all } });
      return ((await answer.json()) as { message: string }).message;
    };
    assert.match(await wrong((all) => (all[700] = { value: 1, timestamp: 1 })), /'metrics\[700\]\.key'/);
    assert.match(
      await wrong((all) => ((all[3] as { key: unknown }).key = 5)),
      /Invalid value 5 for parameter 'metrics\[3\]\.key'/,
    );
    assert.match(
      await wrong((all) => (all[899] = 7 as never)),
      /Invalid value 7 for parameter 'metrics\[899\]'/,
    );
  });

  it('of 100,000 tags are taken for experiments as for runs', async () => {
    const server = await ensureServer({ home: test.home, serverEntry });
    const tags = Array.from({ length: 100_000 }, (_, i) => ({ key: `k${i}`, value: `${i}` }));
    const started = performance.now();
    const { experiment_id: id } = await askForJson(server, {
      at: 'mlflow/experiments/create',
      body: { name: 'tagged', tags },
    });
    const { experiment } = await askForJson(server, {
      method: 'GET',
      at: `mlflow/experiments/get?experiment_id=${String(id)}`,
    });
    assert.equal((experiment as { tags: unknown[] }).tags.length, tags.length);
    assert.ok(performance.now() - started < 30_000);
  });

  it('logged to a model cost the same however many came before', async () => {
    const server = await ensureServer({ home: test.home, serverEntry });
    const run_id = await createRun(server);
    const { model } = await askForJson(server, {
      at: 'mlflow/logged-models',
      body: { experiment_id: '0', name: 'net', source_run_id: run_id },
    });
    const { model_id } = (model as { info: { model_id: string } }).info;
    let step = 0;
    const log = async (points: number) => {
      const metrics = Array.from({ length: points }, () => ({
        key: 'loss',
        value: 1,
        timestamp: 1,
        step: step++,
        model_id,
      }));
      const started = performance.now();
      await askForJson(server, { at: 'mlflow/runs/log-batch', body: { run_id, metrics } });
      return performance.now() - started;
    };
    const median = async () => {
      const times: number[] = [];
      for (let i = 0; i < 15; i++) times.push(await log(3));
      return times.sort((a, b) => a - b)[7] as number;
    };
    const before = await median();
    while (step < 60_000) await log(1000);
    const after = await median();
    // Reading the sixty thousand takes hundreds of milliseconds.
    assert.ok(after < 5 * before + 40, `${before} ms, then ${after} ms`);
    const got = await askForJson(server, { method: 'GET', at: `mlflow/logged-models/${model_id}` });
    const { data } = got.model as { data: { metrics: unknown[] } };
    assert.equal(data.metrics.length, step);
    const seen = (await test.workspace.registry.models()).models.find(({ id }) => id === model_id);
    assert.deepEqual(seen?.metrics, { loss: 1 });
  });
});
