import { TrainyardError } from '../../base/errors.js';
import { mapBounded } from '../../base/map-bounded.js';
import type { Model, ModelPage, ModelQuery, ModelSource, WorkspaceEvent } from '../types.js';
import type { Registry } from '../workspace.js';
import type { Connection } from './connection.js';
import type { Files } from './files.js';
import { quoted } from './filter.js';
import { allPages } from './pages.js';
import { readDouble, readTags } from './read-run.js';
import type { WireLoggedModel, WireModelVersion, WireRegisteredModel } from './wire.js';

const DEFAULT_LIMIT = 100;
const AT_ONCE = 4;
/** Versions of one model that are read at once. */
const VERSIONS = 1_000;
const STATES: Record<string, Model['state']> = {
  LOGGED_MODEL_PENDING: 'pending',
  LOGGED_MODEL_READY: 'ready',
  LOGGED_MODEL_UPLOAD_FAILED: 'failed',
};

interface Options {
  connection: Connection;
  files: Files;
  /** Ids of those that are not deleted. */
  experimentIds: (signal?: AbortSignal) => Promise<string[]>;
  tell: (...events: WorkspaceEvent[]) => void;
}

/** Registered models, then logged ones; each newest first. Logged models are there from MLflow 3 on. */
export class MlflowRegistry implements Registry {
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  async models(query: ModelQuery = {}, signal?: AbortSignal): Promise<ModelPage> {
    const { kind, name, limit = DEFAULT_LIMIT } = query;
    const place = query.page === undefined ? { of: kind ?? 'registered' } : readPage(query.page);
    const filter = name ? `name ILIKE ${quoted(`%${name.replaceAll('%', '_')}%`)}` : undefined;
    const page =
      place.of === 'registered'
        ? await this.registered(filter, limit, place.token, signal)
        : await this.logged(filter, limit, place.token, signal);
    if (page.token !== undefined)
      return { models: page.models, nextPage: writePage({ of: place.of, token: page.token }) };
    if (place.of === 'logged' || kind !== undefined) return { models: page.models };
    // The logged ones follow, on this page as far as it has room.
    const rest = limit - page.models.length;
    if (rest === 0) return { models: page.models, nextPage: writePage({ of: 'logged' }) };
    const more = await this.logged(filter, rest, undefined, signal);
    return {
      models: [...page.models, ...more.models],
      ...(more.token !== undefined && { nextPage: writePage({ of: 'logged', token: more.token }) }),
    };
  }

  async register(model: ModelSource, name: string): Promise<string> {
    const source = 'modelId' in model ? await this.ofLogged(model.modelId) : await this.ofRun(model);
    const isNew = await this.create(name);
    try {
      const { model_version: version } = await this.options.connection.call<{
        model_version: WireModelVersion;
      }>('mlflow/model-versions/create', { method: 'POST', body: { name, ...source } });
      this.options.tell({ type: 'models' });
      return String(version.version);
    } catch (error) {
      // Nobody wants the empty model that was made for it.
      if (isNew)
        await this.options.connection.call('mlflow/registered-models/delete', {
          method: 'DELETE',
          body: { name },
        });
      throw error;
    }
  }

  async versions(name: string, signal?: AbortSignal): Promise<Model['versions']> {
    const { registered_model: model } = await this.options.connection.get<{
      registered_model: WireRegisteredModel;
    }>('mlflow/registered-models/get', { name }, signal);
    return this.versionsOf(model, signal);
  }

  async setAlias(name: string, alias: string, version: string): Promise<void> {
    await this.changeAlias('POST', { name, alias, version });
  }

  async deleteAlias(name: string, alias: string): Promise<void> {
    await this.changeAlias('DELETE', { name, alias });
  }

  private async changeAlias(method: 'POST' | 'DELETE', body: object): Promise<void> {
    const call = { method, body, repeatable: true };
    await this.options.connection.call('mlflow/registered-models/alias', call);
    this.options.tell({ type: 'models' });
  }

  private async create(name: string): Promise<boolean> {
    try {
      await this.options.connection.call('mlflow/registered-models/create', {
        method: 'POST',
        body: { name },
      });
      return true;
    } catch (error) {
      if (!TrainyardError.is(error, 'CONFLICT')) throw error;
      return false;
    }
  }

  private async ofLogged(modelId: string): Promise<object> {
    const { model } = await this.options.connection.get<{ model: WireLoggedModel }>(
      `mlflow/logged-models/${encodeURIComponent(modelId)}`,
    );
    const { source_run_id: runId } = model.info;
    return { source: `models:/${modelId}`, model_id: modelId, ...(runId && { run_id: runId }) };
  }

  private async ofRun({ runId, path }: { runId: string; path: string }): Promise<object> {
    const { files } = this.options;
    const place = await files.placeOf(runId);
    if (!(await files.has(runId, `${path}/MLmodel`)))
      throw new TrainyardError('NOT_FOUND', `The run has no model in ${path}.`);
    return { source: `${place}/${path}`, run_id: runId };
  }

  private async registered(
    filter: string | undefined,
    limit: number,
    token: string | undefined,
    signal?: AbortSignal,
  ): Promise<{ models: Model[]; token?: string }> {
    const { connection } = this.options;
    const { registered_models: found = [], next_page_token: next } = await connection.get<{
      registered_models?: WireRegisteredModel[];
      next_page_token?: string;
    }>(
      'mlflow/registered-models/search',
      { filter, max_results: limit, page_token: token, order_by: 'last_updated_timestamp DESC' },
      signal,
    );
    const models = await mapBounded(found, AT_ONCE, async (model): Promise<Model> => ({
      id: model.name,
      name: model.name,
      kind: 'registered',
      state: 'ready',
      createdAt: Number(model.creation_timestamp ?? 0),
      tags: readTags(model.tags),
      params: {},
      metrics: {},
      versions: await this.versionsOf(model, signal),
    }));
    return { models, ...(next && { token: next }) };
  }

  /** Newest first. */
  private async versionsOf(model: WireRegisteredModel, signal?: AbortSignal): Promise<Model['versions']> {
    // Without a newest one there is none.
    if (!model.latest_versions?.length) return [];
    const filter = `name = ${quoted(model.name)}`;
    const versions = await allPages(async (page) => {
      const { model_versions: items, next_page_token: next } = await this.options.connection.get<{
        model_versions?: WireModelVersion[];
        next_page_token?: string;
      }>('mlflow/model-versions/search', { filter, max_results: VERSIONS, page_token: page }, signal);
      return { items, next };
    });
    const aliases = new Map<string, string[]>();
    for (const { alias, version } of model.aliases ?? [])
      aliases.set(String(version), [...(aliases.get(String(version)) ?? []), alias]);
    return versions
      .sort((a, b) => Number(b.version) - Number(a.version))
      .map(
        ({
          version,
          run_id: runId,
          source,
          model_id: modelId = modelOf(source),
          creation_timestamp: at = 0,
          ...rest
        }) => ({
          version: String(version),
          ...(runId && { runId }),
          ...(modelId && { modelId }),
          aliases: aliases.get(String(version)) ?? rest.aliases ?? [],
          createdAt: Number(at),
        }),
      );
  }

  private async logged(
    filter: string | undefined,
    limit: number,
    token: string | undefined,
    signal?: AbortSignal,
  ): Promise<{ models: Model[]; token?: string }> {
    const { connection, experimentIds } = this.options;
    const ids = await experimentIds(signal);
    if (ids.length === 0) return { models: [] };
    try {
      const { models = [], next_page_token: next } = await connection.post<{
        models?: WireLoggedModel[];
        next_page_token?: string;
      }>(
        'mlflow/logged-models/search',
        { experiment_ids: ids, filter, max_results: limit, page_token: token },
        signal,
      );
      return { models: models.map(loggedModel), ...(next && { token: next }) };
    } catch (error) {
      if (TrainyardError.is(error, 'NOT_SUPPORTED')) return { models: [] };
      throw error;
    }
  }
}

/** @throws BAD_REQUEST */
function readPage(page: string): { of: 'registered' | 'logged'; token?: string } {
  const [, of, token] = /^(registered|logged)(?::(.+))?$/s.exec(page) ?? [];
  if (of === undefined) throw new TrainyardError('BAD_REQUEST', 'There is no such page of models.');
  return { of: of as 'registered' | 'logged', ...(token !== undefined && { token }) };
}

const writePage = ({ of, token }: { of: string; token?: string }) =>
  token === undefined ? of : `${of}:${token}`;

function modelOf(source = ''): string | undefined {
  return /^models:\/(m-[0-9a-f]+)$/.exec(source)?.[1];
}

function loggedModel({ info, data = {} }: WireLoggedModel): Model {
  const { model_id: id, source_run_id: runId } = info;
  return {
    id,
    name: info.name ?? id,
    kind: 'logged',
    state: STATES[info.status ?? ''] ?? 'ready',
    createdAt: Number(info.creation_timestamp_ms ?? 0),
    ...(runId && { runId }),
    experimentId: info.experiment_id,
    tags: readTags(info.tags),
    params: readTags(data.params),
    metrics: Object.fromEntries((data.metrics ?? []).map(({ key, value = 0 }) => [key, readDouble(value)])),
    versions: [],
  };
}
