import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { TrainyardError } from '../../../src/base/errors.js';
import { findServer } from '../../../src/workspace/local/launch.js';
import type { CommandJob } from '../../../src/job/spec.js';
import { TestHome } from '../../support/home.js';
import { until } from '../../support/until.js';

/** A web server of one file, which can be told to misbehave. */
class FileServer {
  content = Buffer.alloc(0);
  etag: string | undefined = '"1"';
  /** Connections are cut after so many bytes, this often. */
  cutAfter = Infinity;
  cuts = 0;
  /** Bodies stop after so many bytes until `release`. */
  holdAt = Infinity;
  status = 200;
  readonly asked: string[] = [];
  private held: (() => void)[] = [];
  private readonly server = http.createServer((request, response) => void this.answer(request, response));

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  set(content: Buffer, etag: string | undefined): void {
    Object.assign(this, { content, etag, cutAfter: Infinity, cuts: 0, holdAt: Infinity, status: 200 });
    this.asked.length = 0;
  }

  release(): void {
    this.holdAt = Infinity;
    for (const go of this.held.splice(0)) go();
  }

  close(): void {
    this.release();
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { range = '', 'if-range': ifRange } = request.headers;
    this.asked.push([request.method, range].filter(Boolean).join(' '));
    if (this.status !== 200) return void response.writeHead(this.status).end();
    const from = ifRange === this.etag ? Number(/bytes=(\d+)-/.exec(range)?.[1] ?? 0) : 0;
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': this.content.length - from,
      ...(this.etag && { etag: this.etag }),
      ...(from > 0 && { 'content-range': `bytes ${from}-${this.content.length - 1}/${this.content.length}` }),
    });
    if (request.method === 'HEAD') return void response.end();
    const cut = this.cuts > 0 ? this.cutAfter : Infinity;
    this.cuts--;
    const end = Math.min(this.content.length, from + cut, this.holdAt);
    response.write(this.content.subarray(from, end));
    if (this.holdAt <= end) {
      await new Promise<void>((resolve) => this.held.push(resolve));
      response.end(this.content.subarray(end));
    } else if (end < this.content.length) setTimeout(() => response.destroy(), 200);
    else response.end();
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('data of jobs', () => {
  let test: TestHome;
  let server: FileServer;
  let url: string;

  beforeEach(async () => {
    test = new TestHome();
    server = new FileServer();
    url = await server.open();
  });
  afterEach(async () => {
    server.close();
    await test.close();
  });

  /** Prints the digest of what it reads. */
  const spec = (input: string, more: Partial<CommandJob> = {}): CommandJob => ({
    kind: 'command',
    codeFolder: test.project,
    workingFolder: '',
    command: ['sh', '-c', 'sha256sum < "$1"; basename "$1"', 'sh', '${{inputs.rows}}'],
    inputs: { rows: { type: 'uri_file', path: input } },
    target: 'local',
    experiment: 'data',
    environmentVariables: {},
    tags: {},
    ...more,
  });
  const submit = (input: string, more: Partial<CommandJob> = {}) =>
    test.workspace.jobs.submit(spec(input, more));
  const finished = async (id: string) => {
    const run = await test.ended(id);
    assert.equal(run.state, 'finished', run.job?.reason);
    return run;
  };
  const bodies = () => server.asked.filter((each) => each.startsWith('GET'));

  it('comes from a web server once, and is told of in the run', async () => {
    server.set(randomBytes(3_000_000), '"a"');
    const first = await submit(`${url}/rows%20a.csv?sig=secret`);
    await finished(first.id);
    assert.equal(await test.log(first.id), `${sha256(server.content)}  -\nrows a.csv\n`);
    await finished((await submit(`${url}/rows%20a.csv?sig=other`)).id);
    assert.deepEqual(bodies(), ['GET']);
    const [dataset] = (await test.workspace.run(first.id)).inputs ?? [];
    assert.equal(dataset?.name, 'rows');
    assert.equal(dataset?.digest, sha256(server.content).slice(0, 36));
    assert.match(JSON.stringify(dataset), /rows%20a\.csv/);
    assert.doesNotMatch(JSON.stringify(dataset), /secret/);
    const { port, token } = (await findServer(test.home)) ?? assert.fail('The server is gone.');
    const answer = await fetch(`http://127.0.0.1:${port}/api/2.0/mlflow/runs/get?run_id=${first.id}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const told = await answer.text();
    assert.match(told, /rows%20a\.csv/);
    assert.doesNotMatch(told, /secret/);
  });

  it('is got anew when it has changed', async () => {
    for (const etag of ['"a"', '"b"']) {
      server.set(randomBytes(1000), etag);
      const { id } = await submit(`${url}/rows.csv`);
      await finished(id);
      assert.equal((await test.log(id)).slice(0, 64), sha256(server.content));
    }
  });

  it('is gone on with where a connection was cut', async () => {
    server.set(randomBytes(2_000_000), '"a"');
    Object.assign(server, { cuts: 3, cutAfter: 300_000 });
    const { id } = await submit(`${url}/rows.csv`);
    await finished(id);
    assert.equal((await test.log(id)).slice(0, 64), sha256(server.content));
    assert.deepEqual(bodies()[0], 'GET');
    assert.ok(
      bodies()
        .slice(1)
        .every((each) => /^GET bytes=[1-9]\d*-$/.test(each)),
      bodies().join(),
    );
  });

  it('is one download for jobs at the same time', async () => {
    server.set(randomBytes(500_000), '"a"');
    server.holdAt = 100_000;
    const ids = (await Promise.all([submit(`${url}/rows.csv`), submit(`${url}/rows.csv`)])).map(
      ({ id }) => id,
    );
    for (const id of ids)
      await until('both wait', async () => (await test.workspace.run(id)).job?.waiting, 30_000);
    server.release();
    for (const id of ids) {
      await finished(id);
      assert.equal((await test.log(id)).slice(0, 64), sha256(server.content));
    }
    assert.deepEqual(bodies(), ['GET']);
  });

  it('keeps no other job waiting, says how far it is, and ends with a cancel', async () => {
    server.set(randomBytes(4_000_000), '"a"');
    server.holdAt = 1_200_000;
    const waiting = [await submit(`${url}/rows.csv`), await submit(`${url}/rows.csv`)];
    const told = async () => {
      const run = await test.workspace.run(waiting[0]!.id);
      return run.job?.waiting === 'Downloading rows (1.2 of 4 MB)' ? run : undefined;
    };
    assert.equal((await until('the progress', told, 30_000)).state, 'queued');
    await finished((await submit(path.join(test.project, 'README.md'))).id);
    for (const { id } of waiting) {
      await test.workspace.jobs.cancel(id);
      assert.equal((await test.ended(id)).state, 'cancelled');
    }
  });

  it('is downloaded for four jobs at once, in their order; one that waits can be cancelled', async () => {
    server.set(randomBytes(200_000), '"a"');
    server.holdAt = 100_000;
    const ids: string[] = [];
    for (const n of [1, 2, 3, 4, 5, 6]) {
      const { id } = await submit(`${url}/rows-${n}.csv`);
      ids.push(id);
      await until(`job ${n} waits`, async () => (await test.workspace.run(id)).job?.waiting, 30_000);
    }
    await until('four downloads', () => Promise.resolve(bodies().length === 4), 30_000);
    const waiting = async (n: number) => (await test.workspace.run(ids[n - 1] as string)).job?.waiting;
    assert.match((await waiting(4)) ?? '', /^Downloading rows/);
    assert.equal(await waiting(5), 'Waiting for other downloads before rows');
    await test.workspace.jobs.cancel(ids[4] as string);
    assert.equal((await test.ended(ids[4] as string)).state, 'cancelled');
    assert.equal(bodies().length, 4);
    server.release();
    for (const n of [1, 2, 3, 4, 6]) await finished(ids[n - 1] as string);
    assert.equal(bodies().length, 5);
  });

  it('is gone on with by the next server after kill -9', async () => {
    server.set(randomBytes(4_000_000), '"a"');
    server.holdAt = 2_500_000;
    const { id } = await submit(`${url}/rows.csv`);
    await until(
      'half of it',
      async () => /2\.5 of 4/.test((await test.workspace.run(id)).job?.waiting ?? ''),
      30_000,
    );
    await test.killServer();
    server.release();
    await finished(id);
    assert.equal((await test.log(id)).slice(0, 64), sha256(server.content));
    assert.match(bodies().at(-1) ?? '', /^GET bytes=2\d{6}-$/);
  });

  it('fails the job when there is nothing, and says so', async () => {
    server.set(Buffer.from('x'), '"a"');
    server.status = 404;
    const run = await test.ended((await submit(`${url}/rows.csv`)).id);
    assert.equal(run.state, 'failed');
    assert.match(run.job?.reason ?? '', /The input rows: There is nothing at http:.*rows\.csv.*404/);
    assert.match(run.job?.cause?.hint ?? '', /Check the address/);
  });

  it('fails the job when nobody answers, and says so', async () => {
    server.close();
    const run = await test.ended((await submit(`${url}/rows.csv`)).id);
    assert.equal(run.state, 'failed');
    assert.match(run.job?.reason ?? '', /could not be read: .*ECONNREFUSED/);
  });

  it('that is larger than the cache is refused, and what nobody reads makes room', async () => {
    await test.workspace.changeSettings({ dataCacheLimit: 2_500_000 });
    const names = ['a', 'b', 'c'];
    for (const name of names) {
      server.set(randomBytes(1_000_000), `"${name}"`);
      await finished((await submit(`${url}/${name}.csv`)).id);
    }
    const cache = path.join(test.home, 'data');
    const kept = fs
      .readdirSync(cache)
      .map(
        (key) =>
          (JSON.parse(fs.readFileSync(path.join(cache, key, 'entry.json'), 'utf8')) as { uri: string }).uri,
      );
    assert.deepEqual(kept.map((uri) => uri.slice(-5)).sort(), ['b.csv', 'c.csv']);
    server.set(randomBytes(3_000_000), '"d"');
    const run = await test.ended((await submit(`${url}/d.csv`)).id);
    assert.match(run.job?.reason ?? '', /d\.csv has 3 MB, but at most 2\.5 MB of downloaded data are kept/);
  });

  it('is named by version, and the run says which one it read', async () => {
    const file = path.join(test.root, 'rows.csv');
    fs.writeFileSync(file, 'old');
    const create = (at: string) => test.workspace.data.create({ name: 'rows', type: 'uri_file', path: at });
    await create(file);
    const newer = path.join(test.root, 'newer.csv');
    fs.writeFileSync(newer, 'new');
    await create(newer);
    const { id } = await submit('azureml:rows@latest');
    assert.deepEqual((await test.workspace.jobs.spec(id)).inputs?.rows?.path, 'azureml:rows:2');
    const run = await finished(id);
    assert.equal((await test.log(id)).slice(0, 64), sha256(Buffer.from('new')));
    const [input] = run.inputs ?? (await test.workspace.run(id)).inputs ?? [];
    assert.deepEqual([input?.name, input?.version], ['rows', '2']);
    const older = await submit('azureml:rows:1');
    await finished(older.id);
    const readers = async (version: string) =>
      (await test.workspace.data.runs('rows', version)).map((run) => run.id);
    assert.deepEqual([await readers('2'), await readers('1')], [[id], [older.id]]);
    for (const wrong of ['azureml:rows:3', 'azureml:none@latest', 'azureml:rows@best'])
      await assert.rejects(submit(wrong), (error) => TrainyardError.is(error, 'NOT_FOUND'));
  });

  it('are files of another run', async () => {
    const first = await test.submit(
      'mkdir -p "$TRAINYARD_OUTPUT/model"; echo weights > "$TRAINYARD_OUTPUT/model/w.bin"',
    );
    await finished(first.id);
    for (const uri of [
      `runs:/${first.id}/outputs/model/w.bin`,
      `azureml://jobs/${first.id}/outputs/model/paths/w.bin`,
    ]) {
      const { id } = await submit(uri);
      await finished(id);
      assert.equal(await test.log(id), `${sha256(Buffer.from('weights\n'))}  -\nw.bin\n`);
    }
    const { id } = await submit(`runs:/${first.id}/outputs`, {
      inputs: { rows: { type: 'uri_folder', path: `runs:/${first.id}/outputs` } },
      command: ['sh', '-c', 'cd "$1" && find . -type f', 'sh', '${{inputs.rows}}'],
    });
    await finished(id);
    assert.equal(await test.log(id), './model/w.bin\n');
    for (const wrong of [`runs:/${first.id}/none`, `runs:/${'0'.repeat(32)}/outputs`])
      await assert.rejects(submit(wrong), (error) => TrainyardError.is(error, 'NOT_FOUND'));
  });

  it('is a table of the files that its MLTable names', async () => {
    const folder = path.join(test.root, 'table');
    fs.mkdirSync(folder);
    const read = async (text: string | undefined) => {
      const file = path.join(folder, 'MLTable');
      if (text === undefined) fs.rmSync(file, { force: true });
      else fs.writeFileSync(file, text);
      const { id } = await submit(folder, {
        inputs: { rows: { type: 'mltable', path: folder } },
        command: ['sh', '-c', 'cat "$1"/*.csv', 'sh', '${{inputs.rows}}'],
      });
      const run = await test.ended(id);
      return run.state === 'finished' ? test.log(id) : (run.job?.reason ?? '');
    };
    fs.writeFileSync(path.join(folder, 'a.csv'), '1,2\n');
    const transformations = 'transformations: [{read_delimited: {delimiter: ","}}]';
    assert.equal(await read(`paths: [{file: ./a.csv}, {pattern: ./*.csv}]\n${transformations}\n`), '1,2\n');
    assert.match(
      await read('paths: [{file: ./b.csv}]'),
      /The input rows: .*names \.\/b\.csv, which does not exist/,
    );
    assert.match(
      await read('paths: [{pattern: ./*.parquet}]'),
      /names \.\/\*\.parquet, which does not exist/,
    );
    assert.match(await read('paths: []'), /is not a valid table: `paths` is missing/);
    assert.match(await read('paths: [{url: x}]'), /paths\[0\] must be a file, a folder or a pattern/);
    assert.match(await read(undefined), /has no file MLTable/);
  });
});
