import type { RunFile } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { isTablePicture } from '../tables/logged-tables.js';
import type { ComparedFile } from '../../panels/compare-messages.js';
import { IMAGES_FOLDER, isLoggedImage, loggedImages } from './logged-images.js';

const TEXT =
  /(^|\/)(MLmodel|LICENSE|README|Dockerfile|Makefile)$|\.(txt|md|rst|log|json|jsonl|ndjson|ya?ml|toml|ini|cfg|conf|csv|tsv|xml|html?|css|svg|js|ts|py|ipynb|r|jl|sh|sql|tex|env|lock)$/i;
const PICTURE = /\.(png|jpe?g|gif|webp)$/i;

const MOST_FILES = 500;
const MOST_FOLDERS = 50;
const MOST_PICTURES = 12;
const MOST_BYTES = 2_000_000;

/** All files of a run, level by level, until there are more than anybody compares by eye. */
export async function filesOf(
  workspace: Pick<Workspace, 'files'>,
  runId: string,
  signal: AbortSignal,
): Promise<{ files: ComparedFile[]; isCut: boolean }> {
  const files: ComparedFile[] = [];
  let read = 0;
  for (let level = ['']; level.length > 0;) {
    if (read + level.length > MOST_FOLDERS || files.length > MOST_FILES) return cut(files, true);
    read += level.length;
    const found = (await Promise.all(level.map((folder) => workspace.files(runId, folder, signal)))).flat();
    files.push(...found.filter(({ isFolder }) => !isFolder).map(comparedFile));
    level = found.flatMap(({ path, isFolder }) => (isFolder ? [path] : []));
  }
  return cut(files, false);
}

function cut(files: ComparedFile[], isCut: boolean) {
  return { files: files.slice(0, MOST_FILES), isCut: isCut || files.length > MOST_FILES };
}

function comparedFile({ path, bytes = 0, sha256 }: RunFile): ComparedFile {
  return { path, bytes, ...(sha256 && { sha256 }), isText: TEXT.test(path) };
}

/** The pictures to show of a run, by name: of an image that was logged again and again the one of the last step. */
export function picturesOf(files: readonly ComparedFile[]): Map<string, ComparedFile> {
  const shown = new Map<string, ComparedFile>();
  for (const file of files)
    if (PICTURE.test(file.path) && !isLoggedImage(file.path) && !isTablePicture(file.path))
      shown.set(file.path, file);
  const byPath = new Map(files.map((file) => [file.path, file]));
  // By step within each key: the last one stays.
  for (const { key, path } of loggedImages(files.map((file) => ({ ...file, isFolder: false }))))
    shown.set(`${IMAGES_FOLDER}/${key}`, byPath.get(path)!);
  return new Map([...shown].filter(([, { bytes }]) => bytes <= MOST_BYTES).slice(0, MOST_PICTURES));
}
