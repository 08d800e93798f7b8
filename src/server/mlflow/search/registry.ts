import type { ModelVersionRecord, RegisteredModelRecord } from '../../store/models.js';
import { parseFilter, parseOrder, type Condition } from '../../store/search/parse.js';
import { invalid } from '../errors.js';
import {
  filterRecords,
  number,
  requireField,
  sortRecords,
  text,
  type Field,
  type Fields,
  type Order,
} from './evaluate.js';

/** Search of registered models and their versions. */

/** A prompt is stored as a registered model with this tag. Only models are found unless a filter asks for prompts. */
const PROMPT_TAG = 'mlflow.prompt.is_prompt';

function tag<T extends { tags: Record<string, string> }>(key: string): Field<T> {
  return text(({ tags }) => {
    if (Object.hasOwn(tags, key)) return tags[key];
    // Clients append `tag.mlflow.prompt.is_prompt != 'true'`, which has to hold for models that never had the tag.
    return key === PROMPT_TAG ? 'false' : undefined;
  });
}

const MODEL_FIELDS: Record<string, Field<RegisteredModelRecord>> = {
  name: text((model) => model.name),
};
const MODEL_ORDERS: Record<string, Field<RegisteredModelRecord>> = {
  name: text((model) => model.name),
  timestamp: number((model) => model.updatedAt),
  last_updated_timestamp: number((model) => model.updatedAt),
};
const VERSION_FIELDS: Record<string, Field<ModelVersionRecord>> = {
  name: text((version) => version.name),
  run_id: text((version) => version.runId),
  source_path: text((version) => version.source),
  version_number: number((version) => version.version),
};
const VERSION_ORDERS: Record<string, Field<ModelVersionRecord>> = {
  name: text((version) => version.name),
  version_number: number((version) => version.version),
  creation_timestamp: number((version) => version.createdAt),
  last_updated_timestamp: number((version) => version.updatedAt),
};

function fieldsOf<T extends { tags: Record<string, string> }>(
  attributes: Record<string, Field<T>>,
): Fields<T> {
  return (entity, key) => {
    if (entity === 'tag') return tag(key);
    return entity === 'attribute' && Object.hasOwn(attributes, key) ? attributes[key] : undefined;
  };
}

function ordersOf<T>(orderBy: readonly string[], fields: Record<string, Field<T>>): Order<T>[] {
  const find: Fields<T> = (entity, key) =>
    entity === 'attribute' && Object.hasOwn(fields, key) ? fields[key] : undefined;
  const parsed = orderBy.map(parseOrder);
  const twice = parsed.find(({ key }, i) => parsed.findIndex((other) => other.key === key) !== i);
  if (twice) throw invalid(`order_by contains duplicate fields: '${twice.key}'`);
  return parsed.map((order) => ({ field: requireField(find, order), ascending: order.ascending }));
}

function withoutPrompts(conditions: readonly Condition[]): Condition[] {
  if (conditions.some(({ entity, key }) => entity === 'tag' && key === PROMPT_TAG)) return [...conditions];
  return [...conditions, { entity: 'tag', key: PROMPT_TAG, operator: '!=', value: 'true' }];
}

export function searchRegistered(
  models: readonly RegisteredModelRecord[],
  filter?: string,
  orderBy: readonly string[] = [],
): RegisteredModelRecord[] {
  const orders = ordersOf(orderBy, MODEL_ORDERS);
  const found = filterRecords(models, withoutPrompts(parseFilter(filter)), fieldsOf(MODEL_FIELDS));
  return sortRecords(found, [
    ...orders,
    { field: MODEL_ORDERS.name as Field<RegisteredModelRecord>, ascending: true },
  ]);
}

const VERSION_DEFAULT: Order<ModelVersionRecord>[] = [
  { field: number((version) => version.updatedAt), ascending: false },
  { field: text((version) => version.name), ascending: true },
  { field: number((version) => version.version), ascending: false },
];

export function searchVersions(
  versions: readonly ModelVersionRecord[],
  filter?: string,
  orderBy: readonly string[] = [],
): ModelVersionRecord[] {
  const orders = ordersOf(orderBy, VERSION_ORDERS);
  const found = filterRecords(versions, withoutPrompts(parseFilter(filter)), fieldsOf(VERSION_FIELDS));
  return sortRecords(found, [...orders, ...VERSION_DEFAULT]);
}
