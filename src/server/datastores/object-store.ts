/** Stores of objects by key, such as a bucket, behind one interface. Paths are relative to the datastore, with `/`. */
import type { FileBody } from '../data/source.js';

export interface StoredObject {
  path: string;
  bytes: number;
  /** Changes with the content. */
  etag: string;
  /** What stands for a folder has no content. */
  isFolder?: true;
  /** Of one that an output of a run was written to. `list` may leave it out. */
  writer?: Writer;
}

/** What is written down beside an object that was an output. */
export interface Writer {
  runId: string;
  sha256: string;
}

/** A file of this machine that is to be an object. */
export interface Written {
  /** Absolute. */
  file: string;
  bytes: number;
  writer: Writer;
  /** @param bytes of the file that have been sent so far */
  onSent?: (bytes: number) => void;
}

/** All methods reject as `failureOf` says. */
export interface ObjectStore {
  /** Undefined: there is none. */
  stat(path: string, signal: AbortSignal): Promise<StoredObject | undefined>;
  /** All below a folder ('' is the root), at any depth, page by page. */
  list(folder: string, signal: AbortSignal): AsyncIterable<StoredObject>;
  /** @throws ChangedError when its etag is another */
  read(object: { path: string; etag: string }, from: number, signal: AbortSignal): Promise<FileBody>;
  /** Takes the place of what is there. Large files go in parts. */
  write(path: string, written: Written, signal: AbortSignal): Promise<void>;
}

/** Names of the metadata of `Writer`. */
export const RUN_KEY = 'trainyard_run';
export const SHA256_KEY = 'trainyard_sha256';

export function writerIn(metadata: Readonly<Record<string, string>> = {}): { writer?: Writer } {
  const { [RUN_KEY]: runId, [SHA256_KEY]: sha256 } = metadata;
  return runId === undefined || sha256 === undefined ? {} : { writer: { runId, sha256 } };
}

export function metadataOf({ runId, sha256 }: Writer): Record<string, string> {
  return { [RUN_KEY]: runId, [SHA256_KEY]: sha256 };
}
