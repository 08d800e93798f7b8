/**
 * SQL's pattern: `%` is any text, `_` any character. Backtracks only to the last `%`, so the time is at most pattern
 * length × text length.
 */
export function like(text: string, pattern: string): boolean {
  const [characters, wanted] = [Array.from(text), Array.from(pattern)];
  let [at, p, afterAny, resumeAt] = [0, 0, -1, 0];
  while (at < characters.length) {
    if (wanted[p] === '%') {
      afterAny = ++p;
      resumeAt = at;
    } else if (p < wanted.length && (wanted[p] === '_' || wanted[p] === characters[at])) {
      p++;
      at++;
    } else if (afterAny >= 0) {
      p = afterAny;
      at = ++resumeAt;
    } else return false;
  }
  return wanted.slice(p).every((character) => character === '%');
}
