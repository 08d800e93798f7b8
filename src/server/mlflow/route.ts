import type { HTTPMethods } from 'fastify';
import type { TObject } from 'typebox';
import type { Who } from '../who.js';
import type { Call, Endpoint } from './endpoint.js';
import type { Right } from './rights.js';

/** The lines of the table in routes.ts. */

/**
 * `api`: below /api and /ajax-api; `ajax`: below /ajax-api only, as only MLflow's browser pages call it;
 * `root`: as it stands.
 */
export type Face = 'api' | 'ajax' | 'root';

interface RoutePlace {
  group: string;
  methods: HTTPMethods[];
  /** In Fastify's notation, below `/api/<version>`. */
  path: string;
  face: Face;
  /** Absent for `root`. */
  version?: '2.0' | '3.0';
  who: Who;
}

export interface ImplementedRoute extends RoutePlace {
  status: 'implemented';
  schema: TObject;
  run: (call: Call) => unknown;
  /** `stream`: the body is not parsed and not bounded. */
  body: 'json' | 'stream';
  /** What a job may call it for; absent: for anything, if `who` lets it. */
  words?: string;
}

export interface RefusedRoute extends RoutePlace {
  status: 'refused';
  why: string;
}

export type Route = ImplementedRoute | RefusedRoute;

export type Options = Partial<Pick<ImplementedRoute, 'face' | 'version' | 'body'>>;

/**
 * A line of the table. It says who may call the endpoint, or it does not compile: a right is one of a job, whose fields
 * the endpoint must have.
 * @param methods such as 'GET POST'
 */
export function on<I>(
  methods: string,
  path: string,
  who: Who | Right<I>,
  endpoint: Endpoint<I>,
  { face = 'api', version = '2.0', body = 'json' }: Options = {},
): Omit<ImplementedRoute, 'group'> {
  const right = typeof who === 'object' ? who : undefined;
  return {
    methods: methods.split(' ') as HTTPMethods[],
    path,
    face,
    version: face === 'root' ? undefined : version,
    status: 'implemented',
    who: typeof who === 'object' ? 'job' : who,
    ...(right && { words: right.words }),
    schema: endpoint.schema,
    run: (call) => endpoint.run(call, right),
    body,
  };
}

export function group(name: string, ...lines: Omit<ImplementedRoute, 'group'>[]): ImplementedRoute[] {
  return lines.map((line) => ({ group: name, ...line }));
}

export function refused(
  version: '2.0' | '3.0' | 'root',
  why: string,
  ...lines: [methods: string, path: string][]
): RefusedRoute[] {
  return lines.map(([methods, path]) => ({
    group: 'Not answered',
    methods: methods.split(' ') as HTTPMethods[],
    path,
    ...(version === 'root' ? { face: 'root' as const } : { face: 'api' as const, version }),
    status: 'refused',
    // Nothing is done for anybody, and MLflow's client wants to hear that.
    who: 'job',
    why,
  }));
}

/** The addresses that a route answers at. */
export function urlsOf({ face, version, path }: Route): string[] {
  if (face === 'root') return [path];
  const ajax = `/ajax-api/${version}${path}`;
  return face === 'ajax' ? [ajax] : [`/api/${version}${path}`, ajax];
}
