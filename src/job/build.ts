import path from 'node:path';
import { type Invocation, invocationOf, type Launcher } from './launch.js';
import type { FoundModule } from './module.js';
import type { CommandJob, MetricPattern } from './spec.js';

/** The parts that every job has. */
export interface JobParts {
  /** Absolute folder that is kept with the run. */
  codeFolder: string;
  /** Absolute folder the job runs in; inside `codeFolder`. */
  workingFolder: string;
  experiment?: string;
  displayName?: string;
  target?: string;
  parentRunId?: string;
  environmentVariables?: Record<string, string>;
  timeout?: number;
  metrics?: MetricPattern[];
  tags?: Record<string, string>;
}

export interface ScriptJob extends JobParts {
  /** Absolute. */
  script: string;
  interpreter: string;
  args?: string[];
  launcher?: Launcher;
}

/** The job that runs one script; its experiment is named after the code folder unless one is given. */
export function buildScriptJob({
  script,
  interpreter,
  args = [],
  launcher,
  ...parts
}: ScriptJob): CommandJob {
  const named = slashed(path.relative(parts.workingFolder, script));
  return buildJob(parts, invocationOf(interpreter, { script: named }, args, launcher), script);
}

export interface ModuleJob extends JobParts {
  /** Dotted. */
  module: string;
  /** Its file in the code; absent for an installed module. */
  found?: FoundModule;
  interpreter: string;
  args?: string[];
  launcher?: Launcher;
  /** PYTHONPATH of the submitter. */
  pythonPath?: string;
}

/**
 * The job that runs `python -m module`. The folder with its package comes first on Python's path, so that the snapshot
 * runs and not the folder of an editable install.
 */
export function buildModuleJob(job: ModuleJob): CommandJob {
  const { module, found, interpreter, args = [], launcher, pythonPath, ...parts } = job;
  const root = found && slashed(path.relative(parts.workingFolder, found.root));
  const own = parts.environmentVariables ?? {};
  // `python -m` looks into the working folder itself. Python makes a relative path absolute when it starts.
  const added = root && {
    PYTHONPATH: [root, own['PYTHONPATH'] ?? pythonPath].filter(Boolean).join(path.delimiter),
  };
  const environmentVariables = { ...own, ...added };
  return buildJob(
    { ...parts, environmentVariables },
    invocationOf(interpreter, { module }, args, launcher),
    found?.file,
  );
}

/** The job that runs a command. @param script absolute; the file of the code that it runs, if known */
export function buildJob(job: JobParts, invocation: Invocation, script?: string): CommandJob {
  return {
    kind: 'command',
    codeFolder: job.codeFolder,
    workingFolder: slashed(path.relative(job.codeFolder, job.workingFolder)),
    ...invocation,
    ...(script !== undefined && { script: slashed(path.relative(job.codeFolder, script)) }),
    target: job.target ?? 'local',
    experiment: job.experiment || path.basename(job.codeFolder) || 'Default',
    ...(job.displayName && { displayName: job.displayName }),
    ...(job.parentRunId && { parentRunId: job.parentRunId }),
    environmentVariables: job.environmentVariables ?? {},
    ...(job.timeout && { timeout: job.timeout }),
    ...(job.metrics && { metrics: job.metrics }),
    tags: job.tags ?? {},
  };
}

const slashed = (relative: string) => relative.split(path.sep).join('/');
