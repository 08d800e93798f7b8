import { Type, type Static } from 'typebox';
import type { DatasetInput } from '../../store/full-runs.js';
import { endpoint } from '../endpoint.js';
import { requireActiveRun } from '../lookup.js';
import { int64, toRecord } from '../params.js';
import { KeyValues, OptionalInt64, Required, Text } from '../schema.js';
import { checkLength, checkRunId, LIMITS } from '../validation.js';

/** The inputs of a run, and its output models. */

const Dataset = Type.Object({
  tags: KeyValues,
  dataset: Type.Object({
    name: Required,
    digest: Required,
    source_type: Required,
    source: Required,
    schema: Text,
    profile: Text,
  }),
});

export const logInputs = endpoint(
  Type.Object({
    run_id: Required,
    datasets: Type.Optional(Type.Array(Dataset)),
    models: Type.Optional(Type.Array(Type.Object({ model_id: Required }))),
  }),
  async ({ run_id: id, datasets = [], models = [] }, { store }) => {
    checkRunId(id);
    const inputs = datasets.map(datasetInput);
    await store.write(() => {
      requireActiveRun(store, id);
      if (inputs.length > 0) store.runs.addDatasets(id, inputs);
      if (models.length > 0)
        store.runs.addModelInputs(
          id,
          models.map((model) => model.model_id),
        );
    });
    return {};
  },
);

function datasetInput({ tags, dataset }: Static<typeof Dataset>): DatasetInput {
  for (const { key, value = '' } of tags ?? []) {
    checkLength(key, LIMITS.inputTagKey, 'key');
    checkLength(value, LIMITS.inputTagValue, 'value');
  }
  checkLength(dataset.name, LIMITS.datasetName, 'name');
  checkLength(dataset.digest, LIMITS.datasetDigest, 'digest');
  checkLength(dataset.source, LIMITS.datasetSource, 'source');
  checkLength(dataset.schema ?? '', LIMITS.datasetSchema, 'schema');
  checkLength(dataset.profile ?? '', LIMITS.datasetProfile, 'profile');
  const { name, digest, source_type: sourceType, source, schema, profile } = dataset;
  return { name, digest, sourceType, source, schema, profile, tags: toRecord(tags) };
}

export const logOutputs = endpoint(
  Type.Object({
    run_id: Required,
    models: Type.Array(Type.Object({ model_id: Required, step: OptionalInt64 })),
  }),
  async ({ run_id: id, models }, { store }) => {
    const outputs = models.map(({ model_id: modelId, step }, i) => ({
      modelId,
      step: int64(step ?? 0, `models[${i}].step`),
    }));
    await store.write(() => {
      requireActiveRun(store, id);
      store.runs.addModelOutputs(id, outputs);
    });
    return {};
  },
);
