const UNITS: Record<string, number> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** Bytes of a size as Docker writes it: `512m`, `2g`, `1.5GB`; undefined when it is none, or 0. */
export function bytesOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:(?<=[kmgt])i?b)?$/i.exec(text.trim());
  const bytes = match ? Math.round(Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] as number)) : 0;
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The inverse, in the largest unit without a remainder. */
export function sizeOf(bytes: number): string {
  const unit = ['g', 'm', 'k'].find((one) => bytes % (UNITS[one] as number) === 0) ?? 'b';
  return `${bytes / (UNITS[unit] as number)}${unit}`;
}
