import { Readable } from 'node:stream';
import { validate } from '../../../job/validate.js';
import { LOG_FROM_HEADER } from '../../../workspace/local/contract.js';
import { endpoint } from '../endpoint.js';
import { readLog, startOf } from '../log-stream.js';
import { requireRun } from '../lookup.js';
import { toListedRun } from '../run-view.js';
import * as schema from '../schemas.js';
import { withoutToken } from '../without-token.js';

export const submit = endpoint({ body: schema.SubmitBody }, async ({ body }, { store, jobs, token }) => {
  const request = { ...body, spec: validate(body.spec) };
  return toListedRun(store, requireRun(store, await jobs.submit(withoutToken(request, token))));
});

export const spec = endpoint({ params: schema.RunParams }, ({ params: { id } }, { store, jobs }) => {
  requireRun(store, id);
  return jobs.specOf(id);
});

export const cancel = endpoint({ params: schema.RunParams }, async ({ params: { id } }, { store, jobs }) => {
  requireRun(store, id);
  await jobs.cancel(id);
  return {};
});

export const keepOutputs = endpoint(
  { params: schema.RunParams },
  async ({ params: { id } }, { store, jobs }) => {
    requireRun(store, id);
    return { problems: await jobs.keepOutputs(id) };
  },
);

export const markEnded = endpoint(
  { params: schema.RunParams },
  async ({ params: { id } }, { store, jobs }) => {
    requireRun(store, id);
    await jobs.markEnded(id);
    return {};
  },
);

export const addPatterns = endpoint(
  { params: schema.RunParams, body: schema.PatternsBody },
  async ({ params: { id }, body }, { store, jobs }) => {
    requireRun(store, id);
    await jobs.addPatterns(id, body.patterns);
    return {};
  },
);

export const log = endpoint(
  { params: schema.RunParams, query: schema.LogQuery },
  async ({ params: { id }, query }, { store, jobs, reply }) => {
    requireRun(store, id);
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    const live = () => query.follow === '1' && jobs.isActive(id);
    const file = jobs.logFile(id);
    const from = await startOf(file, query.from ?? 0);
    return reply
      .header(LOG_FROM_HEADER, from)
      .type('text/plain; charset=utf-8')
      .send(Readable.from(readLog(file, from, live, gone.signal), { objectMode: false }));
  },
);
