import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { buildScriptJob } from '../../../src/job/build.js';
import { API, type Discovery } from '../../../src/workspace/local/contract.js';
import { ensureServer } from '../../../src/workspace/local/launch.js';
import { serverEntry, TestHome } from '../../support/home.js';

describe('the server', () => {
  let test: TestHome;
  let server: Discovery;

  before(async () => {
    test = new TestHome();
    server = await ensureServer({ home: test.home, serverEntry });
  });
  after(() => test.close());

  /** By node:http, which sends whatever Host it is told to. */
  const ask = (options: {
    path?: string;
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    /** Sends the head and no body. */
    flush?: boolean;
  }) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const request = http.request(
        {
          host: '127.0.0.1',
          port: server.port,
          path: options.path ?? `${API}/server`,
          method: options.method ?? 'GET',
          headers: { authorization: `Bearer ${server.token}`, ...options.headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
        },
      );
      request.on('error', reject);
      if (options.flush) request.flushHeaders();
      else request.end(options.body);
    });
  const json = { 'content-type': 'application/json' };

  it('answers to the token, as bearer or as a password', async () => {
    assert.equal((await ask({})).status, 200);
    const basic = Buffer.from(`anybody:${server.token}`).toString('base64');
    assert.equal((await ask({ headers: { authorization: `Basic ${basic}` } })).status, 200);
  });

  for (const authorization of ['', 'Bearer wrong', 'Basic d3Jvbmc6d3Jvbmc=', 'Bearer'])
    it(`refuses the authorization “${authorization}”`, async () => {
      assert.equal((await ask({ headers: { authorization } })).status, 401);
      assert.equal(
        (await ask({ headers: { authorization }, path: '/api/2.0/mlflow/runs/get?run_id=a' })).status,
        401,
      );
    });

  for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '10.0.0.1'])
    it(`refuses the Host ${host}`, async () => {
      assert.equal((await ask({ headers: { host } })).status, 403);
      assert.equal((await ask({ headers: { host }, path: '/health' })).status, 403);
    });

  it('refuses web pages', async () => {
    assert.equal((await ask({ headers: { origin: 'https://evil.example' } })).status, 403);
    assert.equal((await ask({ headers: { origin: 'null' } })).status, 403);
  });

  it('tells its health to anybody on this machine', async () => {
    assert.equal((await ask({ path: '/health', headers: { authorization: '' } })).status, 200);
  });

  it('refuses bodies that are broken, of the wrong type, or huge, and changes nothing', async () => {
    const post = (body: string, at = '/jobs') => ask({ path: API + at, method: 'POST', headers: json, body });
    assert.equal((await post('{"spec": ')).status, 400);
    assert.equal((await post('{"spec": 7}')).status, 400);
    assert.equal((await post('[]')).status, 400);
    assert.equal((await post('{"limit": -1}', '/runs/search')).status, 400);
    assert.equal((await post('{"runIds": ["../x"]}', '/runs/delete')).status, 400);
    // Said to be huge; refused before it is sent.
    const huge = { ...json, 'content-length': '20000000', connection: 'close' };
    assert.equal(
      (await ask({ path: `${API}/jobs`, method: 'POST', headers: huge, flush: true })).status,
      413,
    );
    assert.equal((await test.workspace.runs({ lifecycle: 'all' })).runs.length, 0);
  });

  it('refuses paths that climb out of a run, and places that are none', async () => {
    const { id } = await test.submit('true\n');
    await test.ended(id);
    for (const bad of ['../../store/trainyard.db', '/etc/passwd', '..%2F..%2Fx', 'a/../../b']) {
      const { status } = await ask({ path: `${API}/runs/${id}/file?path=${encodeURIComponent(bad)}` });
      assert.ok(status === 400 || status === 404, `${bad}: ${status}`);
      const code = await ask({ path: `${API}/runs/${id}/code-file?path=${encodeURIComponent(bad)}` });
      assert.ok(code.status === 400 || code.status === 404, `${bad}: ${code.status}`);
    }
    const body = JSON.stringify({ folder: `${test.project}/a\0b` });
    const restore = { path: `${API}/runs/${id}/restore`, method: 'POST', headers: json, body };
    assert.equal((await ask(restore)).status, 400);
    for (const from of ['1e300', '9007199254740992', '-9007199254740992'])
      assert.equal((await ask({ path: `${API}/runs/${id}/log?from=${from}` })).status, 400, from);
  });

  it('gives its token to no job, wherever that is told to log', async () => {
    test.write('env.sh', 'env\ncat "/proc/$PPID/environ" 2>/dev/null | tr "\\0" "\\n"\nexit 0\n');
    for (const uri of [undefined, 'https://mlflow.example.com']) {
      const spec = buildScriptJob({
        script: path.join(test.project, 'env.sh'),
        codeFolder: test.project,
        workingFolder: test.project,
        interpreter: '/bin/sh',
        environmentVariables: { ...(uri && { MLFLOW_TRACKING_URI: uri }), COPY: server.token },
      });
      process.env['MLFLOW_TRACKING_TOKEN'] = server.token;
      const { id } = await test.workspace.jobs
        .submit(spec, { secrets: { MLFLOW_TRACKING_PASSWORD: server.token } })
        .finally(() => delete process.env['MLFLOW_TRACKING_TOKEN']);
      assert.equal((await test.ended(id)).state, 'finished');
      const log = await test.log(id);
      assert.match(log, uri === undefined ? /^MLFLOW_TRACKING_TOKEN=\w+\./m : /^MLFLOW_TRACKING_URI=https/m);
      assert.ok(!log.includes(server.token), log);
      const folder = path.join(test.home, 'jobs', id);
      for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
        const file = path.join(folder, name);
        if (fs.statSync(file).isFile()) assert.ok(!fs.readFileSync(file).includes(server.token), name);
      }
    }
  });

  it('is one for all who start it, and keeps port and token over a kill', async () => {
    process.kill(server.pid, 'SIGKILL');
    const [a, b] = await Promise.all([1, 2].map(() => ensureServer({ home: test.home, serverEntry })));
    assert.equal(a?.pid, b?.pid);
    assert.deepEqual([a?.port, a?.token], [server.port, server.token]);
    server = a as Discovery;
  });

  it('keeps its secrets to the user', () => {
    assert.equal(fs.statSync(path.join(test.home, 'server.json')).mode & 0o777, 0o600);
    assert.equal(fs.statSync(test.home).mode & 0o777, 0o700);
  });
});
