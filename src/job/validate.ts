import path from 'node:path';
import { TrainyardError } from '../base/errors.js';
import type { JobSpec } from './spec.js';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What is wrong with a job, one sentence each; empty when nothing is. */
export function problemsOf(spec: JobSpec): string[] {
  const problems: string[] = [];
  if (!path.isAbsolute(spec.codeFolder))
    problems.push(`The code folder “${spec.codeFolder}” is not absolute.`);
  for (const [what, value] of [
    ['working folder', spec.workingFolder],
    ['script', spec.script],
  ] as const)
    if (climbs(value)) problems.push(`The ${what} “${value}” is not inside the code folder.`);
  if (!spec.command[0]) problems.push('There is no command to run.');
  if (spec.command.some((part) => part.includes('\0'))) problems.push('The command holds a NUL character.');
  for (const name of Object.keys(spec.environmentVariables))
    if (!VARIABLE.test(name)) problems.push(`“${name}” is not a name for an environment variable.`);
  return problems;
}

/** @throws BAD_REQUEST with all the problems */
export function validate(spec: JobSpec): void {
  const problems = problemsOf(spec);
  if (problems.length > 0) throw new TrainyardError('BAD_REQUEST', problems.join(' '), { details: problems });
}

function climbs(value: string): boolean {
  return path.isAbsolute(value) || /^[a-z]:/i.test(value) || value.split(/[\\/]/).includes('..');
}
