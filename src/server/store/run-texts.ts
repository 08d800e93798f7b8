import type { StoreChange } from './store.js';

/** Who asks: each writes runs in its own words. */
export type Face = 'mlflow' | 'own';

type Texts = Partial<Record<Face, string>>;

/** Bytes of texts that are kept: some thousand runs. */
const CAPACITY = 16 * 1024 * 1024;

/**
 * What runs look like as JSON, kept until they change: views and scripts ask for the same pages again and again, and
 * reading and writing forty values of each run is most of what a page costs. What touches a run outdates its texts at
 * once, so they are not for use inside Store.write.
 */
export class RunTexts {
  private readonly capacity: number;
  /** By run, the one that was asked for last at the end. */
  private readonly kept = new Map<string, Texts>();
  private bytes = 0;

  constructor(capacity = CAPACITY) {
    this.capacity = capacity;
  }

  /** In the order of `ids`, which must exist. @param write gets the ids of those that are not known, all at once */
  of(face: Face, ids: readonly string[], write: (ids: readonly string[]) => string[]): string[] {
    const known = ids.map((id) => this.kept.get(id)?.[face]);
    const missing = ids.filter((_, i) => known[i] === undefined);
    const written = missing.length > 0 ? write(missing).values() : undefined;
    const texts = known.map((text) => text ?? (written?.next().value as string));
    for (const [i, id] of ids.entries()) this.keep(id, face, texts[i] as string);
    return texts;
  }

  private keep(id: string, face: Face, text: string): void {
    const texts = this.kept.get(id) ?? {};
    this.forget(id);
    this.kept.set(id, { ...texts, [face]: text });
    this.bytes += sizeOf({ ...texts, [face]: text });
    for (const oldest of this.kept.keys()) {
      if (this.bytes <= this.capacity) break;
      this.forget(oldest);
    }
  }

  /** To be told of every change, also of those that are undone later. */
  outdate(change: StoreChange): void {
    if (change.type === 'run') this.forget(change.runId);
    // With an experiment all its runs are deleted and restored.
    if (change.type === 'experiments') this.kept.clear();
    if (this.kept.size === 0) this.bytes = 0;
  }

  private forget(id: string): void {
    const texts = this.kept.get(id);
    if (!texts) return;
    this.kept.delete(id);
    this.bytes -= sizeOf(texts);
  }
}

/** At most: V8 keeps a text in one byte a character when it can. */
function sizeOf({ mlflow = '', own = '' }: Texts): number {
  return 2 * (mlflow.length + own.length);
}
