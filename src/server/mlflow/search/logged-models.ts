import type { LoggedModelRecord } from '../../store/models.js';
import { type Condition, parseFilter, parseOrder } from '../../store/search/parse.js';
import { invalid } from '../errors.js';
import { pythonString, pythonTuple } from '../python.js';
import {
  filterRecords,
  number,
  requireField,
  sortRecords,
  text,
  type Field,
  type Fields,
} from './evaluate.js';

/** Search of logged models. A model may have a metric for several datasets. */

export interface DatasetFilter {
  name?: string;
  digest?: string;
}

export interface LoggedModelSearch {
  filter?: string;
  /** Restricts what the filter's metrics are; without any, the models. */
  datasets?: readonly DatasetFilter[];
  orderBy?: readonly { field: string; ascending: boolean; dataset?: DatasetFilter }[];
}

const STATUSES: Record<LoggedModelRecord['status'], string> = {
  pending: 'PENDING',
  ready: 'READY',
  failed: 'FAILED',
};
/** The last is of no model here. */
const STATUS_NAMES = [...Object.values(STATUSES), 'UNSPECIFIED'];

function checkStatus({ operator, value }: Condition): void {
  if (!['=', '!=', 'IN', 'NOT IN'].includes(operator))
    throw invalid(`Invalid comparison operator for status: ${operator}`);
  const values = Array.isArray(value) ? (value as readonly string[]) : [String(value)];
  if (values.every((name) => STATUS_NAMES.includes(name))) return;
  const said = Array.isArray(value) ? pythonTuple(values) : pythonString(String(value));
  throw invalid(`Unknown model status in filter: ${said}`);
}

const created = number((model: LoggedModelRecord) => model.createdAt);
const updated = number((model: LoggedModelRecord) => model.updatedAt);
const ATTRIBUTES: Record<string, Field<LoggedModelRecord>> = {
  name: text((model) => model.name),
  model_id: text((model) => model.id),
  model_type: text((model) => model.modelType),
  status: { ...text((model: LoggedModelRecord) => STATUSES[model.status]), check: checkStatus },
  source_run_id: text((model) => model.sourceRunId),
  artifact_uri: text((model) => model.artifactUri),
  experiment_id: text((model) => model.experimentId),
  creation_timestamp_ms: created,
  creation_timestamp: created,
  creation_time: created,
  last_updated_timestamp_ms: updated,
  last_updated_timestamp: updated,
};

/** `metric` reads what a metric of a model is. */
function fieldsFor(metric: (key: string) => Field<LoggedModelRecord>): Fields<LoggedModelRecord> {
  return (entity, key) => {
    if (entity === 'metric') return metric(key);
    if (entity === 'dataset') return undefined;
    if (entity === 'attribute') return Object.hasOwn(ATTRIBUTES, key) ? ATTRIBUTES[key] : undefined;
    return text(({ params, tags }) => {
      const record = entity === 'param' ? params : tags;
      return Object.hasOwn(record, key) ? record[key] : undefined;
    });
  };
}

type Metric = LoggedModelRecord['metrics'][number];

function isOn(datasets: readonly DatasetFilter[], { datasetName, datasetDigest }: Metric): boolean {
  return (
    datasets.length === 0 ||
    datasets.some(
      ({ name, digest }) => (!name || name === datasetName) && (!digest || digest === datasetDigest),
    )
  );
}

/** The newest value on any of the datasets, as MLflow has it since 3.18: by step, then time. */
function newestValue(datasets: readonly DatasetFilter[], dataset: DatasetFilter = {}) {
  return (key: string): Field<LoggedModelRecord> =>
    number(({ metrics }) => {
      const [newest] = metrics
        .filter((m) => m.key === key && isOn(datasets, m) && isOn([dataset], m))
        .sort((a, b) => b.step - a.step || b.timestamp - a.timestamp || b.value - a.value || 0);
      return newest?.value;
    });
}

export function searchLoggedModels(
  models: readonly LoggedModelRecord[],
  { filter, datasets = [], orderBy = [] }: LoggedModelSearch,
): LoggedModelRecord[] {
  const orders = orderBy.map(({ field, ascending, dataset }) => {
    const { entity, key } = parseOrder(field);
    return { field: requireField(fieldsFor(newestValue(datasets, dataset)), { entity, key }), ascending };
  });
  const conditions = parseFilter(filter);
  // Without a metric to restrict, datasets ask for the models that have any metric on them.
  const wantsAny = datasets.length > 0 && !conditions.some(({ entity }) => entity === 'metric');
  const among = models.filter(
    ({ lifecycle, metrics }) =>
      lifecycle === 'active' && (!wantsAny || metrics.some((m) => isOn(datasets, m))),
  );
  const found = filterRecords(among, conditions, fieldsFor(newestValue(datasets)));
  const byId = ATTRIBUTES.model_id as Field<LoggedModelRecord>;
  return sortRecords(found, [
    ...orders,
    { field: created, ascending: false },
    { field: byId, ascending: true },
  ]);
}
