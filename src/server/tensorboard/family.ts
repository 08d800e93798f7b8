import { createHash } from 'node:crypto';
import type { EventFolderRecord } from '../store/event-files.js';
import type { MetricPoint } from '../store/metrics.js';
import type { Store } from '../store/store.js';
import { fileNameUnder, keyOf } from './names.js';
import { prefixesOf } from './prefixes.js';

/** A point that has no prefix yet. */
export type NamedPoint = Omit<MetricPoint, 'key'> & { name: string };

/**
 * The names of the data in a run's event files. They depend on all folders of the run. If another folder appears, data
 * read before may be renamed in the same transaction. All methods are for use inside Store.write.
 */
export class Family {
  private readonly store: Store;
  private readonly runId: string;

  constructor(store: Store, runId: string) {
    this.store = store;
    this.runId = runId;
  }

  /** Registers a folder. @returns the prefix of its tags */
  join(found: Omit<EventFolderRecord, 'prefix'>): string {
    const folders = this.store.eventFiles.folders(this.runId);
    const known = folders.find(({ path }) => path === found.path);
    const joined = known ? merged(known, found) : { ...found, prefix: '' };
    if (known && isSame(known, joined)) return known.prefix;
    const all = [...folders.filter((folder) => folder !== known), joined];
    const prefixes = prefixesOf(all.filter(({ isNamed }) => isNamed));
    const named = all.map((folder) => ({ ...folder, prefix: prefixes.get(folder.path) ?? '' }));
    const before = new Map(folders.map(({ path, prefix }) => [path, prefix]));
    const renamed = named.filter(({ path, prefix }) => before.has(path) && before.get(path) !== prefix);
    if (renamed.length > 0) this.rename(before, prefixes, renamed);
    for (const folder of named)
      if (folder.path === found.path || renamed.includes(folder))
        this.store.eventFiles.setFolder(this.runId, folder);
    return prefixes.get(found.path) ?? '';
  }

  /** Appends points of a folder to its series. */
  append(folder: string, prefix: string, points: readonly NamedPoint[]): void {
    const names = new Map(points.map(({ name }) => [keyOf(prefix, name), name]));
    const keyed = points.map(({ name, ...point }) => ({ ...point, key: keyOf(prefix, name) }));
    for (const { key, first, count } of this.store.metrics.append(this.runId, keyed))
      this.store.eventFiles.addPoints(this.runId, { folder, name: names.get(key) ?? key, first, count });
  }

  private rename(
    before: ReadonlyMap<string, string>,
    after: ReadonlyMap<string, string>,
    folders: readonly EventFolderRecord[],
  ): void {
    const { eventFiles, metrics } = this.store;
    const moves = eventFiles.points(this.runId).map((points) => ({
      points,
      from: {
        key: keyOf(before.get(points.folder) ?? '', points.name),
        first: points.first,
        count: points.count,
      },
      to: keyOf(after.get(points.folder) ?? '', points.name),
    }));
    // Shifts the positions of other points in the same series.
    const touched = new Set(moves.flatMap(({ from, to }) => (from.key === to ? [] : [from.key])));
    const all = moves.filter(({ from }) => touched.has(from.key));
    for (const { points } of all) eventFiles.removePoints(this.runId, points);
    for (const [i, { first, count }] of metrics.move(this.runId, all).entries()) {
      const { folder, name } = (all[i] as (typeof all)[number]).points;
      eventFiles.addPoints(this.runId, { folder, name, first, count });
    }
    for (const { path, prefix } of folders) this.renameFiles(path, before.get(path) ?? '', prefix);
  }

  private renameFiles(folder: string, before: string, after: string): void {
    const owner = `runs/${this.runId}`;
    const mark = markOf(folder);
    for (const kind of ['images', 'text'])
      for (const { name } of this.store.artifacts.list(owner, kind)) {
        if (!name.includes(`+${mark}`)) continue;
        const file = `${kind}/${name}`;
        this.store.artifacts.rename(owner, file, fileNameUnder(file, before, after));
      }
  }
}

/** Begins the ids of a folder's images and texts. */
export function markOf(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 12);
}

/** Whatever came first: the same in any order. */
function merged(known: EventFolderRecord, found: Omit<EventFolderRecord, 'prefix'>): EventFolderRecord {
  const { createdAt, host, pid } = found.createdAt < known.createdAt ? found : known;
  return {
    path: known.path,
    createdAt,
    ...(host !== undefined && { host }),
    ...(pid !== undefined && { pid }),
    isSession: known.isSession || found.isSession,
    isNamed: known.isNamed || found.isNamed,
    prefix: known.prefix,
  };
}

const isSame = (a: EventFolderRecord, b: EventFolderRecord): boolean =>
  a.createdAt === b.createdAt && a.isSession === b.isSession && a.isNamed === b.isNamed;
