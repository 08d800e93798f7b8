import process from 'node:process';
import type { JobSpec } from '../../job/spec.js';
import type { Credentials } from '../registry.js';
import type { Datastore, NewDatastore } from '../types.js';
import type { Datastores } from '../workspace.js';
import { type Call, type Connection, json } from './connection.js';
import type { DatastoreSecretsRequest } from './contract.js';

/** The datastores of the local server. */
export class LocalDatastores implements Datastores {
  private readonly connection: Connection;
  private readonly credentials: Credentials | undefined;

  /** @param credentials of this workspace; that of a datastore is called `datastore/NAME` */
  constructor(connection: Connection, credentials?: Credentials) {
    this.connection = connection;
    this.credentials = credentials;
  }

  async list(signal?: AbortSignal): Promise<Datastore[]> {
    return (await this.connection.get<{ datastores: Datastore[] }>('/datastores', {}, signal)).datastores;
  }

  get(name: string, signal?: AbortSignal): Promise<Datastore> {
    return this.connection.get(`/datastores/${encodeURIComponent(name)}`, {}, signal);
  }

  create(datastore: NewDatastore): Promise<Datastore> {
    const call: Call = { method: 'POST', body: datastore, repeatable: true };
    return this.connection.send('/datastores', call, json<Datastore>);
  }

  async remove(name: string): Promise<void> {
    const call: Call = { method: 'DELETE' };
    await this.connection.send(`/datastores/${encodeURIComponent(name)}`, call, json);
  }

  async signIn(name: string, secret: string): Promise<void> {
    const body: DatastoreSecretsRequest = { secrets: { [name]: secret } };
    await this.connection.post('/datastores/secrets', body);
  }

  /** Hands the server the secrets that this side knows of datastores, before it needs them. */
  async handSecrets(signal?: AbortSignal): Promise<void> {
    const known = await Promise.all(
      (await this.list(signal)).map(async ({ name, secretEnv }) => {
        const ofEnvironment = secretEnv === undefined ? undefined : process.env[secretEnv];
        return [name, ofEnvironment || (await this.credentials?.get(secretNameOf(name)))] as const;
      }),
    );
    const secrets = Object.fromEntries(known.filter((entry): entry is [string, string] => Boolean(entry[1])));
    if (Object.keys(secrets).length === 0) return;
    const body: DatastoreSecretsRequest = { secrets };
    await this.connection.post('/datastores/secrets', body, signal);
  }
}

/** What the secret of a datastore is called among those of its workspace. */
export const secretNameOf = (datastore: string) => `datastore/${datastore}`;

/** Whether a job may read from datastores or write to them. Data by name may be in one. */
export function mayUseDatastores({ inputs = {}, outputs = {} }: JobSpec): boolean {
  return [...Object.values(inputs), ...Object.values(outputs)].some(
    ({ path }) => path !== undefined && path.startsWith('azureml:'),
  );
}
