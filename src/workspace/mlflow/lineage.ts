import { TrainyardError } from '../../base/errors.js';
import { mapBounded } from '../../base/map-bounded.js';
import type { Direction, LineageGraph, LineageNode, Relation } from '../../lineage/graph.js';
import {
  commitId,
  datasetId,
  loggedModelId,
  readVersioned,
  runId,
  schemeOf,
  scoped,
  unscoped,
  versionId,
} from '../../lineage/ids.js';
import { mapIds, merge } from '../../lineage/merge.js';
import type { Run } from '../types.js';
import type { Lineage } from '../workspace.js';
import type { Connection } from './connection.js';
import { quoted } from './filter.js';
import type { WireLoggedModel, WireModelVersion } from './wire.js';

const AT_ONCE = 4;
/** Versions that are read of one run or model. */
const VERSIONS = 100;
/** Logged models that are read of one run; the server takes no more. */
const MODELS = 50;

interface Options {
  connection: Connection;
  /** Id of the workspace. */
  workspace: string;
  run: (id: string, signal?: AbortSignal) => Promise<Run>;
}

/** What MLflow's protocol tells of runs, logged models and versions. It knows no content of files, and cannot search by data. */
export class MlflowLineage implements Lineage {
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  async neighbours(
    ids: readonly string[],
    direction: Direction,
    signal?: AbortSignal,
  ): Promise<LineageGraph> {
    const { workspace } = this.options;
    const own = ids.flatMap((id) => unscoped(id, workspace) ?? []);
    const answers = await mapBounded(own, AT_ONCE, (id) => this.of(id, direction, signal));
    return mapIds(merge(...answers), (id) => scoped(id, workspace));
  }

  private async of(id: string, direction: Direction, signal?: AbortSignal): Promise<LineageGraph> {
    const [scheme, rest] = schemeOf(id);
    try {
      if (scheme === 'run' && rest !== '') return await this.ofRun(rest, direction, signal);
      if (scheme === 'logged' && rest !== '') return await this.ofLogged(rest, direction, signal);
      const version = scheme === 'model' ? readVersioned(rest) : undefined;
      if (version && direction === 'up') return await this.ofVersion(version.name, version.version, signal);
      return merge();
    } catch (error) {
      // Not here, or a server without logged models.
      if (!TrainyardError.is(error, 'NOT_FOUND') && !TrainyardError.is(error, 'NOT_SUPPORTED')) throw error;
      return merge();
    }
  }

  private async ofRun(id: string, direction: Direction, signal?: AbortSignal): Promise<LineageGraph> {
    const run = await this.options.run(id, signal);
    const me = runNode(run);
    if (direction === 'up')
      return around(me, 'up', [
        ...(run.code?.head ? [commitNode(run.code.head)] : []),
        ...(run.inputs ?? []).map(({ name, digest, source }) => dataNode(name, digest, source)),
        ...(run.models ?? []).flatMap((model) => (model.role === 'input' ? loggedNode(model) : [])),
      ]);
    const [versions, made] = await Promise.all([
      this.versions(`run_id = ${quoted(id)}`, signal),
      this.loggedBy(run, signal),
    ]);
    const outputs = (run.models ?? []).filter(({ role }) => role === 'output');
    const models = new Map([...made, ...outputs].map((model) => [model.id, loggedNode(model)]));
    return around(me, 'down', [
      ...models.values(),
      ...versions.filter((version) => modelOf(version) === undefined).map(versionNode),
    ]);
  }

  private async ofLogged(id: string, direction: Direction, signal?: AbortSignal): Promise<LineageGraph> {
    const route = `mlflow/logged-models/${encodeURIComponent(id)}`;
    const { model } = await this.options.connection.get<{ model: WireLoggedModel }>(route, {}, signal);
    const { name = id, source_run_id: source } = model.info;
    const me = loggedNode({ id, name });
    if (direction === 'up')
      return around(me, 'up', source ? [runNode(await this.options.run(source, signal))] : []);
    if (!source) return around(me, 'down', []);
    // Versions cannot be searched by their logged model, but they name its run.
    const versions = await this.versions(`run_id = ${quoted(source)}`, signal);
    return around(me, 'down', versions.filter((version) => modelOf(version) === id).map(versionNode));
  }

  private async ofVersion(name: string, version: string, signal?: AbortSignal): Promise<LineageGraph> {
    const { model_version: found } = await this.options.connection.get<{ model_version: WireModelVersion }>(
      'mlflow/model-versions/get',
      { name, version },
      signal,
    );
    const me = versionNode(found);
    const model = modelOf(found);
    if (model !== undefined) {
      const { nodes } = await this.of(loggedModelId(model), 'up', signal);
      const logged = nodes.find(({ id }) => id === loggedModelId(model));
      return around(me, 'up', logged ? [logged] : []);
    }
    return around(me, 'up', found.run_id ? [runNode(await this.options.run(found.run_id, signal))] : []);
  }

  /** Logged models that name the run as their source: not all are among its outputs. */
  private async loggedBy(
    { id, experimentId }: Run,
    signal?: AbortSignal,
  ): Promise<{ id: string; name: string }[]> {
    const body = {
      experiment_ids: [experimentId],
      filter: `source_run_id = ${quoted(id)}`,
      max_results: MODELS,
    };
    try {
      const { models = [] } = await this.options.connection.post<{ models?: WireLoggedModel[] }>(
        'mlflow/logged-models/search',
        body,
        signal,
      );
      return models.map(({ info: { model_id: model, name = model } }) => ({ id: model, name }));
    } catch (error) {
      // Before MLflow 3 there are none.
      if (!TrainyardError.is(error, 'NOT_SUPPORTED')) throw error;
      return [];
    }
  }

  private async versions(filter: string, signal?: AbortSignal): Promise<WireModelVersion[]> {
    const { model_versions: found = [] } = await this.options.connection.get<{
      model_versions?: WireModelVersion[];
    }>('mlflow/model-versions/search', { filter, max_results: VERSIONS }, signal);
    return found;
  }
}

/** The logged model of a version; the source names it where the field is not there. */
function modelOf({ model_id: id, source = '' }: WireModelVersion): string | undefined {
  return id || /^models:\/(m-[0-9a-f]+)$/.exec(source)?.[1];
}

const commitNode = (commit: string): LineageNode => ({
  id: commitId(commit),
  kind: 'commit',
  name: commit.slice(0, 10),
});
const dataNode = (name: string, digest: string, source: string): LineageNode => ({
  id: datasetId(name, digest),
  kind: 'data',
  name,
  detail: source,
});
const runNode = ({ id, name, state, lifecycle }: Run): LineageNode => ({
  id: runId(id),
  kind: 'run',
  name: name || id,
  detail: `${state}${lifecycle === 'deleted' ? ', deleted' : ''}, ${id.slice(0, 10)}`,
});
const loggedNode = ({ id, name }: { id: string; name: string }): LineageNode => ({
  id: loggedModelId(id),
  kind: 'logged model',
  name,
  detail: id,
});
const versionNode = ({ name, version }: WireModelVersion): LineageNode => ({
  id: versionId(name, String(version)),
  kind: 'model version',
  name: `${name} ${version}`,
});

/** A node with its neighbours. */
function around(me: LineageNode, direction: Direction, others: readonly LineageNode[]): LineageGraph {
  const edges = others.map((other) => {
    const [from, to] = direction === 'up' ? [other, me] : [me, other];
    return { from: from.id, to: to.id, relation: relationOf(from, to) };
  });
  return { nodes: [me, ...others], edges, more: {} };
}

function relationOf(from: LineageNode, to: LineageNode): Relation {
  if (to.kind === 'run') return 'used';
  return from.kind === 'run' ? 'generated' : 'derived';
}
