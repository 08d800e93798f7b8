import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TObject } from 'typebox';
import { isObject } from '../../base/json.js';
import type { ServerContext } from '../context.js';
import { JobScope } from '../jobs/scope.js';
import type { Store } from '../store/store.js';
import { invalid } from './errors.js';
import type { Right } from './rights.js';
import { checker } from './schema.js';

/** What a handler gets besides its validated request. */
export interface Call {
  store: Store;
  context: ServerContext;
  request: FastifyRequest;
  reply: FastifyReply;
  /** The run of the job whose script sent the request; undefined for the person's own programs. */
  jobId: string | undefined;
  /** `stream`: the body is a file, which the handler reads. */
  body: 'json' | 'stream';
}

/** A handler with the schema of its request. It returns a JSON object, or the reply if it has sent one. */
export interface Endpoint<I> {
  schema: TObject;
  /** @param right what a job may call it for; absent: for anything */
  run: (call: Call, right?: Right<I>) => unknown;
}

export function endpoint<S extends TObject>(
  schema: S,
  handle: (input: Static<S>, call: Call) => object | Promise<object>,
): Endpoint<Static<S>> {
  const check = checker(schema);
  return {
    schema,
    run(call, right) {
      const { store, jobId } = call;
      const input = readInput(schema, call);
      check(input);
      if (jobId !== undefined) right?.require(input as Static<S>, new JobScope(store, jobId), store);
      return handle(input as Static<S>, call);
    },
  };
}

/** The fields of a request: from the query for GET and for files, otherwise from the body, plus those in the path. */
function readInput(schema: TObject, call: Call): Record<string, unknown> {
  const { request, body } = call;
  const inQuery = request.method === 'GET' || body === 'stream';
  const fields = inQuery ? (request.query as Record<string, unknown>) : fieldsOfBody(request.body);
  // An unset field may be written as null. fromEntries, unlike assignment, gives "__proto__" no meaning.
  const known = [...Object.keys(schema.properties), 'run_uuid'].filter((name) => Object.hasOwn(fields, name));
  const input = Object.fromEntries(
    known.map((name) => [name, fields[name]]).filter(([, value]) => value !== null),
  );
  // Clients older than 1.0 wrote run_uuid; today's write both, or one.
  if (!input.run_id && input.run_uuid !== undefined) input.run_id = input.run_uuid;
  if (inQuery) {
    for (const [name, field] of Object.entries(schema.properties)) {
      const value = input[name];
      // In a query a list of one looks like a single value. If a single value is repeated, the first one counts.
      const isList = 'type' in field && field.type === 'array';
      if (isList && typeof value === 'string') input[name] = [value];
      if (!isList && Array.isArray(value)) input[name] = value[0];
    }
  }
  return inExperimentOfJob(Object.assign(input, request.params), call);
}

const DEFAULT_EXPERIMENT = '0';

/**
 * A script that chooses no experiment means the experiment of its job. MLflow's client expresses that by the id of the
 * default experiment.
 */
function inExperimentOfJob(input: Record<string, unknown>, { store, jobId }: Call): Record<string, unknown> {
  const { experiment_id: one, experiment_ids: many } = input;
  if (jobId === undefined || (one === undefined && many === undefined)) return input;
  const own = store.jobs.experimentOf(jobId);
  const chosen = (id: unknown) => (id === DEFAULT_EXPERIMENT && own !== undefined ? own : id);
  if (one !== undefined) input.experiment_id = chosen(one);
  if (Array.isArray(many)) input.experiment_ids = many.map(chosen);
  return input;
}

function fieldsOfBody(body: unknown): Record<string, unknown> {
  if (body === undefined) return {};
  if (isObject(body)) return body;
  throw invalid('The body of the request must be a JSON object.');
}
