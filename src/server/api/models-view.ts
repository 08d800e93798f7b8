import type { Model } from '../../workspace/types.js';
import type { Store } from '../store/store.js';

/** Registered models by name, then logged ones, newest first. */
export function toModels(store: Store): Model[] {
  const registered = store.models.allRegistered().map((model): Model => {
    const versions = store.models.versions(model.name);
    return {
      id: model.name,
      name: model.name,
      kind: 'registered',
      state: 'ready',
      createdAt: model.createdAt,
      tags: model.tags,
      params: {},
      metrics: {},
      versions: versions.map(({ version, runId, modelId, aliases, createdAt }) => ({
        version: String(version),
        ...(runId && { runId }),
        ...(modelId && { modelId }),
        aliases,
        createdAt,
      })),
    };
  });
  const experiments = store.experiments.all().map(({ id }) => id);
  const logged = store.models
    .searchLogged(experiments)
    .filter(({ lifecycle }) => lifecycle === 'active')
    .map((model): Model => ({
      id: model.id,
      name: model.name,
      kind: 'logged',
      state: model.status,
      createdAt: model.createdAt,
      ...(model.sourceRunId && { runId: model.sourceRunId }),
      experimentId: model.experimentId,
      tags: model.tags,
      params: model.params,
      metrics: store.models.newestMetrics(model.id),
      versions: [],
    }));
  return [...registered, ...logged];
}
