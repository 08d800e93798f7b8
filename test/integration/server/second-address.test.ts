import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { TrainyardError } from '../../../src/base/errors.js';
import { jobToken } from '../../../src/server/jobs/token.js';
import type { ListenAddress, Listening } from '../../../src/targets/listen.js';
import { API } from '../../../src/workspace/local/contract.js';
import { Scratch, TOKEN } from './scratch.js';

const SEARCH = '/api/2.0/mlflow/experiments/search?max_results=1';

describe('a second address of the server', function () {
  before(function () {
    // macOS has no other loopback address than 127.0.0.1.
    if (process.platform !== 'linux') this.skip();
  });
  let scratch: Scratch;
  let token: string;
  let run: string;

  beforeEach(async () => {
    scratch = new Scratch();
    await scratch.open();
    run = await scratch.job(await scratch.experiment('first'));
    token = jobToken(TOKEN, run);
  });
  afterEach(() => scratch.close());

  const listen = (address: ListenAddress): Promise<Listening> => scratch.app.tracking.listen(address);

  interface Asked {
    method?: string;
    headers?: Record<string, string>;
    body?: string | Buffer;
    by?: string;
  }

  /** By node:http, which sends whatever Host it is told to, and knows sockets. */
  function ask(where: URL | string, at: string, { method = 'GET', headers, body, by = token }: Asked = {}) {
    const place =
      typeof where === 'string'
        ? { socketPath: where }
        : { host: where.hostname.replace(/^\[|\]$/g, ''), port: where.port };
    return new Promise<number>((resolve, reject) => {
      const request = http.request(
        {
          ...place,
          path: at,
          method,
          agent: false,
          headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json', ...headers },
        },
        (response) => response.resume().on('end', () => resolve(response.statusCode ?? 0)),
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  const refusal = (code: string, pattern: RegExp) => (error: unknown) =>
    TrainyardError.is(error) && error.code === code && pattern.test(error.message);

  it('is not there unless a target asks for it', async () => {
    const { port } = new URL(scratch.url);
    await assert.rejects(ask(new URL(`http://127.0.0.2:${port}`), SEARCH), /ECONNREFUSED/);
    assert.equal(await ask(new URL(scratch.url), SEARCH, { headers: { host: '127.0.0.2' } }), 403);
  });

  it("takes a job's token, and neither the server's own nor none", async () => {
    const { url = '' } = await listen({ host: '127.0.0.2' });
    assert.match(url, /^http:\/\/127\.0\.0\.2:\d+$/);
    assert.equal(await ask(new URL(url), SEARCH), 200);
    assert.equal(await ask(new URL(url), SEARCH, { by: TOKEN }), 401);
    assert.equal(await ask(new URL(url), SEARCH, { by: '' }), 401);
    assert.equal(await ask(new URL(url), `${API}/server`, { by: TOKEN }), 401);
    // By loopback both are as before.
    assert.equal(await ask(new URL(scratch.url), SEARCH, { by: TOKEN }), 200);
    assert.equal(await ask(new URL(scratch.url), SEARCH), 200);
    await scratch.state(run, 'finished');
    assert.equal(await ask(new URL(url), SEARCH), 401);
  });

  it('logs, also large files, with the right of the run and no more', async () => {
    const { url = '' } = await listen({ host: '127.0.0.2' });
    const other = await scratch.job('0');
    const tag = (id: string) => ({
      method: 'POST',
      body: JSON.stringify({ run_id: id, key: 'a', value: 'b' }),
    });
    assert.equal(await ask(new URL(url), '/api/2.0/mlflow/runs/set-tag', tag(run)), 200);
    assert.equal(await ask(new URL(url), '/api/2.0/mlflow/runs/set-tag', tag(other)), 403);
    assert.equal(scratch.store.runs.full(run)?.tags['a'], 'b');
    const body = Buffer.alloc(5_000_000, 'x');
    const { experimentId } = scratch.store.runs.get(run)!;
    const at = `/api/2.0/mlflow-artifacts/artifacts/${experimentId}/${run}/artifacts/large.bin`;
    assert.equal(await ask(new URL(url), at, { method: 'PUT', body }), 200);
    assert.equal(scratch.store.artifacts.stat(`runs/${run}`, 'large.bin')?.bytes, body.length);
    for (const route of ['/server', '/settings', '/events', '/runs/search', `/runs/${run}/log`, '/jobs'])
      assert.ok([403, 404].includes(await ask(new URL(url), API + route)), route);
  });

  it('answers to its address and to the names that the target gives it', async () => {
    const { url = '' } = await listen({ host: '127.0.0.2', names: ['Host.docker.internal'] });
    const { port } = new URL(url);
    for (const [host, status] of [
      ['127.0.0.2', 200],
      [`127.0.0.2:${port}`, 200],
      ['host.docker.internal:80', 200],
      ['HOST.DOCKER.INTERNAL', 200],
      ['127.0.0.1', 403],
      ['localhost', 403],
      ['evil.example', 403],
      ['127.0.0.2.evil.example', 403],
      ['host.docker.internal.', 403],
    ] as const) {
      assert.equal(await ask(new URL(url), SEARCH, { headers: { host } }), status, host);
      const health = await ask(new URL(url), '/health', { headers: { host }, by: '' });
      assert.equal(health, status, host);
    }
    assert.equal(await ask(new URL(url), SEARCH, { headers: { origin: 'http://127.0.0.2' } }), 403);
  });

  it('can have the port that it had before', async () => {
    const first = await listen({ host: '127.0.0.2' });
    const port = Number(new URL(first.url!).port);
    await assert.rejects(
      listen({ host: '127.0.0.2', port }),
      refusal('CONFLICT', new RegExp(`port ${port} of 127\\.0\\.0\\.2`)),
    );
    await first.close();
    await first.close();
    await assert.rejects(ask(new URL(first.url!), SEARCH), /ECONNREFUSED/);
    const second = await listen({ host: '127.0.0.2', port });
    assert.equal(second.url, first.url);
    assert.equal(await ask(new URL(second.url!), SEARCH), 200);
  });

  const addresses = Object.values(os.networkInterfaces()).flatMap((each) => each ?? []);
  if (addresses.some(({ address }) => address === '::1'))
    it('may be one of IPv6', async () => {
      const { url = '' } = await listen({ host: '0:0:0:0:0:0:0:1' });
      assert.match(url, /^http:\/\/\[::1\]:\d+$/);
      assert.equal(await ask(new URL(url), SEARCH), 200);
      assert.equal(await ask(new URL(url), SEARCH, { headers: { host: '[::1]' } }), 200);
      assert.equal(await ask(new URL(url), SEARCH, { headers: { host: '[::2]' } }), 403);
    });

  for (const host of ['0.0.0.0', '::', '0:0:0:0:0:0:0:0', '::0.0.0.0', '::ffff:0.0.0.0'])
    it(`is never all addresses, such as ${host}`, () =>
      assert.rejects(listen({ host }), refusal('BAD_REQUEST', /every address/)));

  for (const host of ['', 'localhost', 'example.com', '127.1', '0', 'fe80::1%eth0', '127.0.0.2/24'])
    it(`is not “${host}”`, () =>
      assert.rejects(listen({ host }), refusal('BAD_REQUEST', /is not the address/)));

  it('is one that this machine has', () =>
    assert.rejects(
      listen({ host: '203.0.113.7' }),
      refusal('BAD_REQUEST', /cannot listen at 203\.0\.113\.7/),
    ));

  for (const name of ['', '*', 'a b', 'evil.example/x', 'a:80'])
    it(`has no name such as “${name}”`, () =>
      assert.rejects(
        listen({ host: '127.0.0.2', names: [name] }),
        refusal('BAD_REQUEST', /not the name of a machine/),
      ));

  it('may be a socket, for this user alone', async () => {
    const socket = path.join(scratch.home, 'jobs.sock');
    const listening = await listen({ socket, names: ['tracking'] });
    assert.equal(listening.url, undefined);
    assert.equal(fs.statSync(socket).mode & 0o777, 0o600);
    for (const [host, status] of [
      ['localhost', 200],
      ['127.0.0.1:5000', 200],
      ['tracking', 200],
      ['evil.example', 403],
    ] as const)
      assert.equal(await ask(socket, SEARCH, { headers: { host } }), status, host);
    assert.equal(await ask(socket, SEARCH, { by: TOKEN }), 401);
    await assert.rejects(listen({ socket }), refusal('CONFLICT', /Another program listens/));
    assert.equal(await ask(socket, SEARCH), 200);
    await listening.close();
    assert.equal(fs.existsSync(socket), false);
  });

  it('may be what listens already, in another network', async () => {
    const listener = net.createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as net.AddressInfo;
    const { url = '', close } = await listen({ listener, port });
    assert.equal(url, `http://127.0.0.1:${port}`);
    assert.equal(await ask(new URL(url), SEARCH), 200);
    assert.equal(await ask(new URL(url), SEARCH, { by: TOKEN }), 401);
    assert.equal(await ask(new URL(url), SEARCH, { headers: { host: 'elsewhere' } }), 403);
    await close();
    await assert.rejects(ask(new URL(url), SEARCH), { code: 'ECONNREFUSED' });
  });

  it('takes the place of a socket that a killed server left', async () => {
    const socket = path.join(scratch.home, 'jobs.sock');
    const script = `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script]);
    assert.ok(fs.lstatSync(socket).isSocket());
    await listen({ socket });
    assert.equal(await ask(socket, SEARCH), 200);
  });

  it('leaves a file alone that has the name of the socket', async () => {
    const socket = path.join(scratch.home, 'kept');
    fs.writeFileSync(socket, 'mine');
    await assert.rejects(listen({ socket }), refusal('CONFLICT', /which is not a socket/));
    assert.equal(fs.readFileSync(socket, 'utf8'), 'mine');
    const long = path.join(scratch.home, 'x'.repeat(200));
    await assert.rejects(listen({ socket: long }), refusal('BAD_REQUEST', /at most 103 bytes/));
    const nowhere = path.join(scratch.home, 'none', 'a.sock');
    await assert.rejects(listen({ socket: nowhere }), refusal('BAD_REQUEST', /cannot listen at/));
  });

  it('ends with the server, whoever is connected', async () => {
    const socket = path.join(scratch.home, 'jobs.sock');
    const { url = '' } = await listen({ host: '127.0.0.2' });
    await listen({ socket });
    const { hostname, port } = new URL(url);
    const connection = net.connect(Number(port), hostname);
    await new Promise((resolve) => connection.once('connect', resolve));
    const closed = new Promise((resolve) => connection.once('close', resolve));
    connection.on('error', () => undefined);
    await scratch.app.close();
    await closed;
    await assert.rejects(ask(new URL(url), SEARCH), /ECONNREFUSED/);
    assert.equal(fs.existsSync(socket), false);
  });
});
