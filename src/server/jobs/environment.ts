import path from 'node:path';
import { pastProxies, trackingSecrets } from '../../workspace/local/tracking.js';
import { isOfRepository } from './inherited.js';

export interface JobEnvironment {
  baseEnv: Record<string, string>;
  /** Of the job file; they win over the submitter's. */
  own: Record<string, string>;
  runId: string;
  serverUrl: string;
  /** Folder whose files become files of the run. */
  outputFolder: string;
  /** Folders that git does not look into for a repository around the job's code, which is in none. */
  ceilings?: string[];
}

/** By these another tracking server is chosen, or a run on it. */
const TRACKING = 'MLFLOW_TRACKING_URI';

/**
 * The environment of a job's process, except for its secrets. It names no run: the script begins one as it does by
 * hand, and the server knows by its token which job it belongs to.
 */
export function jobEnvironment(job: JobEnvironment): Record<string, string> {
  const base = Object.entries(job.baseEnv).filter(([name]) => !isOfRepository(name));
  const ceilings = [...(job.ceilings ?? []), job.baseEnv['GIT_CEILING_DIRECTORIES']].filter(Boolean);
  return {
    ...Object.fromEntries(base),
    ...(ceilings.length > 0 && { GIT_CEILING_DIRECTORIES: ceilings.join(path.delimiter) }),
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
