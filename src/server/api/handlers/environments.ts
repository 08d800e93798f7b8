import { once } from 'node:events';
import { errorData } from '../../../base/errors.js';
import type { BuildLine } from '../../../workspace/local/contract.js';
import { createEnvironment } from '../../environments/create.js';
import { endpoint } from '../endpoint.js';
import { toListedRuns } from '../run-view.js';
import * as schema from '../schemas.js';

/** Milliseconds between lines while a build says nothing, so that no connection counts as dead. */
const ALIVE_EVERY = 15_000;

export const list = endpoint({ query: schema.EnvironmentQuery }, ({ query }, { store }) => ({
  environments: store.environments.all({
    ...(query.name !== undefined && { name: query.name }),
    archived: query.archived === '1',
  }),
}));

export const get = endpoint({ query: schema.EnvironmentVersionQuery }, ({ query }, { jobs }) =>
  jobs.environment(query.name, query.version),
);

export const create = endpoint({ body: schema.EnvironmentBody }, ({ body }, { store }) =>
  createEnvironment(store, body),
);

export const archive = endpoint({ body: schema.ArchiveEnvironmentBody }, async ({ body }, { store }) => {
  await store.write(() => store.environments.archive(body.name, body.version, body.archived));
  return {};
});

export const runs = endpoint({ query: schema.EnvironmentVersionQuery }, ({ query }, { store }) => {
  const { name, version } = store.environments.require(query.name, query.version);
  return { runs: toListedRuns(store, store.environments.runsIn(name, version)) };
});

/** A line of JSON for each thing that happens. Whoever leaves gives the build up. */
export const build = endpoint({ body: schema.BuildBody }, async ({ body }, { jobs, reply }) => {
  const { name, version, target } = body;
  const gone = new AbortController();
  const run = await jobs.prepareBuild(name, version, target);
  reply.hijack();
  const { raw } = reply;
  raw.on('close', () => gone.abort());
  raw.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  const send = (line: BuildLine) => {
    if (!raw.writableEnded && !gone.signal.aborted) raw.write(`${JSON.stringify(line)}\n`);
  };
  send({ type: 'alive' });
  const alive = setInterval(() => send({ type: 'alive' }), ALIVE_EVERY);
  try {
    const built = await run({
      onOutput: (text) => send({ type: 'output', text }),
      onStep: (step, of, text) => send({ type: 'step', step, of, text }),
      signal: gone.signal,
    });
    send({ type: 'built', built });
  } catch (error) {
    send({ type: 'error', error: errorData(error) });
  } finally {
    clearInterval(alive);
    raw.end();
  }
  if (!gone.signal.aborted && !raw.closed) await once(raw, 'close');
});
