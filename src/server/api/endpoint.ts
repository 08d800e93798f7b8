import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { ServerStatus } from '../../workspace/types.js';
import type { ServerContext } from '../context.js';
import type { Frames } from '../frames.js';
import type { JobService } from '../jobs/service.js';
import type { Purger } from '../purger.js';
import type { Settings } from '../settings.js';
import type { EventHub } from './events.js';

/** The parts of the server that the endpoints use besides its store. */
export interface ApiParts {
  jobs: JobService;
  events: EventHub;
  purger: Purger;
  settings: Settings;
  status: () => ServerStatus;
  /** Stops the server once the response is sent. */
  shutdown: () => void;
}

/** What a handler gets besides its validated request. */
export interface Call extends ApiParts, Pick<ServerContext, 'store' | 'home' | 'token'> {
  frames: Frames;
  reply: FastifyReply;
}

/** The schemas of a request. */
interface Schemas {
  params?: TSchema;
  query?: TSchema;
  body?: TSchema;
}

type Input<S extends Schemas> = { [K in keyof S]: S[K] extends TSchema ? Static<S[K]> : never };

/** A handler with the schemas of its request. It returns the JSON of the response, or the reply if it has sent one. */
export interface Endpoint {
  schemas: Schemas;
  run(request: FastifyRequest, call: Call): unknown;
}

export function endpoint<S extends Schemas>(
  schemas: S,
  handle: (input: Input<S>, call: Call) => unknown,
): Endpoint {
  return {
    schemas,
    run: ({ params, query, body }, call) => handle({ params, query, body } as Input<S>, call),
  };
}
