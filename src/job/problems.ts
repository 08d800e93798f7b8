import { TrainyardError } from '../base/errors.js';

/** Something that is wrong with data that somebody wrote. */
export interface Problem {
  /** Where, such as `metrics[0].regex`; '' is the whole. */
  path: string;
  /** A sentence that names the place. */
  text: string;
  /** What to do, a sentence. */
  hint?: string;
}

/** @throws BAD_REQUEST with all the problems, which are its details; returns when there are none */
export function refuse(problems: readonly Problem[]): void {
  const [first] = problems;
  if (!first) return;
  const hint = problems.find((problem) => problem.hint !== undefined)?.hint;
  throw new TrainyardError('BAD_REQUEST', problems.map(({ text }) => text).join(' '), {
    details: problems,
    ...(hint !== undefined && { hint }),
  });
}

/** `metrics` and `0` are `metrics[0]`, that and `regex` are `metrics[0].regex`. */
export function below(path: string, step: string): string {
  if (/^\d+$/.test(step) && path !== '') return `${path}[${step}]`;
  return path === '' ? step : `${path}.${step}`;
}

/** `a job`, `an environment` */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}
