/** What jobs left in an engine and beside it, and that none needs any more. */
import fs from 'node:fs';
import { folderBytes } from '../../base/folder-bytes.js';
import type { Leftover } from '../target.js';
import type { Engine } from './engine.js';
import { labelsOf } from './machine.js';
import { keptImage, LABELS } from './names.js';

const CONTAINER = 'container ';
const CACHES = 'caches';

interface Listed {
  Id: string;
  State: string;
  Status: string;
  Image: string;
  SizeRw?: number;
  Labels: Record<string, string>;
}

/** @param home whose jobs they are @param active runs whose jobs have not ended @param caches the folder of downloads */
export async function findLeftovers(
  engine: Engine,
  { home, active, caches }: { home: string; active: ReadonlySet<string>; caches: string },
): Promise<Leftover[]> {
  const listed = (await engine.call((docker) =>
    docker.listContainers({
      all: true,
      size: true,
      filters: { label: labelsOf(home, engine.endpoint) },
    } as object),
  )) as unknown as Listed[];
  const containers = listed
    .filter(({ Labels }) => !active.has(Labels[LABELS.run] ?? ''))
    .map(({ Id, State, Status, Image, SizeRw = 0, Labels }) => ({
      id: CONTAINER + Id,
      label: `Container of run ${(Labels[LABELS.run] ?? '').slice(0, 8)} (${Image}, ${State === 'running' ? 'running' : Status.toLowerCase()})`,
      bytes: SizeRw,
    }));
  // A job that runs may be reading there.
  const bytes = active.size > 0 ? 0 : await folderBytes(caches);
  return bytes === 0
    ? containers
    : [...containers, { id: CACHES, label: 'What pip, Hugging Face and PyTorch have downloaded', bytes }];
}

/** @param onRemoved gets the run of each container that is gone */
export async function removeLeftovers(
  engine: Engine,
  ids: readonly string[],
  { caches, onRemoved }: { caches: string; onRemoved: (runId: string) => void },
): Promise<void> {
  for (const id of ids) {
    if (id === CACHES) await fs.promises.rm(caches, { recursive: true, force: true });
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
