import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { messageOf, TrainyardError } from '../../base/errors.js';
import type { Handle, Target, TargetStatus } from '../../targets/target.js';
import type { Targets } from '../../targets/targets.js';
import { isActive, type JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import { ask, UnreachableError, whyUnreachable } from './contact.js';
import { type Ending, machineOf } from './ending.js';
import { faultOf } from './failure.js';
import type { Harvest } from './harvest.js';
import type { LogMirror } from './log-mirror.js';
import type { JobInputs } from './inputs.js';
import { nextToStart } from './queue.js';
import { Retries } from './retries.js';
import type { Starter } from './starter.js';
import type { UsageSampler } from './usage.js';

/** Milliseconds between passes when no target says when it is to be polled. */
const USUAL_POLL = 300;
/** Milliseconds between looks at a start that takes long. */
const WATCH_EVERY = 1000;
/** A target that gave no answer so often in a row is said to be unreachable: one lost answer is none of a person's business. */
const FAILURES_UNTIL_TOLD = 2;

export interface SchedulerOptions {
  store: Store;
  targets: Targets;
  log: Logger;
  starter: Starter;
  ending: Ending;
  harvest: Harvest;
  mirror: LogMirror;
  usage: UsageSampler;
  inputs: JobInputs;
}

/**
 * Moves every job that has not ended: starts those that wait when their target has room, asks the targets how the others
 * stand, and does what follows from the answers. A target that does not answer decides nothing: it is asked again.
 */
export class Scheduler {
  private readonly options: SchedulerOptions;
  private readonly store: Store;
  private readonly log: Logger;
  /** Jobs that a task of this process sees to. */
  private readonly supervised = new Set<string>();
  /** Jobs whose target has taken the request to end. */
  private readonly cancelled = new Set<string>();
  /** Targets that are being polled, and when the others are to be. */
  private readonly polling = new Set<string>();
  private readonly nextPoll = new Map<string, number>();
  private readonly retries = new Retries();
  private timer: NodeJS.Timeout | undefined;
  private passing = false;
  private passAgain = false;
  private closed = false;

  constructor(options: SchedulerOptions) {
    this.options = options;
    this.store = options.store;
    this.log = options.log;
  }

  /** Has a pass over all jobs now, and goes on with them while there are any. */
  wake(): void {
    if (this.closed) return;
    this.passAgain = this.passing;
    if (this.passing) return;
    clearTimeout(this.timer);
    this.passing = true;
    void this.pass()
      .catch((error: unknown) => this.log.error({ err: error }, 'a pass over the jobs failed'))
      .finally(() => {
        this.passing = false;
        // A job that came meanwhile does not wait.
        if (this.passAgain) this.wake();
        else this.sleep();
      });
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  /** Whether a task is at work for a job. */
  isSupervised(runId: string): boolean {
    return this.supervised.has(runId);
  }

  /** A job has ended: nothing of it is remembered. */
  forget(runId: string): void {
    this.cancelled.delete(runId);
    this.retries.success(runId);
  }

  /** Asks the target to end a job. What fails is tried again with the next poll. */
  async passCancelOn(job: JobRecord): Promise<void> {
    const { runId, handle } = job;
    if (!handle || this.cancelled.has(runId)) return;
    try {
      const target = await this.options.targets.require(job.spec.target);
      await ask(target, () => target.cancel(handle));
      this.cancelled.add(runId);
    } catch (error) {
      this.log.warn({ err: error, runId }, 'a cancel did not reach its target; it is tried again');
    }
  }

  /** Of a job that was not started. */
  finishCancelled(runId: string): Promise<void> {
    return this.finish(runId, { state: 'cancelled', reason: 'It was cancelled before it started.' });
  }

  private sleep(): void {
    if (this.closed || this.store.jobs.active().length === 0) return;
    const due = [...this.nextPoll.values()].map((at) => at - Date.now());
    const wait = Math.max(0, Math.min(USUAL_POLL, ...due));
    this.timer = setTimeout(() => this.wake(), wait);
  }

  private async pass(): Promise<void> {
    const active = this.store.jobs.active();
    const names = [...new Set(active.map(({ spec }) => spec.target))];
    for (const name of this.nextPoll.keys()) if (!names.includes(name)) this.nextPoll.delete(name);
    await Promise.all(
      names.map((name) =>
        this.passOver(
          name,
          active.filter(({ spec }) => spec.target === name),
        ),
      ),
    );
  }

  /** The jobs of one target. */
  private async passOver(name: string, jobs: readonly JobRecord[]): Promise<void> {
    let target: Target | undefined;
    try {
      const { targets } = this.options;
      target = targets.known(name) ?? (await targets.require(name));
    } catch (error) {
      await this.withoutTarget(jobs, error);
      return;
    }
    this.startNext(target, jobs);
    if (Date.now() < (this.nextPoll.get(name) ?? 0)) return;
    this.nextPoll.set(name, Date.now() + target.pollEvery);
    // What takes long for one target keeps no other waiting.
    if (!this.polling.has(name)) void this.poll(target, jobs);
  }

  /** A job that was not started cannot be; one that was may be running. */
  private async withoutTarget(jobs: readonly JobRecord[], error: unknown): Promise<void> {
    for (const job of jobs) {
      if (this.supervised.has(job.runId) || !this.retries.isDue(job.runId)) continue;
      if (job.handle || TrainyardError.is(error, 'TARGET_UNREACHABLE')) await this.unreachable(job, error);
      else this.supervise(job, () => this.fail(job.runId, error));
    }
  }

  private startNext(target: Target, jobs: readonly JobRecord[]): void {
    const waiting = jobs.filter(({ handle, runId }) => !handle && !this.supervised.has(runId));
    for (const job of waiting.filter(({ cancelRequested }) => cancelRequested))
      this.supervise(job, () => this.finishCancelled(job.runId));
    // A job that waits for its data lets those pass that do not.
    const ready = jobs.filter((job) => job.handle || job.cancelRequested || this.options.inputs.isReady(job));
    for (const job of nextToStart(ready, target.slots(), this.supervised))
      if (this.retries.isDue(job.runId)) this.supervise(job, () => this.start(job, target));
  }

  private async poll(target: Target, jobs: readonly JobRecord[]): Promise<void> {
    this.polling.add(target.name);
    try {
      await this.pollJobs(
        target,
        jobs.filter(
          ({ runId, handle }) => handle && !this.supervised.has(runId) && this.retries.isDue(runId),
        ),
      );
      await this.options.usage.sample(jobs, target);
    } catch (error) {
      this.log.error({ err: error, target: target.name }, 'polling a target failed');
    } finally {
      this.polling.delete(target.name);
    }
  }

  private async pollJobs(target: Target, jobs: readonly JobRecord[]): Promise<void> {
    if (jobs.length === 0) return;
    // One that was asked for before the job had started, or that did not get through.
    await Promise.all(jobs.filter((job) => job.cancelRequested).map((job) => this.passCancelOn(job)));
    let statuses: readonly TargetStatus[];
    try {
      statuses = await this.statusesOf(
        target,
        jobs.map(({ handle }) => handle as Handle),
      );
    } catch (error) {
      for (const job of jobs) await this.unreachable(job, error);
      return;
    }
    for (const [i, { runId }] of jobs.entries()) {
      const status = statuses[i] as TargetStatus;
      const job = this.store.jobs.get(runId);
      if (!job || !isActive(job) || this.supervised.has(runId)) continue;
      if (status.state === 'unreachable') await this.unreachable(job, new Error(status.why));
      else this.supervise(job, () => this.apply(job, target, status));
    }
  }

  private async statusesOf(target: Target, handles: readonly Handle[]): Promise<readonly TargetStatus[]> {
    const statuses = await ask(target, () => target.status(handles));
    if (statuses.length === handles.length) return statuses;
    throw new UnreachableError(`It told of ${statuses.length} jobs when asked for ${handles.length}.`);
  }

  /** One task at a time for each job. What goes wrong in it is tried again, and ends no job. */
  private supervise(job: JobRecord, task: () => Promise<void>): void {
    const { runId } = job;
    this.supervised.add(runId);
    void task()
      .catch(async (error: unknown) => {
        if (this.closed) return;
        if (error instanceof UnreachableError) return this.unreachable(job, error);
        const { count } = this.retries.failure(runId, USUAL_POLL);
        this.log.error({ err: error, runId, failures: count }, 'a step of a job failed; it is tried again');
      })
      .catch((error: unknown) => this.log.error({ err: error, runId }, 'the state of a job was not written'))
      .finally(() => this.supervised.delete(runId));
  }

  private async unreachable({ runId, spec }: JobRecord, error: unknown): Promise<void> {
    if (this.closed) return;
    const wait = this.options.targets.known(spec.target)?.pollEvery ?? USUAL_POLL;
    const { since, count } = this.retries.failure(runId, wait);
    const why = whyUnreachable(error);
    this.log.warn({ err: error, runId, target: spec.target, failures: count }, 'a target does not answer');
    const job = this.store.jobs.get(runId);
    if (!job || !isActive(job) || count < FAILURES_UNTIL_TOLD || job.unreachable?.why === why) return;
    const unreachable = { since: job.unreachable?.since ?? since, why };
    await this.store.write(() => this.store.jobs.update(runId, { unreachable }));
  }

  private async start(job: JobRecord, target: Target): Promise<void> {
    const { runId } = job;
    const stopWatching = this.watchStart(runId, target);
    try {
      if (!(await this.options.starter.start(job, target))) return await this.finishCancelled(runId);
    } catch (error) {
      if (error instanceof UnreachableError) throw error;
      this.log.error({ err: error, runId }, 'a job could not be started');
      return await this.fail(runId, error);
    } finally {
      await stopWatching();
    }
    const now = this.store.jobs.get(runId);
    if (!now?.handle || !isActive(now) || this.closed) return;
    if (now.cancelRequested) await this.passCancelOn(now);
    const [status] = await this.statusesOf(target, [now.handle]);
    if (status && status.state !== 'planned') await this.apply(now, target, status);
  }

  /** A start may take long, when it builds or fetches something first: what it waits for is told meanwhile. */
  private watchStart(runId: string, target: Target): () => Promise<void> {
    let looking: Promise<void> | undefined;
    const look = async () => {
      const job = this.store.jobs.get(runId);
      if (!job?.handle || !isActive(job)) return;
      const [status] = await this.statusesOf(target, [job.handle]);
      if (status?.state === 'waiting') await this.contact(job, status);
    };
    const timer = setInterval(
      () => {
        looking ??= look()
          .catch((error: unknown) => this.log.debug({ err: error, runId }, 'a start was not watched'))
          .finally(() => (looking = undefined));
      },
      Math.max(WATCH_EVERY, target.pollEvery),
    );
    return async () => {
      clearInterval(timer);
      await looking;
    };
  }

  /** Does what follows from how a job stands. */
  private async apply(job: JobRecord, target: Target, status: TargetStatus): Promise<void> {
    const { runId } = job;
    if (status.state === 'unreachable') throw new UnreachableError(status.why);
    if (status.state === 'planned') return this.startAgain(job, target);
    if (status.state === 'running' && job.state !== 'running') await this.running(job, target, status);
    if (status.state === 'running') await this.options.mirror.fetch(job, target);
    if (status.state === 'ended') await this.options.ending.end(job, target, status);
    else await this.contact(job, status);
    this.retries.success(runId);
    if (status.state === 'running') await this.options.harvest.read(job, target, status.startedAt);
  }

  /** The target knows nothing of a job that was given to it. */
  private async startAgain(job: JobRecord, target: Target): Promise<void> {
    const { runId } = job;
    if (job.cancelRequested && this.cancelled.has(runId)) return this.finishCancelled(runId);
    if (job.state === 'running' || job.state === 'collecting')
      return this.options.ending.finish(job, {
        state: job.cancelRequested ? 'cancelled' : 'failed',
        reason: `Its target ${target.name} has lost it: it knows nothing of the job any more.`,
      });
    // The server before was killed between writing the handle and starting the job, or the start was lost on its way.
    await this.start(job, target);
  }

  private async running(
    job: JobRecord,
    target: Target,
    { startedAt }: Extract<TargetStatus, { state: 'running' }>,
  ): Promise<void> {
    const { runId } = job;
    const machine = await machineOf(job, target);
    await this.store.write(() => {
      if (!this.store.jobs.isActive(runId)) return;
      this.store.jobs.update(runId, { state: 'running', startedAt, machine, waiting: undefined });
      this.store.runs.update(runId, { status: 'running' });
    });
  }

  /** The target has answered, so the job is reachable; it may say what the job waits for, and where its debugger listens. */
  private async contact({ runId, ...job }: JobRecord, status: TargetStatus): Promise<void> {
    const waiting = status.state === 'waiting' ? status.why : undefined;
    const debug = status.state === 'running' ? status.debugger : undefined;
    const isKnown = job.waiting === waiting && isDeepStrictEqual(job.debugger, debug);
    if (isKnown && job.unreachable === undefined) return;
    await this.store.write(() =>
      this.store.jobs.update(runId, { waiting, debugger: debug, unreachable: undefined }),
    );
  }

  /** What goes wrong before a job is with its target is the job's failure. */
  private async fail(runId: string, error: unknown): Promise<void> {
    if (this.closed) return;
    const cause = this.store.jobs.get(runId)?.cause ?? faultOf(error);
    await this.finish(runId, { state: 'failed', reason: messageOf(error), cause });
  }

  private async finish(runId: string, end: Parameters<Ending['finish']>[1]): Promise<void> {
    const job = this.store.jobs.get(runId);
    if (job) await this.options.ending.finish(job, end);
  }
}
