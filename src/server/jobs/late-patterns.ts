import type { Logger } from 'pino';
import { TrainyardError } from '../../base/errors.js';
import type { MetricPattern } from '../../job/spec.js';
import { problemsOfPatterns } from '../../job/pattern-problems.js';
import { refuse } from '../../job/problems.js';
import { allPatterns, isActive } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import type { Harvest } from './harvest.js';
import { keepJob } from './kept-jobs.js';

/** Milliseconds until the output of a job that has ended is read again when that failed. */
const READ_AGAIN = 15_000;

export interface LatePatternsOptions {
  store: Store;
  home: string;
  log: Logger;
  harvest: Harvest;
}

/** Patterns for metrics that a job gets after it was submitted. */
export class LatePatterns {
  private readonly options: LatePatternsOptions;
  /** Jobs that have ended, and whose output is being read again. */
  private readonly reading = new Set<string>();
  private closed = false;

  constructor(options: LatePatternsOptions) {
    this.options = options;
  }

  /**
   * Reads more metrics from the output of a job, from its start, also when the job has ended. Patterns that it has
   * already are passed over.
   * @throws BAD_REQUEST with all the problems, or when the run is not one of a job
   */
  async add(runId: string, patterns: readonly MetricPattern[]): Promise<void> {
    const { store, home } = this.options;
    await store.write(() => {
      const job = store.jobs.get(runId);
      if (!job)
        throw new TrainyardError(
          'BAD_REQUEST',
          'The output of this run is not available: Trainyard did not start it.',
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
      store.jobs.update(runId, { late: [...job.late, { patterns: all.slice(known), read: 0 }] });
      // For a store that loses the job.
      if (job.handle) keepJob(home, runId, { ...job, spec: { ...job.spec, metrics: all } });
    });
    void this.catchUp(runId);
  }

  /** Reads the output of a job that has ended; while it runs, its metrics are read anyway. */
  async catchUp(runId: string): Promise<void> {
    const { store, log, harvest } = this.options;
    if (this.reading.has(runId)) return;
    this.reading.add(runId);
    try {
      for (let job = store.jobs.get(runId); job && !isActive(job) && job.late.length > 0;) {
        const faults = await harvest.catchUp(runId);
        if (this.closed) return;
        job = store.jobs.get(runId);
        const reason = [...new Set([job?.reason, ...faults])].filter(Boolean).join(' ');
        if (job && faults.length > 0) await store.write(() => store.jobs.update(runId, { reason }));
      }
    } catch (error) {
      if (this.closed) return;
      log.error({ err: error, runId }, 'the output of a job could not be read again; it is tried again');
      setTimeout(() => void this.catchUp(runId), READ_AGAIN).unref();
    } finally {
      this.reading.delete(runId);
    }
  }

  close(): void {
    this.closed = true;
  }
}
