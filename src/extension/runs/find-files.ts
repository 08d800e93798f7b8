import type { RunFile } from '../../workspace/types.js';
import type { FoundFiles, Picture } from './found-files.js';
import { isPicture } from './pictures.js';
import { splitPath } from './run-uri.js';

const MOST_FOLDERS = 60;
const DEEPEST = 4;
const MOST_FOUND = 200;
const TABLE = /\.(csv|tsv|parquet|xlsx)$/i;
/** `mlflow.log_image(image, key=…, step=…)`: `<key>%step%<step>%timestamp%<time>%<id>`, and a smaller copy of it. */
const LOGGED_IMAGE = /^(.*)%step%(\d+)%timestamp%(\d+)%/;
const SMALLER_COPY = /%compressed\.webp$/;
/** `mlflow.log_table` writes a table as JSON. */
const LOGGED_TABLE = /(^|\/)tables?\/[^/]+\.json$|_table\.json$|\.table\.json$/i;

/**
 * Looks through the files of a run, level by level, for what a person wants to see of it. A run may have very many
 * files: the search is bounded, and says so.
 */
export async function findFiles(list: (folder: string) => Promise<RunFile[]>): Promise<FoundFiles> {
  const found: FoundFiles = { pictures: [], tables: [], models: [], isCut: false };
  const series = new Map<string, Picture>();
  let level = [''];
  let listed = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST || listed + level.length > MOST_FOLDERS) found.isCut = true;
    if (depth > DEEPEST) break;
    const folders = level.slice(0, MOST_FOLDERS - listed);
    listed += folders.length;
    const contents = await Promise.all(folders.map(list));
    level = [];
    for (const [i, files] of contents.entries()) {
      const isModel = files.some(({ path, isFolder }) => !isFolder && splitPath(path).name === 'MLmodel');
      if (isModel && folders[i] !== '') found.models.push(folders[i]!);
      for (const file of files) {
        if (file.isFolder) level.push(file.path);
        else if (TABLE.test(file.path) || LOGGED_TABLE.test(file.path)) found.tables.push(file.path);
        else if (isPicture(file) && !SMALLER_COPY.test(file.path)) addPicture(series, file.path);
      }
    }
  }
  found.pictures = [...series.values()];
  for (const list of [found.pictures, found.tables, found.models])
    if (list.length > MOST_FOUND) {
      list.length = MOST_FOUND;
      found.isCut = true;
    }
  return found;
}

/** Of pictures that were logged step by step the newest stands for all. */
function addPicture(series: Map<string, Picture>, path: string): void {
  const { folder, name } = splitPath(path);
  const logged = LOGGED_IMAGE.exec(name);
  if (!logged) {
    series.set(path, { path, name });
    return;
  }
  const [, key = '', step] = logged;
  // The client writes `#` for a slash.
  const shown = key.replaceAll('#', '/');
  const id = `${folder}/${key}`;
  const before = series.get(id);
  if (!before || (before.step ?? -1) <= Number(step))
    series.set(id, { path, name: shown, step: Number(step) });
}
