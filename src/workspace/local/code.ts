import type { CodeDiff, RunFile } from '../types.js';
import type { Code } from '../workspace.js';
import type { Connection } from './connection.js';

/** The code of runs, out of their snapshots. */
export class LocalCode implements Code {
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  async files(runId: string, folder: string, signal?: AbortSignal): Promise<RunFile[]> {
    const path = `/runs/${encodeURIComponent(runId)}/code`;
    return (await this.connection.get<{ files: RunFile[] }>(path, { folder }, signal)).files;
  }

  read(runId: string, path: string, signal?: AbortSignal): Promise<Uint8Array> {
    return this.connection.bytes(`/runs/${encodeURIComponent(runId)}/code-file`, path, signal);
  }

  diff(runId: string, other: string, signal?: AbortSignal): Promise<CodeDiff> {
    return this.connection.get(`/runs/${encodeURIComponent(runId)}/diff`, { other }, signal);
  }

  async restore(runId: string, folder: string, signal?: AbortSignal): Promise<void> {
    await this.connection.post(`/runs/${encodeURIComponent(runId)}/restore`, { folder }, signal);
  }
}
