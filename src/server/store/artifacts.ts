import type { Readable } from 'node:stream';

export interface ArtifactEntry {
  /** Base name. */
  name: string;
  isFolder: boolean;
  bytes: number;
}

/**
 * Files by owner (`runs/<run id>` or `models/<model id>`) and path; contents stored once by SHA-256 under
 * `<store>/objects/ab/cdef…`. Paths are relative, `/`-separated, checked: no `..`, no empty or absolute parts.
 */
export declare class Artifacts {
  /** Streams to a temporary file while hashing, then renames, then lists it. Overwrites. @throws BAD_REQUEST | STORE_FULL */
  put(owner: string, path: string, content: Readable | Uint8Array, signal?: AbortSignal): Promise<{ sha256: string; bytes: number }>;
  /** Takes a copy of a file on disk. */
  putFile(owner: string, path: string, file: string): Promise<{ sha256: string; bytes: number }>;
  /** undefined: no such file (a folder is none). */
  stat(owner: string, path: string): { sha256: string; bytes: number; file: string } | undefined;
  isFolder(owner: string, path: string): boolean;
  /** Children of `folder` ('' is the root), by name; empty when there are none. */
  list(owner: string, folder: string): ArtifactEntry[];
  /** A file, or a folder with all below it. @returns how many files went */
  delete(owner: string, path: string): Promise<number>;
}
