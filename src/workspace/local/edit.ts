import type { Edit } from '../workspace.js';
import { type Call, type Connection, json } from './connection.js';

/** Changes to runs and experiments. */
export class LocalEdit implements Edit {
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  async rename(runId: string, name: string): Promise<void> {
    await this.patch(runId, { name });
  }

  async tag(runId: string, tags: Record<string, string | null>): Promise<void> {
    await this.patch(runId, { tags });
  }

  async end(runId: string): Promise<void> {
    await this.connection.post(`/runs/${encodeURIComponent(runId)}/end`);
  }

  async delete(runIds: string[]): Promise<void> {
    await this.connection.post('/runs/delete', { runIds });
  }

  async undelete(runIds: string[]): Promise<void> {
    await this.connection.post('/runs/undelete', { runIds });
  }

  async deleteExperiment(id: string): Promise<void> {
    await this.connection.send(
      `/experiments/${encodeURIComponent(id)}/delete`,
      { method: 'POST', body: {} },
      json,
    );
  }

  async restoreExperiment(id: string): Promise<void> {
    await this.connection.post(`/experiments/${encodeURIComponent(id)}/restore`);
  }

  private async patch(
    runId: string,
    body: { name?: string; tags?: Record<string, string | null> },
  ): Promise<void> {
    const call: Call = { method: 'PATCH', body, repeatable: true };
    await this.connection.send(`/runs/${encodeURIComponent(runId)}`, call, json);
  }
}
