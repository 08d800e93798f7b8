import { posix } from 'node:path';
import { parseOrNothing } from '../../base/json.js';

/** Where `mlflow.log_table` writes down which files are tables. */
const LOGGED_TAG = 'mlflow.loggedArtifacts';
/** Folder in which it puts the pictures of tables. */
const PICTURES_FOLDER = /^table_images\//;
const TABLE = /\.(csv|tsv|parquet|xlsx)$/i;
/** As people and `mlflow.evaluate` name tables; others are known by the tag. */
const TABLE_JSON = /(^|\/)tables?\/[^/]+\.json$|_table\.json$|\.table\.json$/i;

/** Paths of the tables that a run says it has logged, sorted. The tag has them as the script wrote them, as `./a.json`. */
export function loggedTables(tags: Readonly<Record<string, string>> = {}): string[] {
  const paths = parse(tags[LOGGED_TAG] ?? '[]').flatMap((entry: unknown) => {
    const { path, type } = (entry ?? {}) as { path?: unknown; type?: unknown };
    return type === 'table' && typeof path === 'string' ? [posix.normalize(path)] : [];
  });
  return [...new Set(paths)].sort();
}

/** Whether a file looks like a table by its path. */
export function isTablePath(path: string): boolean {
  return TABLE.test(path) || TABLE_JSON.test(path);
}

/** Whether a file is a picture in a cell of a table. */
export function isTablePicture(path: string): boolean {
  return PICTURES_FOLDER.test(path);
}

/** A tag can hold anything. */
function parse(text: string): unknown[] {
  const value = parseOrNothing(text);
  return Array.isArray(value) ? value : [];
}
