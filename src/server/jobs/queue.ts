import type { RunState } from '../../workspace/types.js';
import type { JobRecord } from '../store/jobs.js';

/** What the queue looks at of a job. */
export type Queued = Pick<JobRecord, 'runId' | 'state' | 'handle' | 'cancelRequested'>;

/** Whether it takes a place of those that run at once. */
export function isInSlot({ state }: { state: RunState }): boolean {
  return state === 'preparing' || state === 'running';
}

/**
 * Which jobs of a target are to be started now, the one that has waited longest first.
 * @param jobs all of the target that have not ended, in the order they were queued
 * @param supervised ids of jobs that are being started, or otherwise seen to
 */
export function nextToStart<T extends Queued>(
  jobs: readonly T[],
  slots: number,
  supervised: ReadonlySet<string>,
): T[] {
  const isOnItsWay = ({ state, runId }: T) => state === 'queued' && supervised.has(runId);
  const taken = jobs.filter((job) => isInSlot(job) || isOnItsWay(job)).length;
  const waiting = jobs.filter(
    ({ handle, runId, cancelRequested }) => !handle && !cancelRequested && !supervised.has(runId),
  );
  return waiting.slice(0, Math.max(0, slots - taken));
}
