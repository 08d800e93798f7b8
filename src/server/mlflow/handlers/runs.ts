import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { JSON_TYPE, sendRuns } from '../../run-page.js';
import { beginRun } from '../../jobs/begin.js';
import { rankOf } from '../../jobs/rank.js';
import { cut } from '../../names.js';
import type { Store } from '../../store/store.js';
import { endpoint } from '../endpoint.js';
import { runInfo, runText } from '../entities.js';
import { invalid, notFound } from '../errors.js';
import { checkExperimentId, requireActiveExperiment, requireActiveRun, requireRun } from '../lookup.js';
import { int64, maxResults, optionalInt64, runStatus, toRecord, viewType } from '../params.js';
import { EnumValue, KeyValues, OptionalInt64, Required, Text, Texts } from '../schema.js';
import { checkKeyLengths, LIMITS } from '../validation.js';

const ById = Type.Object({ run_id: Required });
const NAME_TAG = 'mlflow.runName';
const DEFAULT_EXPERIMENT = '0';
const LARGEST_PAGE = 50_000;
const DEFAULT_PAGE = 1000;

export const create = endpoint(
  Type.Object({
    experiment_id: Text,
    user_id: Text,
    run_name: Text,
    start_time: OptionalInt64,
    tags: KeyValues,
  }),
  async (input, { store, reply, request, jobId }) => {
    const given = checkKeyLengths(input.tags, 'tags').map(({ key, value = '' }) => ({
      key,
      value: cut(value, LIMITS.runTagValue),
    }));
    const tags = toRecord(given);
    const name = runName(input.run_name, tags[NAME_TAG]);
    const experimentId =
      input.experiment_id || (jobId && store.jobs.experimentOf(jobId)) || DEFAULT_EXPERIMENT;
    const startTime = optionalInt64(input.start_time, 'start_time') ?? Date.now();
    const asked = { experimentId, name, user: input.user_id ?? '', startTime, tags };
    const rank = jobId === undefined ? undefined : rankOf(request.socket, jobId);
    const { id } = await store.write(() => {
      requireActiveExperiment(store, experimentId);
      const job = jobId === undefined ? undefined : store.jobs.get(jobId);
      return job ? beginRun(store, job, asked, rank) : store.runs.create(asked);
    });
    return sendRun(reply, store, id);
  },
);

/** The name is given as a field or as a tag; undefined lets the store choose one. */
function runName(field: string | undefined, tag: string | undefined): string | undefined {
  if (field && tag && field !== tag)
    throw invalid(
      `Both 'run_name' argument and '${NAME_TAG}' tag are specified, but with different values ` +
        `(run_name='${field}', ${NAME_TAG}='${tag}').`,
    );
  const name = field || tag;
  return name ? cut(name, LIMITS.runTagValue) : undefined;
}

function textsOf(store: Store, ids: readonly string[]): string[] {
  return store.runTexts.of('mlflow', ids, (missing) => store.runs.listed(missing).map(runText));
}

function sendRun(reply: FastifyReply, store: Store, id: string): FastifyReply {
  const [text] = textsOf(store, [id]);
  return reply.type(JSON_TYPE).send(`{"run":${text}}`);
}

export const get = endpoint(ById, ({ run_id: id }, { store, reply }) => {
  if (!store.runs.get(id)) throw notFound(`Run with id=${id} not found`);
  return sendRun(reply, store, id);
});

export const update = endpoint(
  Type.Object({
    run_id: Required,
    status: Type.Optional(EnumValue),
    end_time: OptionalInt64,
    run_name: Text,
  }),
  async (input, { store, jobId }) => {
    const status =
      input.status === undefined || input.status === '' ? undefined : runStatus.parse(input.status);
    const endTime = input.end_time === undefined ? undefined : int64(input.end_time, 'end_time');
    const name = input.run_name ? cut(input.run_name, LIMITS.runTagValue) : undefined;
    const run = await store.write(() => {
      requireActiveRun(store, input.run_id);
      // A script that continues the run of its job by its id has started it, too.
      if (jobId === input.run_id && status === 'running') store.jobs.update(jobId, { begun: true });
      return store.runs.update(input.run_id, { status, endTime, name });
    });
    return { run_info: runInfo(run) };
  },
);

export const remove = endpoint(ById, async ({ run_id: id }, { store }) => {
  await store.write(() => {
    requireRun(store, id);
    store.runs.setLifecycle(id, 'deleted');
  });
  return {};
});

export const restore = endpoint(ById, async ({ run_id: id }, { store }) => {
  await store.write(() => {
    requireRun(store, id);
    store.runs.setLifecycle(id, 'active');
  });
  return {};
});

export const search = endpoint(
  Type.Object({
    experiment_ids: Texts,
    filter: Text,
    run_view_type: Type.Optional(EnumValue),
    max_results: OptionalInt64,
    order_by: Texts,
    page_token: Text,
  }),
  (input, { store, reply }) => {
    const limit = maxResults(input.max_results, LARGEST_PAGE, DEFAULT_PAGE);
    const experimentIds = input.experiment_ids ?? [];
    if (experimentIds.length === 0) return {};
    experimentIds.forEach(checkExperimentId);
    const { ids, nextPage } = store.runs.find({
      experimentIds,
      filter: input.filter,
      orderBy: input.order_by,
      lifecycle: viewType.parse(input.run_view_type ?? 'ACTIVE_ONLY'),
      limit,
      page: input.page_token || undefined,
    });
    if (ids.length === 0) return {};
    return sendRuns(reply, textsOf(store, ids), { next_page_token: nextPage });
  },
);
