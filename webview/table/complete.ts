import { compareValues } from '../../src/base/order.js';

/** Completion for the filter grammar of docs/filters.md. Pure. */

export interface Known {
  metrics: readonly string[];
  params: readonly string[];
  tags: readonly string[];
  /** Values that a param or a tag has been seen with. */
  valuesOf: (kind: 'param' | 'tag', name: string) => readonly string[];
}

export interface Completion {
  /** The part of the text that an option replaces. */
  from: number;
  to: number;
  options: string[];
}

const ATTRIBUTES = ['status', 'run_name', 'run_id', 'start_time', 'end_time', 'user_id', 'artifact_uri'];
const STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];
const NUMBER_OPERATORS = ['=', '!=', '>', '>=', '<', '<='];
const TEXT_OPERATORS = ['=', '!=', 'LIKE', 'ILIKE', 'IN'];
const MOST = 12;

const NAME = String.raw`[\w./:-]*(?:\`[^\`]*\`?|"[^"]*"?)?`;
/** Where a condition begins. */
const START = String.raw`(?:^|\b(?:AND|OR|NOT)\s+|(?<!\bIN\s*)\()`;
const NAMING = new RegExp(`${START}\\s*(${NAME})$`, 'i');
const COMPARING = new RegExp(`${START}\\s*(${NAME})\\s+([a-z!<>=]*)$`, 'i');
const VALUING = new RegExp(
  `${START}\\s*(${NAME})\\s*(?:[!<>]?=|[<>]|\\bI?LIKE\\s|\\bIN\\s*\\()\\s*('[^']*|[\\w.+-]*)$`,
  'i',
);
const JOINING = /(?:'|\)|\d|NULL)\s+(\w*)$/i;

/** Options for the end of `text`, the part left of the caret. */
export function complete(text: string, known: Known): Completion {
  const at = (part: string, options: readonly string[]) => ({
    from: text.length - part.length,
    to: text.length,
    options: best(options, part),
  });
  const none = { from: text.length, to: text.length, options: [] };
  // Between quotes only a value can be meant.
  const isQuoted = (text.split("'").length - 1) % 2 === 1;
  const value = VALUING.exec(text);
  if (value) return at(value[2]!, valuesOf(value[1]!, known));
  if (isQuoted) return none;
  const name = NAMING.exec(text);
  if (name) return at(name[1]!, namesOf(known));
  const operator = COMPARING.exec(text);
  if (operator && operator[1] !== '') return at(operator[2]!, operatorsOf(operator[1]!));
  const joining = JOINING.exec(text);
  return joining ? at(joining[1]!, [/^o/i.test(joining[1]!) ? 'OR' : 'AND']) : none;
}

function namesOf({ metrics, params, tags }: Known): string[] {
  const of = (entity: string, names: readonly string[]) => names.map((name) => `${entity}.${quoted(name)}`);
  return [
    ...of('metrics', metrics),
    ...of('params', params),
    ...of('tags', tags),
    ...of('attributes', ATTRIBUTES),
  ];
}

/** A name with anything else than what the grammar takes as a word stands between backticks. */
function quoted(name: string): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_\-/:.]*$/u.test(name) ? name : `\`${name}\``;
}

function operatorsOf(name: string): readonly string[] {
  const isNumber = /^metrics?\./.test(name) || /\b(start|end)_time$/.test(name);
  return isNumber ? NUMBER_OPERATORS : TEXT_OPERATORS;
}

function valuesOf(name: string, { valuesOf: seen }: Known): string[] {
  const [, kind, key] = /^(param|tag)\w*\.(.*)$/.exec(name) ?? [];
  const plain = key?.replaceAll(/[`"]/g, '');
  const values =
    kind && plain ? seen(kind as 'param' | 'tag', plain) : /\bstatus$/.test(name) ? STATUSES : [];
  // The grammar has no way to write a quote within quotes.
  return values
    .filter((value) => !value.includes("'"))
    .sort(compareValues)
    .map((value) => `'${value}'`);
}

/** Those that begin so, then those that have it somewhere; one that is already there needs no offer. */
function best(options: readonly string[], part: string): string[] {
  const wanted = part.toLowerCase();
  const scored = options.flatMap((option) => {
    const name = option.toLowerCase();
    const short = name.slice(name.indexOf('.') + 1);
    if (name === wanted) return [];
    if (name.startsWith(wanted) || short.startsWith(wanted)) return [{ option, score: 0 }];
    return name.includes(wanted) ? [{ option, score: 1 }] : [];
  });
  return scored
    .sort((a, b) => a.score - b.score)
    .slice(0, MOST)
    .map(({ option }) => option);
}
