import { Type } from 'typebox';
import type { RegisteredModelRecord } from '../../store/models.js';
import type { Store } from '../../store/store.js';
import { endpoint } from '../endpoint.js';
import { latestPerStage, modelVersionEntity, registeredModelEntity } from '../entities.js';
import { MlflowError } from '../errors.js';
import { requireAliased, requireRegistered, requireVersion } from '../lookup.js';
import { maxResults, toRecord } from '../params.js';
import { page } from '../paging.js';
import { OptionalInt64, Pairs, Required, Text, Texts } from '../schema.js';
import { searchRegistered } from '../search/registry.js';
import { canonicalStage } from '../stages.js';
import { checkAlias, checkAliasFree, checkKey, checkModelName, checkTags, LIMITS } from '../validation.js';

/** The registry: models by name, their tags and aliases. */

const ByName = Type.Object({ name: Required });
const LARGEST_PAGE = 1000;
const DEFAULT_PAGE = 100;

function entity(store: Store, model: RegisteredModelRecord) {
  return registeredModelEntity(model, store.models.versions(model.name));
}

function requireNameFree(store: Store, name: string): void {
  if (store.models.registered(name))
    throw new MlflowError('RESOURCE_ALREADY_EXISTS', `Registered Model (name=${name}) already exists.`);
}

export const create = endpoint(
  Type.Object({ name: Required, tags: Pairs, description: Text }),
  async ({ name, tags, description }, { store }) => {
    checkModelName(name);
    checkTags(tags, LIMITS.registryTagValue);
    const model = await store.write(() => {
      requireNameFree(store, name);
      return store.models.createRegistered({ name, description, tags: toRecord(tags) });
    });
    return { registered_model: entity(store, model) };
  },
);

export const rename = endpoint(
  Type.Object({ name: Required, new_name: Required }),
  async ({ name, new_name: newName }, { store }) => {
    checkModelName(newName);
    const model = await store.write(() => {
      const before = requireRegistered(store, name);
      if (newName === name) return before;
      requireNameFree(store, newName);
      return store.models.renameRegistered(name, newName);
    });
    return { registered_model: entity(store, model) };
  },
);

export const update = endpoint(
  Type.Object({ name: Required, description: Text }),
  async ({ name, description = '' }, { store }) => {
    const model = await store.write(() => {
      requireRegistered(store, name);
      return store.models.updateRegistered(name, description);
    });
    return { registered_model: entity(store, model) };
  },
);

export const remove = endpoint(ByName, async ({ name }, { store }) => {
  await store.write(() => {
    requireRegistered(store, name);
    store.models.deleteRegistered(name);
  });
  return {};
});

export const get = endpoint(ByName, ({ name }, { store }) => ({
  registered_model: entity(store, requireRegistered(store, name)),
}));

export const search = endpoint(
  Type.Object({ filter: Text, max_results: OptionalInt64, order_by: Texts, page_token: Text }),
  (input, { store }) => {
    const limit = maxResults(input.max_results, LARGEST_PAGE, DEFAULT_PAGE);
    const found = searchRegistered(store.models.allRegistered(), input.filter, input.order_by);
    const { items, nextPage } = page(found, (model) => model.name, limit, input.page_token);
    return {
      registered_models: items.length > 0 ? items.map((model) => entity(store, model)) : undefined,
      next_page_token: nextPage,
    };
  },
);

export const getLatestVersions = endpoint(
  Type.Object({ name: Required, stages: Texts }),
  ({ name, stages = [] }, { store }) => {
    requireRegistered(store, name);
    const wanted = stages.map(canonicalStage);
    const versions = latestPerStage(store.models.versions(name)).filter(
      ({ stage }) => wanted.length === 0 || wanted.includes(stage),
    );
    return { model_versions: versions.length > 0 ? versions.map(modelVersionEntity) : undefined };
  },
);

export const setTag = endpoint(
  Type.Object({ name: Required, key: Required, value: Text }),
  async ({ name, key, value = '' }, { store }) => {
    checkTags([{ key, value }], LIMITS.registryTagValue);
    await store.write(() => {
      requireRegistered(store, name);
      store.models.setRegisteredTag(name, key, value);
    });
    return {};
  },
);

export const deleteTag = endpoint(
  Type.Object({ name: Required, key: Required }),
  async ({ name, key }, { store }) => {
    checkKey(key, 'key', 'key');
    await store.write(() => {
      requireRegistered(store, name);
      store.models.deleteRegisteredTag(name, key);
    });
    return {};
  },
);

export const setAlias = endpoint(
  Type.Object({ name: Required, alias: Required, version: Required }),
  async ({ name, alias, version }, { store }) => {
    checkAlias(alias);
    checkAliasFree(alias);
    await store.write(() => {
      store.models.setAlias(name, alias, requireVersion(store, name, version).version);
    });
    return {};
  },
);

export const deleteAlias = endpoint(
  Type.Object({ name: Required, alias: Required }),
  async ({ name, alias }, { store }) => {
    checkAlias(alias);
    await store.write(() => {
      requireRegistered(store, name);
      store.models.deleteAlias(name, alias);
    });
    return {};
  },
);

export const getByAlias = endpoint(
  Type.Object({ name: Required, alias: Required }),
  ({ name, alias }, { store }) => {
    checkAlias(alias);
    return { model_version: modelVersionEntity(requireAliased(store, name, alias)) };
  },
);
