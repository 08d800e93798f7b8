import { TrainyardError } from '../../base/errors.js';
import { parseOrNothing } from '../../base/json.js';
import type { Model, ModelPage, ModelQuery } from '../../workspace/types.js';
import { requireModel } from '../models/require-model.js';
import type { Store } from '../store/store.js';

const DEFAULT_LIMIT = 100;

/** A model by what it is found and ordered by; the rest is read of those on the page only. */
interface Listed {
  kind: Model['kind'];
  id: string;
  name: string;
  createdAt: number;
  read(): Model;
}

/** Registered models, then logged ones, each newest first. @throws BAD_REQUEST for a page that is none */
export function pageOfModels(store: Store, query: ModelQuery): ModelPage {
  const { kind, name = '', limit = DEFAULT_LIMIT } = query;
  const wanted = name.toLowerCase();
  const after = query.page === undefined ? undefined : readPage(query.page);
  const listed = [
    ...(kind === 'logged' ? [] : registered(store)),
    ...(kind === 'registered' ? [] : logged(store)),
  ]
    .filter((model) => model.name.toLowerCase().includes(wanted))
    .sort(inOrder)
    .filter((model) => after === undefined || inOrder(model, after) > 0);
  const page = listed.slice(0, limit);
  const last = page.at(-1);
  return {
    models: page.map((model) => model.read()),
    ...(last && listed.length > limit && { nextPage: writePage(last) }),
  };
}

/** Versions of a registered model, newest first. @throws NOT_FOUND */
export function versionsOf(store: Store, name: string): Model['versions'] {
  requireModel(store, name);
  return store.models
    .versions(name)
    .map(({ version, runId, modelId, aliases, createdAt }) => ({
      version: String(version),
      ...(runId && { runId }),
      ...(modelId && { modelId }),
      aliases,
      createdAt,
    }))
    .sort((a, b) => Number(b.version) - Number(a.version));
}

type Place = Pick<Listed, 'kind' | 'id' | 'createdAt'>;

function inOrder(a: Place, b: Place): number {
  if (a.kind !== b.kind) return a.kind === 'registered' ? -1 : 1;
  return b.createdAt - a.createdAt || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/** What comes or goes before it moves no page that follows. */
const writePage = ({ kind, createdAt, id }: Place) =>
  Buffer.from(JSON.stringify([kind, createdAt, id])).toString('base64url');

function readPage(page: string): Place {
  const place = parseOrNothing(Buffer.from(page, 'base64url').toString());
  if (Array.isArray(place)) {
    const [kind, createdAt, id] = place as unknown[];
    if (
      (kind === 'registered' || kind === 'logged') &&
      typeof createdAt === 'number' &&
      typeof id === 'string'
    )
      return { kind, createdAt, id };
  }
  throw new TrainyardError('BAD_REQUEST', 'This page of models does not exist.');
}

function registered(store: Store): Listed[] {
  return store.models.allRegistered().map((model) => {
    const { name, createdAt, tags } = model;
    const kind = 'registered';
    const read = (): Model => ({
      id: name,
      name,
      kind,
      state: 'ready',
      createdAt,
      tags,
      params: {},
      metrics: {},
      versions: versionsOf(store, name),
    });
    return { kind, id: name, name, createdAt, read };
  });
}

function logged(store: Store): Listed[] {
  const experiments = store.experiments.all().map(({ id }) => id);
  const active = store.models.searchLogged(experiments).filter(({ lifecycle }) => lifecycle === 'active');
  return active.map((model) => {
    const { id, name, createdAt } = model;
    const kind = 'logged';
    const read = (): Model => ({
      id,
      name,
      kind,
      state: model.status,
      createdAt,
      ...(model.sourceRunId && { runId: model.sourceRunId }),
      experimentId: model.experimentId,
      tags: model.tags,
      params: model.params,
      metrics: store.models.newestMetrics(id),
      versions: [],
    });
    return { kind, id, name, createdAt, read };
  });
}
