import {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import { TrainyardError } from '../base/errors.js';
import { API } from '../workspace/local/contract.js';
import type { ApiParts } from './api/endpoint.js';
import { api } from './api/plugin.js';
import type { ServerContext } from './context.js';
import { guard } from './guard.js';
import { checkJsonSize } from './json-size.js';
import { answerInMlflowsWords, mlflow } from './mlflow/plugin.js';
import { endStalled } from './stalled.js';
import { Tracking } from './tracking.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Makes the server listen on one more address, for a target whose jobs cannot reach loopback. */
    tracking: Tracking;
  }
}

const LARGEST_BODY = 16 * 1024 * 1024;
/** Milliseconds: a disk or network that hangs longer is considered lost. */
const STALLED_AFTER = 120_000;
/** Addresses of MLflow's protocol. */
const MLFLOW = /^\/(ajax-)?api\/\d\.0\//;

/** The HTTP API of a store. Without `parts` there is only MLflow's protocol. */
export async function createApp(
  context: ServerContext,
  parts?: ApiParts,
  { stalledAfter = STALLED_AFTER } = {},
): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: context.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: LARGEST_BODY,
    // Longer than most training steps, so that a script's connection is still open at its next call.
    keepAliveTimeout: 120_000,
    connectionTimeout: 0,
    requestTimeout: 0,
    routerOptions: { maxParamLength: 5000 },
    forceCloseConnections: true,
    // A URL that cannot be decoded, which no route receives.
    frameworkErrors: (error, request, reply) => {
      const words = MLFLOW.test(request.url) ? answerInMlflowsWords : answer;
      void words(error, request, reply);
    },
    ajv: { customOptions: { coerceTypes: 'array', removeAdditional: false, allErrors: false } },
  });
  // Headers must come quickly; a body may be a checkpoint of many gigabytes on a slow disk.
  app.server.headersTimeout = 20_000;
  app.server.maxConnections = 2000;
  boundJson(app);
  guard(app, context.token, (jobId) => context.store.jobs.isActive(jobId));
  endStalled(app, stalledAfter);
  app.decorate('tracking', new Tracking(app));
  app.setErrorHandler(answer);
  app.setNotFoundHandler((request, reply) => {
    const message = `There is no ${request.method} ${request.url.split('?')[0]}.`;
    return reply.status(404).send({ error: new TrainyardError('NOT_FOUND', message).toData() });
  });
  await app.register(mlflow, context);
  if (parts) await app.register((scope) => api(scope, context, parts), { prefix: API });
  return app;
}

/** Like Fastify's JSON parser, but with bounded memory. */
function boundJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    try {
      checkJsonSize(String(body));
    } catch (error) {
      done(error as Error);
      return;
    }
    void parse(request, String(body), done);
  });
}

function answer(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const known = toTrainyardError(error);
  if (known.status >= 500) request.log.error({ err: error, url: request.url }, 'request failed');
  // The content type was set for the intended response.
  return reply.status(known.status).type('application/json').send({ error: known.toData() });
}

function toTrainyardError(error: FastifyError | Error): TrainyardError {
  if (TrainyardError.is(error)) return error;
  const status = 'statusCode' in error ? error.statusCode : undefined;
  if (status === 413) return new TrainyardError('TOO_LARGE', 'The request is too large.', { cause: error });
  if (status !== undefined && status >= 400 && status < 500)
    return new TrainyardError('BAD_REQUEST', error.message, { cause: error });
  return new TrainyardError('INTERNAL', `The server failed: ${error.message}`, {
    hint: 'See logs/server.log in its home folder.',
    cause: error,
  });
}
