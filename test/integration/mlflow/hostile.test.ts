import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { until } from '../../support/until.js';
import { raw, requestHead } from './raw.js';
import { startServer, type TestServer } from './server.js';

/** Requests that no client sends. */
describe('hostile requests', function () {
  this.timeout(60_000);
  let server: TestServer;
  let runId: string;

  before(async () => {
    server = await startServer();
    const { body } = await server.call('POST', '/api/2.0/mlflow/runs/create', { experiment_id: '0' });
    runId = (body as { run: { info: { run_id: string } } }).run.info.run_id;
  });
  after(async () => {
    await server.close();
    assert.deepEqual(server.errors, [], 'no request may be a fault of the server');
  });

  const isWell = async () => {
    const { status } = await server.call('GET', `/api/2.0/mlflow/runs/get?run_id=${runId}`);
    assert.equal(status, 200);
  };
  const head = (method: string, target: string, ...headers: string[]) =>
    requestHead(server, method, target, ...headers, 'Connection: close');

  /** Everything below the home, but for the database. */
  function files(): string[] {
    const home = path.dirname(server.store.folder);
    const around = fs.readdirSync(path.dirname(home)).filter((name) => name.startsWith('escaped'));
    const inside = fs.readdirSync(home, { recursive: true }).map(String);
    return [...around, ...inside.filter((name) => !name.includes('trainyard.db'))].sort();
  }

  it('with paths that climb, in every encoding, reach nothing and write nothing', async () => {
    const before = files();
    const dot = fc.constantFrom('.', '%2e', '%2E', '%252e', '%ef%bc%8e', '%c0%ae', '%zz');
    const slash = fc.constantFrom('/', '%2f', '%2F', '\\', '%5c', '%252f', '//', '/./');
    const climb = fc.array(fc.tuple(dot, dot, slash), { minLength: 1, maxLength: 6 });
    const climbing = fc.tuple(
      climb,
      fc.constantFrom('escaped', 'etc/passwd', 'trainyard.db', '%00', 'C:\\x'),
    );
    const areas = fc.constantFrom(
      `0/${runId}/artifacts/`,
      '',
      `0/${runId}/artifacts/a/`,
      `0/models/m-1/artifacts/`,
    );
    await fc.assert(
      fc.asyncProperty(areas, climbing, async (area, [parts, name]) => {
        const at = `/api/2.0/mlflow-artifacts/artifacts/${area}${parts.flat().join('')}${name}`;
        const get = await raw(server.port, head('GET', at));
        // What is kept verbatim as a name (%252e is no dot) does not exist either.
        assert.match(get, /^HTTP\/1\.1 (400|404)/, at);
        assert.match(get, /"error_code":"(INVALID_PARAMETER_VALUE|RESOURCE_DOES_NOT_EXIST)"/, at);
        assert.doesNotMatch(get, /root:|SQLite format/);
      }),
      { numRuns: 300 },
    );
    for (const at of ['../x', '..%2fx', '%2e%2e/x', 'a/../../x', '..\\x', 'C:%5cx', 'x%00']) {
      const put = head(
        'PUT',
        `/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/${at}`,
        'Content-Length: 1',
      );
      assert.match(await raw(server.port, `${put}x`), /^HTTP\/1\.1 4/, at);
    }
    assert.deepEqual(files(), before);
  });

  it('with JSON that is deep, repeats keys or has very long ones are answered, and soon', async () => {
    const post = (body: string) => server.call('POST', '/api/2.0/mlflow/runs/set-tag', body);
    const started = performance.now();
    assert.equal((await post(`{"run_id":${'['.repeat(500_000)}${']'.repeat(500_000)}}`)).status, 400);
    assert.equal((await post(`{"run_id":${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}}`)).status, 400);
    assert.equal(
      (await post(JSON.stringify({ run_id: runId, key: 'k'.repeat(1e6), value: 'v' }))).status,
      400,
    );
    assert.equal((await post(`{"${'k'.repeat(1e6)}":1}`)).status, 400);
    const repeated = `{"run_id":"${runId}","key":"a","key":"b","value":"1","value":"2"}`;
    assert.equal((await post(repeated)).status, 200);
    assert.equal(server.store.runs.full(runId)?.tags['b'], '2', 'the last of two, as JSON.parse has it');
    assert.ok(performance.now() - started < 10_000);
    await isWell();
  });

  it('with filters of any text are answered as wrong or as a search', async () => {
    const word = fc.constantFrom(
      ...[
        'metrics',
        'params',
        'tags',
        '.',
        '`',
        '"',
        "'",
        '=',
        '!=',
        '>',
        'LIKE',
        'IN',
        '(',
        ')',
        ',',
        'AND',
        'OR',
      ],
      ...[
        'NOT',
        'IS',
        'NULL',
        '1',
        '-1e9',
        "'a'",
        ' ',
        '--',
        ';',
        '/*',
        '\0',
        '\\',
        '%',
        '😀',
        'dataset',
        'status',
      ],
    );
    const filter = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(word, { maxLength: 20 }).map((words) => words.join(' ')),
    );
    await fc.assert(
      fc.asyncProperty(filter, fc.boolean(), async (text, ordered) => {
        const body = { experiment_ids: ['0'], ...(ordered ? { order_by: [text] } : { filter: text }) };
        const { status, body: answer } = await server.call('POST', '/api/2.0/mlflow/runs/search', body);
        assert.ok(status === 200 || status === 400, `${JSON.stringify(text)}: ${status}`);
        if (status === 400) assert.equal(answer['error_code'], 'INVALID_PARAMETER_VALUE');
      }),
      { numRuns: 400 },
    );
    await isWell();
  });

  it('that stop in their middle, or never come, hold nobody up', async () => {
    const partial = `${head('POST', '/api/2.0/mlflow/runs/set-tag', 'Content-Type: application/json', 'Content-Length: 1000')}{"run`;
    const upload = `${head('PUT', `/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/cut`, 'Content-Length: 1000')}half`;
    const sockets = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        connect(server.port, [partial, upload, 'GET / HT'][i % 3] as string),
      ),
    );
    await isWell();
    for (const socket of sockets) socket.destroy();
    await until(
      'the cut uploads to be gone',
      () => fs.readdirSync(path.join(server.store.folder, 'tmp')).length === 0,
    );
    await isWell();
    const { body } = await server.call('GET', `/api/2.0/mlflow/artifacts/list?run_id=${runId}`);
    assert.deepEqual(body['files'] ?? [], []);
  });

  it('that stall are ended with all that came of them, and those that are slow are not', async () => {
    const stalledAfter = 300;
    const strict = await startServer({ stalledAfter });
    try {
      const { body } = await strict.call('POST', '/api/2.0/mlflow/runs/create', { experiment_id: '0' });
      const { run_id } = (body as { run: { info: { run_id: string } } }).run.info;
      const headOfNine = (method: string, target: string) =>
        requestHead(strict, method, target, 'Content-Type: application/json', 'Content-Length: 9');
      const at = (name: string) => `/api/2.0/mlflow-artifacts/artifacts/0/${run_id}/artifacts/${name}`;
      for (const stalled of [
        headOfNine('PUT', at('stalled')),
        headOfNine('POST', '/api/2.0/mlflow/runs/set-tag'),
      ])
        assert.match(await raw(strict.port, `${stalled}abc`), /^HTTP\/1\.1 408/);
      await until(
        'the stalled upload to be gone',
        () => fs.readdirSync(path.join(strict.store.folder, 'tmp')).length === 0,
      );

      const slow = await connect(strict.port, headOfNine('PUT', at('slow')));
      for (const byte of 'patiently') {
        await sleep(stalledAfter / 2);
        slow.write(byte);
      }
      const answer = await new Promise<string>((resolve) => slow.once('data', (data) => resolve(`${data}`)));
      assert.match(answer, /^HTTP\/1\.1 200/);
      // Between two requests a connection may rest.
      await sleep(2 * stalledAfter);
      assert.ok(!slow.destroyed);
      slow.destroy();
      assert.deepEqual(
        strict.store.artifacts.list(`runs/${run_id}`, '').map(({ name }) => name),
        ['slow'],
      );
      assert.deepEqual(strict.errors, []);
    } finally {
      await strict.close();
    }
  });

  it('from more connections than there may be are let go, and the next are served', async () => {
    const sockets = await Promise.all(Array.from({ length: 2300 }, () => connect(server.port, '')));
    for (const socket of sockets) socket.destroy();
    await sleep(500);
    await isWell();
  });

  it('with heads that are huge or broken are refused', async () => {
    // The connection may be reset before all of it was sent.
    const long = raw(server.port, head('GET', `/health?${'x'.repeat(100_000)}`));
    assert.match(
      await long.catch(({ code }: NodeJS.ErrnoException) => code ?? ''),
      /^HTTP\/1\.1 4(14|31)|^ECONNRESET/,
    );
    assert.match(await raw(server.port, 'GET /health HTTP/9.9\r\n\r\n'), /^HTTP\/1\.1 400/);
    const both = head(
      'POST',
      '/api/2.0/mlflow/runs/set-tag',
      'Content-Length: 5',
      'Transfer-Encoding: chunked',
    );
    assert.match(await raw(server.port, `${both}0\r\n\r\n`), /^HTTP\/1\.1 400/);
    await isWell();
  });
});

function connect(port: number, text: string): Promise<net.Socket> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write(text);
      resolve(socket);
    });
    socket.on('error', () => resolve(socket));
  });
}
