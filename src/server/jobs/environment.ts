import { pastProxies } from '../../workspace/local/tracking.js';

export interface JobEnvironment {
  baseEnv: Record<string, string>;
  /** Of the job file; they win over the submitter's. */
  own: Record<string, string>;
  runId: string;
  experimentId: string;
  serverUrl: string;
  /** Folder whose files become files of the run. */
  outputFolder: string;
}

/** The environment of a job's process, except for its secrets. */
export function jobEnvironment(job: JobEnvironment): Record<string, string> {
  return {
    ...job.baseEnv,
    // Else Python holds back what it prints until its buffer is full.
    PYTHONUNBUFFERED: '1',
    ...job.own,
    ...pastProxies({ ...job.baseEnv, ...job.own }),
    MLFLOW_TRACKING_URI: job.serverUrl,
    MLFLOW_RUN_ID: job.runId,
    MLFLOW_EXPERIMENT_ID: job.experimentId,
    TRAINYARD_RUN_ID: job.runId,
    TRAINYARD_OUTPUT: job.outputFolder,
  };
}
