import { splitArguments } from '../../job/arguments.js';

export const TASK_TYPE = 'trainyard';

/** A task of tasks.json, as package.json's `taskDefinitions` describes it. */
export interface JobTask {
  script: string;
  args: string[];
  experiment?: string;
  target?: string;
}

/** Reads a definition; what a person wrote may be anything. @throws RangeError saying what is wrong */
export function parseJobTask(definition: Readonly<Record<string, unknown>>): JobTask {
  const { script, args, experiment, target } = definition;
  if (typeof script !== 'string' || script === '') throw new RangeError('“script” must name a script.');
  for (const [name, value] of Object.entries({ experiment, target }))
    if (value !== undefined && typeof value !== 'string') throw new RangeError(`“${name}” must be a string.`);
  return {
    script,
    args: parseArgs(args),
    experiment: experiment as string | undefined,
    target: target as string | undefined,
  };
}

function parseArgs(args: unknown): string[] {
  if (args === undefined) return [];
  if (typeof args === 'string') return splitArguments(args);
  if (Array.isArray(args) && args.every((arg) => typeof arg === 'string')) return args;
  throw new RangeError('“args” must be a string or a list of strings.');
}
