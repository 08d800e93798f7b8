export interface Placeholder {
  readonly name: string;
  /** Offsets of it with its braces. */
  readonly start: number;
  readonly end: number;
  /** Inside of quotes it is text, which YAML can read. */
  readonly quoted: boolean;
}

/** The `{{placeholders}}` of a template that nobody has filled in. `${{…}}` is an expression, and a comment is none. */
export function placeholdersOf(text: string): Placeholder[] {
  const found: Placeholder[] = [];
  let offset = 0;
  for (const line of text.split('\n')) {
    const code = withoutComment(line);
    for (const match of code.matchAll(/(?<![${])\{\{-?\s*([A-Za-z_][\w.-]*?)\s*-?\}\}/g)) {
      const before = code.slice(0, match.index);
      const start = offset + match.index;
      found.push({
        name: match[1] as string,
        ...{ start, end: start + match[0].length },
        quoted: isOpen(before, '"') || isOpen(before, "'"),
      });
    }
    offset += line.length + 1;
  }
  return found;
}

/** Up to a `#` that begins a comment. */
function withoutComment(line: string): string {
  const at = /(?:^|\s)#/.exec(line)?.index;
  if (at === undefined) return line;
  const before = line.slice(0, at);
  return isOpen(before, '"') || isOpen(before, "'") ? line : before;
}

function isOpen(text: string, quote: string): boolean {
  return text.split(quote).length % 2 === 0;
}
