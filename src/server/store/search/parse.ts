import { TrainyardError } from '../../../base/errors.js';
import { ENTITIES } from '../../../base/filter/entities.js';

/**
 * MLflow's filter and order_by grammar: comparisons joined by AND; no OR, NOT, parentheses. A quote within quotes,
 * doubled or escaped by a backslash, is read literally. A dangling AND is ignored.
 */

export type Operator =
  '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'ILIKE' | 'IN' | 'NOT IN' | 'IS NULL' | 'IS NOT NULL';

/** One comparison of a filter; all of them must hold. */
export interface Condition {
  /** `attribute`, `metric`, `param`, `tag` or `dataset` */
  entity: string;
  key: string;
  operator: Operator;
  /** Quoted text, a number, or the list of IN. */
  value?: string | number | readonly string[];
}

/** With MLflow's wording, which its clients show. */
export function invalid(message: string): TrainyardError {
  return new TrainyardError('BAD_REQUEST', message);
}

const TOKEN =
  /\s+|(?<text>'(?:''|\\'|[^'\\]|\\(?!'))*'|'[^']*'|"(?:""|\\"|[^"\\]|\\(?!"))*"|"[^"]*"|`(?:``|[^`])*`)|(?<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))|(?<symbol>!=|<=|>=|[=<>(),.])|(?<word>[\p{L}\p{N}_][\p{L}\p{N}_\-/:]*)/uy;

interface Token {
  kind: 'text' | 'number' | 'symbol' | 'word';
  /** As written. */
  source: string;
}

/** Characters; a list of run ids has thirty thousand in it. */
const LONGEST = 1_000_000;

function tokens(text: string): Token[] {
  if (text.length > LONGEST) throw invalid(`A filter or order may have ${LONGEST} characters at most.`);
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw invalid(`Invalid clause(s) in filter string: '${text.slice(at, at + 100)}'`);
    const kind = (['text', 'number', 'symbol', 'word'] as const).find(
      (name) => match.groups?.[name] !== undefined,
    );
    if (kind) found.push({ kind, source: match[0] });
  }
  return found;
}

/** More are beyond what SQLite takes in one query. */
const MOST_CONDITIONS = 500;

/** @throws BAD_REQUEST */
export function parseFilter(filter: string | undefined): Condition[] {
  if (!filter) return [];
  const reader = new Reader(tokens(filter));
  reader.words('AND');
  const conditions = [reader.condition()];
  while (!reader.atEnd) {
    if (reader.words('AND') === 0) throw reader.unexpected();
    if (!reader.atEnd) conditions.push(reader.condition());
    if (conditions.length > MOST_CONDITIONS)
      throw invalid(`The filter has more than ${MOST_CONDITIONS} conditions.`);
  }
  return conditions;
}

export interface ParsedOrder {
  entity: string;
  key: string;
  ascending: boolean;
}

export function parseOrder(order: string): ParsedOrder {
  const reader = new Reader(tokens(order));
  const identifier = reader.identifier();
  const descending = reader.word('DESC');
  if (!descending) reader.word('ASC');
  if (!reader.atEnd) throw invalid(`Invalid order_by clause '${order}'.`);
  return { ...identifier, ascending: !descending };
}

class Reader {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  get atEnd(): boolean {
    return this.at === this.tokens.length;
  }

  unexpected() {
    const rest = this.tokens.slice(this.at).map(({ source }) => source);
    return invalid(`Invalid clause(s) in filter string: '${rest.join(' ')}'`);
  }

  /** Skips a keyword, ignoring case. */
  word(keyword: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'word' || token.source.toUpperCase() !== keyword) return false;
    this.at++;
    return true;
  }

  /** Skips all repetitions of a keyword. */
  words(keyword: string): number {
    let times = 0;
    while (this.word(keyword)) times++;
    return times;
  }

  condition(): Condition {
    const { entity, key } = this.identifier();
    const operator = this.operator();
    if (operator.endsWith('NULL')) return { entity, key, operator };
    return { entity, key, operator, value: operator.endsWith('IN') ? this.list() : this.value() };
  }

  /** `entity.key`; without an entity it is an attribute. The key is all that follows the first dot. */
  identifier(): { entity: string; key: string } {
    const parts = [this.name()];
    while (this.symbol('.')) parts.push(this.name({ inQuotes: true }));
    const [first = '', ...rest] = parts;
    if (rest.length === 0) return { entity: 'attribute', key: first };
    if (!Object.hasOwn(ENTITIES, first))
      throw invalid(
        `Invalid entity type '${first}'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']`,
      );
    return { entity: ENTITIES[first] as string, key: rest.join('.') };
  }

  /** `inQuotes`: also in single ones, in which values are. */
  private name({ inQuotes = false } = {}): string {
    const token = this.tokens[this.at];
    if (token?.kind === 'word' || token?.kind === 'number') {
      this.at++;
      return token.source;
    }
    if (token?.kind !== 'text' || (token.source.startsWith("'") && !inQuotes)) throw this.unexpected();
    this.at++;
    return token.source.slice(1, -1);
  }

  private symbol(symbol: string): boolean {
    if (this.tokens[this.at]?.source !== symbol) return false;
    this.at++;
    return true;
  }

  private operator(): Operator {
    for (const symbol of ['=', '!=', '<', '<=', '>', '>='] as const) if (this.symbol(symbol)) return symbol;
    if (this.word('LIKE')) return 'LIKE';
    if (this.word('ILIKE')) return 'ILIKE';
    if (this.word('IN')) return 'IN';
    const is = this.word('IS');
    const not = this.word('NOT');
    if (is && this.word('NULL')) return not ? 'IS NOT NULL' : 'IS NULL';
    if (!is && not && this.word('IN')) return 'NOT IN';
    throw this.unexpected();
  }

  private value(): string | number {
    const token = this.tokens[this.at];
    if (token?.kind === 'number') {
      this.at++;
      return Number(token.source);
    }
    return this.quoted('a number or a quoted value');
  }

  private quoted(expected = 'a quoted value'): string {
    const token = this.tokens[this.at];
    if (token?.kind !== 'text' || token.source.startsWith('`'))
      throw invalid(`Expected ${expected} (e.g. 'my-value'). Got ${token?.source ?? 'nothing'}`);
    this.at++;
    return token.source.slice(1, -1);
  }

  private list(): string[] {
    if (!this.symbol('(')) throw this.unexpected();
    const values = [this.quoted()];
    while (this.symbol(',')) values.push(this.quoted());
    if (!this.symbol(')')) throw this.unexpected();
    return values;
  }
}
