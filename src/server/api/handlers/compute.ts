import { endpoint } from '../endpoint.js';
import { requireRun } from '../lookup.js';
import * as schema from '../schemas.js';

/** Places where jobs run. */
export const read = endpoint({}, async (_input, { jobs }) => ({ compute: await jobs.compute() }));

export const leftovers = endpoint(
  { params: schema.TargetParams },
  async ({ params: { name } }, { jobs }) => ({ leftovers: await jobs.leftovers(name) }),
);

export const prune = endpoint(
  { params: schema.TargetParams, body: schema.PruneBody },
  async ({ params: { name }, body }, { jobs }) => ({ removed: await jobs.prune(name, body.ids) }),
);

export const shell = endpoint({ params: schema.RunParams }, ({ params: { id } }, { store, jobs }) => {
  requireRun(store, id);
  return jobs.shellOf(id);
});
