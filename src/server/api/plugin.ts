import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.js';
import { Frames } from '../frames.js';
import type { ApiParts } from './endpoint.js';
import { ROUTES } from './routes.js';
import { toJson } from './to-json.js';

/** Trainyard's own routes. */
export async function api(
  app: FastifyInstance,
  { store, home, token }: ServerContext,
  parts: ApiParts,
): Promise<void> {
  const shared = { ...parts, store, home, token, frames: new Frames() };
  app.setReplySerializer(toJson);
  for (const { method, path, who, endpoint } of ROUTES) {
    const { params, query, body } = endpoint.schemas;
    app.route({
      method,
      url: path,
      config: { who },
      schema: { ...(params && { params }), ...(query && { querystring: query }), ...(body && { body }) },
      handler: (request, reply) => endpoint.run(request, { ...shared, reply }),
    });
  }
}
