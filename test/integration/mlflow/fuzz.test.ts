import assert from 'node:assert/strict';
import { type ImplementedRoute, urlsOf } from '../../../src/server/mlflow/route.js';
import { ROUTES } from '../../../src/server/mlflow/routes.js';
import { startServer, type TestServer } from './server.js';

/** What a field may be given by mistake or by malice. */
const VALUES: unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e300,
  '',
  ' ',
  'x',
  '../x',
  '9'.repeat(30),
  'a\0b',
  '\ud800',
  '__proto__',
  "'; DROP TABLE runs; --",
  '%',
  'x'.repeat(100_000),
  [],
  [null],
  ['__proto__'],
  ['constructor'],
  ['metrics.constructor DESC'],
  "constructor = 'x'",
  '__proto__ > 1',
  "dataset.constructor = 'x'",
  "tags.constructor = 'x' AND params.`__proto__` IS NULL",
  [[]],
  [{}],
  [{ key: 'k' }],
  [{ key: 'k', value: '\ud800', timestamp: '1' }],
  [{ key: '__proto__', value: 'v' }],
  {},
  { constructor: {} },
];

describe('every MLflow route', function () {
  this.timeout(60_000);
  let server: TestServer;
  let good: Record<string, unknown>;

  before(async () => {
    server = await startServer();
    const { body } = await server.call('POST', '/api/2.0/mlflow/runs/create', {
      experiment_id: '0',
      start_time: 1,
    });
    const runId = (body as { run: { info: { run_id: string } } }).run.info.run_id;
    const logged = await server.call('POST', '/api/2.0/mlflow/logged-models', { experiment_id: '0' });
    await server.call('POST', '/api/2.0/mlflow/registered-models/create', { name: 'model' });
    await server.call('POST', '/api/2.0/mlflow/model-versions/create', { name: 'model', source: 's3://x' });
    good = {
      run_id: runId,
      experiment_id: '0',
      experiment_ids: ['0'],
      run_ids: [runId],
      model_id: (logged.body as { model: { info: { model_id: string } } }).model.info.model_id,
      name: 'model',
      version: '1',
      key: 'k',
      tag_key: 'k',
      metric_key: 'm',
      value: 1,
      timestamp: 1,
      max_results: 10,
      alias: 'a',
      stage: 'Staging',
      source: 's3://x',
      status: 'FINISHED',
      path: 'x',
      new_name: 'new',
    };
  });
  after(async () => {
    await server.close();
    assert.deepEqual(server.errors, [], 'no request may be a fault of the server');
  });

  const routes = ROUTES.filter(
    (route): route is ImplementedRoute => route.status === 'implemented' && route.body === 'json',
  );
  for (const route of routes) {
    const [url = ''] = urlsOf(route);
    for (const method of route.methods) {
      it(`${method.toString()} ${url} answers each wrong field without a fault`, async () => {
        const fields = Object.keys(route.schema.properties).filter((name) => name !== '*');
        for (const field of fields) {
          for (const value of VALUES) {
            const status = await send(String(method), url, { ...only(fields), [field]: value });
            assert.ok(
              status < 500 && status !== 408 && status !== 429,
              `${field} = ${JSON.stringify(value)}: ${status}`,
            );
          }
        }
      });
    }
  }

  function only(fields: string[]): Record<string, unknown> {
    return Object.fromEntries(fields.filter((field) => field in good).map((field) => [field, good[field]]));
  }

  async function send(method: string, url: string, fields: Record<string, unknown>): Promise<number> {
    const target = url.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(text(fields[name])) || 'x');
    const headers: Record<string, string> = { authorization: `Bearer ${server.token}` };
    let query = '';
    if (method === 'GET') {
      const short = Object.entries(fields).map(([name, value]) => [name, text(value).slice(0, 5000)]);
      query = `?${new URLSearchParams(short as [string, string][]).toString()}`;
    } else headers['content-type'] = 'application/json';
    const body = method === 'GET' ? undefined : JSON.stringify(fields);
    const response = await fetch(server.url + target.replace('*', 'x') + query, { method, headers, body });
    await response.arrayBuffer();
    return response.status === 501 ? 400 : response.status;
  }

  function text(value: unknown): string {
    return (typeof value === 'string' ? value : JSON.stringify(value ?? '')).replace(/[\ud800-\udfff]/g, '?');
  }
});
