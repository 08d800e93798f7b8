import { compareNames } from '../../base/order.js';
import type { DataAsset, Datastore, EnvironmentVersion } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import type { PlacedEvent } from '../workspaces.js';

/** Rows of a list that are shown at first, and with each *Show More*. */
export const PAGE = 100;

type AssetSource = Pick<Workspace, 'id' | 'environments' | 'data' | 'datastores'>;

/** The versions of a name, the newest first. */
export interface Named<T> {
  readonly name: string;
  readonly versions: readonly T[];
}

export interface NameList<T> {
  readonly names: readonly Named<T>[];
  /** Versions that are archived and not shown. */
  readonly hidden: number;
}

/** The environments and data of workspaces, as far as they were asked for. No editor in it. */
export class AssetsModel {
  showsArchived = false;
  readonly #environments = new Map<string, Promise<EnvironmentVersion[]>>();
  readonly #data = new Map<string, Promise<DataAsset[]>>();
  readonly #datastores = new Map<string, Promise<Datastore[]>>();
  /** How many rows of a list are shown, by its id. */
  readonly #shown = new Map<string, number>();

  /** @throws what the workspace says; the next call asks again */
  async environments({ id, environments }: AssetSource): Promise<NameList<EnvironmentVersion>> {
    const list = async () => (await environments?.list({ archived: true })) ?? [];
    return byName(await kept(this.#environments, id, list), this.showsArchived);
  }

  /** @throws what the workspace says; the next call asks again */
  async data({ id, data }: AssetSource): Promise<NameList<DataAsset>> {
    const list = async () => (await data?.list({ archived: true })) ?? [];
    return byName(await kept(this.#data, id, list), this.showsArchived);
  }

  /** By name. @throws what the workspace says; the next call asks again */
  async datastores({ id, datastores }: AssetSource): Promise<readonly Datastore[]> {
    return kept(this.#datastores, id, async () => (await datastores?.list()) ?? []);
  }

  /** The rows of a list that are shown, and how many more there are. */
  page<T>(list: string, rows: readonly T[]): { shown: readonly T[]; more: number } {
    const shown = rows.slice(0, this.#shown.get(list) ?? PAGE);
    return { shown, more: rows.length - shown.length };
  }

  showMore(list: string): void {
    this.#shown.set(list, (this.#shown.get(list) ?? PAGE) + PAGE);
  }

  /** Forgets what changed. @returns ids of the workspaces whose rows are no longer true */
  apply(events: readonly PlacedEvent[]): Set<string> {
    const stale = new Set<string>();
    for (const event of events) {
      const { type, workspace } = event;
      const isReset = type === 'reset';
      if (isReset || type === 'environments') this.#environments.delete(workspace);
      if (isReset || type === 'data') {
        this.#data.delete(workspace);
        this.#datastores.delete(workspace);
      }
      // A run may use what no run did before.
      const isOfRun = type === 'run' && event.parts.includes('state');
      if (isReset || isOfRun || type === 'environments' || type === 'data') stale.add(workspace);
    }
    return stale;
  }

  forget(): void {
    this.#environments.clear();
    this.#data.clear();
    this.#datastores.clear();
  }
}

async function kept<T>(lists: Map<string, Promise<T>>, id: string, list: () => Promise<T>): Promise<T> {
  const known = lists.get(id);
  if (known) return known;
  const asked = list();
  lists.set(id, asked);
  try {
    return await asked;
  } catch (error) {
    if (lists.get(id) === asked) lists.delete(id);
    throw error;
  }
}

/** @param all by name, the newest version first */
function byName<T extends { name: string; archived: boolean }>(
  all: readonly T[],
  withArchived: boolean,
): NameList<T> {
  const names = new Map<string, T[]>();
  const shown = withArchived ? all : all.filter(({ archived }) => !archived);
  for (const each of shown) {
    const own = names.get(each.name);
    if (own) own.push(each);
    else names.set(each.name, [each]);
  }
  return {
    names: [...names]
      .map(([name, versions]) => ({ name, versions }))
      .sort((a, b) => compareNames(a.name, b.name)),
    hidden: all.length - shown.length,
  };
}
