import type { MetricPattern } from '../../job/spec.js';
import { splitArguments } from '../../job/arguments.js';

export const TASK_TYPE = 'trainyard';

/** A task of tasks.json, as package.json's `taskDefinitions` describes it. */
export interface JobTask {
  script: string;
  args: string[];
  experiment?: string;
  target?: string;
  metrics?: MetricPattern[];
}

/** Reads a definition; what a person wrote may be anything. @throws RangeError saying what is wrong */
export function parseJobTask(definition: Readonly<Record<string, unknown>>): JobTask {
  const { script, args, experiment, target, metrics } = definition;
  if (typeof script !== 'string' || script === '') throw new RangeError('“script” must name a script.');
  for (const [name, value] of Object.entries({ experiment, target }))
    if (value !== undefined && typeof value !== 'string') throw new RangeError(`“${name}” must be a string.`);
  return {
    script,
    args: parseArgs(args),
    experiment: experiment as string | undefined,
    target: target as string | undefined,
    metrics: parseMetrics(metrics),
  };
}

function parseArgs(args: unknown): string[] {
  if (args === undefined) return [];
  if (typeof args === 'string') return splitArguments(args);
  if (Array.isArray(args) && args.every((arg) => typeof arg === 'string')) return args;
  throw new RangeError('“args” must be a string or a list of strings.');
}

/** Only the shape: whether the patterns are good ones is checked with the job. */
function parseMetrics(metrics: unknown): MetricPattern[] | undefined {
  if (metrics === undefined) return undefined;
  const isPattern = (pattern: unknown): pattern is MetricPattern =>
    typeof pattern === 'object' &&
    pattern !== null &&
    ['name', 'regex'].every((field) => typeof (pattern as Record<string, unknown>)[field] === 'string');
  if (Array.isArray(metrics) && metrics.every(isPattern)) return metrics;
  throw new RangeError('“metrics” must be a list of { "name": …, "regex": … }.');
}
