import fs from 'node:fs';
import type { Readable } from 'node:stream';
import { TrainyardError } from '../../base/errors.js';
import type { Store } from '../store/store.js';

/** Build contexts are files of owners of their own, so that no purge of runs takes them. */
export const CONTEXT_FILE = 'context.tar';

export function ownerOfContext(sha256: string): string {
  return `environments/${sha256}`;
}

/** @throws NOT_FOUND */
export function readContext(store: Store, sha256: string): Readable {
  const kept = store.artifacts.stat(ownerOfContext(sha256), CONTEXT_FILE);
  if (!kept || !fs.existsSync(kept.file))
    throw new TrainyardError('NOT_FOUND', 'The build context of the environment is no longer in the store.', {
      hint: 'Create the environment again.',
    });
  return fs.createReadStream(kept.file);
}
