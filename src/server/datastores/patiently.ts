import { setTimeout as sleep } from 'node:timers/promises';
import { TrainyardError } from '../../base/errors.js';

/** Milliseconds after the first failure, and at most. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 15_000;

/**
 * Does something again and again while a datastore cannot be reached. What is done goes on from where it was.
 * @param onWait is told why, before each pause
 * @throws any other error | the reason of `signal`
 */
export async function patiently<T>(
  what: () => Promise<T>,
  onWait: (why: TrainyardError) => void,
  signal: AbortSignal,
): Promise<T> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return await what();
    } catch (error) {
      signal.throwIfAborted();
      if (!TrainyardError.is(error, 'TARGET_UNREACHABLE')) throw error;
      onWait(error);
      await sleep(pause, undefined, { signal });
    }
  }
}
