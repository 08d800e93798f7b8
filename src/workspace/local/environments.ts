import { TrainyardError } from '../../base/errors.js';
import { jsonLines } from '../../base/json.js';
import type { AssetQuery, BuildEvent, BuiltOn, EnvironmentVersion, NewEnvironment, Run } from '../types.js';
import type { Environments } from '../workspace.js';
import { type Call, type Connection, json } from './connection.js';
import type { ArchiveRequest, BuildLine, ServedRun } from './contract.js';
import { readRun } from './read-run.js';

/** The environments of the local server. */
export class LocalEnvironments implements Environments {
  private readonly connection: Connection;
  /** Id of the workspace. */
  private readonly workspace: string;

  constructor(connection: Connection, workspace: string) {
    this.connection = connection;
    this.workspace = workspace;
  }

  async list({ name, archived }: AssetQuery = {}, signal?: AbortSignal): Promise<EnvironmentVersion[]> {
    const query = { ...(name !== undefined && { name }), ...(archived && { archived: '1' }) };
    const { environments } = await this.connection.get<{ environments: EnvironmentVersion[] }>(
      '/environments',
      query,
      signal,
    );
    return environments;
  }

  get(name: string, version: string, signal?: AbortSignal): Promise<EnvironmentVersion> {
    return this.connection.get('/environments/version', { name, version }, signal);
  }

  create(environment: NewEnvironment): Promise<EnvironmentVersion> {
    // Without a version, a second one would be made.
    const repeatable = environment.name === undefined || environment.version !== undefined;
    const call: Call = { method: 'POST', body: environment, repeatable };
    return this.connection.send('/environments', call, json<EnvironmentVersion>);
  }

  archive(name: string, version?: string, archived = true): Promise<void> {
    const body: ArchiveRequest = { name, archived, ...(version !== undefined && { version }) };
    return this.connection.post('/environments/archive', body);
  }

  async runs(name: string, version: string, signal?: AbortSignal): Promise<Run[]> {
    const { runs } = await this.connection.get<{ runs: ServedRun[] }>(
      '/environments/runs',
      { name, version },
      signal,
    );
    return runs.map((run) => readRun(run, this.workspace));
  }

  build(
    name: string,
    version: string,
    target: string,
    onEvent: (event: BuildEvent) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<BuiltOn> {
    const call: Call = { method: 'POST', body: { name, version, target }, signal, repeatable: true };
    return this.connection.send('/environments/build', call, (response) => readBuild(response, onEvent));
  }
}

async function readBuild({ body }: Response, onEvent: (event: BuildEvent) => void): Promise<BuiltOn> {
  for await (const value of jsonLines(body ?? [])) {
    const line = value as BuildLine;
    if (line.type === 'built') return line.built;
    if (line.type === 'error') throw TrainyardError.from(line.error);
    if (line.type !== 'alive') onEvent(line);
  }
  // Not a TrainyardError: the connection starts the server again, and the build goes on from what is there.
  throw new Error('The server ended during the build.');
}
