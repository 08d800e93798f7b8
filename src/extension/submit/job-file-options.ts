import type { Override } from '../../job/file/overrides.js';
import type { Environment } from '../../job/spec.js';

/** How a job file is submitted. What is absent is as the file says. */
export interface JobFileOptions {
  target?: string;
  /** `interpreter`: that of the project. */
  environment?: Environment | 'interpreter';
  experiment?: string;
  /** Values in place of those of the file. */
  set: readonly Override[];
  /** Of an MLproject; absent: `main`. */
  entryPoint?: string;
  /** Names of secrets that reach the job as environment variables; values are in SecretStorage only. */
  secrets: string[];
}

export const PLAIN_JOB_FILE: JobFileOptions = { set: [], secrets: [] };
