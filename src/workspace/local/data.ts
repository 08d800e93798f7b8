import type { AssetQuery, DataAsset, NewDataAsset, Run } from '../types.js';
import type { Data } from '../workspace.js';
import { type Call, type Connection, json } from './connection.js';
import type { ArchiveRequest, ServedRun } from './contract.js';
import { readRun } from './read-run.js';

/** The data assets of the local server. */
export class LocalData implements Data {
  private readonly connection: Connection;
  /** Id of the workspace. */
  private readonly workspace: string;

  constructor(connection: Connection, workspace: string) {
    this.connection = connection;
    this.workspace = workspace;
  }

  async list({ name, archived }: AssetQuery = {}, signal?: AbortSignal): Promise<DataAsset[]> {
    const query = { ...(name !== undefined && { name }), ...(archived && { archived: '1' }) };
    return (await this.connection.get<{ data: DataAsset[] }>('/data', query, signal)).data;
  }

  get(name: string, version?: string, signal?: AbortSignal): Promise<DataAsset> {
    const query = { name, ...(version !== undefined && { version }) };
    return this.connection.get('/data/version', query, signal);
  }

  create(asset: NewDataAsset): Promise<DataAsset> {
    const call: Call = { method: 'POST', body: asset };
    return this.connection.send('/data', call, json<DataAsset>);
  }

  async runs(name: string, version: string, signal?: AbortSignal): Promise<Run[]> {
    const query = { name, version };
    const { runs } = await this.connection.get<{ runs: ServedRun[] }>('/data/runs', query, signal);
    return runs.map((run) => readRun(run, this.workspace));
  }

  archive(name: string, version?: string, archived = true): Promise<void> {
    const body: ArchiveRequest = { name, archived, ...(version !== undefined && { version }) };
    return this.connection.post('/data/archive', body);
  }
}
