/** Data that is not a path of this machine: what the cache gets it from. */

export interface SourceFile {
  /** Relative to the data, with `/`; of data that is one file, its name. */
  path: string;
  /** Absent: not known before it is read. */
  bytes?: number;
  /** Changes with the content; absent: nobody can tell whether it has changed. */
  etag?: string;
  /** Hexadecimal; absent: not known. */
  sha256?: string;
}

export interface FileBody {
  /** The byte that it begins with: the one that was asked for, or 0 when the source cannot go on. */
  from: number;
  body: AsyncIterable<Uint8Array>;
}

/**
 * A TrainyardError of a source is definite: there is no such data, or nobody may read it. Only TARGET_UNREACHABLE says that the
 * source has to be waited for. Any other error may pass, and is tried again a few times.
 */
export interface Source {
  /** As people know it, without credentials. */
  readonly uri: string;
  /** Of MLflow's dataset sources: `http`, `s3` … */
  readonly kind: string;
  /** The data is one file, not a folder. */
  readonly isFile: boolean;
  /** Before anything is kept of a job that reads it: what can be told without asking anybody. @throws UNAUTHENTICATED */
  check?(): void;
  /** All files. @throws TrainyardError NOT_FOUND | FORBIDDEN | BAD_REQUEST */
  list(signal: AbortSignal): Promise<SourceFile[]>;
  /** @throws ChangedError when the file is not the one that was listed | TrainyardError */
  read(file: SourceFile, from: number, signal: AbortSignal): Promise<FileBody>;
}

/** A file changed after it was listed. */
export class ChangedError extends Error {
  constructor(path: string) {
    super(`${path} changed while it was read.`);
    this.name = 'ChangedError';
  }
}
