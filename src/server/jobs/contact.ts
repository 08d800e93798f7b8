import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, TrainyardError } from '../../base/errors.js';
import type { Target } from '../../targets/target.js';

/** Milliseconds that a target may take for an answer. */
const PATIENCE = 60_000;
/** A question is asked again at once when its answer was lost: so many times in all, with milliseconds between them. */
const TRIES = 2;
const PAUSE = 100;

/** A target gave no answer. It says nothing about the job: ask again later. */
export class UnreachableError extends Error {
  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = 'UnreachableError';
  }
}

/**
 * Asks a target a question that it answers quickly.
 * @throws UnreachableError whatever went wrong there; an answer that comes too late is ignored
 */
export async function ask<T>(target: Target, question: (target: Target) => Promise<T>): Promise<T> {
  const late = new AbortController();
  try {
    return await Promise.race([
      twice(() => question(target)),
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
 * Has a target do something that may take long.
 * @throws TrainyardError when the target refuses | UnreachableError when the outcome is unknown
 */
export async function attempt<T>(target: Target, what: (target: Target) => Promise<T>): Promise<T> {
  try {
    return await what(target);
  } catch (error) {
    if (isDefinite(error)) throw error;
    throw new UnreachableError(error);
  }
}

/** The same for what is simply done again when it failed without a word from the target. */
export function attemptTwice<T>(target: Target, what: (target: Target) => Promise<T>): Promise<T> {
  return attempt(target, () => twice(() => what(target)));
}

/** Asks a target for somebody who waits for the answer. @throws TARGET_UNREACHABLE */
export async function reach<T>(target: Target, question: (target: Target) => Promise<T>): Promise<T> {
  try {
    return await ask(target, question);
  } catch (error) {
    throw unreachable(target, error);
  }
}

/** Has a target do something for somebody who waits for it. @throws what the target says | TARGET_UNREACHABLE */
export async function command<T>(target: Target, what: (target: Target) => Promise<T>): Promise<T> {
  try {
    return await attempt(target, what);
  } catch (error) {
    throw error instanceof UnreachableError ? unreachable(target, error) : error;
  }
}

function unreachable({ name }: Target, error: unknown): TrainyardError {
  return new TrainyardError('TARGET_UNREACHABLE', `The target ${name} does not answer.`, {
    hint: whyUnreachable(error),
    cause: error,
  });
}

/** Why a target gives no answer, for people. */
export function whyUnreachable(error: unknown): string {
  const cause = error instanceof UnreachableError ? error.cause : error;
  const hint = TrainyardError.is(cause) ? cause.hint : undefined;
  return [messageOf(cause), hint].filter(Boolean).join(' ');
}

function isDefinite(error: unknown): boolean {
  return TrainyardError.is(error) && error.code !== 'TARGET_UNREACHABLE';
}

async function twice<T>(call: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await call();
    } catch (error) {
      if (left === 1 || isDefinite(error)) throw error;
    }
    await sleep(PAUSE);
  }
}
