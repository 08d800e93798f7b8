/**
 * The arguments that a Python script takes by argparse, click or typer. The text is read and never run: what is computed
 * is not found.
 */
import { type Call, callsIn, dotted, endOfItem, type Value, valueOf } from './calls.js';
import { type Token, tokensOf } from './tokens.js';

export interface ScriptArgument {
  /** As an input is called: `learning_rate`. */
  readonly name: string;
  /** `--learning-rate`; absent for one by its place. */
  readonly option?: string;
  /** Takes no value; it is there or not. */
  readonly isFlag?: true;
  readonly type: 'text' | 'number' | 'integer' | 'boolean' | 'path';
  /** As it would be on the command line; absent when there is none, or none that is written out. */
  readonly default?: string;
  readonly isRequired?: true;
  readonly help?: string;
  readonly choices?: readonly string[];
}

export function argumentsOf(text: string): ScriptArgument[] {
  const tokens = tokensOf(text);
  const calls = callsIn(tokens);
  const found = [...calls.flatMap(ofArgparse), ...ofClick(tokens, calls), ...ofTyper(tokens, text)];
  return [...new Map(found.map((one) => [one.name, one])).values()];
}

/** Any object may be the parser: `p.add_argument('--lr', type=float)`. */
function ofArgparse({ name, positional, named }: Call): ScriptArgument[] {
  if (!/(^|\.)add_argument$/.test(name)) return [];
  const words = positional.flatMap((value) => (value?.kind === 'text' ? [value.value] : []));
  const [first] = words;
  if (first === undefined) return [];
  const action = textOf(named['action']);
  if (action === 'version' || action === 'help') return [];
  const option = longest(words);
  const isFlag =
    action !== undefined && /^(store_true|store_false|store_const|count|append_const)$/.test(action);
  const isBoolean =
    isFlag ||
    (named['action'] !== undefined && nameOf(named['action'])?.endsWith('BooleanOptionalAction') === true);
  const nargs = named['nargs'];
  const dest = textOf(named['dest']);
  const own = option === undefined ? first : (dest ?? option);
  return [
    argument(own, option, {
      type: isBoolean ? 'boolean' : typeNamed(named['type']),
      value: isFlag ? undefined : named['default'],
      isFlag: isBoolean,
      isRequired:
        option === undefined
          ? !(nargs?.kind === 'text' && /^[?*]$/.test(nargs.value)) && named['default'] === undefined
          : isTrue(named['required']),
      help: named['help'],
      choices: named['choices'],
    }),
  ];
}

/** Decorators of a function: `@click.option('--lr', default=0.1)`, `@argument('data')`; click’s own names only. */
function ofClick(tokens: readonly Token[], calls: readonly Call[]): ScriptArgument[] {
  return calls.flatMap(({ name, start, positional, named }) => {
    const kind = /(?:^|\.)(option|argument)$/.exec(name)?.[1];
    if (kind === undefined || tokens[start - 1]?.text !== '@') return [];
    const words = positional.flatMap((value) => (value?.kind === 'text' ? [value.value] : []));
    const [first] = words;
    if (first === undefined) return [];
    const [on = ''] = (words.find((word) => word.startsWith('--')) ?? first).split('/');
    const option = kind === 'option' ? on.trim() : undefined;
    const isFlag =
      isTrue(named['is_flag']) || isTrue(named['count']) || words.some((word) => word.includes('/'));
    const own = words.find((word) => !word.startsWith('-')) ?? on;
    return [
      argument(own, option, {
        type: isFlag ? 'boolean' : named['type'] ? typeNamed(named['type']) : typeOfValue(named['default']),
        value: isFlag ? undefined : named['default'],
        isFlag,
        isRequired:
          kind === 'argument'
            ? !(named['required']?.kind === 'boolean' && !named['required'].value) &&
              named['default'] === undefined
            : isTrue(named['required']),
        help: named['help'],
        choices: choicesOfClick(named['type']),
      }),
    ];
  });
}

/** Parameters of a command: `def main(lr: float = 0.1, data: Path = typer.Argument(...))`. */
function ofTyper(tokens: readonly Token[], text: string): ScriptArgument[] {
  if (!/\b(?:import|from)\s+typer\b/.test(text)) return [];
  const direct = callsIn(tokens).flatMap(({ name, positional: [value] }) =>
    name === 'typer.run' && value?.kind === 'name' ? [value.name] : [],
  );
  return tokens.flatMap((token, i) => {
    if (token.text !== 'def' || tokens[i + 2]?.text !== '(') return [];
    const isCommand =
      direct.includes(tokens[i + 1]?.text ?? '') || hasDecorator(tokens, i, /\.(command|callback)$/);
    return isCommand ? parameters(tokens, i + 3).flatMap(ofParameter) : [];
  });
}

function hasDecorator(tokens: readonly Token[], def: number, wanted: RegExp): boolean {
  for (let i = def - 1; i >= 0; i--) {
    if (tokens[i]?.text === 'def' || tokens[i]?.text === 'class') return false;
    if (tokens[i]?.text === '@' && wanted.test(dotted(tokens, i + 1).name)) return true;
  }
  return false;
}

interface Parameter {
  name: string;
  annotation: readonly Token[];
  value: Value | undefined;
  hasValue: boolean;
}

function parameters(tokens: readonly Token[], start: number): Parameter[] {
  const found: Parameter[] = [];
  for (let at = start; at < tokens.length && tokens[at]?.text !== ')';) {
    const end = endOfItem(tokens, at);
    const name = tokens[at];
    if (name?.kind === 'name') {
      const equals = equalsBetween(tokens, at, end);
      const isAnnotated = tokens[at + 1]?.text === ':';
      found.push({
        name: name.text,
        annotation: isAnnotated ? tokens.slice(at + 2, equals) : [],
        value: equals < end ? valueOf(tokens, equals + 1, end) : undefined,
        hasValue: equals < end,
      });
    }
    at = tokens[end]?.text === ',' ? end + 1 : end;
  }
  return found;
}

/** Index of the `=` outside of brackets; else the end. */
function equalsBetween(tokens: readonly Token[], start: number, end: number): number {
  let depth = 0;
  for (let i = start; i < end; i++) {
    const { text, kind } = tokens[i] as Token;
    if (kind !== 'punctuation') continue;
    if ('([{'.includes(text)) depth++;
    else if (')]}'.includes(text)) depth--;
    else if (text === '=' && depth === 0) return i;
  }
  return end;
}

function ofParameter({ name, annotation, value, hasValue }: Parameter): ScriptArgument[] {
  const names = annotation.filter(({ kind }) => kind === 'name').map(({ text }) => text);
  if (names.includes('Context')) return [];
  // In Annotated[float, typer.Option(…)] the description comes behind the type.
  const described =
    value?.kind === 'name' && value.call
      ? value
      : callsIn(annotation).map(({ name: one, positional, named }) => ({
          kind: 'name' as const,
          name: one,
          call: { positional, named },
        }))[0];
  const helper = described && /(?:^|\.)(Option|Argument)$/.exec(described.name)?.[1] ? described : undefined;
  const isInDefault = helper !== undefined && helper === value;
  const given = isInDefault ? (helper.call?.positional[0] ?? helper.call?.named['default']) : value;
  const words = (helper?.call?.positional ?? [])
    .slice(isInDefault ? 1 : 0)
    .flatMap((one) => (one?.kind === 'text' ? [one.value] : []));
  const isMissing = isInDefault ? given === undefined : !hasValue;
  const isPositional = helper ? helper.name.endsWith('Argument') : !hasValue;
  const type = typeOfNames(names, given);
  const option = isPositional
    ? undefined
    : (longest(words)?.split('/')[0] ?? `--${name.replaceAll('_', '-')}`);
  return [
    argument(name, option, {
      type,
      value: type === 'boolean' ? undefined : given,
      isFlag: type === 'boolean' && !isPositional,
      isRequired: isMissing,
      help: helper?.call?.named['help'],
      choices: undefined,
    }),
  ];
}

function argument(
  own: string,
  option: string | undefined,
  of: {
    type: ScriptArgument['type'];
    value: Value | undefined;
    isFlag: boolean;
    isRequired: boolean;
    help: Value | undefined;
    choices: Value | undefined;
  },
): ScriptArgument {
  const value = wordOf(of.value);
  const help = textOf(of.help);
  const choices = of.choices?.kind === 'list' ? of.choices.items.flatMap((one) => wordOf(one) ?? []) : [];
  const type = of.type === 'text' && of.value?.kind === 'number' ? typeOfValue(of.value) : of.type;
  return {
    name: own
      .replace(/^-+/, '')
      .replace(/[^A-Za-z0-9_]/g, '_')
      .replace(/^(?=\d)/, '_'),
    ...(option !== undefined && { option }),
    ...(of.isFlag && { isFlag: true }),
    type,
    ...(value !== undefined && { default: value }),
    ...(of.isRequired && { isRequired: true }),
    ...(help !== undefined && { help }),
    ...(choices.length > 0 && { choices }),
  };
}

function longest(words: readonly string[]): string | undefined {
  const options = words.filter((word) => word.startsWith('-'));
  return options.find((word) => word.startsWith('--')) ?? options[0];
}

/** A default as a word of the command line; none for None, lists and what is not written out. */
function wordOf(value: Value | undefined): string | undefined {
  if (value?.kind === 'text') return value.value;
  if (value?.kind === 'number') return value.text.replaceAll('_', '');
  if (value?.kind === 'boolean') return value.value ? 'True' : 'False';
  // Path('data')
  const inner =
    value?.kind === 'name' && /(^|\.)Path$/.test(value.name) ? value.call?.positional[0] : undefined;
  return inner?.kind === 'text' ? inner.value : undefined;
}

const textOf = (value: Value | undefined) => (value?.kind === 'text' ? value.value : undefined);
const nameOf = (value: Value | undefined) => (value?.kind === 'name' ? value.name : undefined);
const isTrue = (value: Value | undefined) => value?.kind === 'boolean' && value.value;

function choicesOfClick(type: Value | undefined): Value | undefined {
  return type?.kind === 'name' && /(^|\.)Choice$/.test(type.name) ? type.call?.positional[0] : undefined;
}

function typeNamed(type: Value | undefined): ScriptArgument['type'] {
  return typeOfNames([(nameOf(type) ?? '').split('.').at(-1) ?? ''], undefined);
}

function typeOfNames(names: readonly string[], value: Value | undefined): ScriptArgument['type'] {
  if (names.some((name) => /^(bool|BOOL)$/.test(name))) return 'boolean';
  if (names.some((name) => /^(int|INT|IntRange)$/.test(name))) return 'integer';
  if (names.some((name) => /^(float|FLOAT|FloatRange)$/.test(name))) return 'number';
  if (names.some((name) => /^(\w*Path|File|FileType|DirectoryPath)$/.test(name))) return 'path';
  return names.some((name) => name !== '' && name !== 'Annotated' && name !== 'Optional')
    ? 'text'
    : typeOfValue(value);
}

function typeOfValue(value: Value | undefined): ScriptArgument['type'] {
  if (value?.kind === 'number') return /[.eE]/.test(value.text) ? 'number' : 'integer';
  return value?.kind === 'boolean' ? 'boolean' : 'text';
}
