/** A metric that is read from what the script prints, as SageMaker and Katib name them. */
export interface MetricPattern {
  name: string;
  /**
   * A regular expression (JavaScript's) for a line. Its group `value`, or its first group, is the value; a group `step`
   * is the step when it is a whole number, else values are counted.
   */
  regex: string;
}

/**
 * What a person asks for when they submit a script. The names follow the Azure ML CLI v2 command job
 * where it has one (`displayName` ↔ `display_name`, `environmentVariables`, `limits.timeout`).
 */
export interface JobSpec {
  /** Folder whose code is kept and run; absolute. Files outside it are not part of the run. */
  codeFolder: string;
  /** Working folder of the process, relative to `codeFolder`, with `/`; '' is `codeFolder` itself. */
  workingFolder: string;
  /** The program and its arguments. A script is named relative to the working folder. */
  command: string[];
  /** The script that was submitted, relative to `codeFolder`, with `/`. */
  script: string;
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
