import type { MetricSummary } from '../../workspace/types.js';
import { SUMMARY_COLUMNS, type SummaryColumns, summaryOf } from './metrics.js';
import type { RunRecord } from './runs.js';
import type { Database } from './sql.js';

export interface DatasetInput {
  name: string;
  digest: string;
  sourceType: string;
  source: string;
  schema?: string;
  profile?: string;
  tags: Record<string, string>;
}

/** The inputs and outputs of a run. */
interface Lineage {
  datasets: DatasetInput[];
  modelInputs: string[];
  modelOutputs: { modelId: string; step: number }[];
}

/** A run with everything that a search returns of it. */
export interface FullRun extends RunRecord, Lineage {
  metrics: Record<string, MetricSummary>;
  params: Record<string, string>;
  tags: Record<string, string>;
}

/** The same for callers that only forward it. */
export interface ListedRun extends RunRecord, Lineage {
  /** JSON: `{ key, value, timestamp, step }[]`, the newest of each; values that JSON has no number for are strings. */
  metrics: string;
  /** JSON: `{ key, value }[]` */
  params: string;
  tags: string;
}

/** The related rows, fetched for all records at once. */
export function fullRuns(db: Database, records: readonly RunRecord[]): FullRun[] {
  const ids = JSON.stringify(records.map(({ id }) => id));
  const full = lineagesOf(db, records, ids).map((lineage, i): FullRun => {
    return { ...(records[i] as RunRecord), ...lineage, metrics: {}, params: {}, tags: {} };
  });
  const metrics = rowsOf<[key: string, ...SummaryColumns]>(db, 'series', `t.key, ${SUMMARY_COLUMNS}`, ids);
  for (const [at, key, ...summary] of metrics) put((full[at] as FullRun).metrics, key, summaryOf(...summary));
  for (const part of ['params', 'tags'] as const)
    for (const [at, key, value] of rowsOf<[string, string]>(db, `run_${part}`, 't.key, t.value', ids))
      put((full[at] as FullRun)[part], key, value);
  return full;
}

/** A name may be `__proto__`, which an assignment gives another meaning. */
function put<T>(record: Record<string, T>, key: string, value: T): void {
  if (key !== '__proto__') record[key] = value;
  else Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true });
}

/** 9e999 is how SQL writes the infinite; NULL is kept for NaN. */
const METRICS = `SELECT json_group_array(json_object(
    'key', key,
    'value', CASE
      WHEN last_value IS NULL THEN 'NaN'
      WHEN last_value = 9e999 THEN 'Infinity'
      WHEN last_value = -9e999 THEN '-Infinity'
      ELSE last_value END,
    'timestamp', CAST(last_time AS INTEGER),
    'step', CAST(last_step AS INTEGER)))
  FROM series WHERE run_id = wanted.value`;
const pairsOf = (table: string) =>
  `SELECT json_group_array(json_object('key', t.key, 'value', t.value)) FROM ${table} t WHERE run_id = wanted.value`;
const LISTS = `SELECT (${METRICS}), (${pairsOf('run_params')}), (${pairsOf('run_tags')})
  FROM json_each(?) wanted ORDER BY wanted.key`;

/**
 * JSON text that SQLite writes is used as one value. Objects of forty values take twice as long and become text in the
 * end.
 */
export function listedRuns(db: Database, records: readonly RunRecord[]): ListedRun[] {
  const ids = JSON.stringify(records.map(({ id }) => id));
  const lineages = lineagesOf(db, records, ids);
  return db
    .arrays<[metrics: string, params: string, tags: string]>(LISTS, ids)
    .map(([metrics, params, tags], i) => {
      return { ...(records[i] as RunRecord), ...(lineages[i] as Lineage), metrics, params, tags };
    });
}

function lineagesOf(db: Database, records: readonly RunRecord[], ids: string): Lineage[] {
  const lineages = records.map((): Lineage => ({ datasets: [], modelInputs: [], modelOutputs: [] }));
  for (const [at, ...row] of rowsOf<DatasetColumns>(db, 'run_datasets', DATASET_COLUMNS, ids))
    lineages[at]?.datasets.push(toDataset(...row));
  const models = rowsOf<[direction: string, modelId: string, step: number]>(
    db,
    'run_models',
    'direction, model_id, step',
    ids,
  );
  for (const [at, direction, modelId, step] of models) {
    if (direction === 'input') lineages[at]?.modelInputs.push(modelId);
    else lineages[at]?.modelOutputs.push({ modelId, step });
  }
  return lineages;
}

/** Rows of a table, each with the place of its run in `ids`. */
function rowsOf<T extends unknown[]>(
  db: Database,
  table: string,
  columns: string,
  ids: string,
): [at: number, ...T][] {
  return db.arrays(
    `SELECT wanted.key, ${columns} FROM json_each(?) wanted CROSS JOIN ${table} t ON t.run_id = wanted.value`,
    ids,
  );
}

const DATASET_COLUMNS = 'name, digest, source_type, source, schema, profile, tags';
type DatasetColumns = [string, string, string, string, string | null, string | null, string];

function toDataset(
  ...[name, digest, sourceType, source, schema, profile, tags]: DatasetColumns
): DatasetInput {
  return {
    name,
    digest,
    sourceType,
    source,
    ...(schema !== null && { schema }),
    ...(profile !== null && { profile }),
    tags: JSON.parse(tags) as Record<string, string>,
  };
}
