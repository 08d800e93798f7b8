import { register as registerModel } from '../../models/register.js';
import { endpoint } from '../endpoint.js';
import { modelPage } from '../models-view.js';
import * as schema from '../schemas.js';

export const list = endpoint({ query: schema.ModelQuery }, ({ query }, { store }) => modelPage(store, query));

export const register = endpoint({ body: schema.RegisterBody }, ({ body: { name, model } }, { store }) =>
  registerModel(store, name, model),
);
