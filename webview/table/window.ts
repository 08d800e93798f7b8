/** The part of a long list that is in sight. Sizes are in pixels. */

export interface Window {
  first: number;
  /** Not part of it any more. */
  end: number;
}

/** Rows of one height, with some more on both sides, so that a quick scroll finds them drawn. */
export function rowWindow(
  top: number,
  height: number,
  rowHeight: number,
  count: number,
  more: number,
): Window {
  const first = Math.max(0, Math.floor(top / rowHeight) - more);
  const end = Math.min(count, Math.ceil((top + height) / rowHeight) + more);
  return { first: Math.min(first, end), end };
}

/** Where each column begins, and after them where the last ends. */
export function offsetsOf(widths: readonly number[]): number[] {
  const offsets = [0];
  for (const width of widths) offsets.push(offsets.at(-1)! + width);
  return offsets;
}

/** Columns between `left` and `left + width`. */
export function columnWindow(offsets: readonly number[], left: number, width: number): Window {
  const count = offsets.length - 1;
  const first = Math.min(count, indexAt(offsets, left));
  let end = first;
  while (end < count && offsets[end]! < left + width) end++;
  return { first, end };
}

/** The column at a place; before the first it is the first. */
export function indexAt(offsets: ArrayLike<number>, x: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (offsets[middle]! <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where to scroll so that `start … end` is in sight, moving as little as can be. */
export function scrollTo(start: number, end: number, at: number, size: number): number {
  if (start < at || end - start > size) return start;
  return end > at + size ? end - size : at;
}
