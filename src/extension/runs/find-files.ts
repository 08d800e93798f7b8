import type { RunFile } from '../../workspace/types.js';
import { isLoggedImage, loggedImages } from '../panels/logged-images.js';
import { isTablePath, isTablePicture } from '../tables/logged-tables.js';
import type { FoundFiles, Picture } from '../../panels/found-files.js';
import { isPicture } from './pictures.js';
import { splitPath } from './run-uri.js';

const MOST_FOLDERS = 60;
const DEEPEST = 4;
const MOST_FOUND = 200;

/**
 * Looks through the files of a run, level by level, for what a person wants to see of it. A run may have very many
 * files: the search is bounded, and says so.
 */
export async function findFiles(list: (folder: string) => Promise<RunFile[]>): Promise<FoundFiles> {
  const found: FoundFiles = { pictures: [], tables: [], models: [], isCut: false };
  const images: RunFile[] = [];
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
        else if (isTablePath(file.path)) found.tables.push(file.path);
        else if (isLoggedImage(file.path)) images.push(file);
        else if (isPicture(file) && !isTablePicture(file.path))
          found.pictures.push({ path: file.path, name: splitPath(file.path).name });
      }
    }
  }
  found.pictures.push(...newestOf(images));
  for (const list of [found.pictures, found.tables, found.models])
    if (list.length > MOST_FOUND) {
      list.length = MOST_FOUND;
      found.isCut = true;
    }
  return found;
}

/** Of pictures that were logged step by step the newest stands for all. */
function newestOf(files: readonly RunFile[]): Picture[] {
  const newest = new Map<string, Picture>();
  // By step within each key: the last one stays.
  for (const { key, step, path } of loggedImages(files)) newest.set(key, { path, name: key, step });
  return [...newest.values()];
}
