import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { TrainyardError } from '../../../src/base/errors.js';
import type { JobSpec } from '../../../src/job/spec.js';
import { foldersOf } from '../../../src/server/jobs/folders.js';
import { LogMirror } from '../../../src/server/jobs/log-mirror.js';
import { nextToStart } from '../../../src/server/jobs/queue.js';
import { Retries } from '../../../src/server/jobs/retries.js';
import { JobService } from '../../../src/server/jobs/service.js';
import { isActive, type JobRecord } from '../../../src/server/store/jobs.js';
import { Store } from '../../../src/server/store/store.js';
import type { TargetKind } from '../../../src/targets/context.js';
import { Targets } from '../../../src/targets/targets.js';
import { MemoryTarget } from '../../support/memory-target.js';
import { until } from '../../support/until.js';

/** The job service over a real store and project, with targets in memory: no process is started. */
class Scratch {
  readonly root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-scheduler-')));
  readonly home = path.join(this.root, 'home');
  readonly project = path.join(this.root, 'project');
  readonly target = new MemoryTarget();
  readonly other = new MemoryTarget('other');
  kinds: TargetKind[] = [
    { kind: 'memory', load: () => Promise.resolve({ open: () => [this.target, this.other] }) },
  ];
  store!: Store;
  service!: JobService;

  constructor() {
    fs.mkdirSync(this.project);
    fs.writeFileSync(path.join(this.project, 'train.py'), 'print()\n');
    execFileSync('git', ['init', '-q'], { cwd: this.project });
    this.open();
  }

  open(): void {
    const { home } = this;
    this.store = Store.open(path.join(home, 'store'));
    const log = pino({ level: process.env['TRAINYARD_LOG'] ?? 'silent' });
    const settings = () => ({
      parallelJobs: 2,
      snapshotSizeLimit: 1e8,
      grace: 1,
      idleExit: 15,
      dataCacheLimit: 1e9,
    });
    const jobFolder = (id: string) => foldersOf(home, id).root;
    const listen = () => Promise.reject(new Error('This server listens nowhere.'));
    this.service = new JobService({
      ...{ store: this.store, home, log, settings },
      targets: new Targets(this.kinds, { home, log, settings, jobFolder, listen }),
      serverUrl: () => 'http://127.0.0.1:9',
      token: 'the-token',
    });
  }

  submit(more: Partial<JobSpec> = {}, secrets: Record<string, string> = {}): Promise<string> {
    const spec = {
      ...{ codeFolder: this.project, workingFolder: '', command: ['python', 'train.py'], target: 'memory' },
      ...{ experiment: 'e', environmentVariables: {}, tags: {}, ...more },
    } as JobSpec;
    return this.service.submit({ spec, secrets, baseEnv: {} });
  }

  job(id: string): JobRecord {
    const job = this.store.jobs.get(id);
    assert.ok(job);
    return job;
  }

  started(id: string): Promise<unknown> {
    return until('the start', () => this.target.jobs.has(id) || this.other.jobs.has(id));
  }

  state(id: string, state: JobRecord['state']): Promise<JobRecord> {
    return until(`the state ${state}`, () => this.job(id).state === state && this.job(id));
  }

  ended(id: string): Promise<JobRecord> {
    return until('the end', () => !isActive(this.job(id)) && this.job(id));
  }

  unreachable(id: string): Promise<NonNullable<JobRecord['unreachable']>> {
    return until('the run to be unreachable', () => this.job(id).unreachable);
  }

  async running(more: Partial<JobSpec> = {}): Promise<string> {
    const id = await this.submit(more);
    await this.started(id);
    this.target.run(id);
    await this.state(id, 'running');
    return id;
  }

  async shut(): Promise<void> {
    await this.service.close();
    await this.store.close();
  }

  async close(): Promise<void> {
    await this.shut();
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

const reset = () => new Error('connection reset');

describe('the scheduler', function () {
  this.timeout(20_000);
  let scratch: Scratch;
  beforeEach(() => (scratch = new Scratch()));
  afterEach(() => scratch.close());

  describe('the queue', () => {
    it('starts as many jobs as a target has slots, in their order, and the next when one has ended', async () => {
      const { target } = scratch;
      target.places = 1;
      const [first, second] = [await scratch.submit(), await scratch.submit()];
      const elsewhere = await scratch.submit({ target: 'other' });
      await scratch.started(first);
      await scratch.started(elsewhere);
      await sleep(100);
      assert.ok(!target.jobs.has(second));
      assert.equal(scratch.job(second).state, 'queued');
      target.end(first);
      await scratch.started(second);
    });

    it('refuses a job that its target cannot run, with every reason, before anything is kept', async () => {
      scratch.target.problems = ['It has no GPU.', 'The image is missing.'];
      await assert.rejects(scratch.submit(), {
        code: 'BAD_REQUEST',
        message: 'It has no GPU. The image is missing.',
        details: ['It has no GPU.', 'The image is missing.'],
      });
      assert.equal(scratch.store.runs.count(), 0);
      assert.ok(!fs.existsSync(path.join(scratch.project, '.git/refs/trainyard')));
    });

    it('asks again when the answer whether a job can run was lost, and says when there is none', async () => {
      scratch.target.failNext('validate', reset());
      await scratch.submit();
      scratch.target.cut('no route to host');
      await assert.rejects(scratch.submit(), { code: 'TARGET_UNREACHABLE', message: /no route to host/ });
      scratch.target.restore();
    });

    it('lists every target, also one that does not answer and a kind that cannot be opened', async () => {
      scratch.kinds = [
        ...scratch.kinds,
        { kind: 'broken', load: () => Promise.reject(new Error('its library is missing')) },
      ];
      await scratch.shut();
      scratch.open();
      scratch.other.cut('no route to host');
      const [memory, other, broken] = await scratch.service.compute();
      assert.deepEqual([memory?.label, memory?.ready, memory?.slots], ['memory', true, 2]);
      assert.deepEqual([other?.label, other?.ready, other?.problem], ['other', false, 'no route to host']);
      assert.deepEqual([broken?.name, broken?.ready], ['broken', false]);
      assert.match(broken?.problem ?? '', /its library is missing/);
      scratch.other.restore();
    });
  });

  describe('a target that gives no answer', () => {
    it('ends no run: it keeps its state, says since when and why, and ends as it did', async () => {
      const { target } = scratch;
      const id = await scratch.running();
      const before = Date.now();
      target.cut('ssh: no route to host');
      const { since, why } = await scratch.unreachable(id);
      assert.equal(why, 'ssh: no route to host');
      assert.ok(since >= before && since <= Date.now());
      await sleep(300);
      assert.equal(scratch.job(id).state, 'running');
      assert.equal(scratch.job(id).unreachable?.since, since);
      target.end(id, { exitCode: 3 });
      target.restore();
      const { state, exitCode, unreachable } = await scratch.ended(id);
      assert.deepEqual([state, exitCode, unreachable], ['failed', 3, undefined]);
    });

    it('is asked more and more seldom', async () => {
      const id = await scratch.running();
      scratch.target.cut('down');
      await scratch.unreachable(id);
      const asked = () => scratch.target.calls.filter((verb) => verb === 'status').length;
      const before = asked();
      await sleep(1000);
      assert.ok(asked() - before < 12, `${asked() - before} questions in a second`);
      scratch.target.restore();
    });

    it('is no word of one lost answer', async () => {
      const id = await scratch.running();
      const seen: unknown[] = [];
      scratch.store.onChange(() => seen.push(scratch.store.jobs.get(id)?.unreachable));
      scratch.target.failNext('status', reset());
      scratch.target.failNext('log', reset());
      await sleep(200);
      scratch.target.end(id);
      await scratch.ended(id);
      assert.deepEqual(seen.filter(Boolean), []);
    });

    it('is told of one job, and the others go on', async () => {
      const { target } = scratch;
      const [lost, fine] = [await scratch.running(), await scratch.running()];
      target.get(lost).status = { state: 'unreachable', why: 'its node is down' };
      assert.equal((await scratch.unreachable(lost)).why, 'its node is down');
      target.end(fine);
      assert.equal((await scratch.ended(fine)).state, 'finished');
      assert.equal(scratch.job(lost).state, 'running');
    });

    it('keeps a run that was known to be unreachable across a restart', async () => {
      const id = await scratch.running();
      scratch.target.cut('down');
      const { since } = await scratch.unreachable(id);
      await scratch.shut();
      scratch.open();
      await scratch.service.recover();
      await sleep(100);
      assert.equal(scratch.job(id).unreachable?.since, since);
      scratch.target.restore();
      scratch.target.end(id);
      assert.equal((await scratch.ended(id)).state, 'finished');
    });

    it('can be given up by a person, and only then', async () => {
      const id = await scratch.running();
      await assert.rejects(scratch.service.markEnded(id), { code: 'BAD_REQUEST' });
      scratch.target.cut('down');
      await scratch.unreachable(id);
      await scratch.service.markEnded(id);
      const { state, reason } = await scratch.ended(id);
      assert.equal(state, 'failed');
      assert.match(reason ?? '', /marked as ended while memory did not answer/);
      scratch.target.restore();
      await sleep(100);
      assert.equal(scratch.job(id).state, 'failed');
    });
  });

  describe('a start', () => {
    it('whose answer was lost is not repeated', async () => {
      const { target } = scratch;
      target.failNext('start', reset(), true);
      const id = await scratch.submit();
      await scratch.started(id);
      target.run(id);
      await scratch.state(id, 'running');
      assert.deepEqual(
        target.calls.filter((verb) => verb === 'start'),
        ['start'],
      );
    });

    it('that did not arrive is repeated with the same handle and its secrets', async () => {
      const { target } = scratch;
      for (let n = 0; n < 3; n++) target.failNext('start', reset());
      const id = await scratch.submit({}, { KEY: 'k' });
      await scratch.started(id);
      assert.equal(target.get(id).secrets['KEY'], 'k');
      assert.ok(target.get(id).secrets['MLFLOW_TRACKING_TOKEN']?.startsWith(`${id}.`));
      target.end(id);
      assert.equal((await scratch.ended(id)).state, 'finished');
    });

    it('that the target refuses is the job’s failure, in its words', async () => {
      scratch.target.failNext(
        'start',
        new TrainyardError('TARGET_FAILED', 'The disk is full.', { hint: 'Free some.' }),
      );
      const { state, reason, cause } = await scratch.ended(await scratch.submit());
      assert.deepEqual([state, reason, cause?.hint], ['failed', 'The disk is full.', 'Free some.']);
    });

    it('of a job that a server which was killed had given to the target is not repeated', async () => {
      scratch.target.failNext('start', reset(), true);
      const id = await scratch.submit();
      await scratch.started(id);
      await scratch.shut();
      scratch.open();
      await scratch.service.recover();
      scratch.target.end(id, { exitCode: 0 });
      assert.equal((await scratch.ended(id)).state, 'finished');
      assert.equal(scratch.target.calls.filter((verb) => verb === 'start').length, 1);
    });

    it('never follows when a job ran and its target has lost it', async () => {
      const id = await scratch.running();
      scratch.target.jobs.delete(id);
      const { state, reason } = await scratch.ended(id);
      assert.equal(state, 'failed');
      assert.match(reason ?? '', /memory has lost it/);
      assert.ok(!scratch.target.jobs.has(id));
    });
  });

  describe('a job that waits at its target', () => {
    it('says for what, until it runs', async () => {
      const { target } = scratch;
      const id = await scratch.submit();
      await scratch.started(id);
      target.get(id).status = { state: 'waiting', why: 'for a GPU' };
      await until('what it waits for', () => scratch.job(id).waiting === 'for a GPU');
      assert.equal(scratch.job(id).state, 'preparing');
      target.run(id);
      assert.equal((await scratch.state(id, 'running')).waiting, undefined);
      target.end(id);
    });
  });

  describe('a cancel', () => {
    it('is repeated until the target has taken it, and then no more', async () => {
      const { target } = scratch;
      const id = await scratch.running();
      for (let n = 0; n < 4; n++) target.failNext('cancel', reset());
      await scratch.service.cancel(id);
      assert.ok(!target.get(id).cancelled);
      await until('the cancel', () => target.get(id).cancelled);
      await sleep(100);
      assert.equal(target.calls.filter((verb) => verb === 'cancel').length, 5);
      assert.equal(scratch.job(id).state, 'running');
      target.end(id, { cause: 'cancelled', exitCode: null });
      assert.equal((await scratch.ended(id)).state, 'cancelled');
    });

    it('outlives the server', async () => {
      const { target } = scratch;
      const id = await scratch.running();
      target.cut('down');
      await scratch.service.cancel(id);
      await scratch.shut();
      scratch.open();
      await scratch.service.recover();
      target.restore();
      await until('the cancel', () => target.get(id).cancelled);
      target.end(id, { cause: 'cancelled', exitCode: null });
      await scratch.ended(id);
    });

    it('of a job that never arrived ends it without a start', async () => {
      const { target } = scratch;
      for (let n = 0; n < 50; n++) target.failNext('start', reset());
      const id = await scratch.submit();
      await until('the first try', () => target.calls.includes('start'));
      await scratch.service.cancel(id);
      assert.equal((await scratch.ended(id)).state, 'cancelled');
      assert.ok(!target.jobs.has(id));
    });
  });

  describe('what a job leaves', () => {
    it('is its log, byte by byte, and metrics by its patterns, over a line that drops calls', async () => {
      const { target } = scratch;
      const id = await scratch.running({ metrics: [{ name: 'loss', regex: 'loss=(\\S+)' }] });
      const job = target.get(id);
      job.log = 'loss=0.5\n';
      target.failNext('log', reset());
      target.failNext('log', reset());
      const value = () => scratch.store.metrics.summaries(id)['loss'];
      await until('the first value', () => value()?.value === 0.5);
      job.log += 'loss=0.25\nä end without a line break';
      target.failNext('log', reset());
      target.end(id);
      await scratch.ended(id);
      assert.equal(fs.readFileSync(scratch.service.logFile(id), 'utf8'), job.log);
      assert.deepEqual([value()?.value, value()?.count], [0.25, 2]);
    });

    it('is read on by the next server where the one before it ended', async () => {
      const { target } = scratch;
      const id = await scratch.running();
      target.get(id).log = 'before\n';
      const log = () => {
        const file = scratch.service.logFile(id);
        return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
      };
      await until('the first line', () => log() === 'before\n');
      await scratch.shut();
      target.get(id).log += 'after\n';
      target.end(id);
      scratch.open();
      await scratch.service.recover();
      await scratch.ended(id);
      assert.equal(log(), 'before\nafter\n');
    });

    it('is there once, though two servers fetch it for a moment', async () => {
      const { target } = scratch;
      const id = await scratch.running();
      await until('the handle', () => scratch.store.jobs.get(id)?.handle !== undefined);
      target.get(id).log = 'one\ntwo\nthree\n';
      const job = scratch.store.jobs.get(id)!;
      const home = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-mirror-'));
      const [closing, next] = [new LogMirror(home), new LogMirror(home)];
      await Promise.all([closing.fetch(job, target, true), next.fetch(job, target, true)]);
      assert.equal(fs.readFileSync(next.file(id), 'utf8'), target.get(id).log);
      fs.rmSync(home, { recursive: true });
    });

    it('is all of its files, though handing them over was cut off', async () => {
      const { target } = scratch;
      const id = await scratch.running();
      target.get(id).files = { 'model.bin': 'weights', 'deep/notes.txt': 'n' };
      for (let n = 0; n < 5; n++) target.failNext('collect', reset());
      target.end(id);
      const { state, reason } = await scratch.ended(id);
      assert.deepEqual([state, reason], ['finished', undefined]);
      const { artifacts } = scratch.store;
      const read = (name: string) => {
        const file = artifacts.stat(`runs/${id}`, `outputs/${name}`)?.file;
        return file && fs.readFileSync(file, 'utf8');
      };
      assert.deepEqual([read('model.bin'), read('deep/notes.txt')], ['weights', 'n']);
      await until('the release', () => scratch.target.released.includes(id));
    });

    it('is said to be lost when the target says so', async () => {
      const { target } = scratch;
      const id = await scratch.running();
      target.get(id).files = { 'a.txt': 'a' };
      target.failNext('collect', new TrainyardError('NOT_FOUND', 'Its volume was deleted.'));
      target.end(id);
      const { state, reason } = await scratch.ended(id);
      assert.equal(state, 'finished');
      assert.match(reason ?? '', /Its volume was deleted/);
    });

    it('climbs nowhere', async () => {
      const { target } = scratch;
      const id = await scratch.running();
      target.get(id).files = {
        '../../evil.txt': 'x',
        '/etc/x': 'x',
        'events.out.tfevents.1/../../../e': 'x',
        'ok.txt': 'x',
      };
      target.end(id);
      const { state, reason } = await scratch.ended(id);
      assert.equal(state, 'finished');
      assert.match(reason ?? '', /evil\.txt was not kept/);
      const kept = scratch.store.artifacts.list(`runs/${id}`, 'outputs').map(({ name }) => name);
      assert.deepEqual(kept, ['ok.txt']);
    });
  });
});

describe('nextToStart', () => {
  const job = (runId: string, state: JobRecord['state'], more: object = {}) => ({
    ...{ runId, state, cancelRequested: false },
    ...more,
  });

  it('takes those that wait, as many as there is room for', () => {
    const jobs = [
      job('a', 'running', { handle: {} }),
      job('b', 'queued'),
      job('c', 'queued'),
      job('d', 'queued'),
    ];
    const next = (slots: number, ...supervised: string[]) =>
      nextToStart(jobs, slots, new Set(supervised)).map(({ runId }) => runId);
    assert.deepEqual(next(3), ['b', 'c']);
    assert.deepEqual(next(3, 'b'), ['c']);
    assert.deepEqual(next(1), []);
    assert.deepEqual(next(0), []);
  });

  it('counts no job that is collected, and passes over one that is cancelled', () => {
    const jobs = [
      job('a', 'collecting', { handle: {} }),
      job('b', 'queued', { cancelRequested: true }),
      job('c', 'queued'),
    ];
    assert.deepEqual(
      nextToStart(jobs, 1, new Set()).map(({ runId }) => runId),
      ['c'],
    );
  });
});

describe('Retries', () => {
  it('wait twice as long after each failure, half a minute at most, and begin anew after a success', () => {
    const retries = new Retries();
    const waits = [];
    for (let now = 0, n = 0; n < 9; n++) {
      retries.failure('a', 300, now);
      let wait = 0;
      while (!retries.isDue('a', now + wait)) wait += 50;
      waits.push(wait);
      now += wait;
    }
    assert.deepEqual(waits, [300, 600, 1200, 2400, 4800, 9600, 19200, 30000, 30000]);
    retries.success('a');
    assert.ok(retries.isDue('a', 0));
    assert.deepEqual(retries.failure('a', 300, 7), { since: 7, count: 1, retryAt: 307 });
  });
});
