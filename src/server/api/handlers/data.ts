import { checkAsset } from '../../data/check-asset.js';
import { noData } from '../../store/data-assets.js';
import { endpoint } from '../endpoint.js';
import { toListedRuns } from '../run-view.js';
import * as schema from '../schemas.js';

export const list = endpoint({ query: schema.DataQuery }, ({ query: { name, archived } }, { store }) => ({
  data: store.data.all({ ...(name !== undefined && { name }), archived: archived === '1' }),
}));

export const get = endpoint({ query: schema.DataVersionQuery }, ({ query: { name, version } }, { store }) => {
  const asset = store.data.get(name, version);
  if (!asset) throw noData(name, version);
  return asset;
});

export const runs = endpoint({ query: schema.DataRunsQuery }, ({ query }, { store }) => {
  if (!store.data.get(query.name, query.version)) throw noData(query.name, query.version);
  return { runs: toListedRuns(store, store.data.runsOf(query.name, query.version)) };
});

export const create = endpoint({ body: schema.DataBody }, ({ body }, { store }) => {
  checkAsset(body);
  return store.write(() => store.data.create(body));
});

export const archive = endpoint({ body: schema.ArchiveDataBody }, async ({ body }, { store }) => {
  await store.write(() => store.data.archive(body.name, body.version, body.archived));
  return {};
});
