import path from 'node:path';
import { formatDuration } from '../base/format.js';
import type { Run } from '../workspace/types.js';
import { addressOf } from '../job/debug.js';

/** The state of a run, with the reason if there is one: `failed: ValueError: shapes differ`. */
export function stateOf({ state, job }: Run, now = Date.now()): string {
  if (job?.unreachable) {
    const { since, why } = job.unreachable;
    return `${state}: not reachable for ${formatDuration(now - since)}: ${why}`;
  }
  if (job?.waiting !== undefined) return `${state}: waiting: ${job.waiting}`;
  if (state === 'running' && job?.debugger?.waits)
    return `${state}: waits for a debugger on ${addressOf(job.debugger)}`;
  const why = state === 'failed' ? (job?.cause?.headline ?? job?.reason) : job?.reason;
  return why ? `${state}: ${why}` : state;
}

/** Where it failed and what to do about it, one line each; terminals turn `file:line` into a link. */
export function failureLines({ state, code, job }: Run): string[] {
  const cause = state === 'failed' ? job?.cause : undefined;
  if (!cause) return [];
  const { file, line, hint, headline } = cause;
  const place = file === undefined ? [] : [`at ${path.join(code?.root ?? '', file)}:${line ?? 1}`];
  // Such as files that were not kept.
  const more = job?.reason && job.reason !== headline && cause.kind !== 'signal' ? [job.reason] : [];
  return [...place, ...(hint === undefined ? [] : [hint]), ...more];
}
