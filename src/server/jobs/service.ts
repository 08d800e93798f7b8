import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { within } from '../../base/within.js';
import type { JobSpec, MetricPattern } from '../../job/spec.js';
import { refuse } from '../../job/problems.js';
import { problemsOfPatterns } from '../../job/pattern-problems.js';
import { createTargets } from '../../targets/registry.js';
import type { PreparedJob, Revive, Target, TargetStatus } from '../../targets/target.js';
import type { SubmitRequest } from '../../workspace/local/contract.js';
import type { Compute, RunState, ServerSettings } from '../../workspace/types.js';
import { allPatterns, isActive, type JobRecord } from '../store/jobs.js';
import { repositoriesOf } from '../../snapshot/snapshot.js';
import type { Store } from '../store/store.js';
import { Upkeep } from '../upkeep.js';
import { endRunsOf } from './begin.js';
import { prepareFolders } from './checkout.js';
import { BESIDE } from './collect.js';
import { Collector, reasonOf } from './collector.js';
import { storesIn } from './elsewhere.js';
import { jobEnvironment, jobSecrets } from './environment.js';
import { failureOf, faultOf } from './failure.js';
import { foldersOf } from './folders.js';
import { readGpus } from './gpu.js';
import { Harvest } from './harvest.js';
import { PendingRefs } from './pending.js';
import { keepJob } from './kept-jobs.js';
import { readMachine } from './machine.js';
import { splitInherited } from './inherited.js';
import { outsideCode } from './outside-code.js';
import { Slots } from './slots.js';
import { takeIn } from './submission.js';
import { madeAround } from './surroundings.js';
import { jobToken } from './token.js';
import { UsageSampler } from './usage.js';

export interface JobServiceOptions {
  store: Store;
  home: string;
  log: Logger;
  serverUrl: () => string;
  token: string;
  settings: () => ServerSettings;
  /** How a job's supervisor brings this server back when it is killed. */
  revive?: () => Revive;
  /** The program and arguments that run a supervisor; default: the bundle beside this one. */
  supervisor?: readonly string[];
  /** See TargetOptions. */
  view?: string;
}

/** Milliseconds between looks at the jobs that run. */
const POLL = 300;
/** Milliseconds after which a start that left no trace did not happen. */
const LOST_AFTER = 5_000;
/** The most milliseconds between tries when looking at a job fails again and again. */
const LONGEST_WAIT = 30_000;
/** Milliseconds until the output of a job that has ended is read again when that failed. */
const READ_AGAIN = 15_000;
/** The repositories of so many runs are seen to at the start. */
const REPOSITORIES_OF = 1000;

/** Variables of a job that are in memory only. */
interface Secrets {
  /** Those that the person calls secrets: without them the job does not start. */
  declared: Record<string, string>;
  /** Others of the submitter's environment that may be some. */
  inherited: Record<string, string>;
}

const FINAL_STATUS: Partial<Record<RunState, 'finished' | 'failed' | 'killed'>> = {
  finished: 'finished',
  failed: 'failed',
  cancelled: 'killed',
};

/**
 * The life of every job: queued → preparing → running → collecting → finished | failed | cancelled. The store says
 * where each stands; nothing that matters is only in memory, but for secrets.
 */
export class JobService {
  private readonly options: JobServiceOptions;
  private readonly store: Store;
  private readonly log: Logger;
  private readonly targets: ReadonlyMap<string, Target>;
  private readonly harvest: Harvest;
  private readonly slots: Slots;
  private readonly collector: Collector;
  private readonly pending: PendingRefs;
  private readonly upkeep: Upkeep;
  private readonly secrets = new Map<string, Secrets>();
  /** Jobs that a task of this process sees to. */
  private readonly attended = new Set<string>();
  /** Jobs that were told to end by this process. */
  private readonly cancelled = new Set<string>();
  private readonly usage: UsageSampler;
  /** Jobs that have ended, and whose output is read again for patterns that came later. */
  private readonly catchingUp = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  /** When a job of which a look went wrong is looked at again, and how often it went wrong. */
  private readonly setBack = new Map<string, { until: number; failures: number }>();
  private looking = false;
  private lookAgain = false;
  private readonly openedAt = Date.now();
  private closed = false;

  constructor(options: JobServiceOptions) {
    this.options = options;
    this.store = options.store;
    this.log = options.log;
    this.harvest = new Harvest(options.store, options.home, options.log, options.serverUrl);
    this.slots = new Slots(options.home, options.log);
    this.collector = new Collector({ ...options, slots: this.slots, onKept: (job) => this.leave(job) });
    this.pending = new PendingRefs(options.home);
    this.upkeep = new Upkeep(options.log);
    this.usage = new UsageSampler(options.store);
    const { supervisor = bundledSupervisor(), view } = options;
    this.targets = createTargets({ supervisor, ...(view !== undefined && { view }) });
  }

  /** Takes up every job where it stands, however the server before this one ended. */
  async recover(): Promise<void> {
    await this.pending.recover((runId) => this.store.jobs.get(runId) !== undefined, this.log);
    this.upkeep.see(this.store.jobs.latestSnapshots(REPOSITORIES_OF).flatMap(repositoriesOf));
    for (const job of this.store.jobs.active()) {
      if (job.state === 'preparing' && !job.handle)
        await this.store.write(() => this.store.jobs.update(job.runId, { state: 'queued' }));
      else if (job.handle) this.log.info({ runId: job.runId }, 'job found again');
    }
    this.slots.recover((runId) => {
      const job = this.store.jobs.get(runId);
      if (!job) return false;
      return isActive(job) ? job.handle !== undefined : this.collector.takeUp(runId);
    });
    // Tried now, it is known when the first job comes.
    for (const target of this.targets.values()) void target.canMount();
    this.look();
    void this.collector.retry();
    for (const runId of this.store.jobs.withLate()) void this.catchUp(runId);
  }

  /**
   * @param request with a spec that is checked; see job/validate.ts
   * @throws BAD_REQUEST | NOT_FOUND (target, parent) | CONFLICT (experiment) | LARGE_FILES | GIT_FAILED | TOO_LARGE
   */
  async submit(request: SubmitRequest): Promise<string> {
    const { spec } = request;
    requireSecrets(spec, request.secrets);
    const target = this.requireTarget(spec.target);
    const runId = randomUUID().replaceAll('-', '');
    // Before it is written down: from then on it may be begun.
    const { stored, inMemory } = splitInherited(request.baseEnv, Object.keys(request.secrets ?? {}));
    this.secrets.set(runId, { declared: request.secrets ?? {}, inherited: inMemory });
    const { home, settings } = this.options;
    const { root } = foldersOf(home, runId);
    try {
      if (this.freePlaces() > 0) this.expect(target, root);
      const snapshot = await takeIn(
        { ...request, runId, baseEnv: stored, memoryNames: Object.keys(inMemory) },
        { store: this.store, home, sizeLimit: settings().snapshotSizeLimit, pending: this.pending },
      );
      this.upkeep.see(repositoriesOf(snapshot));
    } catch (error) {
      this.secrets.delete(runId);
      target.forget(root);
      fs.rmSync(root, { recursive: true, force: true, maxRetries: 5 });
      throw error;
    }
    this.look();
    return runId;
  }

  /**
   * The job of a run, as it can be submitted again: with the patterns that came later, the experiment as it is called now,
   * and the names of its secrets; without a parent that is gone.
   * @throws NOT_SUPPORTED when the run is not one of a job
   */
  specOf(id: string): JobSpec {
    const job = this.store.jobs.ofRun(id);
    if (!job)
      throw new TrainyardError(
        'NOT_SUPPORTED',
        'This run was not started by Trainyard, so it cannot be submitted again.',
        {
          hint: 'Submit its script.',
        },
      );
    const { parentRunId, secrets: _, ...spec } = job.spec;
    const metrics = allPatterns(job);
    const hasParent = parentRunId !== undefined && this.store.runs.get(parentRunId)?.lifecycle === 'active';
    return {
      ...spec,
      experiment: this.store.experiments.get(job.experimentId)?.name ?? spec.experiment,
      ...(hasParent && { parentRunId }),
      ...(metrics.length > 0 && { metrics }),
      ...(job.secretNames.length > 0 && { secrets: job.secretNames }),
    };
  }

  /**
   * Reads more metrics from the output of a job, from its start, also when the job has ended. Patterns that it has
   * already are passed over.
   * @throws BAD_REQUEST with all the problems, or when the run is not one of a job
   */
  async addPatterns(runId: string, patterns: readonly MetricPattern[]): Promise<void> {
    await this.store.write(() => {
      const job = this.store.jobs.get(runId);
      if (!job)
        throw new TrainyardError(
          'BAD_REQUEST',
          'What this run prints is not known: it was not started by Trainyard.',
          {
            hint: 'Submit its script. If a job began this run, add the patterns to the run of the job.',
          },
        );
      const all = allPatterns(job);
      const known = all.length;
      for (const pattern of patterns)
        if (!all.some(({ name, regex }) => name === pattern.name && regex === pattern.regex))
          all.push(pattern);
      refuse(problemsOfPatterns(all, 'patterns'));
      if (all.length === known) return;
      this.store.jobs.update(runId, { late: [...job.late, { patterns: all.slice(known), read: 0 }] });
      // For a store that loses the job.
      if (job.handle) keepJob(this.options.home, runId, { ...job, spec: { ...job.spec, metrics: all } });
    });
    void this.catchUp(runId);
  }

  /** Of a job that has ended; one that goes on is looked at anyway. */
  private async catchUp(runId: string): Promise<void> {
    if (this.catchingUp.has(runId)) return;
    this.catchingUp.add(runId);
    try {
      for (let job = this.store.jobs.get(runId); job && !isActive(job) && job.late.length > 0;) {
        const faults = await this.harvest.catchUp(runId);
        if (this.closed) return;
        job = this.store.jobs.get(runId);
        const reason = [...new Set([job?.reason, ...faults])].filter(Boolean).join(' ');
        if (job && faults.length > 0) await this.store.write(() => this.store.jobs.update(runId, { reason }));
      }
    } catch (error) {
      if (this.closed) return;
      this.log.error({ err: error, runId }, 'the output of a job could not be read again; it is tried again');
      setTimeout(() => void this.catchUp(runId), READ_AGAIN).unref();
    } finally {
      this.catchingUp.delete(runId);
    }
  }

  /** Does nothing when the script of the job has ended. @throws NOT_RUNNING when the run is not one of a job */
  async cancel(id: string): Promise<void> {
    const job = this.store.jobs.ofRun(id);
    if (!job)
      throw new TrainyardError(
        'NOT_RUNNING',
        'This run was not started by Trainyard, so it cannot be cancelled here.',
        {
          hint: 'End its process where you started it.',
        },
      );
    if (!isActive(job) || job.state === 'collecting') return;
    const { runId } = job;
    await this.store.write(() => this.store.jobs.update(runId, { cancelRequested: true }));
    const now = this.store.jobs.get(runId);
    if (now?.handle) await this.passCancelOn(now);
    else if (now?.state === 'queued' && !this.attended.has(runId))
      await this.finish(now, { state: 'cancelled', reason: 'It was cancelled before it started.' });
    this.look();
  }

  /**
   * Marks a run as failed whose own script died without a word; it ended when it logged last. One that has ended stays as
   * it is, and a script that is alive all the same goes on logging to it.
   */
  async markEnded(runId: string): Promise<void> {
    if (this.store.jobs.get(runId))
      throw new TrainyardError('BAD_REQUEST', 'This run is a job of Trainyard, which knows when it ends.', {
        hint: 'Cancel it to end it now.',
      });
    const run = this.store.runs.get(runId);
    if (!run || (run.status !== 'running' && run.status !== 'scheduled')) return;
    const now = Date.now();
    // What a script says of times may lie ahead.
    const last = Object.values(this.store.metrics.summaries(runId)).reduce(
      (latest, { timestamp }) => (timestamp <= now ? Math.max(latest, timestamp) : latest),
      run.startTime,
    );
    await this.store.write(() => this.store.runs.update(runId, { status: 'failed', endTime: last }));
  }

  private async passCancelOn({ runId, spec, handle }: JobRecord): Promise<void> {
    if (!handle || this.cancelled.has(runId)) return;
    this.cancelled.add(runId);
    try {
      await this.requireTarget(spec.target).cancel(handle);
    } catch (error) {
      this.cancelled.delete(runId);
      throw error;
    }
  }

  /** The log of the job that a run belongs to. */
  logFile(id: string): string {
    return foldersOf(this.options.home, this.store.jobs.ofRun(id)?.runId ?? id).log;
  }

  /** Whether the job of a run has not ended. */
  isActive(id: string): boolean {
    const job = this.store.jobs.ofRun(id);
    return job !== undefined && isActive(job);
  }

  /** How many jobs of this experiment have not ended. */
  activeIn(experimentId: string): number {
    const isIn = ({ runId }: JobRecord) => this.store.runs.get(runId)?.experimentId === experimentId;
    return this.store.jobs.active().filter(isIn).length;
  }

  activeCount(): { running: number; queued: number; collecting: number } {
    const active = this.store.jobs.active();
    const queued = active.filter(({ state }) => state === 'queued').length;
    const collecting = active.filter(({ state }) => state === 'collecting').length;
    return { running: active.length - queued - collecting, queued, collecting };
  }

  async compute(): Promise<Compute[]> {
    const active = this.store.jobs.active();
    const gpus = await readGpus();
    return Promise.all(
      [...this.targets.values()].map(async (target) => {
        const { detail, ...description } = await target.describe();
        const here = active.filter(({ spec }) => spec.target === target.name);
        const names = gpus.map(({ name }) => name).join(', ');
        return {
          ...description,
          detail: names ? `${detail}, ${names}` : detail,
          running: here.filter(isInSlot).map(({ runId }) => runId),
          queued: here.filter(({ state }) => state === 'queued').map(({ runId }) => runId),
          collecting: here.filter(({ state }) => state === 'collecting').map(({ runId }) => runId),
          slots: this.options.settings().parallelJobs,
        };
      }),
    );
  }

  settingsChanged(): void {
    this.look();
  }

  /** Jobs go on. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    this.collector.close();
    await this.slots.settled();
    await this.upkeep.close();
  }

  /** Looks at every active job, now and again while there are any. */
  private look(): void {
    if (this.closed) return;
    this.lookAgain = this.looking;
    if (this.looking) return;
    clearTimeout(this.timer);
    this.looking = true;
    void this.lookOnce()
      .catch((error: unknown) => this.log.error({ err: error }, 'looking at the jobs failed'))
      .finally(() => {
        this.looking = false;
        // A job that came meanwhile does not wait.
        if (this.lookAgain) this.look();
        else if (!this.closed && this.store.jobs.active().length > 0)
          this.timer = setTimeout(() => this.look(), POLL);
      });
  }

  private freePlaces(active: readonly JobRecord[] = this.store.jobs.active()): number {
    return this.options.settings().parallelJobs - active.filter(isInSlot).length;
  }

  private expect(target: Target, folder: string): void {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    target.expect(folder);
  }

  private async lookOnce(): Promise<void> {
    const active = this.store.jobs.active();
    let free = this.freePlaces(active);
    for (const job of active) {
      if (this.attended.has(job.runId)) {
        if (job.state === 'queued') free--;
        continue;
      }
      if (Date.now() < (this.setBack.get(job.runId)?.until ?? 0)) continue;
      if (job.handle) this.attend(job, () => this.see(job));
      else if (job.cancelRequested)
        this.attend(job, () => this.unlessWrong(job.runId, () => this.finish(job, { state: 'cancelled' })));
      else if (free > 0) {
        free--;
        this.attend(job, () => this.start(job));
      }
    }
    await this.usage.sample(active, ({ spec }) => this.requireTarget(spec.target));
  }

  /** One task at a time for each job. */
  private attend({ runId }: JobRecord, task: () => Promise<void>): void {
    this.attended.add(runId);
    void task().finally(() => this.attended.delete(runId));
  }

  /** What goes wrong before a job is with its target is the job's failure, told in its reason. */
  private async start(job: JobRecord): Promise<void> {
    const { runId } = job;
    try {
      await this.begin(job);
    } catch (error) {
      this.log.error({ err: error, runId }, 'job could not be started');
      await this.unlessWrong(runId, async () => {
        const now = this.store.jobs.get(runId);
        if (now && isActive(now) && !this.closed)
          await this.finish(now, {
            state: 'failed',
            reason: messageOf(error),
            cause: now.cause ?? faultOf(error),
          });
      });
      return;
    }
    const now = this.store.jobs.get(runId);
    if (now?.handle && isActive(now)) await this.see(now);
  }

  /** How a job ends follows from its process alone: what goes wrong here is tried again. */
  private see(job: JobRecord): Promise<void> {
    return this.unlessWrong(job.runId, () => this.watch(job));
  }

  private async unlessWrong(runId: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
      this.setBack.delete(runId);
    } catch (error) {
      if (this.closed) return;
      const failures = (this.setBack.get(runId)?.failures ?? 0) + 1;
      this.setBack.set(runId, { failures, until: Date.now() + Math.min(POLL * 2 ** failures, LONGEST_WAIT) });
      this.log.error({ err: error, runId, failures }, 'looking at a job failed; it is tried again');
    }
  }

  private async begin(job: JobRecord): Promise<void> {
    const { runId, spec, snapshot } = job;
    const secrets = this.secrets.get(runId);
    if (!secrets && job.secretNames.length > 0)
      throw new TrainyardError(
        'TARGET_FAILED',
        `Its secrets (${job.secretNames.join(', ')}) were only in the memory of a server that ended. Submit it again.`,
      );
    if (!snapshot) throw new TrainyardError('INTERNAL', 'The job has no snapshot.');
    if (!secrets && job.memoryNames.length > 0)
      await this.store.write(() => this.store.jobs.update(runId, { reason: lostNames(job.memoryNames) }));
    const folders = foldersOf(this.options.home, runId);
    const target = this.requireTarget(spec.target);
    this.expect(target, folders.root);
    const env = jobEnvironment({
      baseEnv: job.baseEnv,
      own: spec.environmentVariables,
      runId,
      serverUrl: this.options.serverUrl(),
      outputFolder: folders.output,
      ceilings: [this.options.home, path.dirname(snapshot.root)],
    });
    const canMount = await target.canMount();
    const [{ cwd, mounts, variables }] = await Promise.all([
      prepareFolders(this.slots, {
        runId,
        folders,
        snapshot,
        spec,
        env,
        home: this.options.home,
        canMount,
      }),
      this.store.write(() => this.store.jobs.update(runId, { state: 'preparing' })),
    ]);
    const prepared: PreparedJob = {
      id: runId,
      folder: folders.root,
      cwd,
      ...(mounts && { mounts }),
      ...(spec.launcher && { launcher: spec.launcher }),
      command: spec.command,
      ...(spec.environment && { environment: spec.environment }),
      env: { ...env, ...variables },
      ...(snapshot.umask !== undefined && { umask: snapshot.umask }),
      timeout: spec.timeout ?? 0,
      grace: this.options.settings().grace,
      revive: this.options.revive?.(),
    };
    const handle = target.plan(prepared);
    if (this.store.jobs.get(runId)?.cancelRequested) {
      await this.finish(job, { state: 'cancelled', reason: 'It was cancelled before it started.' });
      return;
    }
    keepJob(this.options.home, runId, { ...job, handle });
    await this.store.write(() => this.store.jobs.update(runId, { handle }));
    // The token goes to the process beside its secrets.
    const token = jobSecrets(spec.environmentVariables, jobToken(this.options.token, runId));
    const inherited = Object.entries(secrets?.inherited ?? {}).filter(
      ([name]) => !Object.hasOwn(spec.environmentVariables, name),
    );
    await target.start(prepared, handle, {
      ...Object.fromEntries(inherited),
      ...secrets?.declared,
      ...token,
    });
    this.secrets.delete(runId);
  }

  /** One look at a job that was given to its target. */
  private async watch(job: JobRecord): Promise<void> {
    const { runId, handle } = job;
    if (!handle) return;
    const target = this.requireTarget(job.spec.target);
    const status = await target.status(handle);
    if (status.state === 'running' && job.state !== 'running') {
      const machine = await readMachine();
      await this.store.write(() => {
        this.store.jobs.update(runId, { state: 'running', startedAt: status.startedAt, machine });
        this.store.runs.update(runId, { status: 'running' });
      });
    }
    // One that was asked for before the job had started, or that a server took with it when it was killed.
    if (job.cancelRequested && status.state !== 'ended') await this.passCancelOn(job);
    if (status.state === 'planned') await this.startLost(job);
    if (status.state === 'running') await this.harvest.look(job, status.startedAt);
    if (status.state === 'ended') await this.end(job, status);
  }

  /**
   * The server before was killed between writing the handle and starting the job. A supervisor that is on its way
   * gets some time; two can never run one job, for the second finds that the first was there.
   */
  private async startLost(job: JobRecord): Promise<void> {
    if (Date.now() - this.openedAt < LOST_AFTER) return;
    await this.store.write(() => this.store.jobs.update(job.runId, { handle: undefined, state: 'queued' }));
  }

  /** The script has ended: what it wrote is kept. A server that is killed meanwhile begins again with this. */
  private async end(job: JobRecord, status: Extract<TargetStatus, { state: 'ended' }>): Promise<void> {
    const { runId } = job;
    const cancelled = status.cause === 'cancelled' || (status.cause === 'lost' && job.cancelRequested);
    const state = cancelled
      ? 'cancelled'
      : status.exitCode === 0 && status.cause === 'exit'
        ? 'finished'
        : 'failed';
    const endedAt = job.state === 'collecting' ? (job.endedAt ?? status.endedAt) : status.endedAt;
    // One that was too short to be seen running.
    const machine = job.machine ?? (status.startedAt === undefined ? undefined : await readMachine());
    const folders = foldersOf(this.options.home, runId);
    const cause = state === 'failed' ? await failureOf(job, status, folders.log) : undefined;
    await this.store.write(() =>
      this.store.jobs.update(runId, {
        state: 'collecting',
        exitCode: status.exitCode,
        endedAt,
        machine,
        cause,
        ...(status.startedAt !== undefined && { startedAt: status.startedAt }),
      }),
    );
    // Its slot is free.
    this.look();
    const unread = await this.harvest.finish(job, status.startedAt ?? job.startedAt ?? job.queuedAt);
    const outside = this.outsideCode(job);
    const { lost, again } = await this.collector.collect(job);
    const told = this.store.jobs.get(runId)?.elsewhere ?? [];
    const stores = storesIn(folders.code, ['', workingFolderIn(job)]);
    const before = this.store.jobs.get(runId)?.reason;
    const reasons = [before, status.reason, this.wroteBeside(job), ...unread, ...lost]
      .filter(Boolean)
      .slice(0, 10);
    await this.finish(job, {
      state,
      reason: reasonOf(reasons, again),
      exitCode: status.exitCode,
      elsewhere: [...new Set([...told, ...stores])],
      outsideCode: outside,
      endedAt,
    });
  }

  private outsideCode({ runId, snapshot }: JobRecord): string[] {
    const slot = snapshot && this.slots.of(runId, snapshot.root);
    return slot ? outsideCode(foldersOf(this.options.home, runId).root, snapshot.root, slot) : [];
  }

  /** A sentence for people, if there is anything to tell. */
  private wroteBeside({ runId, snapshot }: JobRecord): string | undefined {
    const slot = snapshot && this.slots.of(runId, snapshot.root);
    if (!slot || madeAround(slot, snapshot.root).length === 0) return undefined;
    return `Files that it wrote beside its code folder are under outputs/${BESIDE}.`;
  }

  /** The job needs its checkout no more. */
  private leave({ runId, spec, snapshot }: JobRecord): void {
    this.targets.get(spec.target)?.forget(foldersOf(this.options.home, runId).root);
    fs.rmSync(foldersOf(this.options.home, runId).code, { recursive: true, force: true });
    if (snapshot) this.slots.release(runId, snapshot.root);
  }

  private async finish(
    job: JobRecord,
    end: { state: RunState } & Pick<
      Partial<JobRecord>,
      'reason' | 'cause' | 'exitCode' | 'elsewhere' | 'outsideCode' | 'endedAt'
    >,
  ): Promise<void> {
    const { runId } = job;
    const endedAt = end.endedAt ?? this.store.jobs.get(runId)?.endedAt ?? Date.now();
    await this.store.write(() => {
      this.store.jobs.update(runId, { ...end, endedAt, collected: undefined });
      const status = FINAL_STATUS[end.state] ?? 'failed';
      this.store.runs.update(runId, { status, endTime: endedAt });
      endRunsOf(this.store, runId, { status, endTime: endedAt });
    });
    this.secrets.delete(runId);
    this.usage.forget(runId);
    this.cancelled.delete(runId);
    if (this.collector.isWaiting(runId)) this.collector.later();
    else this.leave(job);
    // Patterns that came while its last output was read.
    void this.catchUp(runId);
    this.log.info({ runId, state: end.state, exitCode: end.exitCode, reason: end.reason }, 'job ended');
  }

  private requireTarget(name: string): Target {
    const target = this.targets.get(name);
    if (!target)
      throw new TrainyardError('NOT_FOUND', `There is no target “${name}”.`, {
        hint: `There is: ${[...this.targets.keys()].join(', ')}.`,
      });
    return target;
  }
}

/** Whether it takes a place of those that run at once. */
function isInSlot({ state }: JobRecord): boolean {
  return state === 'preparing' || state === 'running';
}

/** @throws BAD_REQUEST when a secret of the job has no value */
function requireSecrets({ secrets = [] }: JobSpec, values: Readonly<Record<string, string>> = {}): void {
  const missing = secrets.filter((name) => !Object.hasOwn(values, name));
  if (missing.length > 0)
    throw new TrainyardError('BAD_REQUEST', `There is no value for the secret ${missing.join(', ')}.`, {
      hint: 'Values of secrets are given with the submit: they are never written down.',
    });
}

function lostNames(names: readonly string[]): string {
  const named = names.length > 5 ? [...names.slice(0, 5), '…'] : names;
  return `It ran without ${named.join(', ')}: Trainyard does not write such variables down, and its server was ended before the job started.`;
}

/** Where the script was started, as a path from its checkout. */
function workingFolderIn({ snapshot, spec }: JobRecord): string {
  const folder = within(snapshot?.root ?? spec.codeFolder, spec.codeFolder) ?? '';
  return path.join(folder, spec.workingFolder);
}

function bundledSupervisor(): string[] {
  return [process.execPath, path.join(path.dirname(fileURLToPath(import.meta.url)), 'supervisor.js')];
}
