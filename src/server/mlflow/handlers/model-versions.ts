import { Type } from 'typebox';
import { newVersion } from '../../models/new-version.js';
import type { ModelVersionRecord } from '../../store/models.js';
import { endpoint } from '../endpoint.js';
import { modelVersionEntity } from '../entities.js';
import { invalid } from '../errors.js';
import { lineageOf } from '../lineage.js';
import { requireLoggedModel, requireRegistered, requireVersion } from '../lookup.js';
import { maxResults, toRecord } from '../params.js';
import { page } from '../paging.js';
import { Bool, OptionalInt64, Pairs, Required, Text, Texts } from '../schema.js';
import { searchVersions } from '../search/registry.js';
import { checkSource, resolveSource } from '../sources.js';
import { archivedStage, canonicalStage, hasArchive } from '../stages.js';
import { checkKey, checkTags, LIMITS } from '../validation.js';

/** Versions of registered models. */

const ByVersion = Type.Object({ name: Required, version: Required });
const LARGEST_PAGE = 200_000;
const DEFAULT_PAGE = 10_000;

export const create = endpoint(
  Type.Object({
    name: Required,
    source: Required,
    run_id: Text,
    tags: Pairs,
    run_link: Text,
    description: Text,
    model_id: Text,
  }),
  async (input, { store }) => {
    const { name } = input;
    checkSource(input.source);
    checkTags(input.tags, LIMITS.registryTagValue);
    const version = await store.write(() => {
      requireRegistered(store, name);
      const { source, runId, modelId } = lineageOf(store, input);
      const model = modelId ? requireLoggedModel(store, modelId) : undefined;
      // A broken source would otherwise only fail when somebody loads the model.
      if (source.startsWith('models:')) resolveSource(store, source);
      const fields = {
        name,
        source,
        runId,
        runLink: input.run_link,
        description: input.description,
        tags: toRecord(input.tags),
      };
      return newVersion(store, fields, model);
    });
    return { model_version: modelVersionEntity(version) };
  },
);

export const get = endpoint(ByVersion, ({ name, version }, { store }) => ({
  model_version: modelVersionEntity(requireVersion(store, name, version)),
}));

export const getDownloadUri = endpoint(ByVersion, ({ name, version }, { store }) => ({
  artifact_uri: resolveSource(store, requireVersion(store, name, version).source),
}));

export const update = endpoint(
  Type.Object({ name: Required, version: Required, description: Text }),
  async ({ name, version, description = '' }, { store }) => {
    const updated = await store.write(() =>
      store.models.updateVersion(name, requireVersion(store, name, version).version, { description }),
    );
    return { model_version: modelVersionEntity(updated) };
  },
);

export const transitionStage = endpoint(
  Type.Object({
    name: Required,
    version: Required,
    stage: Required,
    archive_existing_versions: Type.Optional(Bool),
  }),
  async (input, { store }) => {
    const { name } = input;
    const stage = canonicalStage(input.stage);
    const archive = input.archive_existing_versions ?? false;
    if (archive && !hasArchive(stage))
      throw invalid(
        `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage. ` +
          "Valid stages are ['Staging', 'Production']",
      );
    const moved = await store.write(() => {
      const { version } = requireVersion(store, name, input.version);
      const others = archive ? store.models.versions(name) : [];
      for (const other of others) {
        if (other.stage === stage && other.version !== version)
          store.models.updateVersion(name, other.version, { stage: archivedStage });
      }
      return store.models.updateVersion(name, version, { stage });
    });
    return { model_version: modelVersionEntity(moved) };
  },
);

export const remove = endpoint(ByVersion, async ({ name, version }, { store }) => {
  await store.write(() => store.models.deleteVersion(name, requireVersion(store, name, version).version));
  return {};
});

export const setTag = endpoint(
  Type.Object({ name: Required, version: Required, key: Required, value: Text }),
  async ({ name, version, key, value = '' }, { store }) => {
    checkTags([{ key, value }], LIMITS.registryTagValue);
    await store.write(() =>
      store.models.setVersionTag(name, requireVersion(store, name, version).version, key, value),
    );
    return {};
  },
);

export const deleteTag = endpoint(
  Type.Object({ name: Required, version: Required, key: Required }),
  async ({ name, version, key }, { store }) => {
    checkKey(key, 'key', 'key');
    await store.write(() =>
      store.models.deleteVersionTag(name, requireVersion(store, name, version).version, key),
    );
    return {};
  },
);

export const search = endpoint(
  Type.Object({ filter: Text, max_results: OptionalInt64, order_by: Texts, page_token: Text }),
  (input, { store }) => {
    const limit = maxResults(input.max_results, LARGEST_PAGE, DEFAULT_PAGE);
    const found = searchVersions(store.models.versions(), input.filter, input.order_by);
    const identity = ({ name, version }: ModelVersionRecord) => `${version} ${name}`;
    const { items, nextPage } = page(found, identity, limit, input.page_token);
    return {
      model_versions: items.length > 0 ? items.map(modelVersionEntity) : undefined,
      next_page_token: nextPage,
    };
  },
);
