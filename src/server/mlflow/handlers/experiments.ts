import { Type } from 'typebox';
import type { Store } from '../../store/store.js';
import { endpoint } from '../endpoint.js';
import { experimentEntity } from '../entities.js';
import { invalid, MlflowError, notFound } from '../errors.js';
import { checkLocation } from '../locations.js';
import { checkExperimentId, requireActiveExperiment, requireExperiment } from '../lookup.js';
import { maxResults, toRecord, viewType } from '../params.js';
import { EnumValue, OptionalInt64, Pairs, Required, Text, Texts } from '../schema.js';
import { checkExperimentName, checkTags, LIMITS } from '../validation.js';

const ById = Type.Object({ experiment_id: Required });
const LARGEST_PAGE = 50_000;
const MOST_SEARCHED = 20;
const MOST_DATASETS = 1000;

function requireNameFree(store: Store, name: string): void {
  const taken = store.experiments.byName(name);
  if (!taken) return;
  const hint = taken.lifecycle === 'deleted' ? ' It is deleted; restore it or choose another name.' : '';
  throw new MlflowError('RESOURCE_ALREADY_EXISTS', `Experiment(name=${name}) already exists.${hint}`);
}

export const create = endpoint(
  Type.Object({ name: Required, artifact_location: Text, tags: Pairs }),
  async ({ name, artifact_location: location, tags }, { store }) => {
    checkExperimentName(name);
    if (location) checkLocation(location);
    checkTags(tags, LIMITS.experimentTagValue);
    const { id } = await store.write(() => {
      requireNameFree(store, name);
      return store.experiments.create({
        name,
        artifactLocation: location || undefined,
        tags: toRecord(tags),
      });
    });
    return { experiment_id: id };
  },
);

export const get = endpoint(ById, ({ experiment_id: id }, { store }) => ({
  experiment: experimentEntity(requireExperiment(store, id)),
}));

export const getByName = endpoint(
  Type.Object({ experiment_name: Required }),
  ({ experiment_name: name }, { store }) => {
    const experiment = store.experiments.byName(name);
    if (!experiment) throw notFound(`Could not find experiment with name '${name}'`);
    return { experiment: experimentEntity(experiment) };
  },
);

export const update = endpoint(
  Type.Object({ experiment_id: Required, new_name: Required }),
  async ({ experiment_id: id, new_name: name }, { store }) => {
    checkExperimentName(name);
    await store.write(() => {
      if (requireActiveExperiment(store, id).name === name) return;
      requireNameFree(store, name);
      store.experiments.rename(id, name);
    });
    return {};
  },
);

export const remove = endpoint(ById, async ({ experiment_id: id }, { store }) => {
  await store.write(() => {
    if (requireExperiment(store, id).lifecycle !== 'active')
      throw notFound(`No Experiment with id=${id} exists`);
    store.experiments.delete(id);
  });
  return {};
});

export const restore = endpoint(ById, async ({ experiment_id: id }, { store }) => {
  await store.write(() => {
    if (requireExperiment(store, id).lifecycle !== 'deleted')
      throw notFound(`No Experiment with id=${id} exists`);
    store.experiments.restore(id);
  });
  return {};
});

export const setTag = endpoint(
  Type.Object({ experiment_id: Required, key: Required, value: Text }),
  async ({ experiment_id: id, key, value = '' }, { store }) => {
    checkTags([{ key, value }], LIMITS.experimentTagValue);
    await store.write(() => {
      requireActiveExperiment(store, id);
      store.experiments.setTag(id, key, value);
    });
    return {};
  },
);

export const deleteTag = endpoint(
  Type.Object({ experiment_id: Required, key: Required }),
  async ({ experiment_id: id, key }, { store }) => {
    await store.write(() => {
      requireActiveExperiment(store, id);
      if (!store.experiments.deleteTag(id, key))
        throw notFound(`No tag with name: ${key} in experiment with id ${id}`);
    });
    return {};
  },
);

export const search = endpoint(
  Type.Object({
    max_results: OptionalInt64,
    page_token: Text,
    filter: Text,
    order_by: Texts,
    view_type: Type.Optional(EnumValue),
  }),
  (input, { store }) => {
    const { experiments, nextPage } = store.experiments.search({
      filter: input.filter,
      orderBy: input.order_by,
      lifecycle: viewType.parse(input.view_type ?? 'ACTIVE_ONLY'),
      limit: maxResults(input.max_results, LARGEST_PAGE),
      page: input.page_token || undefined,
    });
    return {
      experiments: experiments.length > 0 ? experiments.map(experimentEntity) : undefined,
      next_page_token: nextPage,
    };
  },
);

export const searchDatasets = endpoint(
  Type.Object({ experiment_ids: Texts }),
  ({ experiment_ids: ids = [] }, { store }) => {
    if (ids.length === 0) throw invalid('SearchDatasets request must specify at least one experiment_id.');
    if (ids.length > MOST_SEARCHED)
      throw invalid(
        `SearchDatasets request cannot specify more than ${MOST_SEARCHED} experiment_ids. ` +
          `Received ${ids.length} experiment_ids.`,
      );
    ids.forEach(checkExperimentId);
    const uses = store.experiments.datasets(ids, MOST_DATASETS);
    if (uses.length === 0) return {};
    return {
      dataset_summaries: uses.map(({ experimentId, name, digest, context }) => ({
        experiment_id: experimentId,
        name,
        digest,
        context,
      })),
    };
  },
);
