import fs from 'node:fs';
import { TrainyardError } from '../../base/errors.js';
import type { Store } from '../store/store.js';
import type { FileBody, Source, SourceFile } from './source.js';

/** Files that the workspace keeps, of a run or of a logged model: a file, or a folder with all below it. */
export class KeptSource implements Source {
  readonly uri: string;
  readonly kind = 'mlflow';
  readonly isFile: boolean;
  private readonly store: Store;
  private readonly owner: string;
  private readonly path: string;

  /** @param owner `runs/<id>` or `models/<id>` */
  constructor(store: Store, uri: string, owner: string, path: string) {
    this.store = store;
    this.uri = uri;
    this.owner = owner;
    this.path = path;
    this.isFile = path !== '' && store.artifacts.stat(owner, path) !== undefined;
  }

  list(): Promise<SourceFile[]> {
    const { artifacts } = this.store;
    const files: SourceFile[] = [];
    const add = (path: string, shown: string) => {
      const found = artifacts.stat(this.owner, path);
      if (found) files.push({ path: shown, bytes: found.bytes, etag: found.sha256, sha256: found.sha256 });
    };
    const walk = (folder: string, shown: string) => {
      for (const { name, isFolder } of artifacts.list(this.owner, folder)) {
        const path = folder === '' ? name : `${folder}/${name}`;
        const below = shown === '' ? name : `${shown}/${name}`;
        if (isFolder) walk(path, below);
        else add(path, below);
      }
    };
    if (this.isFile) add(this.path, this.path.split('/').at(-1) as string);
    else walk(this.path, '');
    if (files.length > 0) return Promise.resolve(files);
    throw new TrainyardError('NOT_FOUND', `The workspace keeps no files at ${this.uri}.`, {
      hint: 'Look at the files of the run.',
    });
  }

  read({ path }: SourceFile, from: number): Promise<FileBody> {
    return Promise.resolve({ from, body: fs.createReadStream(this.fileOf({ path }), { start: from }) });
  }

  /** The content of one, which never changes, as a file of this machine; absolute. @throws NOT_FOUND */
  fileOf({ path }: Pick<SourceFile, 'path'>): string {
    const whole = this.isFile ? this.path : [this.path, path].filter(Boolean).join('/');
    const found = this.store.artifacts.stat(this.owner, whole);
    if (found) return found.file;
    throw new TrainyardError('NOT_FOUND', `${whole} of ${this.uri} is not there any more.`);
  }
}
