import type { MetricPattern } from './spec.js';

/** A pattern derived from a line. */
export interface ProposedPattern extends MetricPattern {
  /** The text it finds in that line. */
  value: string;
}

/** Nobody reads numbers from longer lines. */
const LONGEST_LINE = 1000;
const MOST_PROPOSED = 50;
/** The name is searched in this many characters before a number. */
const LONGEST_LABEL = 80;

const NUMERAL = String.raw`[-+]?(?:\d+(?:[,_]\d{3}(?!\d))*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?`;
const NOT_FINITE = String.raw`[-+]?(?:nan|NaN|NAN|inf|Inf|INF|infinity|Infinity)(?!\w)`;
const NUMBER = `(?:${NUMERAL}|${NOT_FINITE})`;

/** Standalone numbers: not parts of words, versions, dates, times or addresses. */
const NUMBERS = new RegExp(
  [
    String.raw`(?<![\p{L}\p{N}_.@^#\\-]|[\d)]:|\d\s*/\s*|\d,)`,
    NUMBER,
    String.raw`(?!\d|\.\d|:\d|-\d|[xX][\da-fA-F]|[a-zA-Z]+\d|\s*%\|)`,
  ].join(''),
  'gu',
);
/** The total, as in `3/10`. */
const FRACTION = /^\s*\/\s*\d/;
const UNNAMED_FRACTION = /(?:^|[\s[(|])\d+\s*\/\s*\d+(?![\w/])/g;

const WORD = String.raw`[\p{L}_][\p{L}\p{N}_./@^%-]*(?:'s)?`;
const OPENING = String.raw`["'\x60([{]*`;
const GAP = [
  String.raw`["'\x60)\]*]*\s*(?:->|=>|:=|==|[:=|~≈→]|\.{2,})?\s*`,
  OPENING,
  // As torch.tensor and numpy print a number.
  String.raw`(?:[\p{L}_][\w.]*\()?`,
  OPENING,
  String.raw`\s*[$€£]?\s*`,
].join('');
const LABEL = new RegExp(`(?<![\\p{L}\\p{N}_])(?<words>${WORD}(?: ${WORD}){0,3})(?<gap>${GAP})$`, 'u');
/** `module:function:42` */
const PLACE = /[\w.]:[\w.]+:$/;
const ADDRESS = /:\/\/\S*$/;
const SEPARATOR = /[:=|~≈→>]|\.\./;

/** Text before a number that is not part of its name. */
const LINK = /^(?:is|was|are|of|at|to|by|equals|now|reached|improved|from|with)$/i;
const NO_NAME =
  /^(?:the|an?|this|our|and|with|current|info|debug|warning|warn|error|critical|in|on|for|after)$/i;
/** Without a sign between name and number these are part of the name. */
const QUALIFIER =
  /^(?:train|training|val|valid|validation|test|testing|eval|evaluation|dev|avg|average|mean|total|best|running|min|max|median|std|top|global|learning|grad|gradient)$/i;
const STEP =
  /^(?:(?:global|train|training|total)[_ ])?(?:epoch|step|iter|iteration|round|episode|update|batch|it)s?$/i;
const EPOCH = /^(?:(?:train|training)[_ ])?(?:epoch|round|episode)s?$/i;
const OVERALL = /^global[_ ]?/i;
/** Numbers that do not count steps. */
const NOT_MEASURED = /^(?:cuda|gpu|device|rank|pid|port|line|seed|version|localhost)$/i;
/** As XGBoost (`[10]`) and CatBoost (`10:`) begin their lines. */
const COUNT_AT_START = /^\s*(?:\[(\d+)\]|(\d+):)(?=\s)/;

interface Found {
  /** As it stands in the line. */
  text: string;
  start: number;
  name: string;
  /** A regular expression for what leads to it. */
  before: string;
  isFraction: boolean;
}

/** The position of a step, and a regular expression for it. */
interface Step {
  text: string;
  start: number;
  regex: string;
}

/**
 * Patterns for the numbers of a line that have a name, in their order. Each finds its number in this line, and its
 * step where the line has a whole number of epochs, steps or iterations.
 * @param line as a terminal shows it
 */
export function patternsFrom(line: string): ProposedPattern[] {
  if (line.length > LONGEST_LINE) return [];
  const alone = new RegExp(`^\\s*(${NUMBER})\\s*$`).exec(line)?.[1];
  if (alone !== undefined) return [{ name: 'value', regex: `^\\s*(?<value>${NUMBER})\\s*$`, value: alone }];
  const found = numbersIn(line);
  const step = stepOf(line, found);
  const proposed: ProposedPattern[] = [];
  const seen = new Map<string, number>();
  for (const number of found) {
    if (STEP.test(number.name) || NOT_MEASURED.test(number.name)) continue;
    const before = seen.get(number.name) ?? 0;
    const pattern = [before, 0, 1].map((skipped) => patternOf(line, number, step, skipped)).find(Boolean);
    if (!pattern) continue;
    seen.set(number.name, before + 1);
    const name = before === 0 ? number.name : `${number.name}_${before + 1}`;
    proposed.push({ ...pattern, name });
    if (proposed.length === MOST_PROPOSED) break;
  }
  return proposed;
}

function numbersIn(line: string): Found[] {
  const found: Found[] = [];
  let last = 0;
  for (const { 0: text, index: start } of line.matchAll(NUMBERS)) {
    const before = line.slice(Math.max(last, start - LONGEST_LABEL), start);
    last = start + text.length;
    const isPlace = ADDRESS.test(before) || (PLACE.test(before) && /^\d+$/.test(text));
    const label = isPlace ? undefined : labelOf(before);
    if (label) found.push({ text, start, ...label, isFraction: FRACTION.test(line.slice(last)) });
  }
  return found;
}

function labelOf(text: string): Pick<Found, 'name' | 'before'> | undefined {
  const { words = '', gap = '' } = LABEL.exec(text)?.groups ?? {};
  let named = words.split(' ');
  let rest = gap;
  let isSeparated = SEPARATOR.test(gap);
  // Numbers in brackets belong to something that is not named here.
  if (!isSeparated && /[)\]]\s*[[({]/.test(gap)) return undefined;
  if (gap.startsWith('(') && named.length > 1) rest = ` ${named.pop()}${gap}`;
  while (named.length > 0 && LINK.test(named.at(-1)!)) {
    rest = ` ${named.pop()}${rest}`;
    isSeparated = true;
  }
  const cut = named.findLastIndex((word) => NO_NAME.test(word));
  named = named.slice(cut + 1);
  // Before a sign, all words are the name; otherwise the last word and what distinguishes it.
  const most = named.length - 1;
  const from = isSeparated ? 0 : most - countFromEnd(named.slice(0, most), (word) => QUALIFIER.test(word));
  named = named.slice(Math.max(0, from));
  const name = named
    .join('_')
    .replaceAll("'s", '')
    .replaceAll(/[^\p{L}\p{N}_./-]+/gu, '_')
    .replaceAll(/^[_./-]+|[_./-]+$/g, '');
  if (name === '') return undefined;
  const before = `${named.map(escape).join('\\s+')}${gapRegex(rest)}`;
  return { name, before: `(?<![\\w/.-])${before}` };
}

function countFromEnd<T>(items: readonly T[], test: (item: T) => boolean): number {
  const other = items.findLastIndex((item) => !test(item));
  return items.length - 1 - other;
}

/** Around a sign the number of spaces varies, because columns are aligned. */
function gapRegex(gap: string): string {
  const signs = gap.trim();
  if (signs === '') return '\\s+';
  const isWord = /^\w/.test(signs);
  return `${isWord ? '\\s+' : '\\s*'}${signs.split(/\s+/).map(escape).join('\\s*')}${/\w$/.test(signs) ? '\\s+' : '\\s*'}`;
}

/** The counter that identifies the lines of a script; undefined if it restarts in each epoch. */
function stepOf(line: string, found: readonly Found[]): Step | undefined {
  const steps = found.filter(({ name, text }) => STEP.test(name) && /^\d+$/.test(text));
  const overall = steps.find(({ name }) => OVERALL.test(name));
  const epoch = steps.find(({ name }) => EPOCH.test(name));
  const within = steps.find(({ name }) => !EPOCH.test(name));
  const isDivided = (within?.isFraction ?? false) || unnamedFractions(line, found);
  const step = overall ?? (epoch && isDivided ? undefined : (within ?? epoch));
  if (step) {
    const { text, start, before } = step;
    return { text, start, regex: `${before}(?<step>\\d+)` };
  }
  if (epoch) return undefined;
  const [, inBrackets, plain] = COUNT_AT_START.exec(line) ?? [];
  if (inBrackets !== undefined) return { text: inBrackets, start: 0, regex: '^\\s*\\[(?<step>\\d+)\\]' };
  return plain === undefined ? undefined : { text: plain, start: 0, regex: '^\\s*(?<step>\\d+):' };
}

/** As `[640/60000 (1%)]` after an epoch: batches are counted there. */
function unnamedFractions(line: string, found: readonly Found[]): boolean {
  const named = new Set(found.map(({ start }) => start));
  return [...line.matchAll(UNNAMED_FRACTION)].some(
    ({ 0: text, index }) => !named.has(index + text.search(/\d/)),
  );
}

/** @param skipped numbers of that name that stand before it */
function patternOf(
  line: string,
  { text, start, before }: Found,
  step: Step | undefined,
  skipped: number,
): Omit<ProposedPattern, 'name'> | undefined {
  const skip = skipped > 0 ? `(?:${before}${NUMBER}.*?){${skipped}}` : '';
  const value = `${skip}${before}(?<value>${NUMBER})`;
  const regexes = [
    ...(step ? [step.start < start ? `${step.regex}.*?${value}` : `${value}.*?${step.regex}`] : []),
    value,
  ];
  for (const regex of regexes) {
    const groups = new RegExp(regex).exec(line)?.groups;
    const isRight = groups?.['value'] === text && (groups['step'] ?? step?.text) === step?.text;
    if (isRight && regex.length <= LONGEST_LINE) return { regex, value: text };
  }
  return undefined;
}

/** Escapes a text for a regular expression. */
function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
