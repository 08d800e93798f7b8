import { TrainyardError } from '../../base/errors.js';
import { parsePlace } from '../../job/data-place.js';
import type { JobSpec } from '../../job/spec.js';
import { placeOf } from '../data/pin.js';
import type { Store } from '../store/store.js';

/** Names in a message; the others are counted. */
const NAMED = 3;

/** @throws CONFLICT while jobs that have not ended read from a datastore or write to it */
export function requireUnused(store: Store, name: string): void {
  const users = store.jobs.active().filter(({ spec }) => uses(store, spec, name));
  if (users.length === 0) return;
  const names = users.slice(0, NAMED).map(({ runId }) => store.runs.get(runId)?.name ?? runId);
  const more = users.length > NAMED ? ` and ${users.length - NAMED} more` : '';
  throw new TrainyardError(
    'CONFLICT',
    `The datastore “${name}” is used by jobs that have not ended: ${names.join(', ')}${more}.`,
    { hint: 'Wait for their end, or cancel them.' },
  );
}

function uses(store: Store, { inputs = {}, outputs = {} }: JobSpec, name: string): boolean {
  const isIn = (path: string | undefined) => {
    const place = path === undefined ? undefined : parsePlace(path);
    return place?.kind === 'datastore' && place.datastore === name;
  };
  return (
    Object.values(outputs).some(({ path }) => isIn(path)) ||
    Object.values(inputs).some((input) => {
      const place = placeOf(input);
      // Data by name may be in one. The versions of a job are numbers.
      if (place?.kind !== 'asset' || !('version' in place.version)) return isIn(input.path);
      return isIn(store.data.get(place.name, place.version.version)?.path);
    })
  );
}
