import { Type, type Static } from 'typebox';
import type { LoggedModelRecord } from '../store/models.js';
import type { MetricPoint } from '../store/metrics.js';
import { invalid, invalidValue } from './errors.js';
import { int64, metricValue, toRecord } from './params.js';
import { pythonFloat, pythonString } from './python.js';
import { Double, Int64, KeyValues, missing, OptionalInt64, Required, Text } from './schema.js';
import { checkKey, checkParam, checkRunTags } from './validation.js';

/** Converts logged data to records of the store. Everything is checked before anything is written. */

const METRIC = {
  key: Required,
  value: Double,
  timestamp: Int64,
  step: OptionalInt64,
  model_id: Text,
  dataset_name: Text,
  dataset_digest: Text,
};
export const Metric = Type.Object(METRIC);
export const RunMetric = Type.Object({ run_id: Required, ...METRIC });
export const Batch = Type.Object({
  run_id: Required,
  metrics: Type.Optional(Type.Array(Metric)),
  params: KeyValues,
  tags: KeyValues,
});

/** A point that belongs to a logged model too. */
export interface ModelPoint extends MetricPoint {
  modelId: string;
  datasetName: string;
  datasetDigest: string;
}

export interface ParsedBatch {
  points: (MetricPoint | ModelPoint)[];
  params: Record<string, string>;
  tags: Record<string, string>;
}

const MOST = { metrics: 1000, params: 100, tags: 100, 'metrics, params, and tags': 1000 };

export function parseBatch({ metrics = [], params = [], tags = [] }: Static<typeof Batch>): ParsedBatch {
  checkCount('metrics', metrics.length);
  checkCount('params', params.length);
  checkCount('tags', tags.length);
  checkCount('metrics, params, and tags', metrics.length + params.length + tags.length);
  const points = metrics.map((metric, i) => parseMetric(metric, `metrics[${i}].`));
  const checkedParams = params.map((param, i) => checkParam(param, `params[${i}]`));
  checkUnique(checkedParams.map(({ key }) => key));
  return { points, params: toRecord(checkedParams), tags: toRecord(checkRunTags(tags)) };
}

export function parseMetric(metric: Static<typeof Metric>, path = ''): MetricPoint | ModelPoint {
  const { key } = metric;
  if (metric.value === null || metric.value === '') throw missing(`${path}value`);
  checkKey(key, `${path}name`, 'Metric name');
  const value = metricValue(metric.value, `${path}value`);
  const timestamp = int64(metric.timestamp, `${path}timestamp`);
  if (timestamp < 0)
    throw invalid(
      invalidValue(
        `${path}timestamp`,
        timestamp,
        `metric '${key}' (value=${pythonFloat(value)}). Timestamp must be a nonnegative long (64-bit integer) `,
      ),
    );
  const step = int64(metric.step ?? 0, `${path}step`);
  const point = { key, value, timestamp, step };
  if (Boolean(metric.dataset_name) !== Boolean(metric.dataset_digest))
    throw invalid('Both dataset_name and dataset_digest must be provided if one is provided');
  if (!metric.model_id) return point;
  const { model_id: modelId, dataset_name: datasetName = '', dataset_digest: datasetDigest = '' } = metric;
  return { ...point, modelId, datasetName, datasetDigest };
}

function checkCount(what: keyof typeof MOST, count: number): void {
  if (count > MOST[what])
    throw invalid(
      `A batch logging request can contain at most ${MOST[what]} ${what}. Got ${count} ${what}. ` +
        `Please split up ${what} across multiple requests and try again.`,
    );
}

function checkUnique(keys: readonly string[]): void {
  const seen = new Set<string>();
  const repeated = keys.filter((key) => seen.size === seen.add(key).size);
  if (repeated.length > 0)
    throw invalid(
      `Duplicate parameter keys have been submitted: [${repeated.map(pythonString).join(', ')}]. ` +
        'Please ensure the request contains only one param value per param key.',
    );
}

/** Points of logged models, by model. */
export function byModel(
  runId: string,
  points: readonly (MetricPoint | ModelPoint)[],
): Map<string, LoggedModelRecord['metrics']> {
  const models = new Map<string, LoggedModelRecord['metrics']>();
  for (const point of points) {
    if (!('modelId' in point)) continue;
    const { modelId, key, value, timestamp, step, datasetName, datasetDigest } = point;
    const metrics = models.get(modelId) ?? [];
    metrics.push({ key, value, timestamp, step, runId, datasetName, datasetDigest });
    models.set(modelId, metrics);
  }
  return models;
}
