import { TrainyardError } from '../../base/errors.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { FullRun } from '../store/full-runs.js';
import type { Store } from '../store/store.js';

/** Lookup of objects that a request names by id. */

/** @throws NOT_FOUND */
export function requireRun(store: Store, id: string): FullRun {
  const run = store.runs.full(id);
  if (!run) throw new TrainyardError('NOT_FOUND', `There is no run ${id}.`);
  return run;
}

/** @throws NOT_FOUND */
export function requireSnapshot(store: Store, id: string): Snapshot {
  requireRun(store, id);
  const snapshot = store.jobs.ofRun(id)?.snapshot;
  if (!snapshot)
    throw new TrainyardError('NOT_FOUND', `The code of run ${id} was not kept.`, {
      hint: 'Submit the script through Trainyard to keep the code of its runs.',
    });
  return snapshot;
}
