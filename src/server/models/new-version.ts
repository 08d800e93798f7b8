import type { LoggedModel, ModelVersionRecord } from '../store/models.js';
import type { Store } from '../store/store.js';
import { VERSIONS_TAG, withVersion } from './versions-tag.js';

/** Creates a new version of a registered model; its logged model, if any, records that in a tag. */
export function newVersion(
  store: Store,
  fields: Parameters<Store['models']['createVersion']>[0],
  model: LoggedModel | undefined,
): ModelVersionRecord {
  const created = store.models.createVersion({
    ...fields,
    runId: fields.runId || model?.sourceRunId || undefined,
    modelId: model?.id,
  });
  if (model) {
    const tag = withVersion(model.tags[VERSIONS_TAG], fields.name, created.version);
    store.models.setLoggedTags(model.id, { [VERSIONS_TAG]: tag });
  }
  return created;
}
