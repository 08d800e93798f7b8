import { joinArguments } from './arguments.js';

/** A metric that is read from what the script prints, as SageMaker and Katib name them. */
export interface MetricPattern {
  name: string;
  /**
   * A regular expression (JavaScript's) for a line. Its group `value`, or its first group, is the value; a group `step`
   * is the step when it is a whole number, else values are counted.
   */
  regex: string;
}

/** Of one job. */
export const MOST_PATTERNS = 100;

/**
 * What a person asks for when they submit a job. The names follow the Azure ML CLI v2 command job
 * where it has one (`displayName` ↔ `display_name`, `environmentVariables`, `limits.timeout`).
 */
export interface JobSpec {
  /** Folder whose code is kept and run; absolute. Files outside it are not part of the run. */
  codeFolder: string;
  /** Working folder of the process, relative to `codeFolder`, with `/`; '' is `codeFolder` itself. */
  workingFolder: string;
  /** The program and its arguments. A script is named relative to the working folder. */
  command: string[];
  /** The script, or the file of the module, that runs, relative to `codeFolder`, with `/`; absent when none is known. */
  script?: string;
  /** Name of the target, as the target registry lists it. */
  target: string;
  experiment: string;
  displayName?: string;
  environmentVariables: Record<string, string>;
  /** Seconds; absent or 0: none. */
  timeout?: number;
  metrics?: MetricPattern[];
  tags: Record<string, string>;
}

/** What a job is called when it has no script: its command, with the name of the program only. */
export function titleOf({ script, command: [program = '', ...args] }: JobSpec): string {
  return script ?? joinArguments([program.split(/[\\/]/).at(-1) ?? program, ...args]).slice(0, MOST_TITLE);
}

const MOST_TITLE = 250;
