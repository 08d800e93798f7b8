import { Type } from 'typebox';
import { VERSIONS_TAG, withoutRepeats } from '../../models/versions-tag.js';
import { endpoint } from '../endpoint.js';
import { loggedModelEntity } from '../entities.js';
import { invalid, notFound, paramChanged } from '../errors.js';
import { checkExperimentId, requireActiveExperiment, requireLoggedModel } from '../lookup.js';
import { loggedModelStatus, maxResults, queryBool, toRecord } from '../params.js';
import { page } from '../paging.js';
import { Bool, EnumValue, KeyValues, OptionalInt64, QueryBool, Required, Text } from '../schema.js';
import { searchLoggedModels } from '../search/logged-models.js';
import { checkKeyLengths, checkLoggedModelName } from '../validation.js';

/** Logged models, independent of the registry. */

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 50_000;

export const create = endpoint(
  Type.Object({
    experiment_id: Required,
    name: Text,
    model_type: Text,
    source_run_id: Text,
    params: KeyValues,
    tags: KeyValues,
  }),
  async (input, { store, jobId }) => {
    if (input.name) checkLoggedModelName(input.name);
    const params = toRecord(checkKeyLengths(input.params, 'params'));
    const tags = toRecord(checkKeyLengths(input.tags, 'tags'));
    const model = await store.write(() => {
      requireActiveExperiment(store, input.experiment_id);
      return store.models.createLogged({
        experimentId: input.experiment_id,
        name: input.name || undefined,
        modelType: input.model_type,
        // One that the script of a job logs outside a run is the job's.
        sourceRunId: input.source_run_id || jobId,
        params,
        tags,
      });
    });
    return { model: loggedModelEntity(store.models.withMetrics(model)) };
  },
);

export const get = endpoint(
  Type.Object({ model_id: Required, allow_deleted: Type.Optional(QueryBool) }),
  ({ model_id: id, allow_deleted: allowDeleted }, { store }) => ({
    model: loggedModelEntity(
      store.models.withMetrics(requireLoggedModel(store, id, queryBool(allowDeleted))),
    ),
  }),
);

export const finalize = endpoint(
  Type.Object({ model_id: Required, status: EnumValue }),
  async ({ model_id: id, status }, { store }) => {
    const value = loggedModelStatus.parse(status);
    const model = await store.write(() => {
      requireLoggedModel(store, id);
      return store.models.setLoggedStatus(id, value);
    });
    return { model: loggedModelEntity(store.models.withMetrics(model)) };
  },
);

export const remove = endpoint(Type.Object({ model_id: Required }), async ({ model_id: id }, { store }) => {
  await store.write(() => {
    requireLoggedModel(store, id, true);
    store.models.deleteLogged(id);
  });
  return {};
});

export const logParams = endpoint(
  Type.Object({ model_id: Required, params: KeyValues }),
  async ({ model_id: id, params }, { store }) => {
    const given = toRecord(checkKeyLengths(params, 'params'));
    await store.write(() => {
      const known = requireLoggedModel(store, id).params;
      for (const [key, value] of Object.entries(given)) {
        const oldValue = Object.hasOwn(known, key) ? (known[key] as string) : value;
        if (oldValue === value) continue;
        const changed = paramChanged(`model ID='${id}'`, { key, oldValue, newValue: value });
        throw invalid(`Changing param values is not allowed. ${changed}`);
      }
      store.models.addLoggedParams(id, given);
    });
    return {};
  },
);

export const setTags = endpoint(
  Type.Object({ model_id: Required, tags: KeyValues }),
  async ({ model_id: id, tags }, { store }) => {
    const given = toRecord(checkKeyLengths(tags, 'tags'));
    await store.write(() => {
      requireLoggedModel(store, id);
      const versions = given[VERSIONS_TAG];
      if (versions !== undefined) given[VERSIONS_TAG] = withoutRepeats(versions);
      store.models.setLoggedTags(id, given);
    });
    return {};
  },
);

export const deleteTag = endpoint(
  Type.Object({ model_id: Required, tag_key: Required }),
  async ({ model_id: id, tag_key: key }, { store }) => {
    await store.write(() => {
      requireLoggedModel(store, id);
      if (!store.models.deleteLoggedTag(id, key))
        throw notFound(`No tag with key '${key}' found for model with ID '${id}'.`);
    });
    return {};
  },
);

export const search = endpoint(
  Type.Object({
    experiment_ids: Type.Array(Type.String(), { minItems: 1 }),
    filter: Text,
    datasets: Type.Optional(Type.Array(Type.Object({ dataset_name: Required, dataset_digest: Text }))),
    max_results: OptionalInt64,
    order_by: Type.Optional(
      Type.Array(
        Type.Object({
          field_name: Required,
          ascending: Type.Optional(Bool),
          dataset_name: Text,
          dataset_digest: Text,
        }),
      ),
    ),
    page_token: Text,
  }),
  (input, { store }) => {
    input.experiment_ids.forEach(checkExperimentId);
    const limit = maxResults(input.max_results || undefined, LARGEST_PAGE, DEFAULT_PAGE);
    const models = store.models.searchLogged(input.experiment_ids);
    const records = models.map((model) => store.models.withMetrics(model));
    const found = searchLoggedModels(records, {
      filter: input.filter,
      datasets: input.datasets?.map((d) => ({ name: d.dataset_name, digest: d.dataset_digest })),
      orderBy: input.order_by?.map((order) => ({
        field: order.field_name,
        ascending: order.ascending ?? true,
        dataset: { name: order.dataset_name, digest: order.dataset_digest },
      })),
    });
    const { items, nextPage } = page(found, (model) => model.id, limit, input.page_token);
    return {
      models: items.length > 0 ? items.map(loggedModelEntity) : undefined,
      next_page_token: nextPage,
    };
  },
);
