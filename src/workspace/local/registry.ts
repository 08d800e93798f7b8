import type { Model, ModelPage, ModelQuery, ModelSource } from '../types.js';
import type { Registry } from '../workspace.js';
import { type Call, type Connection, json } from './connection.js';
import type { AliasRequest, RegisterRequest } from './contract.js';

/** The models of the local server. */
export class LocalRegistry implements Registry {
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  models({ ...query }: ModelQuery = {}, signal?: AbortSignal): Promise<ModelPage> {
    return this.connection.get('/models', query, signal);
  }

  async versions(name: string, signal?: AbortSignal): Promise<Model['versions']> {
    const { versions } = await this.connection.get<{ versions: Model['versions'] }>(
      '/models/versions',
      { name },
      signal,
    );
    return versions;
  }

  setAlias(name: string, alias: string, version: string): Promise<void> {
    return this.connection.post('/models/alias', { name, alias, version } satisfies AliasRequest);
  }

  deleteAlias(name: string, alias: string): Promise<void> {
    return this.connection.post('/models/alias', { name, alias } satisfies AliasRequest);
  }

  async register(model: ModelSource, name: string): Promise<string> {
    const body: RegisterRequest = { name, model };
    const call: Call = { method: 'POST', body };
    return (await this.connection.send('/models/register', call, json<{ version: string }>)).version;
  }
}
