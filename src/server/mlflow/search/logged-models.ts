import type { LoggedModelRecord } from '../../store/models.js';
import { parseFilter, parseOrder } from '../../store/search/parse.js';
import { loggedModelStatus } from '../params.js';
import { filterRecords, requireField, sortRecords, type Field, type Fields } from './evaluate.js';

/** Search of logged models. A model may have a metric for several datasets. */

export interface DatasetFilter {
  name: string;
  digest?: string;
}

export interface LoggedModelSearch {
  filter?: string;
  /** Restricts what the filter's metrics are. */
  datasets?: readonly DatasetFilter[];
  orderBy?: readonly { field: string; ascending: boolean; dataset?: DatasetFilter }[];
}

const text = (read: (model: LoggedModelRecord) => string): Field<LoggedModelRecord> => ({
  kind: 'text',
  read: (model) => [read(model)],
});
const number = (read: (model: LoggedModelRecord) => number): Field<LoggedModelRecord> => ({
  kind: 'number',
  read: (model) => [read(model)],
});

const created = number((model) => model.createdAt);
const updated = number((model) => model.updatedAt);
const ATTRIBUTES: Record<string, Field<LoggedModelRecord>> = {
  name: text((model) => model.name),
  model_id: text((model) => model.id),
  model_type: text((model) => model.modelType),
  status: text((model) => loggedModelStatus.name(model.status)),
  source_run_id: text((model) => model.sourceRunId),
  artifact_uri: text((model) => model.artifactUri),
  experiment_id: text((model) => model.experimentId),
  creation_timestamp_ms: created,
  creation_timestamp: created,
  creation_time: created,
  last_updated_timestamp_ms: updated,
  last_updated_timestamp: updated,
};

function fieldsFor(datasets: readonly DatasetFilter[]): Fields<LoggedModelRecord> {
  return (entity, key) => {
    if (entity === 'metric') return metric(key, datasets);
    if (entity === 'dataset') return undefined;
    if (entity === 'attribute') return Object.hasOwn(ATTRIBUTES, key) ? ATTRIBUTES[key] : undefined;
    return {
      kind: 'text',
      read: (model) => {
        const record = entity === 'param' ? model.params : model.tags;
        return Object.hasOwn(record, key) ? [record[key] as string] : [];
      },
    };
  };
}

/** The newest value for each dataset, newest first. */
function metric(key: string, datasets: readonly DatasetFilter[]): Field<LoggedModelRecord> {
  return {
    kind: 'number',
    read: ({ metrics }) => {
      const own = metrics.filter(
        (m) =>
          m.key === key &&
          (datasets.length === 0 ||
            datasets.some((d) => d.name === m.datasetName && (!d.digest || d.digest === m.datasetDigest))),
      );
      own.sort((a, b) => b.step - a.step || b.timestamp - a.timestamp);
      const newest = new Map<string, number>();
      for (const { datasetName, datasetDigest, value } of own) {
        const dataset = JSON.stringify([datasetName, datasetDigest]);
        if (!newest.has(dataset)) newest.set(dataset, value);
      }
      return [...newest.values()];
    },
  };
}

export function searchLoggedModels(
  models: readonly LoggedModelRecord[],
  { filter, datasets = [], orderBy = [] }: LoggedModelSearch,
): LoggedModelRecord[] {
  const orders = orderBy.map(({ field, ascending, dataset }) => {
    const { entity, key } = parseOrder(field);
    return { field: requireField(fieldsFor(dataset ? [dataset] : []), { entity, key }), ascending };
  });
  const active = models.filter(({ lifecycle }) => lifecycle === 'active');
  const found = filterRecords(active, parseFilter(filter), fieldsFor(datasets));
  const byId = ATTRIBUTES.model_id as Field<LoggedModelRecord>;
  return sortRecords(found, [
    ...orders,
    { field: created, ascending: false },
    { field: byId, ascending: true },
  ]);
}
