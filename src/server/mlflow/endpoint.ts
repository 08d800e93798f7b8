import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TObject } from 'typebox';
import type { ServerContext } from '../context.js';
import type { Store } from '../store/store.js';
import { invalid } from './errors.js';
import { isObject } from './json.js';
import { checker } from './schema.js';

/** What a handler has besides its checked request. */
export interface Call {
  store: Store;
  context: ServerContext;
  request: FastifyRequest;
  reply: FastifyReply;
  /** `stream`: the body is a file, which the handler reads. */
  body: 'json' | 'stream';
}

/** A handler with the schema of its request; the answer is a JSON object, or the reply when the handler sent it. */
export interface Endpoint {
  schema: TObject;
  run(call: Call): unknown;
}

export function endpoint<S extends TObject>(
  schema: S,
  handle: (input: Static<S>, call: Call) => object | Promise<object>,
): Endpoint {
  const check = checker(schema);
  return {
    schema,
    run(call) {
      const input = readInput(schema, call);
      check(input);
      return handle(input as Static<S>, call);
    },
  };
}

/** The fields of a request: those of the query for GET and beside a file, of the body otherwise; and those in the path. */
function readInput(schema: TObject, { request, body }: Call): Record<string, unknown> {
  const inQuery = request.method === 'GET' || body === 'stream';
  const fields = inQuery ? (request.query as Record<string, unknown>) : fieldsOfBody(request.body);
  // An unset field may be written as null. fromEntries, unlike assignment, gives "__proto__" no meaning.
  const input = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
  // Clients older than 1.0 wrote run_uuid; today's write both, or one.
  if (!input.run_id && input.run_uuid !== undefined) input.run_id = input.run_uuid;
  if (inQuery) {
    for (const [name, field] of Object.entries(schema.properties)) {
      const value = input[name];
      // A list of one looks like a single value in a query; of a single value that is repeated the first one counts.
      const isList = 'type' in field && field.type === 'array';
      if (isList && typeof value === 'string') input[name] = [value];
      if (!isList && Array.isArray(value)) input[name] = value[0];
    }
  }
  return Object.assign(input, request.params);
}

function fieldsOfBody(body: unknown): Record<string, unknown> {
  if (body === undefined) return {};
  if (isObject(body)) return body;
  throw invalid('The body of the request must be a JSON object.');
}
