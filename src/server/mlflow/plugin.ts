import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.js';
import { invalid, MlflowError, toMlflowError } from './errors.js';
import { parseBody } from './json.js';
import { type Route, urlsOf } from './route.js';
import { ROUTES } from './routes.js';

/** The profile of a dataset may have 16 MB, so a body must be allowed that much. */
const LARGEST_BODY = 32 * 1024 * 1024;
const PREFIXES = ['/api/2.0', '/api/3.0', '/ajax-api/2.0', '/ajax-api/3.0'];

/** MLflow's REST protocol over the store: experiments, runs, metrics, artifacts, models, the registry. */
export async function mlflow(app: FastifyInstance, context: ServerContext): Promise<void> {
  await app.register(async (scope) => {
    scope.setErrorHandler(answerInMlflowsWords);
    await scope.register(async (json) => {
      readJsonOnly(json);
      for (const route of ROUTES) if (!isStream(route)) add(json, route, context);
      for (const prefix of PREFIXES) {
        await json.register(async (below) => void below.setNotFoundHandler(endpointNotFound), { prefix });
      }
    });
    await scope.register(async (streams) => {
      leaveBodiesAlone(streams);
      for (const route of ROUTES) if (isStream(route)) add(streams, route, context);
    });
  });
}

function isStream(route: Route): boolean {
  return route.status === 'implemented' && route.body === 'stream';
}

function add(scope: FastifyInstance, route: Route, context: ServerContext): void {
  const handler =
    route.status === 'implemented'
      ? async (request: FastifyRequest, reply: FastifyReply) =>
          route.run({ store: context.store, context, request, reply, jobId: request.jobId, body: route.body })
      : () => {
          // Not "not found": the client would try an older route.
          throw new MlflowError('NOT_IMPLEMENTED', `Trainyard does not support this. ${route.why}`);
        };
  for (const url of urlsOf(route)) {
    scope.route({
      method: route.methods,
      url,
      config: { who: route.who },
      bodyLimit: LARGEST_BODY,
      exposeHeadRoute: false,
      handler,
    });
  }
}

export function answerInMlflowsWords(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const answer = toMlflowError(error);
  if (answer.status === 500) request.log.error({ err: error, url: request.url }, 'mlflow request failed');
  return reply.status(answer.status).send(answer.toData());
}

function endpointNotFound(request: FastifyRequest, reply: FastifyReply) {
  const message = `Trainyard has no ${request.method} ${request.url.split('?')[0]}.`;
  return reply.status(404).send(new MlflowError('ENDPOINT_NOT_FOUND', message).toData());
}

/**
 * A web page can post any text to this server without permission, but not with the content type of JSON. So the content
 * type is required, as in MLflow.
 */
function readJsonOnly(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseBody(String(body)));
    } catch (error) {
      done(error as Error);
    }
  });
  scope.addHook('onRequest', async (request) => {
    if (!['POST', 'PUT', 'PATCH', 'DELETE'].includes(request.method)) return;
    // Deleting by path comes without a body, and so without a type of one.
    if (request.method === 'DELETE' && !hasBody(request)) return;
    const [type = ''] = (request.headers['content-type'] ?? '').split(';');
    if (type === '') throw invalid('Bad Request. Content-Type header is missing.');
    if (type.trim().toLowerCase() !== 'application/json')
      throw invalid("Bad Request. Content-Type must be one of ['application/json'].");
  });
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The body of an artifact is streamed to its handler, whatever its type and length. */
function leaveBodiesAlone(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
}
