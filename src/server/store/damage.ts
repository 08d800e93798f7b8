import { TrainyardError } from '../../base/errors.js';

/** What a person can do if a store is refused. */
const REMEDIES =
  'Nothing was changed. Put the file back if you have a copy of it. Or run “trainyard store recover” (in the editor: Trainyard: Recover Store…), which puts ' +
  'together what is left and removes nothing; or “trainyard store reset”, which sets all of it aside and starts empty.';

export function corrupt(message: string, cause?: unknown): TrainyardError {
  return new TrainyardError('STORE_CORRUPT', message, {
    hint: REMEDIES,
    ...(cause !== undefined && { cause }),
  });
}
