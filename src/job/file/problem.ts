import path from 'node:path';
import { TrainyardError } from '../../base/errors.js';
import type { Problem } from '../problems.js';
import type { Range } from './position.js';

/**
 * `error`: the file is wrong, or asks for what cannot be done here. `warning`: probably not what was meant. `note`: valid,
 * but different here than in Azure.
 */
export type Severity = 'error' | 'warning' | 'note';

export type FileProblemCode =
  /** Not YAML. */
  | 'syntax'
  /** A template’s `{{placeholder}}`. */
  | 'placeholder'
  | 'duplicate-key'
  /** A kind of file that is known and not run here. */
  | 'not-run-here'
  /** No kind of file that is known. */
  | 'unknown-file'
  | 'unknown-field'
  | 'missing-field'
  /** A parameter of an entry point that whoever submits it must give a value. */
  | 'missing-value'
  /** Another type, or a value that is none of those possible. */
  | 'value'
  /** A file or folder that is not there. */
  | 'missing-file'
  /** An expression that is wrong, or that nothing fills in. */
  | 'expression'
  /** A valid field that does nothing here. */
  | 'inert'
  /** Valid in Azure, but not possible here. */
  | 'unsupported';

/** Something to tell about a file, with its place. */
export interface FileProblem extends Problem {
  readonly range: Range;
  readonly severity: Severity;
  readonly code: FileProblemCode;
  /** What was probably meant, to write in the place of what is at `range`. */
  readonly meant?: string;
}

export function isWrong(problems: readonly FileProblem[]): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

/** `train.yml:3:5: error: text`, from 1. */
export function lineOf(name: string, { range: { start }, severity, text, hint }: FileProblem): string {
  return `${name}:${start.line + 1}:${start.column + 1}: ${severity}: ${text}${hint === undefined ? '' : ` ${hint}`}`;
}

/**
 * Refuses a file that is wrong.
 * @param name what people call it
 * @throws BAD_REQUEST with all its errors, one a line
 */
export function refuseWrong(name: string, problems: readonly FileProblem[]): void {
  const wrong = problems.filter(({ severity }) => severity === 'error');
  if (wrong.length > 0)
    throw new TrainyardError('BAD_REQUEST', wrong.map((problem) => lineOf(name, problem)).join('\n'), {
      details: { file: name, problems: wrong },
    });
}

/**
 * Refuses a file for problems, if there are any.
 * @param why `defines no environment`
 * @throws BAD_REQUEST with all of them, each with its line and column, as `details`
 */
export function refuseFile(file: string, problems: readonly FileProblem[], why: string): void {
  if (problems.length === 0) return;
  const said = problems.map(
    ({ range: { start }, text, hint }) =>
      `${start.line + 1}:${start.column + 1} ${[text, hint].filter(Boolean).join(' ')}`,
  );
  throw new TrainyardError('BAD_REQUEST', `${path.basename(file)} ${why}. ${said.join(' ')}`, {
    details: { file, problems },
  });
}
