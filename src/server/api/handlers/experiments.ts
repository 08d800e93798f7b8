import { TrainyardError } from '../../../base/errors.js';
import { endpoint } from '../endpoint.js';
import * as schema from '../schemas.js';

export const list = endpoint({ query: schema.LifecycleQuery }, ({ query }, { store }) => ({
  experiments: store.experiments
    .all(query.lifecycle)
    .map(({ artifactLocation: _, ...experiment }) => experiment),
}));

export const remove = endpoint(
  { params: schema.ExperimentParams },
  async ({ params: { id } }, { store, jobs }) => {
    const active = jobs.activeIn(id);
    if (active > 0)
      throw new TrainyardError('CONFLICT', `${active} of its runs are still active.`, {
        hint: 'Cancel them first, or wait until they end.',
      });
    await store.write(() => store.experiments.delete(id));
    return {};
  },
);

export const restore = endpoint(
  { params: schema.ExperimentParams },
  async ({ params: { id } }, { store }) => {
    // May be repeated.
    await store.write(() => {
      if (store.experiments.get(id)?.lifecycle !== 'active') store.experiments.restore(id);
    });
    return {};
  },
);
