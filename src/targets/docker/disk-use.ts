import type { Engine } from './engine.js';

/** Milliseconds for which it stays known: an engine with many images takes seconds to count. */
const KNOWN_FOR = 5 * 60_000;

/** What engines have on disk, counted in the background. */
export class DiskUse {
  private readonly known = new Map<Engine, { at: number; bytes?: number }>();

  /** Bytes; undefined while it is counted for the first time. */
  of(engine: Engine): number | undefined {
    const known = this.known.get(engine);
    if (!known || Date.now() - known.at > KNOWN_FOR) {
      const entry = { at: Date.now(), ...(known?.bytes !== undefined && { bytes: known.bytes }) };
      this.known.set(engine, entry);
      diskUse(engine).then(
        (bytes) => this.known.set(engine, { at: Date.now(), bytes }),
        // Whoever asks next counts again; what is wrong with the engine is told by other calls.
        () => this.known.delete(engine),
      );
    }
    return known?.bytes;
  }

  /** Something was removed. */
  forget(engine: Engine): void {
    this.known.delete(engine);
  }
}

interface SystemUse {
  LayersSize?: number;
  Containers?: { SizeRw?: number }[] | null;
  Volumes?: { UsageData?: { Size: number } | null }[] | null;
  BuildCache?: { Size?: number; Shared?: boolean }[] | null;
}

async function diskUse(engine: Engine): Promise<number> {
  const use = (await engine.call((docker) => docker.df())) as SystemUse;
  const sum = (sizes: (number | undefined)[] = []) =>
    sizes.reduce<number>((all, size) => all + Math.max(0, size ?? 0), 0);
  return (
    (use.LayersSize ?? 0) +
    sum(use.Containers?.map(({ SizeRw }) => SizeRw)) +
    sum(use.Volumes?.map(({ UsageData }) => UsageData?.Size)) +
    sum(use.BuildCache?.filter(({ Shared }) => !Shared).map(({ Size }) => Size))
  );
}
