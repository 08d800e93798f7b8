/**
 * A line of arguments as a person types it, split as a POSIX shell would without expanding anything: white space
 * separates words, '…' and "…" group them, and a backslash escapes the next character (not inside '…').
 * @throws RangeError if a quote is not closed
 */
export function splitArguments(line: string): string[] {
  const found: string[] = [];
  let current: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const c = line[i] as string;
    if (quote !== '' && c === quote) quote = '';
    else if (c === '\\' && quote !== "'" && i + 1 < line.length) current = (current ?? '') + line[++i];
    else if (quote !== '') current = (current ?? '') + c;
    else if (c === "'" || c === '"') {
      quote = c;
      current ??= '';
    } else if (/\s/.test(c)) {
      if (current !== undefined) found.push(current);
      current = undefined;
    } else current = (current ?? '') + c;
  }
  if (quote !== '') throw new RangeError(`The quote ${quote} is not closed.`);
  if (current !== undefined) found.push(current);
  return found;
}

/** The inverse: a line that `splitArguments` reads as `args`. */
export function joinArguments(args: readonly string[]): string {
  return args
    .map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
