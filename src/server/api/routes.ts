import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { TrainyardError } from '../../base/errors.js';
import { encodePoints, LOG_FROM_HEADER, type SubmitRequest } from '../../workspace/local/contract.js';
import type { CodeDiff, Lifecycle, RunFile, ServerSettings, ServerStatus } from '../../workspace/types.js';
import { diffSnapshots, diffWithFolder } from '../../snapshot/diff.js';
import { readBlob, readTree } from '../../snapshot/read.js';
import { restore } from '../../snapshot/restore.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { ServerContext } from '../context.js';
import { Frames } from '../frames.js';
import { requirePerson } from '../guard.js';
import { sendFile } from '../send-file.js';
import type { JobService } from '../jobs/service.js';
import type { Purger } from '../purger.js';
import { sendRuns } from '../run-page.js';
import type { FullRun } from '../store/full-runs.js';
import type { Settings } from '../settings.js';
import type { EventHub } from './events.js';
import { readLog, startOf } from './log-stream.js';
import { toModels } from './models-view.js';
import { register } from './register.js';
import { toRuns, toSingleRun } from './run-view.js';
import * as schema from './schemas.js';

export interface ApiContext {
  jobs: JobService;
  events: EventHub;
  purger: Purger;
  settings: Settings;
  status: () => ServerStatus;
  /** Ends the server once the answer is out. */
  shutdown: () => void;
}

/** Trainyard's own routes; src/workspace/local/contract.ts lists them. */
export async function api(
  app: FastifyInstance,
  { store, home }: ServerContext,
  parts: ApiContext,
): Promise<void> {
  const { jobs, events, settings } = parts;
  app.setReplySerializer(toJson);
  app.addHook('onRequest', requirePerson);

  const fullRun = (id: string): FullRun => {
    const run = store.runs.full(id);
    if (!run) throw new TrainyardError('NOT_FOUND', `There is no run ${id}.`);
    return run;
  };
  /** As a search gives it: who changed a run has no need of what its model ran on. */
  const plainRun = (id: string) => toRuns(store, [fullRun(id)])[0];
  const snapshotOf = (id: string): Snapshot => {
    fullRun(id);
    const snapshot = store.jobs.ofRun(id)?.snapshot;
    if (!snapshot)
      throw new TrainyardError('NOT_FOUND', `The code of run ${id} was not kept.`, {
        hint: 'Submit the script through Trainyard to keep the code of its runs.',
      });
    return snapshot;
  };

  /** Whether a job that has not ended writes to the run. */
  const isAtWork = (id: string): boolean =>
    jobs.isActive(id) && (store.jobs.get(id) !== undefined || store.runs.get(id)?.status === 'running');

  app.get('/server', () => parts.status());
  app.post('/server/shutdown', async (_request, reply) => {
    await reply.send({});
    parts.shutdown();
  });
  app.get('/settings', () => settings.current);
  app.put<{ Body: Partial<ServerSettings> }>(
    '/settings',
    { schema: { body: schema.SettingsBody } },
    (request) => {
      const current = settings.change(request.body);
      jobs.settingsChanged();
      return current;
    },
  );
  app.get('/events', (_request, reply) => events.listen(reply));

  app.get<{ Querystring: { lifecycle?: Lifecycle | 'all' } }>(
    '/experiments',
    { schema: { querystring: schema.LifecycleQuery } },
    ({ query }) => ({
      experiments: store.experiments
        .all(query.lifecycle)
        .map(({ artifactLocation: _, ...experiment }) => experiment),
    }),
  );
  app.post<{ Params: { id: string } }>(
    '/experiments/:id/delete',
    { schema: { params: schema.ExperimentParams } },
    async ({ params: { id } }) => {
      const active = jobs.activeIn(id);
      if (active > 0)
        throw new TrainyardError('CONFLICT', `${active} of its runs are still active.`, {
          hint: 'Cancel them first, or wait for their end.',
        });
      await store.write(() => store.experiments.delete(id));
      return {};
    },
  );
  app.post<{ Params: { id: string } }>(
    '/experiments/:id/restore',
    { schema: { params: schema.ExperimentParams } },
    async ({ params: { id } }) => {
      // May be asked for twice.
      await store.write(() => {
        if (store.experiments.get(id)?.lifecycle !== 'active') store.experiments.restore(id);
      });
      return {};
    },
  );
  app.get<{ Querystring: { before?: number } }>(
    '/purge',
    { schema: { querystring: schema.PurgeQuery } },
    ({ query }) => parts.purger.look(query.before ?? Date.now()),
  );
  app.post<{ Body: { before: number } }>('/purge', { schema: { body: schema.PurgeBody } }, ({ body }) =>
    parts.purger.step(body.before),
  );
  app.post<{ Body: Static<typeof schema.RunQueryBody> }>(
    '/runs/search',
    { schema: { body: schema.RunQueryBody } },
    ({ body }, reply) => {
      const { experimentIds, lifecycle = 'active', limit = 100, ...rest } = body;
      const { ids, nextPage } = store.runs.find({
        ...rest,
        grammar: 'own',
        experimentIds: experimentIds ?? store.experiments.all('all').map(({ id }) => id),
        lifecycle,
        limit,
      });
      const texts = store.runTexts.of('own', ids, (missing) =>
        toRuns(store, store.runs.many(missing)).map(toJson),
      );
      return sendRuns(reply, texts, { nextPage });
    },
  );
  app.get<{ Params: { id: string } }>('/runs/:id', { schema: { params: schema.RunParams } }, ({ params }) =>
    toSingleRun(store, fullRun(params.id)),
  );
  app.patch<{ Params: { id: string }; Body: Static<typeof schema.RunChanges> }>(
    '/runs/:id',
    { schema: { params: schema.RunParams, body: schema.RunChanges } },
    async ({ params: { id }, body: { name, tags = {} } }) => {
      fullRun(id);
      await store.write(() => {
        if (name !== undefined) store.runs.update(id, { name });
        for (const [key, value] of Object.entries(tags)) {
          if (value === null) store.runs.deleteTag(id, key);
          else store.runs.setTags(id, { [key]: value });
        }
      });
      return plainRun(id);
    },
  );
  for (const [path, lifecycle] of [
    ['/runs/delete', 'deleted'],
    ['/runs/undelete', 'active'],
  ] as const)
    app.post<{ Body: { runIds: string[] } }>(
      path,
      { schema: { body: schema.RunIdsBody } },
      async ({ body }) => {
        for (const id of body.runIds)
          if (lifecycle === 'deleted' && isAtWork(id))
            throw new TrainyardError('CONFLICT', `Run ${id} is still active.`, { hint: 'Cancel it first.' });
        await store.write(() => {
          for (const id of body.runIds) store.runs.setLifecycle(id, lifecycle);
        });
        return {};
      },
    );

  app.post<{ Body: SubmitRequest }>('/jobs', { schema: { body: schema.SubmitBody } }, async ({ body }) =>
    plainRun(await jobs.submit(body)),
  );
  app.post<{ Params: { id: string } }>(
    '/runs/:id/cancel',
    { schema: { params: schema.RunParams } },
    async (request) => {
      fullRun(request.params.id);
      await jobs.cancel(request.params.id);
      return {};
    },
  );
  app.post<{ Params: { id: string } }>(
    '/runs/:id/end',
    { schema: { params: schema.RunParams } },
    async ({ params: { id } }) => {
      fullRun(id);
      await jobs.markEnded(id);
      return {};
    },
  );
  app.post<{ Params: { id: string }; Body: Static<typeof schema.PatternsBody> }>(
    '/runs/:id/patterns',
    { schema: { params: schema.RunParams, body: schema.PatternsBody } },
    async ({ params: { id }, body }) => {
      fullRun(id);
      await jobs.addPatterns(id, body.patterns);
      return {};
    },
  );
  app.get<{ Params: { id: string }; Querystring: { from?: number; follow?: '0' | '1' } }>(
    '/runs/:id/log',
    { schema: { params: schema.RunParams, querystring: schema.LogQuery } },
    async ({ params: { id }, query }, reply) => {
      fullRun(id);
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

  app.get<{ Params: { id: string }; Querystring: { folder?: string } }>(
    '/runs/:id/files',
    { schema: { params: schema.RunParams, querystring: schema.FolderQuery } },
    ({ params: { id }, query: { folder = '' } }) => {
      fullRun(id);
      const files = store.artifacts
        .list(`runs/${id}`, folder)
        .map(({ name, isFolder, bytes, sha256 }): RunFile => ({
          path: folder === '' ? name : `${folder}/${name}`,
          isFolder,
          ...(!isFolder && { bytes, sha256 }),
        }));
      return { files };
    },
  );
  app.get<{ Params: { id: string }; Querystring: { path: string } }>(
    '/runs/:id/file',
    { schema: { params: schema.RunParams, querystring: schema.PathQuery } },
    ({ params: { id }, query }, reply) => {
      fullRun(id);
      const found = store.artifacts.stat(`runs/${id}`, query.path);
      if (!found) throw new TrainyardError('NOT_FOUND', `Run ${id} has no file ${query.path}.`);
      return sendFile(asBytes(reply), found.file, found.bytes);
    },
  );
  app.get<{ Params: { id: string }; Querystring: { folder?: string } }>(
    '/runs/:id/code',
    { schema: { params: schema.RunParams, querystring: schema.FolderQuery } },
    async ({ params, query }) => ({ files: await readTree(snapshotOf(params.id), query.folder ?? '') }),
  );
  app.get<{ Params: { id: string }; Querystring: { path: string } }>(
    '/runs/:id/code-file',
    { schema: { params: schema.RunParams, querystring: schema.PathQuery } },
    async ({ params, query }, reply) => {
      const blob = await readBlob(snapshotOf(params.id), query.path);
      return sendBytes(reply, blob, blob.length);
    },
  );
  app.get<{ Params: { id: string }; Querystring: { other: string } }>(
    '/runs/:id/diff',
    { schema: { params: schema.RunParams, querystring: schema.DiffQuery } },
    async ({ params: { id }, query: { other } }): Promise<CodeDiff> => {
      const from = snapshotOf(id);
      const to = other === 'folder' ? undefined : snapshotOf(other);
      const { files, patch } = to ? await diffSnapshots(from, to) : await diffWithFolder(from, home);
      return {
        from: { runId: id, commit: from.commit },
        to: { runId: to ? other : null, commit: to?.commit ?? null },
        files,
        patch,
      };
    },
  );
  app.post<{ Params: { id: string }; Body: { folder: string } }>(
    '/runs/:id/restore',
    { schema: { params: schema.RunParams, body: schema.RestoreBody } },
    async ({ params, body }) => {
      await restore(snapshotOf(params.id), body.folder);
      return {};
    },
  );

  const frames = new Frames();
  app.post<{ Body: Static<typeof schema.PointsBody> }>(
    '/points',
    { schema: { body: schema.PointsBody } },
    ({ body: { series, maxPoints } }, reply) => {
      const frame = frames.borrow();
      // Also when the client went away.
      reply.raw.once('close', () => frames.giveBack(frame));
      const points = series.map((request) => store.metrics.points(request, maxPoints, frame.take));
      const parts = encodePoints(points);
      const bytes = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
      return sendBytes(reply, Readable.from(parts), bytes);
    },
  );
  app.get('/models', () => ({ models: toModels(store) }));
  app.post<{ Body: Static<typeof schema.RegisterBody> }>(
    '/models/register',
    { schema: { body: schema.RegisterBody } },
    ({ body: { name, model } }) => register(store, name, model),
  );
  app.get('/compute', async () => ({ compute: await jobs.compute() }));
}

function sendBytes(reply: FastifyReply, body: Buffer | Readable, bytes: number) {
  return asBytes(reply).header('content-length', bytes).send(body);
}

function asBytes(reply: FastifyReply): FastifyReply {
  return reply.header('x-content-type-options', 'nosniff').type('application/octet-stream');
}

function toJson(payload: unknown): string {
  return JSON.stringify(payload, spellOddNumbers);
}

/** JSON has no NaN and no infinities; they travel as the strings that Number() reads. */
function spellOddNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
