import { LRUCache } from 'lru-cache';
import { BLOCK, type Blocks, bucketOf, type Extent, spanOf, type StepRange } from './blocks.js';
import { type Columns, concatenate, type Floats } from '../../base/series/columns.js';
import {
  landmarks,
  lengthOf,
  pickColumns,
  type Sample,
  sampleOf,
  type Window,
  within,
} from '../../base/series/landmarks.js';

/** A drawing may have this many times fewer buckets than requested if that saves a level. */
const COARSER = 1.25;
/** Cached points of 32 bytes: three times what ten zoomed series need. */
const POINTS_KEPT = 500_000;
/** Blocks whose steps are cached, about 80 bytes each: those of a hundred series of a million points. */
const BLOCKS_KEPT = 100_000;

/** A series, and the steps of its blocks. */
interface Layout extends Extent {
  blocks: readonly StepRange[];
}

/** Positions that a block or an overview covers, and whether all of its points are within a window. */
interface Stretch {
  first: number;
  end: number;
  isWithin: boolean;
}

/**
 * Draws series: all points of a window, or its landmarks. Consecutive zooms overlap, so full blocks and overviews,
 * which never change, are cached. Not for use inside Store.write.
 */
export class Drawings {
  private readonly blocks: Blocks;
  /** By series. */
  private readonly layouts = new LRUCache<number, Layout>({
    maxSize: BLOCKS_KEPT,
    sizeCalculation: ({ blocks }) => blocks.length + 1,
  });
  /** By series, level (0: blocks) and first position. */
  private readonly kept = new LRUCache<string, Sample>({
    maxSize: POINTS_KEPT,
    sizeCalculation: ({ positions }) => positions.length,
  });

  /** For landmarks, until they are picked. */
  private room = new Uint32Array();

  constructor(blocks: Blocks) {
    this.blocks = blocks;
  }

  /**
   * The points within `window`; when it holds more than `mostPoints`, the landmarks of at most about a quarter as many
   * buckets of equal size. They are put into arrays from `floats`.
   */
  draw(
    series: Extent,
    window: Window,
    mostPoints: number,
    floats?: Floats,
  ): { columns: Columns; reduced: boolean } {
    const layout = this.layoutOf(series);
    const size = sizeOf(layout, window);
    if (size <= mostPoints) return { columns: concatenate(this.collect(layout, 0, window)), reduced: false };
    const wanted = size / Math.max(1, Math.floor(mostPoints / 4));
    let level = 0;
    while (bucketOf(level + 1) <= COARSER * wanted && spanOf(level + 1) <= series.sealed) level++;
    const unit = level === 0 ? 1 : bucketOf(level);
    const parts = this.collect(layout, level, window);
    const marks = landmarks(parts, Math.ceil(wanted / unit) * unit, this.roomFor(lengthOf(parts)));
    return { columns: pickColumns(parts, marks, floats), reduced: marks.length < size };
  }

  /** Call after a series was removed: another may get its id. */
  forget(): void {
    this.layouts.clear();
    this.kept.clear();
  }

  private roomFor(length: number): Uint32Array {
    if (this.room.length < length) this.room = new Uint32Array(length);
    return this.room;
  }

  /** Blocks are added at the end, where only small ones are replaced. */
  private layoutOf(series: Extent): Layout {
    const { id, sealed } = series;
    const known = this.layouts.get(id);
    if (known?.sealed === sealed) return { ...known, count: series.count };
    const full = known?.blocks.slice(0, Math.floor(known.sealed / BLOCK)) ?? [];
    const layout = { ...series, blocks: [...full, ...this.blocks.stepRanges(id, full.length * BLOCK)] };
    this.layouts.set(id, layout);
    return layout;
  }

  /** Landmarks of `level` within the window (0: points); where the window cuts overviews, those of lower levels. */
  private collect(layout: Layout, level: number, window: Window): Sample[] {
    const stretches = stretchesWithin(layout, level, window);
    const read = this.read(
      layout.id,
      level,
      stretches.filter(({ isWithin }) => isWithin || level === 0),
    );
    const parts = stretches.flatMap(({ first, end, isWithin }) => {
      const sample = read.get(first);
      if (sample) return isWithin ? sample : within(sample, window);
      return this.collect(layout, level - 1, clip(window, first, end));
    });
    const rest = clip(window, coveredBy(layout, level), layout.count);
    if (rest.from >= rest.to) return parts;
    if (level > 0) return [...parts, ...this.collect(layout, level - 1, rest)];
    const tail = sampleOf(rest.from, this.blocks.tail(layout.id, rest.from, rest.to));
    return [...parts, within(tail, window)];
  }

  /** The landmarks of the ranges by their first positions. Those not cached are read in one query. */
  private read(id: number, level: number, stretches: readonly Stretch[]): Map<number, Sample> {
    const nameOf = (first: number) => `${id}/${level}/${first}`;
    const found = new Map<number, Sample>();
    const missing = stretches.filter(({ first }) => {
      const sample = this.kept.get(nameOf(first));
      if (sample) found.set(first, sample);
      return !sample;
    });
    const [from, to] = [missing[0]?.first, missing.at(-1)?.end];
    if (from === undefined || to === undefined) return found;
    const samples =
      level === 0 ? this.blocks.samples(id, from, to) : this.blocks.overviews(id, level, from, to);
    for (const sample of samples) {
      const first = sample.positions[0] as number;
      found.set(first, sample);
      if (level > 0 || sample.positions.length === BLOCK) this.kept.set(nameOf(first), sample);
    }
    return found;
  }
}

/** Where the blocks (0) or the overviews of a level end. */
function coveredBy({ sealed }: Layout, level: number): number {
  return level === 0 ? sealed : sealed - (sealed % spanOf(level));
}

/** The blocks (level 0) or overviews that reach into the window, in order. */
function stretchesWithin(layout: Layout, level: number, window: Window): Stretch[] {
  const { from, to, fromStep, toStep } = window;
  const covered = coveredBy(layout, level);
  const each = spanOf(level) / BLOCK;
  const stretches: Stretch[] = [];
  // All blocks are full but the last ones, which are small: none begins before its number's multiple of the size.
  for (let n = each * Math.floor(from / spanOf(level)); n < layout.blocks.length; n += each) {
    const [first, count] = layout.blocks[n] as StepRange;
    if (first >= to || first >= covered) break;
    const end = level === 0 ? first + count : first + spanOf(level);
    let min = Infinity;
    let max = -Infinity;
    for (let i = n; i < n + each; i++) {
      const block = layout.blocks[i] as StepRange;
      min = Math.min(min, block[2]);
      max = Math.max(max, block[3]);
    }
    if (!reachesInto(window, first, end, min, max)) continue;
    const isWithin = first >= from && end <= to && min >= fromStep && max <= toStep;
    stretches.push({ first, end, isWithin });
  }
  return stretches;
}

/** How many points the window may hold at most. */
function sizeOf({ blocks, sealed, count }: Layout, window: Window): number {
  const { from, to } = window;
  let size = Math.max(Math.min(count, to) - Math.max(sealed, from), 0);
  for (const block of blocks) {
    const first = block[0];
    const end = first + block[1];
    if (reachesInto(window, first, end, block[2], block[3]))
      size += Math.min(end, to) - Math.max(first, from);
  }
  return size;
}

/** Whether positions from `first` to `end`, not included, with steps from `min` to `max` may be in the window. */
function reachesInto(
  { from, to, fromStep, toStep }: Window,
  first: number,
  end: number,
  min: number,
  max: number,
): boolean {
  return first < to && end > from && min <= toStep && max >= fromStep;
}

function clip(window: Window, from: number, to: number): Window {
  return { ...window, from: Math.max(window.from, from), to: Math.min(window.to, to) };
}
