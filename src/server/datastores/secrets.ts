import process from 'node:process';
import type { Datastore } from '../../workspace/types.js';

/** Secrets of datastores, which are nowhere but in memory: those that clients have given, else those of this process's environment. */
export class DatastoreSecrets {
  private readonly given = new Map<string, string>();

  /** Of a datastore of this name, until it is removed or this process ends. */
  set(name: string, secret: string): void {
    this.given.set(name, secret);
  }

  forget(name: string): void {
    this.given.delete(name);
  }

  /** Undefined: whoever asks signs in by what the library finds. */
  of({ name, secretEnv }: Pick<Datastore, 'name' | 'secretEnv'>): string | undefined {
    return (
      this.given.get(name) ?? (secretEnv === undefined ? undefined : process.env[secretEnv] || undefined)
    );
  }

  /** Whether one is wanted that is not here. */
  isMissing(datastore: Pick<Datastore, 'name' | 'secretEnv'>): boolean {
    return datastore.secretEnv !== undefined && this.of(datastore) === undefined;
  }
}
