import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import type { Logger } from 'pino';
import { TrainyardError } from '../../base/errors.js';
import type { JobSpec, MetricPattern } from '../../job/spec.js';
import { repositoriesOf } from '../../snapshot/snapshot.js';
import type { BuildProgress, JobEnvironment, Target } from '../../targets/target.js';
import type { Targets } from '../../targets/targets.js';
import type { SubmitRequest } from '../../workspace/local/contract.js';
import type {
  BuiltOn,
  Compute,
  EnvironmentVersion,
  Leftover,
  ServerSettings,
  ShellCommand,
} from '../../workspace/types.js';
import { checkOutputs } from '../data/keep-outputs.js';
import { DatastoreSecrets } from '../datastores/secrets.js';
import { pinned } from '../data/pin.js';
import { buildOn } from '../environments/build.js';
import { isActive, type JobRecord } from '../store/jobs.js';
import { removeEnvironments, unusedEnvironments } from '../environments/unused.js';
import type { Store } from '../store/store.js';
import { Upkeep } from '../upkeep.js';
import { Collector } from './collector.js';
import { computeOf } from './compute.js';
import { ask, reach, whyUnreachable } from './contact.js';
import { Debugging } from './debugging.js';
import { Ending } from './ending.js';
import { definedEnvironment, environmentOf } from './environment.js';
import { foldersOf } from './folders.js';
import { markGone } from './gone-builds.js';
import { Harvest } from './harvest.js';
import { JobInputs } from './inputs.js';
import { splitInherited } from './inherited.js';
import { LatePatterns } from './late-patterns.js';
import { LogMirror } from './log-mirror.js';
import { PendingRefs } from './pending.js';
import { isInSlot } from './queue.js';
import { Scheduler } from './scheduler.js';
import type { SecretsInMemory } from './secrets.js';
import { requireSecrets, specToSubmit } from './spec.js';
import { Starter } from './starter.js';
import { admit } from './submission.js';
import { UsageSampler } from './usage.js';

export interface JobServiceOptions {
  store: Store;
  home: string;
  log: Logger;
  /** Where jobs can run. */
  targets: Targets;
  /** Address of this server, known once it listens. */
  serverUrl: () => string;
  /** Other addresses of it, which some targets lead their jobs to. */
  otherUrls?: () => readonly string[];
  token: string;
  settings: () => ServerSettings;
}

/** Milliseconds until a job is released again where that failed, and four times as many each time after; the most of them. */
const RELEASE_AGAIN = 1_000;
const RELEASE_AT_MOST = 300_000;

/** The repositories of so many runs are seen to at the start. */
const REPOSITORIES_OF = 1000;

/**
 * The life of every job: queued → preparing → running → collecting → finished | failed | cancelled. The store says
 * where each stands; nothing that matters is only in memory, but for secrets.
 */
export class JobService {
  private readonly options: JobServiceOptions;
  private readonly store: Store;
  private readonly targets: Targets;
  private readonly secrets: SecretsInMemory = new Map();
  private readonly mirror: LogMirror;
  private readonly collector: Collector;
  private readonly pending: PendingRefs;
  private readonly upkeep: Upkeep;
  private readonly usage: UsageSampler;
  private readonly late: LatePatterns;
  private readonly ending: Ending;
  private readonly inputs: JobInputs;
  /** Those of the datastores that jobs read from and write to. */
  readonly datastoreSecrets = new DatastoreSecrets();
  readonly debugging: Debugging;
  private readonly scheduler: Scheduler;
  private closed = false;

  constructor(options: JobServiceOptions) {
    const { store, home, log, targets, serverUrl, otherUrls } = options;
    const { secrets } = this;
    this.options = options;
    this.store = store;
    this.targets = targets;
    this.debugging = new Debugging(store, targets);
    this.mirror = new LogMirror(home);
    const { mirror } = this;
    const ownUrls = () => [serverUrl(), ...(otherUrls?.() ?? [])];
    const harvest = new Harvest({ store, home, log, mirror, ownUrls });
    this.collector = new Collector({
      ...options,
      secrets: this.datastoreSecrets,
      onKept: (job) => void this.release(job),
    });
    const { collector } = this;
    this.pending = new PendingRefs(home);
    this.upkeep = new Upkeep(log);
    this.usage = new UsageSampler(store, log);
    const { usage } = this;
    this.late = new LatePatterns({ store, home, log, harvest });
    const ending = new Ending({
      ...{ store, log, mirror, harvest, collector },
      onCollecting: () => this.scheduler.wake(),
      onEnd: (job) => this.ended(job),
    });
    this.ending = ending;
    this.inputs = new JobInputs({
      ...{ store, home, log },
      secrets: this.datastoreSecrets,
      limit: () => options.settings().dataCacheLimit,
      onReady: () => this.scheduler.wake(),
    });
    const { inputs } = this;
    const starter = new Starter({ ...options, secrets, inputs });
    this.scheduler = new Scheduler({ store, targets, log, starter, ending, harvest, mirror, usage, inputs });
    targets.onOpen = (target) => this.recoverTarget(target);
  }

  /** Takes up every job where it stands, however the server before this one ended. */
  async recover(): Promise<void> {
    const { log } = this.options;
    await this.pending.recover((runId) => this.store.jobs.get(runId) !== undefined, log);
    this.upkeep.add(this.store.jobs.latestSnapshots(REPOSITORIES_OF).flatMap(repositoriesOf));
    for (const job of this.store.jobs.active()) {
      if (job.state === 'preparing' && !job.handle)
        await this.store.write(() => this.store.jobs.update(job.runId, { state: 'queued' }));
      else if (job.handle) log.info({ runId: job.runId }, 'job found again');
    }
    this.targets
      .warmUp()
      .catch((error: unknown) => log.error({ err: error }, 'the first kind of target could not be opened'));
    this.scheduler.wake();
    void this.collector.retry();
    for (const runId of this.store.jobs.withLate()) void this.late.catchUp(runId);
  }

  private recoverTarget(target: Target): void {
    const jobs = [...this.store.jobs.active(), ...this.store.jobs.uncollected()];
    const own = jobs.filter(({ spec }) => spec.target === target.name);
    target.recover?.(own.flatMap(({ handle }) => (handle ? [handle] : [])));
  }

  /**
   * @param request with a spec that is checked; see job/validate.ts
   * @throws BAD_REQUEST, also when the target cannot run it | NOT_FOUND (target, parent, environment, input) | TARGET_UNREACHABLE |
   *   CONFLICT (experiment) | LARGE_FILES | GIT_FAILED | TOO_LARGE
   */
  async submit(asked: SubmitRequest): Promise<string> {
    const spec = pinned(this.store, asked.spec);
    const request = { ...asked, spec };
    requireSecrets(spec, request.secrets);
    const target = await this.targets.require(spec.target);
    this.inputs.check(spec);
    checkOutputs({ store: this.store, secrets: this.datastoreSecrets }, spec);
    await checkTarget(target, spec, environmentOf(this.store, spec.environment));
    const runId = randomUUID().replaceAll('-', '');
    // Before it is written down: from then on it may be begun.
    const { stored, inMemory } = splitInherited(request.baseEnv, Object.keys(request.secrets ?? {}));
    this.secrets.set(runId, { declared: request.secrets ?? {}, inherited: inMemory });
    const { home, settings } = this.options;
    try {
      const here = this.store.jobs.active().filter(({ spec }) => spec.target === target.name);
      if (here.filter(isInSlot).length < target.slots()) target.expect?.(runId);
      const snapshot = await admit(
        { ...request, runId, baseEnv: stored, memoryNames: Object.keys(inMemory) },
        { store: this.store, home, sizeLimit: settings().snapshotSizeLimit, pending: this.pending },
      );
      this.upkeep.add(repositoriesOf(snapshot));
    } catch (error) {
      this.secrets.delete(runId);
      target.forget?.(runId);
      fs.rmSync(foldersOf(home, runId).root, { recursive: true, force: true, maxRetries: 5 });
      throw error;
    }
    this.scheduler.wake();
    return runId;
  }

  /** The job of a run, as it can be submitted again. @throws NOT_SUPPORTED when the run is not one of a job */
  specOf(id: string): JobSpec {
    return specToSubmit(this.store, id);
  }

  /**
   * Reads more metrics from the output of a job, from its start, also when the job has ended. Patterns that it has
   * already are passed over.
   * @throws BAD_REQUEST with all the problems, or when the run is not one of a job
   */
  addPatterns(runId: string, patterns: readonly MetricPattern[]): Promise<void> {
    return this.late.add(runId, patterns);
  }

  /**
   * Asks a job to end. The request is kept until the target has taken it. Does nothing when the script of the job has ended.
   * @throws NOT_RUNNING when the run is not one of a job
   */
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
    if (now?.handle) await this.scheduler.passCancelOn(now);
    else if (now?.state === 'queued' && !this.scheduler.isSupervised(runId))
      await this.scheduler.finishCancelled(runId);
    this.scheduler.wake();
  }

  /**
   * Registers and copies the outputs of a job once more.
   * @returns a sentence on each for which that failed
   * @throws BAD_REQUEST for a run that is no job, or none that finished
   */
  async keepOutputs(id: string): Promise<string[]> {
    const job = this.store.jobs.ofRun(id);
    if (job?.state === 'finished') return this.collector.repeatOutputs(job);
    throw new TrainyardError('BAD_REQUEST', 'Only a job that has finished has outputs to keep.', {
      hint: 'Wait until it ends.',
    });
  }

  /**
   * Marks a run as failed whose own script died without a word; it ended when it logged last. One that has ended stays as
   * it is, and a script that is alive all the same goes on logging to it. A job can be marked while its target does not
   * answer: that may be gone for good.
   * @throws BAD_REQUEST for a job whose target answers
   */
  async markEnded(runId: string): Promise<void> {
    const job = this.store.jobs.get(runId);
    if (job && !isActive(job)) return;
    if (job && !job.unreachable)
      throw new TrainyardError('BAD_REQUEST', 'This run is a Trainyard job. It ends when its job ends.', {
        hint: 'Cancel it to end it now.',
      });
    if (job) {
      const reason = `It was marked as ended while ${job.spec.target} did not answer. It may still run there.`;
      await this.ending.finish(job, { state: job.cancelRequested ? 'cancelled' : 'failed', reason });
      return;
    }
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

  /** The log of the job that a run belongs to. */
  logFile(id: string): string {
    return this.mirror.file(this.store.jobs.ofRun(id)?.runId ?? id);
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

  compute(): Promise<Compute[]> {
    return computeOf(this.targets, this.store.jobs.active());
  }

  /** What is left on a target. @throws NOT_FOUND | NOT_SUPPORTED | TARGET_UNREACHABLE */
  async leftovers(name: string): Promise<readonly Leftover[]> {
    const target = await this.targets.require(name);
    const active = this.store.jobs.active().filter(({ spec }) => spec.target === name);
    const handles = active.flatMap(({ handle }) => (handle ? [handle] : []));
    const { environments } = target;
    if (!target.leftovers && !environments)
      throw new TrainyardError('NOT_SUPPORTED', `Nothing is left on “${name}” that could be removed.`);
    const ofJobs = await reach(target, async () => target.leftovers?.(handles));
    const unused = await reach(
      target,
      async () => environments && unusedEnvironments(this.store, environments, active),
    );
    return [...(ofJobs ?? []), ...(unused ?? [])];
  }

  /** Removes what is left on a target, as far as it is still there and no job needs it. @returns what is gone @throws see `leftovers` */
  async prune(name: string, ids: readonly string[]): Promise<readonly Leftover[]> {
    const gone = (await this.leftovers(name)).filter(({ id }) => ids.includes(id));
    const target = await this.targets.require(name);
    await reach(target, async () => {
      const ofJobs = await removeEnvironments(
        target,
        gone.map(({ id }) => id),
      );
      if (ofJobs.length > 0) await target.prune?.(ofJobs);
    });
    return gone;
  }

  /** How to open a shell where a job is. @throws NOT_SUPPORTED | NOT_RUNNING | TARGET_UNREACHABLE */
  async shellOf(id: string): Promise<ShellCommand> {
    const job = this.store.jobs.get(id);
    const target = job && (await this.targets.get(job.spec.target));
    if (!job || !target?.shell)
      throw new TrainyardError('NOT_SUPPORTED', 'No shell can be opened where this run is.');
    const { handle } = job;
    const shell = handle && (await reach(target, async () => target.shell?.(handle)));
    if (shell) return shell;
    throw new TrainyardError(
      'NOT_RUNNING',
      'There is no shell for this run: its job has not started, or has ended.',
      {
        hint: 'A shell can be opened while the job runs.',
      },
    );
  }

  /** A version of an environment, and which of its builds are gone. @throws NOT_FOUND */
  async environment(name: string, version: string): Promise<EnvironmentVersion> {
    const found = this.store.environments.require(name, version);
    const defined = definedEnvironment(this.store, name, version);
    return { ...found, builds: await markGone(this.targets, defined, found.builds) };
  }

  /** Finds an environment and its target. @returns what builds it there @throws NOT_FOUND | TARGET_UNREACHABLE */
  async prepareBuild(
    name: string,
    version: string,
    targetName: string,
  ): Promise<(progress: BuildProgress) => Promise<BuiltOn>> {
    const environment = definedEnvironment(this.store, name, version);
    const target = await this.targets.require(targetName);
    return (progress) => buildOn(this.store, target, environment, progress);
  }

  settingsChanged(): void {
    this.scheduler.wake();
  }

  /** Jobs go on. */
  async close(): Promise<void> {
    this.closed = true;
    this.scheduler.close();
    this.inputs.close();
    this.collector.close();
    this.late.close();
    await this.targets.close();
    await this.upkeep.close();
  }

  private ended(job: JobRecord): void {
    const { runId } = job;
    this.secrets.delete(runId);
    this.usage.forget(runId);
    this.inputs.forget(runId);
    this.scheduler.forget(runId);
    if (job.uncollected) this.collector.later();
    else void this.release(job);
    // Patterns that came while its last output was read.
    void this.late.catchUp(runId);
  }

  /** What the target still holds of a job may go. */
  private async release(job: JobRecord, pause = RELEASE_AGAIN): Promise<void> {
    const { runId, spec, handle } = job;
    try {
      const target = await this.targets.get(spec.target);
      target?.forget?.(runId);
      if (target && handle) await ask(target, async () => target.release?.(handle));
    } catch (error) {
      this.options.log.warn(
        { err: error, runId },
        'what a target holds of a job that ended was not released',
      );
      // Such as an engine that is being restarted.
      if (!this.closed && pause <= RELEASE_AT_MOST)
        setTimeout(() => void this.release(job, pause * 4), pause).unref();
    }
  }
}

/** @throws BAD_REQUEST with all that keeps the job from running there | TARGET_UNREACHABLE */
async function checkTarget(
  target: Target,
  spec: JobSpec,
  environment: JobEnvironment | undefined,
): Promise<void> {
  let problems: readonly string[];
  try {
    problems = await ask(target, () => target.validate(spec, environment));
  } catch (error) {
    throw new TrainyardError(
      'TARGET_UNREACHABLE',
      `${target.name} does not answer: ${whyUnreachable(error)}`,
      {
        hint: 'Try again when it does, or choose another target.',
        cause: error,
      },
    );
  }
  if (problems.length > 0)
    throw new TrainyardError('BAD_REQUEST', problems.join(' '), { details: [...problems] });
}
