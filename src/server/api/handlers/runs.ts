import { TrainyardError } from '../../../base/errors.js';
import type { Lifecycle } from '../../../workspace/types.js';
import { sendRuns } from '../../run-page.js';
import { type Call, endpoint } from '../endpoint.js';
import { requireRun } from '../lookup.js';
import { toListedRun, toRuns, toSingleRun } from '../run-view.js';
import * as schema from '../schemas.js';
import { toJson } from '../to-json.js';

export const search = endpoint({ body: schema.RunQueryBody }, ({ body }, { store, reply }) => {
  const { experimentIds, lifecycle = 'active', limit = 100, ...rest } = body;
  const { ids, nextPage } = store.runs.find({
    ...rest,
    grammar: 'own',
    experimentIds: experimentIds ?? store.experiments.all('all').map(({ id }) => id),
    lifecycle,
    limit,
  });
  const texts = store.runTexts.of('own', ids, (missing) =>
    toRuns(store, store.runs.many(missing)).map(toJson),
  );
  return sendRuns(reply, texts, { nextPage });
});

export const get = endpoint({ params: schema.RunParams }, ({ params }, { store }) =>
  toSingleRun(store, requireRun(store, params.id)),
);

export const change = endpoint(
  { params: schema.RunParams, body: schema.RunChanges },
  async ({ params: { id }, body: { name, tags = {} } }, { store }) => {
    requireRun(store, id);
    await store.write(() => {
      if (name !== undefined) store.runs.update(id, { name });
      for (const [key, value] of Object.entries(tags)) {
        if (value === null) store.runs.deleteTag(id, key);
        else store.runs.setTags(id, { [key]: value });
      }
    });
    return toListedRun(store, requireRun(store, id));
  },
);

export const remove = endpoint({ body: schema.RunIdsBody }, ({ body: { runIds } }, call) => {
  for (const id of runIds)
    if (isAtWork(call, id))
      throw new TrainyardError('CONFLICT', `Run ${id} is still active.`, { hint: 'Cancel it first.' });
  return setLifecycle(call, runIds, 'deleted');
});

export const undelete = endpoint({ body: schema.RunIdsBody }, ({ body: { runIds } }, call) =>
  setLifecycle(call, runIds, 'active'),
);

/** Whether a job that has not ended writes to the run. */
function isAtWork({ store, jobs }: Call, id: string): boolean {
  return jobs.isActive(id) && (store.jobs.get(id) !== undefined || store.runs.get(id)?.status === 'running');
}

async function setLifecycle({ store }: Call, runIds: readonly string[], lifecycle: Lifecycle) {
  await store.write(() => {
    for (const id of runIds) store.runs.setLifecycle(id, lifecycle);
  });
  return {};
}
