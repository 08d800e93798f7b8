import { TrainyardError } from '../errors.js';
import { formatCount } from '../format.js';
import { ENTITIES } from './entities.js';

/**
 * The filter grammar of our own views, docs/filters.md: MLflow's and more. Precedence: NOT, AND, OR; keywords in any case
 * of letters.
 */
export type Query =
  | { kind: 'and' | 'or'; parts: Query[] }
  | { kind: 'not'; part: Query }
  /** A word by itself. */
  | { kind: 'text'; text: string }
  | Comparison;

export interface Comparison {
  kind: 'comparison';
  field: Field;
  operator: Comparator;
  /** None for IS NULL, two for BETWEEN, one or more for IN. */
  values: Literal[];
}

export interface Field {
  /** `attribute`, `metric`, `param`, `tag` or `dataset`; undefined: whichever has that name. */
  entity?: string;
  key: string;
  /** Where it stands, from 0. */
  at: number;
}

export type Comparator =
  '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'ILIKE' | 'CONTAINS' | 'IN' | 'BETWEEN' | 'IS NULL';

export interface Literal {
  text: string;
  isQuoted: boolean;
  at: number;
}

/** @param at where in the text, from 0 */
export function faulty(message: string, at: number): TrainyardError {
  return new TrainyardError('BAD_REQUEST', `${message}, at character ${at + 1}.`);
}

interface Token {
  kind: 'quoted' | 'word' | 'symbol' | 'end';
  /** Without its quotes. */
  text: string;
  at: number;
  quote?: string;
}

const LONGEST = 10_000;
const DEEPEST = 50;
const MOST_CONDITIONS = 500;
const SYMBOLS: Record<string, Comparator> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};
const TOKEN =
  /\s+|(?<quoted>'(?:''|[^'])*'|"(?:""|[^"])*"|`(?:``|[^`])*`)|(?<symbol>==|!=|<>|<=|>=|[=<>(),])|(?<word>[^\s()<>=!,'"`]+)/uy;

/** @throws BAD_REQUEST with the position and what was expected there */
export function parseQuery(text: string): Query {
  if (text.length > LONGEST)
    throw new TrainyardError('BAD_REQUEST', `A filter may have at most ${formatCount(LONGEST)} characters.`);
  return new Parser(tokens(text)).all();
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    if (!groups) {
      const character = text.charAt(at);
      if (`'"\``.includes(character)) throw faulty(`The quote ${character} is not closed`, at);
      throw faulty(`Unexpected ${character}`, at);
    }
    const { quoted, symbol, word } = groups;
    if (quoted !== undefined) {
      const quote = quoted.charAt(0);
      found.push({ kind: 'quoted', text: quoted.slice(1, -1).replaceAll(quote + quote, quote), at, quote });
    } else if (symbol !== undefined) found.push({ kind: 'symbol', text: symbol, at });
    else if (word !== undefined) found.push({ kind: 'word', text: word, at });
  }
  return [...found, { kind: 'end', text: '', at: text.length }];
}

class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;
  private conditions = 0;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  all(): Query {
    const query = this.or();
    if (this.next.kind !== 'end') throw this.expected('AND, OR or the end');
    return query;
  }

  private get next(): Token {
    return this.tokens[this.at] as Token;
  }

  private take(): Token {
    return this.tokens[this.at++] as Token;
  }

  private expected(what: string): TrainyardError {
    const before = this.tokens[this.at - 1];
    const { kind, text, at } = this.next;
    const after = before ? ` after ${before.kind === 'quoted' ? `'${before.text}'` : before.text}` : '';
    return faulty(`Expected ${what}${after}${kind === 'end' ? '' : `, not ${text}`}`, at);
  }

  private isWord(...words: string[]): boolean {
    return words.every((word, i) => {
      const token = this.tokens[this.at + i];
      return token?.kind === 'word' && token.text.toUpperCase() === word;
    });
  }

  private words(...words: string[]): boolean {
    if (!this.isWord(...words)) return false;
    this.at += words.length;
    return true;
  }

  private symbol(symbol: string): boolean {
    if (this.next.kind !== 'symbol' || this.next.text !== symbol) return false;
    this.at++;
    return true;
  }

  private or(): Query {
    if (++this.depth > DEEPEST) throw faulty(`More than ${DEEPEST} nested parentheses or NOTs`, this.next.at);
    const parts = [this.and()];
    while (this.words('OR')) parts.push(this.and());
    this.depth--;
    return parts.length === 1 ? (parts[0] as Query) : { kind: 'or', parts };
  }

  private and(): Query {
    const parts = [this.not()];
    // Plain words need no operator between them.
    while (this.words('AND') || (parts.at(-1)?.kind === 'text' && this.isStart())) parts.push(this.not());
    return parts.length === 1 ? (parts[0] as Query) : { kind: 'and', parts };
  }

  private isStart(): boolean {
    const { kind, text } = this.next;
    return (
      kind === 'quoted' ||
      (kind === 'word' && !/^(and|or)$/i.test(text)) ||
      (kind === 'symbol' && text === '(')
    );
  }

  private not(): Query {
    if (!this.words('NOT')) return this.primary();
    if (++this.depth > DEEPEST) throw faulty(`More than ${DEEPEST} nested parentheses or NOTs`, this.next.at);
    const part = this.not();
    this.depth--;
    return { kind: 'not', part };
  }

  private primary(): Query {
    if (this.symbol('(')) {
      const query = this.or();
      if (!this.symbol(')')) throw this.expected('AND, OR or )');
      return query;
    }
    if (!this.isStart()) throw this.expected('a condition');
    if (++this.conditions > MOST_CONDITIONS)
      throw faulty(`The filter has more than ${MOST_CONDITIONS} conditions`, this.next.at);
    const first = this.next;
    const field = this.field();
    const isNot = this.isWord('NOT') && (this.isNotOperator() || field.entity !== undefined);
    if (isNot) this.at++;
    const comparison = this.comparison(field);
    if (comparison) return isNot ? and(present(field), { kind: 'not', part: comparison }) : comparison;
    if (field.entity !== undefined || isNot) throw this.expected('an operator such as =, > or IS NULL');
    return { kind: 'text', text: first.text };
  }

  private isNotOperator(): boolean {
    return ['IN', 'LIKE', 'ILIKE', 'CONTAINS', 'BETWEEN'].some((word) => this.isWord('NOT', word));
  }

  private field(): Field {
    const { kind, text, at } = this.take();
    if (kind === 'quoted') return { key: text, at };
    const dot = text.indexOf('.');
    const entity = dot > 0 ? ENTITIES[text.slice(0, dot).toLowerCase()] : undefined;
    if (entity === undefined) return { key: text, at };
    const key = text.slice(dot + 1);
    if (key !== '') return { entity, key, at };
    if (this.next.kind !== 'quoted' || this.next.at !== at + text.length) throw this.expected('a name');
    return { entity, key: this.take().text, at };
  }

  private comparison(field: Field): Query | undefined {
    const { kind, text } = this.next;
    const symbol = kind === 'symbol' ? SYMBOLS[text] : undefined;
    if (symbol) {
      this.at++;
      return this.of(field, symbol, [this.value()]);
    }
    if (this.words('IS', 'NOT', 'NULL')) return { kind: 'not', part: this.of(field, 'IS NULL', []) };
    if (this.words('IS', 'NULL')) return this.of(field, 'IS NULL', []);
    if (this.isWord('IS')) {
      this.at++;
      throw this.expected('NULL or NOT NULL');
    }
    for (const operator of ['LIKE', 'ILIKE', 'CONTAINS'] as const)
      if (this.words(operator)) return this.of(field, operator, [this.value()]);
    if (this.words('BETWEEN')) {
      const low = this.value();
      if (!this.words('AND')) throw this.expected('AND');
      return this.of(field, 'BETWEEN', [low, this.value()]);
    }
    if (!this.words('IN')) return undefined;
    if (!this.symbol('(')) throw this.expected('(');
    const values = [this.value()];
    while (this.symbol(',')) values.push(this.value());
    if (!this.symbol(')')) throw this.expected(', or )');
    return this.of(field, 'IN', values);
  }

  private of(field: Field, operator: Comparator, values: Literal[]): Comparison {
    return { kind: 'comparison', field, operator, values };
  }

  private value(): Literal {
    const { kind, text, at, quote } = this.next;
    const isKeyword = kind === 'word' && /^(and|or|not)$/i.test(text);
    if ((kind !== 'quoted' && kind !== 'word') || isKeyword || quote === '`') throw this.expected('a value');
    this.at++;
    return { text, isQuoted: kind === 'quoted', at };
  }
}

const and = (...parts: Query[]): Query => ({ kind: 'and', parts });
/** `x NOT IN (1)` only matches runs that have x, as `x != 1` does. */
const present = (field: Field): Query => ({
  kind: 'not',
  part: { kind: 'comparison', field, operator: 'IS NULL', values: [] },
});
