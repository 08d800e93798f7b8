/** What jobs left in an engine and beside it, and that none needs any more. */
import fs from 'node:fs';
import { folderBytes } from '../../base/folder-bytes.js';
import type { Leftover } from '../target.js';
import type { Engine } from './engine.js';
import { labelsOf } from './machine.js';
import { keptImage, LABELS } from './names.js';

const CONTAINER = 'container ';
/** Folders beside the engine. A job that runs may be reading there; each is filled again when it is needed. */
const FOLDERS = {
  caches: 'What pip, Hugging Face and PyTorch have downloaded',
  debuggers: 'Copies of debugpy for containers',
};
type Folders = Record<keyof typeof FOLDERS, string>;
const isFolder = (id: string): id is keyof typeof FOLDERS => Object.hasOwn(FOLDERS, id);

interface Listed {
  Id: string;
  State: string;
  Status: string;
  Image: string;
  SizeRw?: number;
  Labels: Record<string, string>;
}

/** @param home whose jobs they are @param active runs whose jobs have not ended */
export async function findLeftovers(
  engine: Engine,
  { home, active, folders }: { home: string; active: ReadonlySet<string>; folders: Folders },
): Promise<Leftover[]> {
  const listed = (await engine.call((docker) =>
    docker.listContainers({
      all: true,
      size: true,
      filters: { label: labelsOf(home, engine.endpoint) },
    } as object),
  )) as unknown as Listed[];
  const containers = listed.flatMap(({ Id, State, Status, Image, SizeRw = 0, Labels }) => {
    const run = Labels[LABELS.run];
    const isRunning = State === 'running';
    // One that looks into an image ends by itself.
    if (run === undefined ? isRunning : active.has(run)) return [];
    const what =
      run === undefined ? 'Container that looked into an image' : `Container of run ${run.slice(0, 8)}`;
    const state = isRunning ? 'running' : Status.toLowerCase();
    return [{ id: CONTAINER + Id, label: `${what} (${Image}, ${state})`, bytes: SizeRw }];
  });
  if (active.size > 0) return containers;
  const beside = await Promise.all(
    Object.keys(FOLDERS)
      .filter(isFolder)
      .map(async (id) => ({ id, label: FOLDERS[id], bytes: await folderBytes(folders[id]) })),
  );
  return [...containers, ...beside.filter(({ bytes }) => bytes > 0)];
}

/** @param onRemoved gets the run of each container that is gone */
export async function removeLeftovers(
  engine: Engine,
  ids: readonly string[],
  { folders, onRemoved }: { folders: Folders; onRemoved: (runId: string) => void },
): Promise<void> {
  for (const id of ids) {
    if (isFolder(id)) await fs.promises.rm(folders[id], { recursive: true, force: true });
    if (!id.startsWith(CONTAINER)) continue;
    const container = id.slice(CONTAINER.length);
    const found = await engine.find((docker) => docker.getContainer(container).inspect());
    await engine.find((docker) => docker.getContainer(container).remove({ force: true, v: true }));
    const run = found?.Config.Labels[LABELS.run];
    if (run === undefined) continue;
    await engine.find((docker) => docker.getImage(keptImage(run)).remove());
    onRemoved(run);
  }
}
