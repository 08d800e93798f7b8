import { endpoint } from '../endpoint.js';
import { requireRun } from '../lookup.js';
import * as schema from '../schemas.js';

/** The Pythons of a running job that a debugger can listen in. */
export const pythons = endpoint({ params: schema.RunParams }, async ({ params: { id } }, { store, jobs }) => {
  requireRun(store, id);
  return { pythons: await jobs.debugging.pythons(id) };
});

/** Has a debugger listen in one of them. */
export const listen = endpoint(
  { params: schema.RunParams, body: schema.DebugBody },
  ({ params: { id }, body }, { store, jobs }) => {
    requireRun(store, id);
    return jobs.debugging.listen(id, body);
  },
);
