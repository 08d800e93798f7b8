import { endpoint } from '../endpoint.js';
import * as schema from '../schemas.js';

/** Permanent removal of deleted runs. */

export const look = endpoint({ query: schema.PurgeQuery }, ({ query }, { purger }) =>
  purger.measure(query.before ?? Date.now()),
);

export const step = endpoint({ body: schema.PurgeBody }, ({ body }, { purger }) => purger.step(body.before));
