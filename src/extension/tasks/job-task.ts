import type { MetricPattern } from '../../job/spec.js';
import { splitArguments } from '../../job/arguments.js';
import { problemOfModule } from '../../job/launch.js';

export const TASK_TYPE = 'trainyard';

/** A task of tasks.json, as package.json's `taskDefinitions` describes it. */
export interface JobTask {
  what: { script: string } | { module: string } | { code: string };
  launcher?: string;
  envFile?: boolean;
  args: string[];
  experiment?: string;
  target?: string;
  metrics?: MetricPattern[];
}

/** Reads a definition; what a person wrote may be anything. @throws RangeError saying what is wrong */
export function parseJobTask(definition: Readonly<Record<string, unknown>>): JobTask {
  const { args, experiment, target, launcher, envFile, metrics } = definition;
  for (const [name, value] of Object.entries({ experiment, target, launcher }))
    if (value !== undefined && typeof value !== 'string') throw new RangeError(`“${name}” must be a string.`);
  if (envFile !== undefined && typeof envFile !== 'boolean')
    throw new RangeError('“envFile” must be true or false.');
  return {
    what: parseWhat(definition),
    ...(launcher !== undefined && { launcher: launcher as string }),
    ...(envFile !== undefined && { envFile }),
    args: parseArgs(args),
    experiment: experiment as string | undefined,
    target: target as string | undefined,
    metrics: parseMetrics(metrics),
  };
}

function parseWhat(definition: Readonly<Record<string, unknown>>): JobTask['what'] {
  const given = (['script', 'module', 'code'] as const).filter((name) => definition[name] !== undefined);
  const [name] = given;
  if (name === undefined) throw new RangeError('“script”, “module” or “code” must say what to run.');
  if (given.length > 1) throw new RangeError(`“${given.join('” and “')}” cannot be used together.`);
  const value = definition[name];
  if (typeof value !== 'string' || value === '') throw new RangeError(`“${name}” must be a string.`);
  const problem = name === 'module' ? problemOfModule(value) : undefined;
  if (problem) throw new RangeError(problem);
  return { [name]: value } as JobTask['what'];
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
