import { TrainyardError } from '../../base/errors.js';
import type { Model, ModelPage, ModelQuery } from '../../workspace/types.js';
import type { Store } from '../store/store.js';

const DEFAULT_LIMIT = 100;

/** A page of what `query` asks for. @throws BAD_REQUEST for a page that never was */
export function modelPage(
  store: Store,
  { kind, name = '', limit = DEFAULT_LIMIT, page }: ModelQuery,
): ModelPage {
  const wanted = name.toLowerCase();
  const found = allModels(store).filter(
    (model) => (kind === undefined || model.kind === kind) && model.name.toLowerCase().includes(wanted),
  );
  const from = page === undefined ? 0 : found.findIndex((model) => nameOf(model) === page) + 1;
  if (page !== undefined && from === 0)
    throw new TrainyardError('BAD_REQUEST', 'There is no such page of models.', {
      hint: 'Begin with the first page.',
    });
  const models = found.slice(from, from + limit);
  const last = models.at(-1);
  return { models, ...(last && from + limit < found.length && { nextPage: nameOf(last) }) };
}

/** A page is named by the last model of the one before, so that others which come or go do not move it. */
const nameOf = ({ kind, id }: Model) => `${kind}/${id}`;

/** Registered models by name, then logged ones, newest first. */
function allModels(store: Store): Model[] {
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
