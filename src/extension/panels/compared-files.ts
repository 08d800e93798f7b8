import type { RunFile } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import type { ComparedFile } from './compare-messages.js';

const TEXT =
  /(^|\/)(MLmodel|LICENSE|README|Dockerfile|Makefile)$|\.(txt|md|rst|log|json|jsonl|ndjson|ya?ml|toml|ini|cfg|conf|csv|tsv|xml|html?|css|svg|js|ts|py|ipynb|r|jl|sh|sql|tex|env|lock)$/i;
const PICTURE = /\.(png|jpe?g|gif|webp)$/i;
const MIME: Record<string, string> = { jpg: 'jpeg' };
/** A picture of a step, as `mlflow.log_image` and our reader of event files name it. */
const OF_STEP = /^(.*)%step%(\d+)%timestamp%(\d+)%[^%/]*(%compressed)?\.\w+$/;

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

/** The pictures to show of a run, by name: of a picture that was logged again and again the one of the last step. */
export function picturesOf(files: readonly ComparedFile[]): Map<string, ComparedFile> {
  const newest = new Map<string, { file: ComparedFile; step: number; time: number }>();
  for (const file of files) {
    if (!PICTURE.test(file.path) || file.bytes > MOST_BYTES) continue;
    const [, key, step, time, isSmall] = OF_STEP.exec(file.path) ?? [];
    // Beside each picture MLflow writes a smaller copy.
    if (isSmall) continue;
    const name = key?.replaceAll('#', '/') ?? file.path;
    const now = { file, step: Number(step ?? 0), time: Number(time ?? 0) };
    const before = newest.get(name);
    if (!before || now.step > before.step || (now.step === before.step && now.time >= before.time))
      newest.set(name, now);
  }
  return new Map([...newest].slice(0, MOST_PICTURES).map(([name, { file }]) => [name, file]));
}

export function dataUri(path: string, bytes: Uint8Array): string {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return `data:image/${MIME[extension] ?? extension};base64,${Buffer.from(bytes).toString('base64')}`;
}
