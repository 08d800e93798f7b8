import { register as registerModel } from '../../models/register.js';
import { endpoint } from '../endpoint.js';
import { toModels } from '../models-view.js';
import * as schema from '../schemas.js';

export const list = endpoint({}, (_input, { store }) => ({ models: toModels(store) }));

export const register = endpoint({ body: schema.RegisterBody }, ({ body: { name, model } }, { store }) =>
  registerModel(store, name, model),
);
