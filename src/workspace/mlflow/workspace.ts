import { TrainyardError } from '../../base/errors.js';
import { mapBounded } from '../../base/map-bounded.js';
import type { Credentials } from '../registry.js';
import type {
  Experiment,
  Lifecycle,
  ModelLink,
  Points,
  PointsRequest,
  Run,
  RunFile,
  RunPage,
  RunQuery,
  WorkspaceEvent,
} from '../types.js';
import type { Workspace } from '../workspace.js';
import type { MlflowConfig } from './config.js';
import { Connection } from './connection.js';
import { MlflowEdit } from './edit.js';
import { Files } from './files.js';
import { quoted, toMlflowFilter } from './filter.js';
import { History } from './history.js';
import { MlflowLineage } from './lineage.js';
import { allPages } from './pages.js';
import { Poll } from './poll.js';
import { readExperiment, readInputs, readRun } from './read-run.js';
import { MlflowRegistry } from './registry.js';
import { readPage, writePage } from './run-page.js';
import type { WireExperiment, WireLoggedModel, WireRun } from './wire.js';

const VIEW = { active: 'ACTIVE_ONLY', deleted: 'DELETED_ONLY', all: 'ALL' } as const;
const EXPERIMENTS_PAGE = 1_000;
const DEFAULT_LIMIT = 100;
const NEWEST_FIRST = ['attributes.start_time DESC'];
const AT_ONCE = 4;

/** Any MLflow tracking server, through its REST interface. */
export class MlflowWorkspace implements Workspace {
  readonly id: string;
  readonly kind = 'mlflow';
  readonly label: string;
  readonly edit: MlflowEdit;
  readonly registry: MlflowRegistry;
  readonly lineage: MlflowLineage;
  private readonly connection: Connection;
  private readonly history: History;
  private readonly artifacts: Files;
  private readonly poll: Poll;

  constructor(name: { id: string; label: string }, config: MlflowConfig, credentials: Credentials) {
    this.id = name.id;
    this.label = name.label;
    this.connection = new Connection(config, credentials);
    this.history = new History(this.connection);
    this.artifacts = new Files(this.connection);
    this.poll = new Poll({
      connection: this.connection,
      experiments: (signal) => this.wireExperiments('active', signal),
    });
    const tell = (...events: WorkspaceEvent[]) => this.poll.tell(...events);
    this.lineage = new MlflowLineage({
      connection: this.connection,
      workspace: this.id,
      run: (id, signal) => this.run(id, signal),
    });
    this.edit = new MlflowEdit(this.connection, tell);
    this.registry = new MlflowRegistry({
      connection: this.connection,
      files: this.artifacts,
      experimentIds: (signal) => this.experimentIds('active', signal),
      tell,
    });
  }

  /** Version of the server; undefined when it does not tell. @throws when it cannot be reached or is no MLflow */
  version(signal?: AbortSignal): Promise<string | undefined> {
    return this.connection.version(signal);
  }

  async experiments(signal?: AbortSignal, lifecycle: Lifecycle | 'all' = 'active'): Promise<Experiment[]> {
    return (await this.wireExperiments(lifecycle, signal)).map(readExperiment);
  }

  async runs(query: RunQuery, signal?: AbortSignal): Promise<RunPage> {
    const { commit, lifecycle = 'active', limit = DEFAULT_LIMIT, orderBy = [] } = query;
    requireOnce(orderBy);
    const page = query.page === undefined ? undefined : readPage(query.page);
    const filters = [
      toMlflowFilter(query.filter),
      commit === undefined ? undefined : `tags.\`mlflow.source.git.commit\` = ${quoted(commit)}`,
      page?.until === undefined ? undefined : `attributes.start_time <= ${page.until}`,
    ].filter((filter) => filter !== undefined);
    const experimentIds = query.experimentIds ?? (await this.experimentIds(lifecycle, signal));
    // MLflow takes no experiment for a mistake, not for all of them.
    if (experimentIds.length === 0) return { runs: [] };
    const answer = await this.connection.post<{ runs?: WireRun[]; next_page_token?: string }>(
      'mlflow/runs/search',
      {
        experiment_ids: experimentIds,
        filter: filters.join(' AND ') || undefined,
        run_view_type: VIEW[lifecycle],
        max_results: limit,
        order_by: orderBy.length > 0 ? orderBy : NEWEST_FIRST,
        page_token: page?.token,
      },
      signal,
    );
    const runs = (answer.runs ?? []).map((run) => readRun(run, this.id));
    const token = answer.next_page_token;
    if (!token) return { runs };
    // Pages are counted from the newest run; one that begins meanwhile must not push them on.
    const until = page ? page.until : orderBy.length === 0 ? runs[0]?.startTime : undefined;
    return { runs, nextPage: writePage({ token, ...(until !== undefined && { until }) }) };
  }

  async run(id: string, signal?: AbortSignal): Promise<Run> {
    const { run } = await this.connection.get<{ run: WireRun }>('mlflow/runs/get', { run_id: id }, signal);
    return { ...readRun(run, this.id), inputs: readInputs(run), models: await this.modelsOf(run, signal) };
  }

  points(requests: PointsRequest[], maxPoints: number, signal?: AbortSignal): Promise<Points[]> {
    return this.history.points(requests, maxPoints, signal);
  }

  files(runId: string, folder: string, signal?: AbortSignal): Promise<RunFile[]> {
    return this.artifacts.list(runId, folder, signal);
  }

  readFile(runId: string, path: string, signal?: AbortSignal, mostBytes?: number): Promise<Uint8Array> {
    return this.artifacts.read(runId, path, signal, mostBytes);
  }

  onEvent(listener: (event: WorkspaceEvent) => void): { dispose(): void } {
    return this.poll.listen(listener);
  }

  private async experimentIds(lifecycle: Lifecycle | 'all', signal?: AbortSignal): Promise<string[]> {
    // A run that is deleted may be of an experiment that is not.
    const experiments = await this.wireExperiments(lifecycle === 'active' ? 'active' : 'all', signal);
    return experiments.map(({ experiment_id: id }) => id);
  }

  private wireExperiments(lifecycle: Lifecycle | 'all', signal?: AbortSignal): Promise<WireExperiment[]> {
    return allPages(async (page) => {
      const body = { max_results: EXPERIMENTS_PAGE, view_type: VIEW[lifecycle], page_token: page };
      const { experiments: items, next_page_token: next } = await this.connection.post<{
        experiments?: WireExperiment[];
        next_page_token?: string;
      }>('mlflow/experiments/search', body, signal);
      return { items, next };
    });
  }

  private async modelsOf({ inputs, outputs }: WireRun, signal?: AbortSignal): Promise<ModelLink[]> {
    const links = [
      ...(inputs?.model_inputs ?? []).map(({ model_id: id }) => ({ id, role: 'input' as const })),
      ...(outputs?.model_outputs ?? []).map(({ model_id: id, step }) => ({
        id,
        role: 'output' as const,
        ...(step !== undefined && { step: Number(step) }),
      })),
    ];
    return mapBounded(links, AT_ONCE, async (link) => ({
      ...link,
      name: await this.modelName(link.id, signal),
    }));
  }

  /** A model may be deleted. */
  private async modelName(id: string, signal?: AbortSignal): Promise<string> {
    try {
      const route = `mlflow/logged-models/${encodeURIComponent(id)}`;
      return (await this.connection.get<{ model: WireLoggedModel }>(route, {}, signal)).model.info.name ?? id;
    } catch (error) {
      if (!TrainyardError.is(error, 'NOT_FOUND')) throw error;
      return id;
    }
  }
}

/** MLflow fails of it, and which order would hold? @throws BAD_REQUEST */
function requireOnce(orderBy: readonly string[]): void {
  const names = orderBy.map((order) => order.replace(/\s+(asc|desc)\s*$/i, '').trim());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new TrainyardError('BAD_REQUEST', `The order names ${twice} twice.`);
}
