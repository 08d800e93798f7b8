import type { HTTPMethods } from 'fastify';
import type { Who } from '../who.js';
import type { Endpoint } from './endpoint.js';
import * as code from './handlers/code.js';
import * as compute from './handlers/compute.js';
import * as data from './handlers/data.js';
import * as debug from './handlers/debug.js';
import * as datastores from './handlers/datastores.js';
import * as environments from './handlers/environments.js';
import * as experiments from './handlers/experiments.js';
import * as files from './handlers/files.js';
import * as jobs from './handlers/jobs.js';
import * as lineage from './handlers/lineage.js';
import * as models from './handlers/models.js';
import * as points from './handlers/points.js';
import * as purge from './handlers/purge.js';
import * as runs from './handlers/runs.js';
import * as server from './handlers/server.js';

/**
 * Trainyard's own protocol, one line per route; src/workspace/local/contract.ts has the types of requests and
 * responses.
 */

export interface Route {
  method: HTTPMethods;
  /** In Fastify's notation, below API. */
  path: string;
  who: Who;
  endpoint: Endpoint;
}

/** A route without a statement of who may call it does not compile. */
function route(method: HTTPMethods, path: string, who: Who, endpoint: Endpoint): Route {
  return { method, path, who, endpoint };
}

export const ROUTES: readonly Route[] = [
  route('GET', '/server', 'person', server.status),
  route('POST', '/server/shutdown', 'person', server.shutdown),
  route('GET', '/settings', 'person', server.settings),
  route('PUT', '/settings', 'person', server.changeSettings),
  route('GET', '/events', 'person', server.events),

  route('GET', '/experiments', 'person', experiments.list),
  route('POST', '/experiments/:id/delete', 'person', experiments.remove),
  route('POST', '/experiments/:id/restore', 'person', experiments.restore),

  route('GET', '/purge', 'person', purge.look),
  route('POST', '/purge', 'person', purge.step),

  route('POST', '/runs/search', 'person', runs.search),
  route('GET', '/runs/:id', 'person', runs.get),
  route('PATCH', '/runs/:id', 'person', runs.change),
  route('POST', '/runs/delete', 'person', runs.remove),
  route('POST', '/runs/undelete', 'person', runs.undelete),

  route('POST', '/jobs', 'person', jobs.submit),
  route('GET', '/runs/:id/spec', 'person', jobs.spec),
  route('POST', '/runs/:id/cancel', 'person', jobs.cancel),
  route('POST', '/runs/:id/end', 'person', jobs.markEnded),
  route('POST', '/runs/:id/patterns', 'person', jobs.addPatterns),
  route('POST', '/runs/:id/outputs', 'person', jobs.keepOutputs),
  route('GET', '/runs/:id/log', 'person', jobs.log),

  route('GET', '/runs/:id/files', 'person', files.list),
  route('GET', '/runs/:id/file', 'person', files.read),

  route('GET', '/runs/:id/code', 'person', code.list),
  route('GET', '/runs/:id/code-file', 'person', code.read),
  route('GET', '/runs/:id/diff', 'person', code.diff),
  route('POST', '/runs/:id/restore', 'person', code.restoreTo),

  route('POST', '/points', 'person', points.read),
  route('GET', '/models', 'person', models.list),
  route('POST', '/models/register', 'person', models.register),
  route('GET', '/models/versions', 'person', models.versions),
  route('POST', '/models/alias', 'person', models.changeAlias),
  route('GET', '/data', 'person', data.list),
  route('POST', '/data', 'person', data.create),
  route('GET', '/data/version', 'person', data.get),
  route('GET', '/data/runs', 'person', data.runs),
  route('POST', '/data/archive', 'person', data.archive),
  route('GET', '/datastores', 'person', datastores.list),
  route('POST', '/datastores', 'person', datastores.create),
  route('POST', '/datastores/secrets', 'person', datastores.signIn),
  route('GET', '/datastores/:name', 'person', datastores.get),
  route('DELETE', '/datastores/:name', 'person', datastores.remove),
  route('GET', '/environments', 'person', environments.list),
  route('POST', '/environments', 'person', environments.create),
  route('GET', '/environments/version', 'person', environments.get),
  route('GET', '/environments/runs', 'person', environments.runs),
  route('POST', '/environments/archive', 'person', environments.archive),
  route('POST', '/environments/build', 'person', environments.build),
  route('POST', '/lineage', 'person', lineage.neighbours),
  route('GET', '/compute', 'person', compute.read),
  route('GET', '/compute/:name/leftovers', 'person', compute.leftovers),
  route('POST', '/compute/:name/prune', 'person', compute.prune),
  route('GET', '/runs/:id/shell', 'person', compute.shell),
  route('GET', '/runs/:id/pythons', 'person', debug.pythons),
  route('POST', '/runs/:id/debugger', 'person', debug.listen),
];
