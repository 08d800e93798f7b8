/** Splits Python into tokens, as far as calls and their arguments need it. Nothing is run. */

export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'punctuation' | 'newline';
  /** Of a string: what it holds; undefined for one whose value is not known, such as an f-string. */
  readonly text: string;
  readonly isOpaque?: true;
  /** Spaces before the first token of a line. */
  readonly indentation: number;
}

const STRING = /^([rRbBuUfFtT]{0,2})("""|'''|"|')/;
const NUMBER = /^(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*)?\.?\d[\d_]*\.?(?:[eE][-+]?\d+)?)/;
const PUNCTUATION = /^(?:->|\*\*|\/\/|:=|[=!<>]=|.)/su;

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let [at, depth, indentation] = [0, 0, 0];
  let isLineStart = true;
  while (at < text.length) {
    const rest = text.slice(at, at + 200);
    if (isLineStart && depth === 0) {
      const spaces = /^[ \t]*/.exec(rest)?.[0] ?? '';
      indentation = spaces.replaceAll('\t', '        ').length;
      at += spaces.length;
      isLineStart = false;
      continue;
    }
    const c = text[at] as string;
    if (c === '\n') {
      if (depth === 0) {
        if (tokens.at(-1)?.kind !== 'newline') tokens.push({ kind: 'newline', text: '', indentation });
        isLineStart = true;
      }
      at++;
    } else if (/\s/.test(c)) at++;
    else if (c === '\\' && /^\\\r?\n/.test(rest)) at += rest.startsWith('\\\r') ? 3 : 2;
    else if (c === '#') at = endOfLine(text, at);
    else if (STRING.test(rest)) at = readString(text, at, indentation, tokens);
    else {
      const name = /^[\p{L}_][\p{L}\p{N}_]*/u.exec(rest)?.[0];
      const number = name === undefined && /^\.?\d/.test(rest) ? NUMBER.exec(rest)?.[0] : undefined;
      const found = name ?? number ?? PUNCTUATION.exec(rest)?.[0] ?? c;
      if ('([{'.includes(found)) depth++;
      if (')]}'.includes(found)) depth = Math.max(0, depth - 1);
      const kind = name !== undefined ? 'name' : number !== undefined ? 'number' : 'punctuation';
      tokens.push({ kind, text: found, indentation });
      at += found.length;
    }
  }
  return tokens;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** @returns where it ends; one that is not closed ends with its line, or with the text */
function readString(text: string, start: number, indentation: number, tokens: Token[]): number {
  const [head = '', prefix = '', quote = ''] = STRING.exec(text.slice(start, start + 6)) ?? [];
  const isRaw = /r/i.test(prefix);
  let value = '';
  let at = start + head.length;
  for (; at < text.length && !text.startsWith(quote, at); at++) {
    const c = text[at] as string;
    if (c === '\n' && quote.length === 1) break;
    if (c !== '\\') value += c;
    else {
      const next = text[++at] ?? '';
      value += isRaw ? `\\${next}` : (ESCAPES[next] ?? `\\${next}`);
    }
  }
  const isOpaque = /[bft]/i.test(prefix);
  const last = tokens.at(-1);
  // Strings side by side are one.
  if (last?.kind === 'string') {
    const joined = last.isOpaque || isOpaque;
    tokens[tokens.length - 1] = { ...last, text: last.text + value, ...(joined && { isOpaque: true }) };
  } else tokens.push({ kind: 'string', text: value, indentation, ...(isOpaque && { isOpaque: true }) });
  return Math.min(text.length, text.startsWith(quote, at) ? at + quote.length : at);
}

const ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
};
