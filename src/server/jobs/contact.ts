import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, TrainyardError } from '../../base/errors.js';
import type { Target } from '../../targets/target.js';

/** Milliseconds that a target may take for an answer. */
const PATIENCE = 60_000;

/** A target gave no answer: nothing follows from that but to ask again later. */
export class UnreachableError extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = 'UnreachableError';
  }
}

/**
 * Asks a target something that it answers soon.
 * @throws UnreachableError whatever went wrong there; an answer that comes too late is passed over
 */
export async function ask<T>(target: Target, question: (target: Target) => Promise<T>): Promise<T> {
  const late = new AbortController();
  try {
    return await Promise.race([
      question(target),
      sleep(PATIENCE, undefined, { signal: late.signal, ref: false }).then(() => {
        throw new Error(`${target.name} has not answered for ${PATIENCE / 1000} s.`);
      }),
    ]);
  } catch (error) {
    throw new UnreachableError(error);
  } finally {
    late.abort();
  }
}

/**
 * Has a target do what may take long and is refused for good with a TrainyardError.
 * @throws that | UnreachableError: nobody knows
 */
export async function attempt<T>(target: Target, what: (target: Target) => Promise<T>): Promise<T> {
  try {
    return await what(target);
  } catch (error) {
    if (TrainyardError.is(error) && error.code !== 'TARGET_UNREACHABLE') throw error;
    throw new UnreachableError(error);
  }
}
