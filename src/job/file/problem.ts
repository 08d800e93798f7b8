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
