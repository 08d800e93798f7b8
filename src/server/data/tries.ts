import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import { ChangedError } from './source.js';

/** How often in a row reading may fail without a byte of progress. */
const TRIES = 5;

/** An attempt that failed after it had got on. */
export class ProgressedError extends Error {
  readonly progressed: boolean;

  constructor(cause: unknown, progressed = true) {
    super(messageOf(cause), { cause });
    this.progressed = progressed;
  }
}

/** Tries again while it fails for reasons that may pass. */
export async function tries<T>(
  signal: AbortSignal,
  pause: number,
  uri: string,
  what: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await what();
    } catch (error) {
      signal.throwIfAborted();
      const cause = error instanceof ProgressedError ? error.cause : error;
      if (TrainyardError.is(cause) || cause instanceof ChangedError) throw cause;
      if (hasCode(cause, 'ENOSPC', 'EDQUOT', 'EACCES', 'EROFS')) throw cause;
      if (error instanceof ProgressedError && error.progressed) failures = 1;
      if (failures >= TRIES)
        throw new TrainyardError('TARGET_FAILED', `${uri} could not be read: ${reasonOf(cause)}`, {
          hint: 'Check the address and the network, and submit the job again. What has arrived is kept.',
          cause,
        });
      await sleep(pause * 2 ** (failures - 1), undefined, { signal });
    }
  }
}

/** The reason of fetch() is below “fetch failed”. */
function reasonOf(error: unknown): string {
  const below = error instanceof Error ? error.cause : undefined;
  return below instanceof Error && below.message ? below.message : messageOf(error);
}
