import process from 'node:process';
import { TrainyardError } from '../../base/errors.js';
import { addressIn } from '../../job/datastore.js';
import type { DataType, Datastore } from '../../workspace/types.js';
import type { FileBody, Source, SourceFile } from '../data/source.js';
import { checkArtifactPath } from '../store/artifact-path.js';
import type { ObjectStore, StoredObject } from './object-store.js';
import { openStore, requireSecret } from './open.js';
import type { DatastoreSecrets } from './secrets.js';

/** Objects of a datastore: one, or all below a path. */
export class DatastoreSource implements Source {
  readonly uri: string;
  readonly kind: string;
  private readonly datastore: Datastore;
  private readonly secrets: DatastoreSecrets;
  private readonly path: string;
  private readonly wantsFile: boolean;
  private opened: Promise<ObjectStore> | undefined;
  private found = false;

  /**
   * @param type of the input: of a file and a folder of the same name it says which is meant. Where a folder is wanted, a file is
   * taken only when there is no folder
   */
  constructor(datastore: Datastore, secrets: DatastoreSecrets, path: string, type: DataType | string) {
    this.datastore = datastore;
    this.secrets = secrets;
    this.path = path;
    this.wantsFile = type === 'uri_file';
    this.kind = datastore.place.kind;
    this.uri = addressIn(datastore.place, path);
  }

  /** Known once it was listed. */
  get isFile(): boolean {
    return this.found;
  }

  check(): void {
    requireSecret(this.datastore, this.secrets);
  }

  async list(signal: AbortSignal): Promise<SourceFile[]> {
    const store = await this.store();
    const objects = this.wantsFile ? [] : await this.below(store, signal);
    const isFolder = objects.length > 0 || this.path === '';
    const object = isFolder ? undefined : await store.stat(this.path, signal);
    this.found = object !== undefined && !object.isFolder;
    if (object && this.found) return [{ path: nameOf(this.path), bytes: object.bytes, etag: object.etag }];
    if (this.wantsFile) return this.refuseFile(store, signal);
    if (!isFolder && !object)
      throw new TrainyardError('NOT_FOUND', `There is nothing at ${this.uri}.`, { hint: 'Check the path.' });
    const start = this.path === '' ? 0 : this.path.length + 1;
    const files = objects
      .filter((each) => !each.isFolder)
      .map(({ path, bytes, etag }) => ({ path: path.slice(start), bytes, etag }));
    for (const { path } of files) this.checkPath(path);
    this.checkTogether(files);
    return files;
  }

  async read({ path, etag = '' }: SourceFile, from: number, signal: AbortSignal): Promise<FileBody> {
    const whole = this.found ? this.path : [this.path, path].filter(Boolean).join('/');
    return (await this.store()).read({ path: whole, etag }, from, signal);
  }

  private async below(store: ObjectStore, signal: AbortSignal): Promise<StoredObject[]> {
    const objects: StoredObject[] = [];
    for await (const object of store.list(this.path, signal)) objects.push(object);
    return objects;
  }

  /** Says what is there instead of a file. */
  private async refuseFile(store: ObjectStore, signal: AbortSignal): Promise<never> {
    for await (const _ of store.list(this.path, signal))
      throw new TrainyardError('BAD_REQUEST', `${this.uri} is a folder, not a file.`, {
        hint: 'Use the type uri_folder, or name a file in it.',
      });
    throw new TrainyardError('NOT_FOUND', `There is nothing at ${this.uri}.`, { hint: 'Check the path.' });
  }

  private store(): Promise<ObjectStore> {
    this.opened ??= openStore(this.datastore, this.secrets);
    // A secret that was missing may be there the next time.
    this.opened.catch(() => (this.opened = undefined));
    return this.opened;
  }

  /** Keys may be anything; files of this machine may not. */
  private checkPath(path: string): void {
    try {
      checkArtifactPath(path);
    } catch (error) {
      throw new TrainyardError('BAD_REQUEST', `“${path}” in ${this.uri} cannot be the path of a file here.`, {
        hint: 'Name a folder without it, or give the object another name.',
        cause: error,
      });
    }
  }

  /** In a store `a` and `a/b` can both be objects, and on some machines `a` and `A` are the same file. */
  private checkTogether(files: readonly SourceFile[]): void {
    const isCaseless = process.platform !== 'linux';
    const asHere = (path: string) => (isCaseless ? path.normalize().toLowerCase() : path);
    const taken = new Map<string, string>();
    const refuse = (path: string, other: string) =>
      new TrainyardError(
        'BAD_REQUEST',
        `“${path}” and “${other}” in ${this.uri} cannot both be files here.`,
        {
          hint: 'Name a folder that has only one of them, or give one another name.',
        },
      );
    for (const { path } of files) {
      const other = taken.get(asHere(path));
      if (other !== undefined) throw refuse(path, other);
      taken.set(asHere(path), path);
    }
    for (const { path } of files)
      for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
        const other = taken.get(asHere(path.slice(0, end)));
        if (other !== undefined) throw refuse(path, other);
      }
  }
}

const nameOf = (path: string) => path.split('/').at(-1) as string;
