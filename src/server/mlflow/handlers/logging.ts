import { Type } from 'typebox';
import { TrainyardError } from '../../../base/errors.js';
import { isObject, parseOrNothing } from '../../../base/json.js';
import { toJson } from '../../json.js';
import { logParamsOfRank } from '../../jobs/begin.js';
import { type Rank, rankOf } from '../../jobs/rank.js';
import type { MetricPoint } from '../../store/metrics.js';
import type { Store } from '../../store/store.js';
import { Batch, byModel, parseBatch, parseMetric, RunMetric, type ModelPoint } from '../batch.js';
import { type Call, endpoint } from '../endpoint.js';
import { invalid, notFound, type ParamConflict, paramChanged } from '../errors.js';
import { requireActiveRun } from '../lookup.js';
import { pythonString } from '../python.js';
import { Required, Text } from '../schema.js';
import { checkParam, checkRunId, checkRunTag } from '../validation.js';

/** Params, metrics and tags of a run. */

export const logMetric = endpoint(RunMetric, async (input, { store }) => {
  const point = parseMetric(input);
  await store.write(() => {
    requireActiveRun(store, input.run_id);
    appendPoints(store, input.run_id, [point]);
  });
  return {};
});

function appendPoints(store: Store, runId: string, points: readonly (MetricPoint | ModelPoint)[]): void {
  if (points.length === 0) return;
  store.metrics.append(runId, points);
  for (const [modelId, metrics] of byModel(runId, points)) {
    // The run gets the point in any case. A deleted model gets none.
    if (store.models.logged(modelId)?.lifecycle === 'active') store.models.addLoggedMetrics(modelId, metrics);
  }
}

export const logParam = endpoint(
  Type.Object({ run_id: Required, key: Required, value: Text }),
  async (input, call) => {
    const { store } = call;
    const { key, value } = checkParam(input);
    const sharer = sharerOf(call, input.run_id);
    await store.write(() => {
      requireActiveRun(store, input.run_id);
      logParams(store, input.run_id, { [key]: value }, sharer, ([conflict]) =>
        conflict === undefined ? '' : ` ${paramChanged(`run ID='${input.run_id}'`, conflict)}`,
      );
    });
    return {};
  },
);

export const logBatch = endpoint(Batch, async (input, call) => {
  const { store } = call;
  const runId = input.run_id;
  checkRunId(runId);
  const { points, params, tags } = parseBatch(input);
  const sharer = Object.keys(params).length > 0 ? sharerOf(call, runId) : undefined;
  await store.write(() => {
    requireActiveRun(store, runId);
    logParams(store, runId, params, sharer, (conflicts) => {
      const shown = conflicts.map(
        ({ key, oldValue, newValue }) =>
          `{'key': ${pythonString(key)}, 'old_value': ${pythonString(oldValue)}, 'new_value': ${pythonString(newValue)}}`,
      );
      return ` Params were already logged='[${shown.join(', ')}]' for run ID='${runId}'.`;
    });
    appendPoints(store, runId, points);
    if (Object.keys(tags).length > 0) store.runs.setTags(runId, tags);
  });
  return {};
});

/** A rank that logs to a run which it shares with others. */
interface Sharer {
  jobId: string;
  rank: Rank;
}

function sharerOf({ store, jobId, request }: Call, runId: string): Sharer | undefined {
  if (jobId === undefined || !store.jobs.ranksOf(jobId).runs.includes(runId)) return undefined;
  const rank = rankOf(request.socket, jobId);
  return rank && { jobId, rank };
}

function logParams(
  store: Store,
  runId: string,
  params: Record<string, string>,
  sharer: Sharer | undefined,
  wording: (conflicts: ParamConflict[]) => string,
): void {
  if (Object.keys(params).length === 0) return;
  try {
    const job = sharer && store.jobs.get(sharer.jobId);
    if (job) logParamsOfRank(store, job, { runId, params, rank: sharer.rank });
    else store.runs.logParams(runId, params);
  } catch (error) {
    if (!TrainyardError.is(error, 'CONFLICT')) throw error;
    throw invalid(`Changing param values is not allowed.${wording(error.details as ParamConflict[])}`);
  }
}

export const setTag = endpoint(
  Type.Object({ run_id: Required, key: Required, value: Text }),
  async (input, { store }) => {
    const { key, value } = checkRunTag(input);
    await store.write(() => {
      requireActiveRun(store, input.run_id);
      store.runs.setTags(input.run_id, { [key]: value });
    });
    return {};
  },
);

export const deleteTag = endpoint(
  Type.Object({ run_id: Required, key: Required }),
  async ({ run_id: id, key }, { store }) => {
    await store.write(() => {
      requireActiveRun(store, id);
      if (!store.runs.deleteTag(id, key)) throw notFound(`No tag with name: ${key} in run with id ${id}`);
    });
    return {};
  },
);

const MODEL_HISTORY_TAG = 'mlflow.log-model.history';
const MODEL_FIELDS = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'];

/** Clients before 3 keep a list of the models of a run in a tag. */
export const logModel = endpoint(
  Type.Object({ run_id: Required, model_json: Required }),
  async ({ run_id: id, model_json: json }, { store }) => {
    const model = parseModel(json);
    await store.write(() => {
      requireActiveRun(store, id);
      const history = parseHistory(store.runs.full(id)?.tags[MODEL_HISTORY_TAG]);
      store.runs.setTags(id, { [MODEL_HISTORY_TAG]: toJson([...history, model]) });
    });
    return {};
  },
);

function parseModel(json: string): object {
  const model = parseOrNothing(json);
  if (!isObject(model)) throw invalid(`Malformed model info. \n ${json} \n is not a valid JSON.`);
  const missing = MODEL_FIELDS.filter((field) => !(field in model));
  if (missing.length > 0)
    throw invalid(`Model json is missing mandatory fields: {${missing.map(pythonString).join(', ')}}`);
  return model;
}

/** Users may set this tag. A value that is not a list is replaced. */
function parseHistory(tag: string | undefined): unknown[] {
  const history = tag === undefined ? [] : parseOrNothing(tag);
  return Array.isArray(history) ? history : [];
}
