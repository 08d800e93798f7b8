import type { Logger } from 'pino';
import type { EndedStatus, Target } from '../../targets/target.js';
import type { RunState } from '../../workspace/types.js';
import { isActive, type JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import { endRunsOf } from './begin.js';
import { type Collector, reasonOf } from './collector.js';
import { ask } from './contact.js';
import { failureOf } from './failure.js';
import type { Harvest } from './harvest.js';
import type { LogMirror } from './log-mirror.js';

const FINAL_STATUS: Partial<Record<RunState, 'finished' | 'failed' | 'killed'>> = {
  finished: 'finished',
  failed: 'failed',
  cancelled: 'killed',
};
/** Sentences on how a job ended. */
const MOST_REASONS = 10;

export type End = { state: RunState } & Pick<
  Partial<JobRecord>,
  'reason' | 'cause' | 'exitCode' | 'elsewhere' | 'outsideCode' | 'endedAt' | 'uncollected'
>;

export interface EndingOptions {
  store: Store;
  log: Logger;
  mirror: LogMirror;
  harvest: Harvest;
  collector: Collector;
  /** A job needs its place no more. */
  onCollecting: () => void;
  /** It has ended. */
  onEnd: (job: JobRecord) => void;
}

/** What follows when the script of a job has ended. A server that is killed meanwhile begins again with all of it. */
export class Ending {
  private readonly options: EndingOptions;

  constructor(options: EndingOptions) {
    this.options = options;
  }

  /** @throws UnreachableError when the target does not hand over the log or the files now */
  async end(job: JobRecord, target: Target, status: EndedStatus): Promise<void> {
    const { store, mirror, harvest, collector, onCollecting } = this.options;
    const { runId } = job;
    await mirror.fetch(job, target, true);
    const state = finalState(job, status);
    const endedAt = job.state === 'collecting' ? (job.endedAt ?? status.endedAt) : status.endedAt;
    const cause = state === 'failed' ? await failureOf(job, status, mirror.file(runId)) : undefined;
    // One that was too short to be seen running.
    const machine =
      job.machine ?? (status.startedAt === undefined ? undefined : await machineOf(job, target));
    await store.write(() => {
      if (!this.isActive(runId)) return;
      store.jobs.update(runId, {
        state: 'collecting',
        exitCode: status.exitCode,
        endedAt,
        machine,
        cause,
        waiting: undefined,
        debugger: undefined,
        ...(status.startedAt !== undefined && { startedAt: status.startedAt }),
      });
    });
    onCollecting();
    const unread = await harvest.finish(job, target, status.startedAt ?? job.startedAt ?? job.queuedAt);
    const { notes, stores, outsideCode, lost, problems, again, hasEvents } = await collector.collect(
      job,
      target,
      state,
    );
    if (hasEvents) unread.push(...(await harvest.readCollectedEvents(job)));
    const now = store.jobs.get(runId);
    const reasons = [now?.reason, status.reason, ...notes, ...unread, ...lost].filter(Boolean);
    await this.finish(job, {
      state,
      reason: reasonOf(reasons.slice(0, MOST_REASONS), {
        problems: problems.slice(0, MOST_REASONS),
        ...(again !== undefined && { again }),
      }),
      exitCode: status.exitCode,
      elsewhere: [...new Set([...(now?.elsewhere ?? []), ...stores])],
      outsideCode: [...outsideCode],
      endedAt,
      uncollected: again !== undefined,
    });
  }

  /** Writes down how a job ended. Does nothing when it has. */
  async finish({ runId }: JobRecord, end: End): Promise<void> {
    const { store, log, onEnd } = this.options;
    const job = store.jobs.get(runId);
    if (!job || !isActive(job)) return;
    const endedAt = end.endedAt ?? job.endedAt ?? Date.now();
    await store.write(() => {
      store.jobs.update(runId, {
        ...end,
        endedAt,
        collected: undefined,
        waiting: undefined,
        debugger: undefined,
        unreachable: undefined,
      });
      const status = FINAL_STATUS[end.state] ?? 'failed';
      store.runs.update(runId, { status, endTime: endedAt });
      endRunsOf(store, runId, { status, endTime: endedAt });
    });
    log.info({ runId, state: end.state, exitCode: end.exitCode, reason: end.reason }, 'job ended');
    onEnd({ ...job, ...end });
  }

  private isActive(runId: string): boolean {
    return this.options.store.jobs.isActive(runId);
  }
}

export function machineOf({ handle }: JobRecord, target: Target): Promise<JobRecord['machine']> {
  return ask(target, async () => (handle ? target.machine?.(handle) : undefined));
}

function finalState(
  { cancelRequested }: JobRecord,
  { cause, exitCode }: EndedStatus,
): 'finished' | 'failed' | 'cancelled' {
  if (cause === 'cancelled' || (cause === 'lost' && cancelRequested)) return 'cancelled';
  return exitCode === 0 && cause === 'exit' ? 'finished' : 'failed';
}
