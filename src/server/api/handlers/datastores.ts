import { problemsOfDatastore } from '../../../job/datastore-problems.js';
import { refuse } from '../../../job/problems.js';
import { requireUnused } from '../../datastores/in-use.js';
import { endpoint } from '../endpoint.js';
import * as schema from '../schemas.js';

export const list = endpoint({}, (_, { store }) => ({ datastores: store.datastores.all() }));

export const get = endpoint({ params: schema.DatastoreParams }, ({ params: { name } }, { store }) =>
  store.datastores.require(name),
);

export const create = endpoint({ body: schema.DatastoreBody }, ({ body }, { store }) => {
  refuse(problemsOfDatastore(body));
  return store.write(() => store.datastores.create(body));
});

export const remove = endpoint(
  { params: schema.DatastoreParams },
  async ({ params: { name } }, { store, jobs }) => {
    await store.write(() => {
      requireUnused(store, name);
      store.datastores.remove(name);
    });
    jobs.datastoreSecrets.forget(name);
    return {};
  },
);

export const signIn = endpoint(
  { body: schema.DatastoreSecretsBody },
  ({ body: { secrets } }, { store, jobs }) => {
    for (const [name, secret] of Object.entries(secrets))
      jobs.datastoreSecrets.set(store.datastores.require(name).name, secret);
    return {};
  },
);
