import path from 'node:path';
import { TrainyardError } from '../base/errors.js';
import { type JobSpec, type MetricPattern, MOST_PATTERNS } from './spec.js';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The problems of a job, one sentence each; empty if there are none. */
export function problemsOf(spec: JobSpec): string[] {
  const problems: string[] = [];
  if (!path.isAbsolute(spec.codeFolder))
    problems.push(`The code folder “${spec.codeFolder}” is not absolute.`);
  for (const [what, value] of [
    ['working folder', spec.workingFolder],
    ['script', spec.script ?? ''],
  ] as const)
    if (climbs(value)) problems.push(`The ${what} “${value}” is not inside the code folder.`);
  if (!spec.command[0]) problems.push('There is no command to run.');
  for (const [what, values] of Object.entries({
    'code folder': [spec.codeFolder],
    'working folder': [spec.workingFolder],
    name: [spec.displayName ?? ''],
    command: spec.command,
    environment: Object.values(spec.environmentVariables),
  }))
    if (values.some((value) => value.includes('\0'))) problems.push(`The ${what} contains a NUL character.`);
  for (const name of Object.keys(spec.environmentVariables))
    if (!VARIABLE.test(name)) problems.push(`“${name}” is not a name for an environment variable.`);
  return [...problems, ...problemsOfPatterns(spec.metrics ?? [])];
}

/** The same for its patterns. */
export function problemsOfPatterns(patterns: readonly MetricPattern[]): string[] {
  const problems: string[] = [];
  if (patterns.length > MOST_PATTERNS)
    problems.push(`A job has at most ${MOST_PATTERNS} patterns for metrics.`);
  for (const { name, regex } of patterns) {
    if (!name.trim()) problems.push('A pattern for a metric needs the name of the metric.');
    const problem = problemOfPattern(regex);
    if (problem) problems.push(`The pattern of the metric ${name} ${problem}.`);
  }
  return problems;
}

function problemOfPattern(regex: string): string | undefined {
  try {
    new RegExp(regex);
    // With an empty alternative it matches the empty text, and the match has one entry per group.
    const groups = new RegExp(`${regex}|`).exec('')?.length ?? 0;
    return groups < 2 ? 'has no group (…) for the value' : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return `is not a regular expression: ${error.message}`;
    throw error;
  }
}

/** @throws BAD_REQUEST with all the problems */
export function validate(spec: JobSpec): void {
  const problems = problemsOf(spec);
  if (problems.length > 0) throw new TrainyardError('BAD_REQUEST', problems.join(' '), { details: problems });
}

function climbs(value: string): boolean {
  return path.isAbsolute(value) || /^[a-z]:/i.test(value) || value.split(/[\\/]/).includes('..');
}
