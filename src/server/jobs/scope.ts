import type { LoggedModel } from '../store/models.js';
import type { Store } from '../store/store.js';

/** What the programs of a job may write to. */
export class JobScope {
  private readonly store: Store;
  private readonly jobId: string;

  constructor(store: Store, jobId: string) {
    this.store = store;
    this.jobId = jobId;
  }

  /** The run of the job, one that it began, or a child of these. */
  hasRun(runId: string): boolean {
    return runId === this.jobId || this.store.runs.isOfJob(runId, this.jobId);
  }

  /** A model that one of its runs logged. */
  hasModel({ sourceRunId }: LoggedModel): boolean {
    return sourceRunId !== '' && this.hasRun(sourceRunId);
  }

  /** The one it was submitted to, and the one that its script chose for the run of the job. */
  hasExperiment(experimentId: string): boolean {
    const { runs, jobs } = this.store;
    return [runs.get(this.jobId)?.experimentId, jobs.experimentOf(this.jobId)].includes(experimentId);
  }
}
