/** Inserted by the build; undefined when run from source. */
declare const __VERSION__: string | undefined;

export const VERSION: string = typeof __VERSION__ === 'undefined' ? '0.0.0' : __VERSION__;

/** Whether version `a` (like 1.2.3) comes after `b`. */
export function isNewer(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split(/[.-]/).slice(0, 3).map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
