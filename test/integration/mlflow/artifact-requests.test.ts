import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until.js';
import { Given, refused } from './given.js';
import { raw, requestHead } from './raw.js';

describe('MLflow requests for artifacts', () => {
  const given = new Given();
  const { post, get, newRun } = given;
  const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts';
  const root = () => `${ARTIFACTS}/${given.experiment}/${given.run}/artifacts`;
  const headers = () => ({ authorization: `Bearer ${given.server.token}` });
  const put = async (at: string, body: RequestInit['body']) =>
    fetch(given.server.url + at, { method: 'PUT', headers: headers(), body, ...{ duplex: 'half' } });
  const filesOf = async (folder = '') =>
    ((await get(`artifacts/list?run_id=${given.run}&path=${encodeURIComponent(folder)}`)).body.files ??
      []) as {
      path: string;
    }[];

  it('come back as they went, whatever their name', async () => {
    for (const name of ['a.txt', 'ü é/日本.txt', 'a+b=c&d.txt', '100%.txt', '%41.txt', 'x?y#z']) {
      const encoded = name.split('/').map(encodeURIComponent).join('/');
      assert.equal((await put(`${root()}/${encoded}`, `content of ${name}`)).status, 200);
      const response = await fetch(`${given.server.url}${root()}/${encoded}`, { headers: headers() });
      assert.equal(await response.text(), `content of ${name}`);
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
      assert.match(response.headers.get('content-disposition') ?? '', /^attachment; filename\*=UTF-8''/);
    }
    assert.ok((await filesOf()).some(({ path: file }) => file === '%41.txt'));
    assert.deepEqual(
      (await filesOf('ü é')).map(({ path: file }) => file),
      ['ü é/日本.txt'],
    );
    const view = await fetch(`${given.server.url}/get-artifact?run_id=${given.run}&path=a.txt`, {
      headers: headers(),
    });
    assert.equal(await view.text(), 'content of a.txt');
  });

  it('are listed by base name, and a missing folder is empty', async () => {
    await put(`${root()}/folder/in/file.bin`, 'abc');
    const list = (at: string) =>
      given.server.call(
        'GET',
        `${ARTIFACTS}?path=${encodeURIComponent(`${given.experiment}/${given.run}/artifacts${at}`)}`,
      );
    assert.deepEqual((await list('/folder')).body, { files: [{ path: 'in', is_dir: true }] });
    assert.deepEqual((await list('/folder/in')).body, {
      files: [{ path: 'file.bin', is_dir: false, file_size: 3 }],
    });
    assert.deepEqual((await list('/folder/in/file.bin')).body, {});
    assert.deepEqual((await list('/nowhere')).body, {});
    await refused(given.server.call('GET', `${root()}/folder`), 400, /refers to a directory, not a file/);
    await refused(given.server.call('GET', `${root()}/nowhere`), 404, /No such artifact/);
    assert.equal((await given.server.call('DELETE', `${root()}/folder`)).status, 200);
    assert.deepEqual((await list('/folder')).body, {});
    assert.equal((await given.server.call('DELETE', `${root()}/folder`)).status, 200);
  });

  it('do not take the place of a folder or a file', async () => {
    await put(`${root()}/kept/file`, 'x');
    assert.equal((await put(`${root()}/kept`, 'y')).status, 400);
    assert.equal((await put(`${root()}/kept/file/below`, 'y')).status, 400);
  });

  it('of unknown and deleted owners are refused, and nothing is kept', async () => {
    const before = given.server.store.size();
    for (const at of [
      'x',
      `${given.experiment}/${'0'.repeat(32)}/artifacts/a`,
      `${given.experiment}/${given.run}/a`,
      `999/${given.run}/artifacts/a`,
      `${given.experiment}/models/m-1/artifacts/a`,
      `${given.experiment}/traces/x/artifacts/a`,
      `999/traces/tr-${'0'.repeat(32)}/artifacts/a`,
    ])
      assert.equal((await put(`${ARTIFACTS}/${at}`, 'x'.repeat(1e6))).status, 404, at);
    const deleted = await newRun();
    await post('runs/delete', { run_id: deleted });
    assert.equal((await put(`${ARTIFACTS}/${given.experiment}/${deleted}/artifacts/a`, 'x')).status, 400);
    assert.ok(given.server.store.size() - before < 500_000);
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
          const head = requestHead(given.server, method, target, 'Connection: close', 'Content-Length: 1');
          const answer = await raw(given.server.port, `${head}x`);
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
      await refused(get(`artifacts/list?run_id=${given.run}&path=${at}`), 400, /^Invalid path$/);
    });

  it('of a client that hangs up leave nothing', async () => {
    const incoming = () => fs.readdirSync(path.join(given.server.store.folder, 'tmp')).length;
    const head = requestHead(given.server, 'PUT', `${root()}/half.bin`, 'Content-Length: 10000000');
    const socket = net.connect(given.server.port, '127.0.0.1', () =>
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
    const response = await fetch(`${given.server.url}${root()}/noise.bin`, { headers: headers() });
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
      const response = await fetch(`${given.server.url}${root()}/long.bin`, {
        headers: headers(),
        signal: stop.signal,
      });
      await response.body?.getReader().read();
      stop.abort();
    }
    await until('the files to be closed', () => openFiles() <= before);
    assert.deepEqual(given.server.errors, []);
  });

  it('of hundreds of megabytes pass through without being held', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 1);
    let left = 300;
    const body = new ReadableStream({ pull: (c) => (left-- > 0 ? c.enqueue(chunk) : c.close()) });
    const before = process.memoryUsage().rss;
    assert.equal((await put(`${root()}/big.bin`, body)).status, 200);
    assert.ok(process.memoryUsage().rss - before < 150 * 1024 * 1024);
    const response = await fetch(`${given.server.url}${root()}/big.bin`, { headers: headers() });
    assert.equal(response.headers.get('content-length'), String(300 * 1024 * 1024));
    let bytes = 0;
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) bytes += part.length;
    assert.equal(bytes, 300 * 1024 * 1024);
  }).timeout(60_000);

  it('come from MLflow’s pages too', async () => {
    const at = `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${given.run}&path=${encodeURIComponent('ü é/page.txt')}`;
    const send = async (target: string) => {
      const response = await fetch(given.server.url + target, {
        method: 'POST',
        headers: { ...headers(), 'content-type': 'text/plain' },
        body: 'from a page',
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    assert.deepEqual(await send(at), { status: 200, body: {} });
    const response = await fetch(`${given.server.url}${root()}/${encodeURIComponent('ü é')}/page.txt`, {
      headers: headers(),
    });
    assert.equal(await response.text(), 'from a page');
    const none = '0'.repeat(32);
    await refused(send(at.replace(given.run, none)), 404, /not found/);
    await refused(send(at.replace(/path=.*/, 'path=../x')), 400, /^Invalid path$/);
    await refused(send(at.replace(/&path=.*/, '')), 400, /^Missing value for required parameter 'path'/);
  });

  it('in several parts are declined in the words that the client knows', () =>
    refused(
      given.server.call('POST', '/api/2.0/mlflow-artifacts/mpu/create/1/a/artifacts/b', {
        path: 'b',
        num_parts: 2,
      }),
      501,
      /^Multipart upload is not supported for the current artifact repository/,
    ));
});
