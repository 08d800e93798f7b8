import { hashOf } from '../store/objects.js';

/** The content of larger files is not hashed. */
const HASHED_UP_TO = 64 * 1024 * 1024;

/** The SHA-256 of data that a run reads; undefined for a large file. */
export async function hashUnlessLarge(file: string, bytes: number): Promise<string | undefined> {
  return bytes <= HASHED_UP_TO ? hashOf(file) : undefined;
}
