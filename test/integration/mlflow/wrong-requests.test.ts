import assert from 'node:assert/strict';
import { API, Given, refused } from './given.js';

describe('wrong MLflow requests', () => {
  const given = new Given();
  const { post, get } = given;
  it('without JSON content are refused, so that a page in a browser cannot make them', async () => {
    const headers = { authorization: `Bearer ${given.server.token}` };
    const send = async (extra: Record<string, string>, method = 'POST') => {
      const response = await fetch(`${given.server.url}${API}/experiments/create`, {
        method,
        headers: { ...headers, ...extra },
        body: Buffer.from('{"name":"csrf"}'),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    await refused(send({}), 400, /^Bad Request\. Content-Type header is missing\.$/);
    await refused(send({ 'content-type': 'text/plain' }), 400, /^Bad Request\. Content-Type must be one of/);
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
    return refused(
      post('runs/log-model', { run_id: given.run, model_json: model }),
      400,
      /nested too deeply/,
    );
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
      const { status, body } = await given.server.call(method, at, method === 'POST' ? {} : undefined);
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
        [(await given.server.call(method, at)).status, (await given.server.call(method, at)).body.error_code],
        [404, 'ENDPOINT_NOT_FOUND'],
        at,
      );
  });

  it('without the token have no effect', async () => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer wrong' };
    const response = await fetch(`${given.server.url}${API}/experiments/create`, {
      method: 'POST',
      headers,
      body: '{"name":"stolen"}',
    });
    assert.equal(response.status, 401);
    assert.equal(((await response.json()) as { error_code: string }).error_code, 'UNAUTHENTICATED');
    const put = await fetch(
      `${given.server.url}/api/2.0/mlflow-artifacts/artifacts/${given.experiment}/${given.run}/artifacts/stolen`,
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
      await refused(given.server.call('GET', file), 501, /These files are at/);
      const put = await given.server.call(
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
      'mlflow-artifacts:/a%20b',
    ])
      await refused(
        post('experiments/create', { name: 'located', artifact_location: location }),
        400,
        /artifact_location|Invalid path|Artifact location/,
      );
  });
});
