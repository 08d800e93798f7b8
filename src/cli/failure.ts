import path from 'node:path';
import type { Run } from '../workspace/types.js';

/** How a run stands, with the reason when there is one: `failed: ValueError: shapes differ`. */
export function stateOf({ state, job }: Run): string {
  const why = state === 'failed' ? (job?.cause?.headline ?? job?.reason) : job?.reason;
  return why ? `${state}: ${why}` : state;
}

/** Where it failed and what to do about it, a line each; `file:line` is what terminals make a link of. */
export function failureLines({ state, code, job }: Run): string[] {
  const cause = state === 'failed' ? job?.cause : undefined;
  if (!cause) return [];
  const { file, line, hint, headline } = cause;
  const place = file === undefined ? [] : [`at ${path.join(code?.root ?? '', file)}:${line ?? 1}`];
  // Such as files that were not kept.
  const more = job?.reason && job.reason !== headline && cause.kind !== 'signal' ? [job.reason] : [];
  return [...place, ...(hint === undefined ? [] : [hint]), ...more];
}
