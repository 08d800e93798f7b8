import { deleteAlias, setAlias } from '../../models/alias.js';
import { register as registerModel } from '../../models/register.js';
import { endpoint } from '../endpoint.js';
import { pageOfModels, versionsOf } from '../models-view.js';
import * as schema from '../schemas.js';

export const list = endpoint({ query: schema.ModelQuery }, ({ query }, { store }) =>
  pageOfModels(store, query),
);

export const register = endpoint({ body: schema.RegisterBody }, ({ body: { name, model } }, { store }) =>
  registerModel(store, name, model),
);

export const versions = endpoint({ query: schema.VersionsQuery }, ({ query: { name } }, { store }) => ({
  versions: versionsOf(store, name),
}));

export const changeAlias = endpoint({ body: schema.AliasBody }, async ({ body }, { store }) => {
  const { name, alias, version } = body;
  if (version === undefined) await deleteAlias(store, name, alias);
  else await setAlias(store, name, alias, version);
  return {};
});
