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
  const noProxy = [
    job.own['NO_PROXY'] ?? job.baseEnv['NO_PROXY'] ?? job.baseEnv['no_proxy'],
    '127.0.0.1,localhost',
  ]
    .filter(Boolean)
    .join(',');
  return {
    ...job.baseEnv,
    // Else Python holds back what it prints until its buffer is full.
    PYTHONUNBUFFERED: '1',
    ...job.own,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    MLFLOW_TRACKING_URI: job.serverUrl,
    MLFLOW_RUN_ID: job.runId,
    MLFLOW_EXPERIMENT_ID: job.experimentId,
    TRAINYARD_RUN_ID: job.runId,
    TRAINYARD_OUTPUT: job.outputFolder,
  };
}

/**
 * The token goes to the process beside its secrets. MLflow prefers a user and a password, which a forgotten
 * ~/.mlflow/credentials may hold, to a token; in the environment they win over that file.
 */
export function trackingSecrets(token: string): Record<string, string> {
  return {
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_TRACKING_USERNAME: 'trainyard',
    MLFLOW_TRACKING_PASSWORD: token,
  };
}
