import path from 'node:path';
import type { JobSpec, MetricPattern } from './spec.js';

export interface ScriptJob {
  /** Absolute. */
  script: string;
  /** Absolute folder that is kept with the run. */
  codeFolder: string;
  /** Absolute folder the script runs in; inside `codeFolder`. */
  workingFolder: string;
  interpreter: string;
  args?: string[];
  experiment?: string;
  displayName?: string;
  target?: string;
  environmentVariables?: Record<string, string>;
  timeout?: number;
  metrics?: MetricPattern[];
  tags?: Record<string, string>;
}

/** The job that runs one script; its experiment is named after the code folder unless one is given. */
export function buildScriptJob(job: ScriptJob): JobSpec {
  const script = slashed(path.relative(job.codeFolder, job.script));
  const named = slashed(path.relative(job.workingFolder, job.script));
  return {
    codeFolder: job.codeFolder,
    workingFolder: slashed(path.relative(job.codeFolder, job.workingFolder)),
    command: [job.interpreter, named, ...(job.args ?? [])],
    script,
    target: job.target ?? 'local',
    experiment: job.experiment || path.basename(job.codeFolder) || 'Default',
    ...(job.displayName && { displayName: job.displayName }),
    environmentVariables: job.environmentVariables ?? {},
    ...(job.timeout && { timeout: job.timeout }),
    ...(job.metrics && { metrics: job.metrics }),
    tags: job.tags ?? {},
  };
}

const slashed = (relative: string) => relative.split(path.sep).join('/');
