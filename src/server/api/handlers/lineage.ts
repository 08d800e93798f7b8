import { neighbours as look } from '../../lineage/neighbours.js';
import { endpoint } from '../endpoint.js';
import * as schema from '../schemas.js';

export const neighbours = endpoint(
  { body: schema.NeighboursBody },
  ({ body: { ids, direction } }, { store }) => look(store, ids, direction),
);
