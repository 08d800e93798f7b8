import process from 'node:process';
import { LOCAL_ID } from '../run-ref.js';
import type {
  Experiment,
  Lifecycle,
  Points,
  PointsRequest,
  Run,
  RunFile,
  RunPage,
  RunQuery,
  ServerSettings,
  ServerStatus,
  WorkspaceEvent,
} from '../types.js';
import type { Credentials } from '../registry.js';
import type { Workspace } from '../workspace.js';
import { LocalCode } from './code.js';
import { asItIs, type Call, Connection, json } from './connection.js';
import { decodePoints, type ServedPage, type ServedRun } from './contract.js';
import { LocalEdit } from './edit.js';
import { LocalData } from './data.js';
import { LocalDatastores } from './datastores.js';
import { LocalEnvironments } from './environments.js';
import { EventStream } from './events.js';
import { LocalJobs } from './jobs.js';
import { ensureServer, findServer, homeOf, type LaunchOptions } from './launch.js';
import { LocalLineage } from './lineage.js';
import { LocalPurge } from './purge.js';
import { readRun } from './read-run.js';
import { LocalRegistry } from './registry.js';
import { trackingVariables } from './tracking.js';

/** A workspace of this machine: a client of its server, which it starts when it is needed. */
export class LocalWorkspace implements Workspace {
  readonly id: string;
  readonly kind = 'local';
  readonly label: string;
  readonly edit: LocalEdit;
  readonly purge: LocalPurge;
  readonly code: LocalCode;
  readonly jobs: LocalJobs;
  readonly registry: LocalRegistry;
  readonly data: LocalData;
  readonly datastores: LocalDatastores;
  readonly environments: LocalEnvironments;
  readonly lineage: LocalLineage;
  /** Absolute path of the folder that keeps it. */
  readonly home: string;
  private readonly launch: LaunchOptions;
  private readonly connection: Connection;
  private readonly events: EventStream;

  /** @param credentials secrets of the workspace, such as those of its datastores */
  constructor(
    launch: LaunchOptions,
    name: { id: string; label: string } = { id: LOCAL_ID, label: 'Local' },
    credentials?: Credentials,
  ) {
    this.id = name.id;
    this.label = name.label;
    this.home = homeOf(launch);
    this.launch = launch;
    this.connection = new Connection(launch);
    this.events = new EventStream((signal) =>
      this.connection.send('/events', { signal, repeatable: true }, asItIs),
    );
    this.edit = new LocalEdit(this.connection);
    this.purge = new LocalPurge(this.connection);
    this.code = new LocalCode(this.connection);
    this.registry = new LocalRegistry(this.connection);
    this.data = new LocalData(this.connection, this.id);
    this.datastores = new LocalDatastores(this.connection, credentials);
    this.jobs = new LocalJobs(this.connection, this.id, this.datastores);
    this.environments = new LocalEnvironments(this.connection, this.id);
    this.lineage = new LocalLineage(this.connection, this.id);
  }

  async experiments(signal?: AbortSignal, lifecycle: Lifecycle | 'all' = 'active'): Promise<Experiment[]> {
    return (await this.connection.get<{ experiments: Experiment[] }>('/experiments', { lifecycle }, signal))
      .experiments;
  }

  async runs(query: RunQuery, signal?: AbortSignal): Promise<RunPage> {
    const call: Call = { method: 'POST', body: query, signal, repeatable: true };
    const page = await this.connection.send('/runs/search', call, json<ServedPage>);
    return { ...page, runs: page.runs.map((run) => readRun(run, this.id)) };
  }

  async run(id: string, signal?: AbortSignal): Promise<Run> {
    const run = await this.connection.get<ServedRun>(`/runs/${encodeURIComponent(id)}`, {}, signal);
    return readRun(run, this.id);
  }

  async points(series: PointsRequest[], maxPoints: number, signal?: AbortSignal): Promise<Points[]> {
    const call: Call = { method: 'POST', body: { series, maxPoints }, signal, repeatable: true };
    return decodePoints(await this.connection.send('/points', call, (response) => response.arrayBuffer()));
  }

  async files(runId: string, folder: string, signal?: AbortSignal): Promise<RunFile[]> {
    const path = `/runs/${encodeURIComponent(runId)}/files`;
    return (await this.connection.get<{ files: RunFile[] }>(path, { folder }, signal)).files;
  }

  readFile(runId: string, path: string, signal?: AbortSignal, mostBytes?: number): Promise<Uint8Array> {
    return this.connection.bytes(`/runs/${encodeURIComponent(runId)}/file`, path, signal, mostBytes);
  }

  onEvent(listener: (event: WorkspaceEvent) => void): { dispose(): void } {
    return this.events.listen(listener);
  }

  /** Whether its server runs; starts none. */
  async isUp(): Promise<boolean> {
    return (await findServer(this.home)) !== undefined;
  }

  status(signal?: AbortSignal): Promise<ServerStatus> {
    return this.connection.get('/server', {}, signal);
  }

  settings(): Promise<ServerSettings> {
    return this.connection.get('/settings');
  }

  async changeSettings(settings: Partial<ServerSettings>): Promise<ServerSettings> {
    return this.connection.send(
      '/settings',
      { method: 'PUT', body: settings, repeatable: true },
      json<ServerSettings>,
    );
  }

  /** What tells programs that were not started here of this workspace, beside what they inherit from this process. */
  async trackingVariables(): Promise<Record<string, string>> {
    // Not `discover`: the server that was found may have ended since.
    return trackingVariables(await ensureServer(this.launch), process.env);
  }
}
