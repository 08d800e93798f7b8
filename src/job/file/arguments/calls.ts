/** Calls in a Python file, with the values of their arguments where these are written out. */
import type { Token } from './tokens.js';

/** `undefined`: anything that is not written out, such as a variable. */
export type Value =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'none' }
  | { readonly kind: 'list'; readonly items: readonly (Value | undefined)[] }
  /** `int`, `click.Path`, `Path`; of a call, with its arguments. */
  | { readonly kind: 'name'; readonly name: string; readonly call?: CallArguments };

export interface CallArguments {
  readonly positional: readonly (Value | undefined)[];
  readonly named: Readonly<Record<string, Value | undefined>>;
}

export interface Call extends CallArguments {
  /** `parser.add_argument` */
  readonly name: string;
  /** Index of the token after it. */
  readonly end: number;
  /** Index of its first token. */
  readonly start: number;
}

/** Every call by a name, in the order of the file; those inside of others, too. */
export function callsIn(tokens: readonly Token[]): Call[] {
  const calls: Call[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i]?.kind !== 'name' || tokens[i - 1]?.text === '.') continue;
    const { name, end } = dotted(tokens, i);
    if (tokens[end]?.text !== '(') continue;
    const read = readArguments(tokens, end + 1);
    calls.push({ name, start: i, end: read.end, positional: read.positional, named: read.named });
  }
  return calls;
}

export function dotted(tokens: readonly Token[], start: number): { name: string; end: number } {
  let name = tokens[start]?.text ?? '';
  let at = start + 1;
  while (tokens[at]?.text === '.' && tokens[at + 1]?.kind === 'name') {
    name += `.${tokens[at + 1]?.text}`;
    at += 2;
  }
  return { name, end: at };
}

/** @param start index of the token behind `(` */
export function readArguments(tokens: readonly Token[], start: number): CallArguments & { end: number } {
  const positional: (Value | undefined)[] = [];
  const named: Record<string, Value | undefined> = {};
  let at = start;
  while (at < tokens.length && tokens[at]?.text !== ')') {
    const end = endOfItem(tokens, at);
    if (tokens[at]?.kind === 'name' && tokens[at + 1]?.text === '=')
      named[tokens[at]?.text ?? ''] = valueOf(tokens, at + 2, end);
    else if (end > at) positional.push(valueOf(tokens, at, end));
    at = tokens[end]?.text === ',' ? end + 1 : end;
    if (at === end && tokens[at]?.text !== ')') break;
  }
  return { positional, named, end: at + 1 };
}

/** Index of the comma or the bracket behind an item. */
export function endOfItem(tokens: readonly Token[], start: number): number {
  let depth = 0;
  for (let i = start; i < tokens.length; i++) {
    const { kind, text } = tokens[i] as Token;
    if (kind !== 'punctuation') continue;
    if ('([{'.includes(text)) depth++;
    else if (')]}'.includes(text)) {
      if (depth === 0) return i;
      depth--;
    } else if (text === ',' && depth === 0) return i;
  }
  return tokens.length;
}

export function valueOf(tokens: readonly Token[], start: number, end: number): Value | undefined {
  const first = tokens[start];
  if (!first || start >= end) return undefined;
  if (first.kind === 'string')
    return end === start + 1 && !first.isOpaque ? { kind: 'text', value: first.text } : undefined;
  const isSigned = first.text === '-' || first.text === '+';
  const number = isSigned ? tokens[start + 1] : first;
  if (number?.kind === 'number' && end === start + (isSigned ? 2 : 1)) {
    const text = `${first.text === '-' ? '-' : ''}${number.text}`;
    const value = Number(text.replaceAll('_', ''));
    return Number.isNaN(value) ? undefined : { kind: 'number', value, text };
  }
  if (first.text === '[' || first.text === '(' || first.text === '{') return listOf(tokens, start, end);
  if (first.kind !== 'name') return undefined;
  if (end === start + 1) {
    if (first.text === 'None') return { kind: 'none' };
    if (first.text === 'True' || first.text === 'False')
      return { kind: 'boolean', value: first.text === 'True' };
  }
  const { name, end: after } = dotted(tokens, start);
  if (after === end) return { kind: 'name', name };
  if (tokens[after]?.text !== '(') return undefined;
  const { positional, named, end: closed } = readArguments(tokens, after + 1);
  return closed === end ? { kind: 'name', name, call: { positional, named } } : undefined;
}

function listOf(tokens: readonly Token[], start: number, end: number): Value | undefined {
  const items: (Value | undefined)[] = [];
  let at = start + 1;
  while (at < end - 1) {
    const next = Math.min(endOfItem(tokens, at), end - 1);
    items.push(valueOf(tokens, at, next));
    at = next + 1;
  }
  return { kind: 'list', items };
}
