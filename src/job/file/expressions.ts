/** Azure’s expressions: `${{inputs.lr}}`, `${{outputs.model}}`, and `$[[ … ]]` around what may be left out. */

export type Part = TextPart | Expression | Optional;

export interface TextPart {
  readonly kind: 'text';
  readonly text: string;
}

/** Offsets are into the text that was read. */
export interface Expression {
  readonly kind: 'expression';
  /** What it stands for: `inputs.lr`, without spaces. */
  readonly body: string;
  readonly start: number;
  readonly end: number;
}

/** Left out when an input in it has no value. */
export interface Optional {
  readonly kind: 'optional';
  readonly parts: readonly Part[];
  readonly start: number;
  readonly end: number;
}

export interface ReadExpressions {
  readonly parts: readonly Part[];
  /** Brackets that are not closed. */
  readonly unclosed: readonly { start: number; end: number; bracket: '${{' | '$[[' }[];
}

const TOKEN = /\$\{\{|\$\[\[|\]\]|(?<!\{)\{(?:inputs|outputs|search_space)\.[^{}]*\}(?!\})/g;

/** Reads a text. `{inputs.x}`, as it was written before, is `${{inputs.x}}`. */
export function readExpressions(text: string): ReadExpressions {
  const unclosed: { start: number; end: number; bracket: '${{' | '$[[' }[] = [];
  const open: { parts: Part[]; start: number }[] = [{ parts: [], start: 0 }];
  const add = (part: Part) => (open.at(-1) as { parts: Part[] }).parts.push(part);
  const addText = (from: number, to: number) =>
    from < to && add({ kind: 'text', text: text.slice(from, to) });
  let at = 0;
  for (TOKEN.lastIndex = 0; ;) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (!token) break;
    const start = token.index;
    if (token[0] === ']]' && open.length === 1) {
      // It closes a test of the shell.
      addText(at, start + 2);
      at = start + 2;
      continue;
    }
    addText(at, start);
    at = start + token[0].length;
    if (token[0] === '${{') {
      const end = text.indexOf('}}', at);
      if (end < 0) {
        unclosed.push({ start, end: at, bracket: '${{' });
        add({ kind: 'text', text: '${{' });
      } else {
        add({ kind: 'expression', body: text.slice(at, end).replace(/\s+/g, ''), start, end: end + 2 });
        at = end + 2;
      }
    } else if (token[0] === '$[[') open.push({ parts: [], start });
    else if (token[0] === ']]') {
      const { parts, start: from } = open.pop() as { parts: Part[]; start: number };
      add({ kind: 'optional', parts, start: from, end: at });
    } else add({ kind: 'expression', body: token[0].slice(1, -1).replace(/\s+/g, ''), start, end: at });
  }
  addText(at, text.length);
  while (open.length > 1) {
    const { parts, start } = open.pop() as { parts: Part[]; start: number };
    unclosed.push({ start, end: start + 3, bracket: '$[[' });
    add({ kind: 'text', text: '$[[' });
    (open.at(-1) as { parts: Part[] }).parts.push(...parts);
  }
  return { parts: open[0]?.parts ?? [], unclosed };
}

/** All expressions, and whether each is inside of `$[[ … ]]`. */
export function expressionsIn(
  parts: readonly Part[],
  isOptional = false,
): { expression: Expression; isOptional: boolean }[] {
  return parts.flatMap((part) => {
    if (part.kind === 'expression') return [{ expression: part, isOptional }];
    return part.kind === 'optional' ? expressionsIn(part.parts, true) : [];
  });
}

/**
 * The text with its expressions filled in, as they are: nothing is quoted.
 * @param value of `inputs.lr`; undefined when there is none
 */
export function fill(parts: readonly Part[], value: (body: string) => string | undefined): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      if (part.kind === 'expression') return value(part.body) ?? '';
      const isWhole = expressionsIn(part.parts).every(
        // What an inner group lacks is left out by itself.
        ({ expression, isOptional }) => isOptional || value(expression.body) !== undefined,
      );
      return isWhole ? fill(part.parts, value) : '';
    })
    .join('');
}
