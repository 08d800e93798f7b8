import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { validate } from '../../job/validate.js';
import { createTargets } from '../../targets/registry.js';
import type { PreparedJob, Revive, Target, TargetStatus } from '../../targets/target.js';
import type { SubmitRequest } from '../../workspace/local/contract.js';
import type { Compute, RunState, ServerSettings } from '../../workspace/types.js';
import { isActive, type JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import { endRunsOf } from './begin.js';
import { prepareFolders } from './checkout.js';
import { collectOutputs } from './collect.js';
import { storesIn } from './elsewhere.js';
import { jobEnvironment, jobSecrets } from './environment.js';
import { failureOf, faultOf } from './failure.js';
import { foldersOf } from './folders.js';
import { readGpus } from './gpu.js';
import { Harvest } from './harvest.js';
import { readMachine } from './machine.js';
import { splitInherited } from './inherited.js';
import { takeIn } from './submission.js';
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
}

/** Milliseconds between looks at the jobs that run. */
const POLL = 300;
/** Milliseconds after which a start that left no trace did not happen. */
const LOST_AFTER = 5_000;

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
  private readonly secrets = new Map<string, Secrets>();
  /** Jobs that a task of this process sees to. */
  private readonly attended = new Set<string>();
  /** Jobs that were told to end by this process. */
  private readonly cancelled = new Set<string>();
  private readonly usage: UsageSampler;
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private readonly openedAt = Date.now();
  private closed = false;

  constructor(options: JobServiceOptions) {
    this.options = options;
    this.store = options.store;
    this.log = options.log;
    this.harvest = new Harvest(options.store, options.home, options.log, options.serverUrl);
    this.usage = new UsageSampler(options.store);
    this.targets = createTargets({ supervisor: options.supervisor ?? bundledSupervisor() });
  }

  /** Takes up every job where it stands, however the server before this one ended. */
  async recover(): Promise<void> {
    for (const job of this.store.jobs.active()) {
      if (job.state === 'preparing' && !job.handle)
        await this.store.write(() => this.store.jobs.update(job.runId, { state: 'queued' }));
      else if (job.handle) this.log.info({ runId: job.runId }, 'job found again');
    }
    this.look();
  }

  /** @throws BAD_REQUEST | NOT_FOUND (target) | CONFLICT (experiment) | LARGE_FILES | GIT_FAILED | TOO_LARGE */
  async submit(request: SubmitRequest): Promise<string> {
    validate(request.spec);
    this.requireTarget(request.spec.target);
    const runId = randomUUID().replaceAll('-', '');
    // Before it is written down: from then on it may be begun.
    const { stored, inMemory } = splitInherited(request.baseEnv, Object.keys(request.secrets ?? {}));
    this.secrets.set(runId, { declared: request.secrets ?? {}, inherited: inMemory });
    try {
      const { home, settings } = this.options;
      await takeIn(
        { ...request, runId, baseEnv: stored, memoryNames: Object.keys(inMemory) },
        { store: this.store, home, sizeLimit: settings().snapshotSizeLimit },
      );
    } catch (error) {
      this.secrets.delete(runId);
      throw error;
    }
    this.look();
    return runId;
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

  private async passCancelOn({ runId, spec, handle }: JobRecord): Promise<void> {
    if (!handle || this.cancelled.has(runId)) return;
    this.cancelled.add(runId);
    await this.requireTarget(spec.target).cancel(handle);
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
  }

  /** Looks at every active job, now and again while there are any. */
  private look(): void {
    if (this.closed || this.looking) return;
    clearTimeout(this.timer);
    this.looking = true;
    void this.lookOnce()
      .catch((error: unknown) => this.log.error({ err: error }, 'looking at the jobs failed'))
      .finally(() => {
        this.looking = false;
        if (!this.closed && this.store.jobs.active().length > 0)
          this.timer = setTimeout(() => this.look(), POLL);
      });
  }

  private async lookOnce(): Promise<void> {
    const active = this.store.jobs.active();
    let free = this.options.settings().parallelJobs - active.filter(isInSlot).length;
    for (const job of active) {
      if (this.attended.has(job.runId)) {
        if (job.state === 'queued') free--;
        continue;
      }
      if (job.handle) this.attend(job, () => this.watch(job));
      else if (job.cancelRequested) this.attend(job, () => this.finish(job, { state: 'cancelled' }));
      else if (free > 0) {
        free--;
        this.attend(job, () => this.begin(job));
      }
    }
    await this.usage.sample(active, ({ spec }) => this.requireTarget(spec.target));
  }

  /** One task at a time for each job; what goes wrong in it is the job's failure, told in its reason. */
  private attend({ runId }: JobRecord, task: () => Promise<void>): void {
    this.attended.add(runId);
    void task()
      .catch(async (error: unknown) => {
        this.log.error({ err: error, runId }, 'job failed in Trainyard');
        const job = this.store.jobs.get(runId);
        if (job && isActive(job) && !this.closed)
          await this.finish(job, {
            state: 'failed',
            reason: messageOf(error),
            cause: job.cause ?? faultOf(error),
          });
      })
      .catch((error: unknown) =>
        this.log.fatal({ err: error, runId }, 'the end of a job could not be written'),
      )
      .finally(() => this.attended.delete(runId));
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
    await this.store.write(() => this.store.jobs.update(runId, { state: 'preparing' }));
    const folders = foldersOf(this.options.home, runId);
    const cwd = await prepareFolders(folders, snapshot, spec);
    const prepared: PreparedJob = {
      id: runId,
      folder: folders.root,
      cwd,
      command: spec.command,
      env: jobEnvironment({
        baseEnv: job.baseEnv,
        own: spec.environmentVariables,
        runId,
        serverUrl: this.options.serverUrl(),
        outputFolder: folders.output,
        ceilings: [this.options.home, path.dirname(snapshot.root)],
      }),
      ...(snapshot.umask !== undefined && { umask: snapshot.umask }),
      timeout: spec.timeout ?? 0,
      grace: this.options.settings().grace,
      revive: this.options.revive?.(),
    };
    const target = this.requireTarget(spec.target);
    const handle = target.plan(prepared);
    if (this.store.jobs.get(runId)?.cancelRequested) {
      await this.finish(job, { state: 'cancelled', reason: 'It was cancelled before it started.' });
      return;
    }
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
    const now = this.store.jobs.get(runId);
    if (now) await this.watch(now);
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
    const lost = await collectOutputs(this.store, runId, job.snapshot, folders);
    const told = this.store.jobs.get(runId)?.elsewhere ?? [];
    const stores = storesIn(folders.code, ['', workingFolderIn(job)]);
    for (const { file, error } of lost) this.log.error({ err: error, runId, file }, 'file not kept');
    await fs.promises.rm(folders.code, { recursive: true, force: true });
    const reasons = [
      this.store.jobs.get(runId)?.reason,
      status.reason,
      ...unread,
      ...lost.map(({ file, error }) => `${file} was not kept: ${messageOf(error)}`),
    ];
    await this.finish(job, {
      state,
      reason: reasons.filter(Boolean).slice(0, 10).join(' ') || undefined,
      exitCode: status.exitCode,
      elsewhere: [...new Set([...told, ...stores])],
      endedAt,
    });
  }

  private async finish(
    { runId }: JobRecord,
    end: { state: RunState } & Pick<
      Partial<JobRecord>,
      'reason' | 'cause' | 'exitCode' | 'elsewhere' | 'endedAt'
    >,
  ): Promise<void> {
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

function lostNames(names: readonly string[]): string {
  const named = names.length > 5 ? [...names.slice(0, 5), '…'] : names;
  return `It ran without ${named.join(', ')}: Trainyard does not write such variables down, and its server was ended before the job started.`;
}

/** Where the script was started, as a path from its checkout. */
function workingFolderIn({ snapshot, spec }: JobRecord): string {
  const folder = path.relative(snapshot?.root ?? spec.codeFolder, spec.codeFolder);
  return folder.startsWith('..') ? spec.workingFolder : path.join(folder, spec.workingFolder);
}

function bundledSupervisor(): string[] {
  return [process.execPath, path.join(path.dirname(fileURLToPath(import.meta.url)), 'supervisor.js')];
}
