import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { take } from '../../src/snapshot/take.js';
import type { Snapshot } from '../../src/snapshot/snapshot.js';
import type { TargetContext, TargetSettings } from '../../src/targets/context.js';
import type { ListenAddress, Listening } from '../../src/targets/listen.js';
import { codeOf, inputsOf } from '../../src/targets/shared/code.js';
import type {
  EndedStatus,
  Handle,
  Job,
  JobEnvironment,
  Target,
  TargetStatus,
} from '../../src/targets/target.js';
import { until } from '../support/until.js';

/**
 * What every target must do, tried with real jobs. The suite calls a target as the server does: what fails without a definite
 * answer is called again.
 * @param make opens the target; called again for the same context, it is the target after a restart of the server
 */
export function targetContract(
  name: string,
  make: (context: TargetContext) => Target | Promise<Target>,
  { after: done = () => undefined, ...options }: ContractOptions = {},
): void {
  describe(`the target ${name}`, function () {
    this.timeout(180_000);
    let bench: Bench;
    before(async () => {
      bench = new Bench(make, options);
      await bench.open();
    });
    after(async () => {
      await bench.close();
      done();
    });

    describe('before a job', () => {
      it('describes itself', async () => {
        const { target } = bench;
        const description = await again(() => target.describe());
        assert.deepEqual([description.name, description.kind], [target.name, target.kind]);
        assert.ok(description.label);
        assert.equal(description.ready, true, description.problem);
        assert.ok(Number.isInteger(target.slots()) && target.slots() > 0);
        assert.ok(target.pollEvery > 0);
      });

      it('has nothing against a job that can run', async () => {
        const problems = await again(() =>
          bench.target.validate(bench.spec(['/bin/sh', 'train.sh']), options.environment),
        );
        assert.deepEqual(problems, []);
      });

      it('plans a handle that is plain, always the same, and without secrets', () => {
        const job = bench.job('exit 0');
        const handle = bench.target.plan(job);
        assert.deepEqual(bench.target.plan(job), handle);
        assert.deepEqual(JSON.parse(JSON.stringify(handle)), handle);
        assert.ok(!JSON.stringify(handle).includes(job.tracking.token));
      });

      it('knows nothing of a job that was planned and no more', async () => {
        const handle = bench.target.plan(bench.job('exit 0'));
        assert.deepEqual(await bench.status(handle), { state: 'planned' });
        assert.equal((await again(() => bench.target.log(handle, 0))).length, 0);
      });
    });

    describe('a job', () => {
      it('runs the code as it was kept, in its working folder', async () => {
        const job = bench.job('cat ../data.txt; cat "here it is.txt"; ./program; pwd', {
          workingFolder: 'sub',
        });
        const handle = await bench.start(job);
        assert.equal((await bench.ended(handle)).exitCode, 0, await bench.log(handle));
        const [data, here, program, folder = ''] = (await bench.log(handle)).split('\n');
        assert.deepEqual([data, here, program], ['data', 'here', 'executable']);
        assert.equal(path.basename(folder), 'sub');
      });

      it('gets its words and variables as they are', async () => {
        const words = ['a b', '', `it's "quoted"`, '$HOME', '*', 'ünï\n2'];
        const own = { PLAIN: 'x', ODD: `a 'b' "c" $d \\ \n e` };
        const show = `printf '<%s>' "$PLAIN" "$ODD" "$TRAINYARD_RUN_ID" "$@"`;
        const job = bench.job(show, { words, own });
        const handle = await bench.start(job);
        await bench.ended(handle);
        const expected = [own.PLAIN, own.ODD, job.id, ...words].map((word) => `<${word}>`).join('');
        assert.equal(await bench.log(handle), expected);
      });

      it('gets its secrets, and they are nowhere on the disk', async () => {
        const secret = randomUUID();
        const handle = await bench.start(bench.job('printf %s "$SECRET" | wc -c'), { SECRET: secret });
        await bench.ended(handle);
        assert.equal((await bench.log(handle)).trim(), String(secret.length));
        assert.deepEqual(bench.filesWith(secret), []);
      });

      it('reaches its tracking server with its token', async () => {
        const { asks = [process.execPath, '--input-type=module', '-e', ASKS] } = options;
        const handle = await bench.start(bench.job('', { command: asks }), { TOKEN: 'the token of the run' });
        await bench.ended(handle);
        assert.equal((await bench.log(handle)).trim(), 'GET /x Bearer the token of the run');
      });

      it('tells its exit code and its times', async () => {
        const before = Date.now();
        const handle = await bench.start(bench.job('exit 3'));
        const { exitCode, cause, startedAt = 0, endedAt } = await bench.ended(handle);
        assert.deepEqual([exitCode, cause], [3, 'exit']);
        // Clocks of two machines differ.
        assert.ok(startedAt > before - 60_000 && startedAt <= endedAt && endedAt < Date.now() + 60_000);
      });

      it('has failed when its program is not there', async () => {
        const handle = await bench.start(bench.job('', { command: ['no-such-program'] }));
        const { exitCode, cause } = await bench.ended(handle);
        assert.ok(cause === 'spawn-failed' || (exitCode !== null && exitCode !== 0), `${cause} ${exitCode}`);
        assert.match(await bench.log(handle), /no-such-program/);
      });

      it('ends at its timeout', async () => {
        const handle = await bench.start(bench.job('echo begun; sleep 60', { timeout: 1 }));
        assert.equal((await bench.ended(handle)).cause, 'timeout');
        assert.equal(await bench.log(handle), 'begun\n');
      });
    });

    describe('the log', () => {
      it('has both streams, byte for byte', async () => {
        const print = String.raw`printf 'one\r\ntwo\rthree\n'; printf '\377\000\001 err\n' >&2; printf end`;
        const handle = await bench.start(bench.job(print));
        await bench.ended(handle);
        const expected = Buffer.concat([
          Buffer.from('one\r\ntwo\rthree\n'),
          Buffer.from([0xff, 0, 1]),
          Buffer.from(' err\nend'),
        ]);
        assert.deepEqual(Buffer.from(await bench.bytes(handle)), expected);
      });

      it('is there while the job runs, from any byte on', async () => {
        const handle = await bench.start(
          bench.job('echo first; while [ ! -e go ]; do sleep 0.1; done; echo last'),
        );
        await until('the first line', async () => (await bench.log(handle)) === 'first\n');
        assert.deepEqual((await bench.status(handle)).state, 'running');
        assert.equal(Buffer.from(await again(() => bench.target.log(handle, 3))).toString(), 'st\n');
        assert.equal((await again(() => bench.target.log(handle, 6))).length, 0);
        assert.equal((await again(() => bench.target.log(handle, 1_000_000))).length, 0);
        await again(() => bench.target.cancel(handle));
        await bench.ended(handle);
        assert.ok((await bench.log(handle)).startsWith('first\n'));
      });

      it('may be long', async () => {
        const handle = await bench.start(
          bench.job('i=0; while [ $i -lt 60000 ]; do echo "line $i"; i=$((i+1)); done'),
        );
        await bench.ended(handle);
        const lines = (await bench.log(handle)).trimEnd().split('\n');
        assert.deepEqual([lines.length, lines.at(-1)], [60_000, 'line 59999']);
      });
    });

    describe('where jobs stand', () => {
      it('is told for many, in their order', async () => {
        const planned = bench.target.plan(bench.job('exit 0'));
        const five = await bench.start(bench.job('exit 5'));
        const running = await bench.start(bench.job('sleep 60'));
        await bench.ended(five);
        await until('the job to run', async () => (await bench.status(running)).state === 'running');
        const statuses = await again(() => bench.target.status([planned, running, five, planned]));
        assert.deepEqual(
          statuses.map((status) => (status.state === 'ended' ? status.exitCode : status.state)),
          ['planned', 'running', 5, 'planned'],
        );
        assert.deepEqual(await again(() => bench.target.status([])), []);
        await again(() => bench.target.cancel(running));
        await bench.ended(running);
      });

      it('is found by the handle alone after a restart', async () => {
        const job = bench.job('echo made > made.txt; echo begun; sleep 2; exit 7');
        const handle = JSON.parse(JSON.stringify(await bench.start(job))) as Handle;
        await until('the first line', async () => (await bench.log(handle)) === 'begun\n');
        await bench.restart([handle]);
        assert.equal((await bench.status(handle)).state, 'running');
        // A server that was killed does not know that it had started the job.
        await again(() => bench.target.start(job, handle, {}));
        assert.equal((await bench.ended(handle)).exitCode, 7);
        assert.equal(await bench.log(handle), 'begun\n');
        assert.equal((await bench.outputs(handle)).get('made.txt')?.toString(), 'made\n');
      });

      it('does not change when a job is started again: it runs once', async () => {
        const job = bench.job('echo "run $$"; sleep 1');
        const handle = bench.target.plan(job);
        await Promise.all([1, 2, 3].map(() => again(() => bench.target.start(job, handle, {}))));
        await again(() => bench.target.start(job, handle, {}));
        const ended = await bench.ended(handle);
        await again(() => bench.target.start(job, handle, {}));
        await sleep(500);
        assert.deepEqual(await bench.status(handle), ended);
        assert.match(await bench.log(handle), /^run \d+\n$/);
      });
    });

    describe('a cancel', () => {
      it('lets the job end by itself', async () => {
        const save = `trap 'echo saved; exit 0' TERM; echo ready; while :; do sleep 0.1; done`;
        const handle = await bench.start(bench.job(save));
        await until('the job to listen', async () => (await bench.log(handle)) === 'ready\n');
        await again(() => bench.target.cancel(handle));
        await again(() => bench.target.cancel(handle));
        assert.equal((await bench.ended(handle)).cause, 'cancelled');
        assert.match(await bench.log(handle), /saved/);
      });

      it('ends by force, after the grace time, one that does not listen', async () => {
        const handle = await bench.start(bench.job(`trap '' TERM; echo ready; while :; do sleep 0.1; done`));
        await until('the job to listen', async () => (await bench.log(handle)) === 'ready\n');
        await again(() => bench.target.cancel(handle));
        assert.equal((await bench.ended(handle)).cause, 'cancelled');
      });

      it('that comes before the start keeps the job from running', async () => {
        const job = bench.job('echo ran');
        const handle = bench.target.plan(job);
        await again(() => bench.target.cancel(handle));
        await again(() => bench.target.start(job, handle, {}));
        await sleep(1000);
        const status = await bench.status(handle);
        assert.ok(
          status.state === 'planned' || (status.state === 'ended' && status.cause === 'cancelled'),
          status.state,
        );
        assert.equal(await bench.log(handle), '');
      });

      it('that comes after the end changes nothing', async () => {
        const handle = await bench.start(bench.job('exit 4'));
        const ended = await bench.ended(handle);
        await again(() => bench.target.cancel(handle));
        assert.deepEqual(await bench.status(handle), ended);
      });
    });

    describe('the outputs', () => {
      it('are what the job wrote for that, and what it made or changed in its code', async () => {
        const write = [
          'mkdir -p "$TRAINYARD_OUTPUT/deep/er"',
          'echo one > "$TRAINYARD_OUTPUT/one.txt"',
          ': > "$TRAINYARD_OUTPUT/deep/er/empty"',
          'head -c 3000000 /dev/zero > "$TRAINYARD_OUTPUT/large.bin"',
          'sleep 1',
          'echo two > sub/two.txt',
          'echo changed > data.txt',
          String.raw`printf '\000\001\377' > bytes.bin`,
        ];
        const handle = await bench.start(bench.job(write.join('\n')));
        assert.equal((await bench.ended(handle)).exitCode, 0);
        for (const files of [await bench.outputs(handle), await bench.outputs(handle)]) {
          assert.deepEqual([...files.keys()].sort(), [
            'bytes.bin',
            'data.txt',
            'deep/er/empty',
            'large.bin',
            'one.txt',
            'sub/two.txt',
          ]);
          assert.equal(files.get('data.txt')?.toString(), 'changed\n');
          assert.equal(files.get('deep/er/empty')?.length, 0);
          assert.equal(files.get('large.bin')?.length, 3_000_000);
          assert.deepEqual(files.get('bytes.bin'), Buffer.from([0, 1, 255]));
        }
      });

      it('may be none', async () => {
        const handle = await bench.start(bench.job('exit 1'));
        await bench.ended(handle);
        assert.equal((await bench.outputs(handle)).size, 0);
      });

      it('are released as often as it takes, and the end of the job is known after that', async () => {
        const handle = await bench.start(bench.job('echo x > x.txt; exit 6'));
        const ended = await bench.ended(handle);
        await bench.outputs(handle);
        for (let n = 0; n < 2; n++) await again(async () => bench.target.release?.(handle));
        assert.deepEqual(await bench.status(handle), ended);
      });
    });
  });
}

/** What a kind of target needs to run the jobs of the suite. */
export interface ContractOptions {
  after?: () => void;
  /** What its jobs run in; default: nothing in particular. */
  environment?: JobEnvironment;
  /** Prints what `$MLFLOW_TRACKING_URI/x` answers to the token in `$TOKEN`; default: by Node. */
  asks?: readonly string[];
  settings?: TargetSettings;
}

const ASKS = `const { MLFLOW_TRACKING_URI: url, TOKEN } = process.env;
  const answer = await fetch(url + '/x', { headers: { authorization: 'Bearer ' + TOKEN } });
  console.log(await answer.text());`;

interface JobParts {
  workingFolder?: string;
  command?: readonly string[];
  words?: readonly string[];
  own?: Record<string, string>;
  timeout?: number;
}

function trackingServer(admits: ListenAddress['admits'] = () => Promise.resolve(true)): http.Server {
  return http.createServer(({ method, url, headers, socket }, response) => {
    void admits(socket.remoteAddress ?? '').then((isAdmitted) =>
      isAdmitted ? response.end(`${method} ${url} ${headers.authorization}`) : socket.destroy(),
    );
  });
}

/** A project, its snapshots, a tracking server, and the target over them. */
class Bench {
  target!: Target;
  private readonly root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-contract-')));
  private readonly project = path.join(this.root, 'project');
  private readonly make: (context: TargetContext) => Target | Promise<Target>;
  private readonly started: Handle[] = [];
  private snapshot!: Snapshot;
  private readonly tracking = trackingServer();
  private readonly more: http.Server[] = [];
  private readonly options: ContractOptions;
  private readonly context: TargetContext = {
    home: path.join(this.root, 'home'),
    log: pino({ level: 'silent' }),
    settings: () => ({ parallelJobs: 4, ...this.options.settings }),
    jobFolder: (id) => path.join(this.root, 'home', 'jobs', id),
    listen: (address) => this.listen(address),
  };

  constructor(make: (context: TargetContext) => Target | Promise<Target>, options: ContractOptions) {
    this.make = make;
    this.options = options;
  }

  /** As the server of the workspace does. */
  private async listen(address: ListenAddress): Promise<Listening> {
    const server = trackingServer(address.admits);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      if ('listener' in address) server.listen(address.listener, resolve);
      else if ('socket' in address) server.listen(address.socket, resolve);
      else server.listen(address.port ?? 0, address.host, resolve);
    });
    this.more.push(server);
    const close = () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    if ('listener' in address) return { url: `http://127.0.0.1:${address.port}`, close };
    if ('socket' in address) return { close };
    return { url: `http://${address.host}:${(server.address() as AddressInfo).port}`, close };
  }

  async open(): Promise<void> {
    fs.mkdirSync(path.join(this.project, 'sub'), { recursive: true });
    fs.mkdirSync(this.context.home);
    fs.writeFileSync(path.join(this.project, 'data.txt'), 'data\n');
    fs.writeFileSync(path.join(this.project, 'sub/here it is.txt'), 'here\n');
    fs.writeFileSync(path.join(this.project, 'sub/program'), '#!/bin/sh\necho executable\n', { mode: 0o755 });
    execFileSync('git', ['init', '-q'], { cwd: this.project });
    this.snapshot = await take({
      runId: randomUUID().replaceAll('-', ''),
      folder: this.project,
      hiddenRoot: path.join(this.context.home, 'snapshots'),
      sizeLimit: 1e8,
      message: 'contract',
    });
    // What the person does after the submit is none of the job's.
    fs.writeFileSync(path.join(this.project, 'data.txt'), 'edited\n');
    await new Promise<void>((resolve) => this.tracking.listen(0, '127.0.0.1', resolve));
    await this.restart([]);
  }

  async restart(handles: readonly Handle[]): Promise<void> {
    await this.target?.close?.();
    this.target = await this.make(this.context);
    this.target.recover?.(handles);
  }

  async close(): Promise<void> {
    for (const handle of this.started) {
      await again(() => this.target.cancel(handle));
      await this.ended(handle);
      await again(async () => this.target.release?.(handle));
    }
    await this.target.close?.();
    for (const server of [this.tracking, ...this.more]) server.close();
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  /** A shell script as a job. */
  job(
    script: string,
    { workingFolder = '', command, words = [], own = {}, timeout = 0 }: JobParts = {},
  ): Job {
    const { port } = this.tracking.address() as AddressInfo;
    return {
      id: randomUUID().replaceAll('-', ''),
      code: codeOf(this.snapshot, workingFolder),
      command: command ?? ['/bin/sh', '-c', script, 'sh', ...words],
      variables: { own, inherited: { PATH: process.env['PATH'] ?? '' }, inheritedInMemory: {} },
      inputs: inputsOf(this.snapshot),
      outputs: [{ variable: 'TRAINYARD_OUTPUT', path: '' }],
      ...(this.options.environment && { environment: this.options.environment }),
      parameters: {},
      data: [],
      timeout,
      grace: 1,
      tracking: { url: `http://127.0.0.1:${port}`, token: randomUUID() },
    };
  }

  spec(command: string[]) {
    return {
      kind: 'command' as const,
      codeFolder: this.project,
      workingFolder: '',
      command,
      target: this.target.name,
      experiment: 'contract',
      environmentVariables: {},
      tags: {},
    };
  }

  async start(job: Job, secrets: Record<string, string> = {}): Promise<Handle> {
    const handle = this.target.plan(job);
    this.started.push(handle);
    await again(() => this.target.start(job, handle, secrets));
    return handle;
  }

  async status(handle: Handle): Promise<TargetStatus> {
    const statuses = await again(() => this.target.status([handle]));
    assert.equal(statuses.length, 1);
    return statuses[0] as TargetStatus;
  }

  ended(handle: Handle): Promise<EndedStatus> {
    return until('the end of the job', async () => {
      const status = await this.status(handle);
      return status.state === 'ended' ? status : undefined;
    });
  }

  async bytes(handle: Handle): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for (let at = 0; ;) {
      const chunk = await again(() => this.target.log(handle, at));
      if (chunk.length === 0) return Buffer.concat(chunks);
      chunks.push(chunk);
      at += chunk.length;
    }
  }

  async log(handle: Handle): Promise<string> {
    return Buffer.from(await this.bytes(handle)).toString();
  }

  /** The files that the target hands over, by their paths. */
  outputs(handle: Handle): Promise<Map<string, Buffer>> {
    return again(async () => {
      const files = new Map<string, Buffer>();
      await this.target.collect(handle, {
        expect: () => undefined,
        lost: (file, error) => assert.fail(`${file} is lost: ${String(error)}`),
        async file(name, content) {
          if (content instanceof Uint8Array) files.set(name, Buffer.from(content));
          else if ('file' in content) files.set(name, fs.readFileSync(content.file));
          else files.set(name, await buffer(content));
        },
      });
      return files;
    });
  }

  /** Files of this machine that hold a text. */
  filesWith(text: string): string[] {
    return fs
      .readdirSync(this.context.home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => fs.readFileSync(file).includes(text));
  }
}

const MOST_TRIES = 10;

/** As the server does with what gave no answer. */
async function again<T>(call: () => Promise<T>): Promise<T> {
  for (let left = MOST_TRIES; ; left--) {
    try {
      return await call();
    } catch (error) {
      if (left === 1 || error instanceof assert.AssertionError) throw error;
    }
    await sleep(20);
  }
}
