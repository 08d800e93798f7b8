import { LRUCache } from 'lru-cache';
import type { StoreChange } from './store.js';

/** The caller: each has its own JSON form of runs. */
export type Face = 'mlflow' | 'own';

type Texts = Partial<Record<Face, string>>;

/** Bytes of texts that are kept: some thousand runs. */
const CAPACITY = 16 * 1024 * 1024;

/**
 * A cache of runs as JSON, valid until they change. Views and scripts request the same pages again and again, and
 * reading and writing forty values per run is most of the cost of a page. Any change of a run invalidates its texts at
 * once, so do not use them inside Store.write.
 */
export class RunTexts {
  /** By run. */
  private readonly kept: LRUCache<string, Texts>;

  constructor(capacity = CAPACITY) {
    this.kept = new LRUCache({ maxSize: capacity, sizeCalculation: sizeOf });
  }

  /** In the order of `ids`, which must exist. @param write gets the ids of those that are not known, all at once */
  of(face: Face, ids: readonly string[], write: (ids: readonly string[]) => string[]): string[] {
    const known = ids.map((id) => this.kept.get(id)?.[face]);
    const missing = ids.filter((_, i) => known[i] === undefined);
    const written = missing.length > 0 ? write(missing).values() : undefined;
    return known.map((text, i) => {
      if (text !== undefined) return text;
      const id = ids[i] as string;
      const fresh = written?.next().value as string;
      this.kept.set(id, { ...this.kept.get(id), [face]: fresh });
      return fresh;
    });
  }

  /** Must be called for every change, even if it is rolled back later. */
  invalidate(change: StoreChange): void {
    if (change.type === 'run') this.kept.delete(change.runId);
    // Deleting or restoring an experiment does the same to its runs.
    if (change.type === 'experiments') this.kept.clear();
  }
}

/** At most: V8 keeps a text in one byte a character when it can. */
function sizeOf({ mlflow = '', own = '' }: Texts): number {
  return 2 * (mlflow.length + own.length);
}
