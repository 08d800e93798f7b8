import { pastProxies, trackingSecrets } from '../../workspace/local/tracking.js';

export interface JobEnvironment {
  baseEnv: Record<string, string>;
  /** Of the job file; they win over the submitter's. */
  own: Record<string, string>;
  runId: string;
  serverUrl: string;
  /** Folder whose files become files of the run. */
  outputFolder: string;
}

/** By these another tracking server is chosen, or a run on it. */
const TRACKING = 'MLFLOW_TRACKING_URI';

/**
 * The environment of a job's process, except for its secrets. It names no run: the script begins one as it does by
 * hand, and the server knows by its token which job it belongs to.
 */
export function jobEnvironment(job: JobEnvironment): Record<string, string> {
  return {
    ...job.baseEnv,
    // Else Python holds back what it prints until its buffer is full.
    PYTHONUNBUFFERED: '1',
    [TRACKING]: job.serverUrl,
    ...job.own,
    ...pastProxies({ ...job.baseEnv, ...job.own }),
    TRAINYARD_RUN_ID: job.runId,
    TRAINYARD_OUTPUT: job.outputFolder,
  };
}

/** The token of the job for its process; none when the job file sends it to another tracking server. */
export function jobSecrets(own: Readonly<Record<string, string>>, token: string): Record<string, string> {
  return TRACKING in own ? {} : trackingSecrets(token);
}
