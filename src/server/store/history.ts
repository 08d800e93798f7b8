import type { Span } from './blocks.js';
import { type Columns, concatenate, order, slice, take } from '../../base/series/columns.js';

/**
 * Joins neighbours until the parts are in order (by timestamp, then step), so that each part can be sorted alone.
 * Usually nothing has to be joined.
 */
export function stretches(parts: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const part of parts) {
    let whole = part;
    for (let before = joined.at(-1); before && !isBefore(before, whole); before = joined.at(-1)) {
      joined.pop();
      whole = union(before, whole);
    }
    joined.push(whole);
  }
  return joined;
}

function isBefore(a: Span, b: Span): boolean {
  return a.max_time < b.min_time || (a.max_time === b.min_time && a.max_step < b.min_step);
}

function union(a: Span, b: Span): Span {
  return {
    first: a.first,
    count: a.count + b.count,
    min_step: Math.min(a.min_step, b.min_step),
    max_step: Math.max(a.max_step, b.max_step),
    min_time: Math.min(a.min_time, b.min_time),
    max_time: Math.max(a.max_time, b.max_time),
  };
}

/** A whole series by timestamp, then step, then value, read lazily. */
export class History {
  readonly length: number;
  private readonly parts: readonly Span[];
  private readonly load: (from: number, to: number) => Columns;
  /** The part that was read last, in order. */
  private last: { part: Span; columns: Columns } | undefined;

  /** @param load reads positions in logging order */
  constructor(parts: readonly Span[], load: (from: number, to: number) => Columns) {
    this.parts = stretches(parts);
    this.load = load;
    this.length = parts.reduce((sum, { count }) => sum + count, 0);
  }

  read(from = 0, to = this.length): Columns {
    const wanted = this.parts.filter(({ first, count }) => first < to && first + count > from);
    return concatenate(
      wanted.map((part) => slice(this.ordered(part), Math.max(from - part.first, 0), to - part.first)),
    );
  }

  private ordered(part: Span): Columns {
    if (this.last?.part !== part) {
      const columns = this.load(part.first, part.first + part.count);
      this.last = { part, columns: take(columns, order(columns)) };
    }
    return this.last.columns;
  }
}
