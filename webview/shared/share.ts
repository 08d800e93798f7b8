/**
 * How far a value lies from `min` (0) to `max` (1). The distance of two doubles may be more than a double can be: such are
 * measured by halves.
 *
 * @param max other than `min`
 */
export function shareOf(value: number, min: number, max: number): number {
  const extent = max - min;
  const share = Number.isFinite(extent)
    ? (value - min) / extent
    : (value / 2 - min / 2) / (max / 2 - min / 2);
  // Not −0.
  return share + 0;
}

/** The value at a share of the way from `min` (0) to `max` (1). */
export function between(min: number, max: number, share: number): number {
  const extent = max - min;
  return Number.isFinite(extent) ? min + extent * share : min * (1 - share) + max * share;
}
