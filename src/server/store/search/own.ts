import type { Bound, Sql } from './condition.js';
import { matchText } from './condition.js';
import {
  type Comparison,
  faulty,
  type Field,
  type Literal,
  parseQuery,
  type Query,
} from '../../../base/filter/query.js';
import { durationOf, numberOf, timeOf } from '../../../base/filter/values.js';
import { DATASETS, type RunCondition } from './runs.js';

/** Which of `metric`, `param` and `tag` exist with this name. */
export type Resolve = (key: string) => string[];

/** How a field of a run `r` is read. If it has its own table: the rows with the field by run. */
interface Column {
  kind: 'number' | 'text' | 'time' | 'duration' | 'state';
  /** Its value; NULL where there is none. */
  value: string;
  /** FROM … WHERE that gives its row `v`, without the run. */
  rows?: { from: string; key: Bound };
  /** Without rows of its own: it may be NULL. */
  mayMiss?: boolean;
  /** Compared as a number when the literal is one. */
  isLoose?: boolean;
}

const ATTRIBUTES = new Map<string, Column>(
  Object.entries({
    id: { kind: 'text', value: 'r.id' },
    name: { kind: 'text', value: 'r.name' },
    state: { kind: 'state', value: 'r.status' },
    user: { kind: 'text', value: 'r.user' },
    artifact_uri: { kind: 'text', value: 'r.artifact_uri' },
    start_time: { kind: 'time', value: 'r.start_time' },
    end_time: { kind: 'time', value: 'r.end_time', mayMiss: true },
    duration: { kind: 'duration', value: '(r.end_time - r.start_time)', mayMiss: true },
    experiment: { kind: 'text', value: '(SELECT e.name FROM experiments e WHERE e.id = r.experiment_id)' },
    script: {
      kind: 'text',
      mayMiss: true,
      value: `(SELECT t.value FROM run_tags t WHERE t.run_id = r.id AND t.key = 'mlflow.source.name')`,
    },
  } satisfies Record<string, Column>),
);
const ALIASES: Record<string, string> = {
  run_id: 'id',
  run_uuid: 'id',
  run_name: 'name',
  'run name': 'name',
  status: 'state',
  user_id: 'user',
  created: 'start_time',
  started: 'start_time',
  ended: 'end_time',
};
/** Our names of states, and those of the store. */
const STATES: Record<string, string> = { cancelled: 'killed', queued: 'scheduled' };

/** The conditions of a filter in our own grammar; all of them must hold. @throws BAD_REQUEST */
export function compileOwnFilter(filter: string | undefined, resolve: Resolve): RunCondition[] {
  if (!filter?.trim()) return [];
  const query = parseQuery(filter);
  const compiler = (part: Query) => compile(part, resolve);
  return query.kind === 'and' ? query.parts.map(compiler) : [compiler(query)];
}

function compile(query: Query, resolve: Resolve): RunCondition {
  switch (query.kind) {
    case 'and':
      return join(
        query.parts.map((part) => compile(part, resolve)),
        'AND',
      );
    case 'or': {
      const parts = query.parts.map((part) => compile(part, resolve));
      const matches = parts.flatMap((part) => part.matches ?? []);
      return {
        ...join(parts, 'OR'),
        // The matching runs of each part, if an index finds those of all parts.
        ...(matches.length === parts.length && {
          matches: {
            // DISTINCT over all of it returns the first rows at once; UNION does not.
            sql: `SELECT DISTINCT run_id FROM (${matches.map(({ sql }) => sql).join(' UNION ALL ')})`,
            values: matches.flatMap(({ values }) => values),
          },
        }),
      };
    }
    case 'not': {
      const { sql, values } = compile(query.part, resolve);
      return { sql: `NOT ${sql}`, values };
    }
    case 'text':
      return anywhere(query.text);
    case 'comparison':
      return comparison(query, resolve);
  }
}

function join(parts: readonly Sql[], word: string): Sql {
  return {
    sql: `(${parts.map(({ sql }) => sql).join(` ${word} `)})`,
    values: parts.flatMap(({ values }) => values),
  };
}

/** A word is searched in the name, the script and the values of params, ignoring case. */
function anywhere(text: string): Sql {
  const [name, script, param] = ['r.name', 't.value', 'p.value'].map((column) => contains(column, text)) as [
    Sql,
    Sql,
    Sql,
  ];
  return {
    sql: `(${name.sql} OR EXISTS (SELECT 1 FROM run_tags t WHERE t.run_id = r.id
      AND t.key = 'mlflow.source.name' AND ${script.sql})
      OR EXISTS (SELECT 1 FROM run_params p WHERE p.run_id = r.id AND ${param.sql}))`,
    values: [...name.values, ...script.values, ...param.values],
  };
}

/**
 * Whether a column contains a text, ignoring case. SQLite's own comparison only knows ASCII, but is ten times as fast.
 */
function contains(column: string, text: string): Sql {
  if (/^[\x20-\x7e]*$/.test(text))
    return { sql: `instr(lower(${column}), ?) > 0`, values: [text.toLowerCase()] };
  // A `%` in the text matches any character, since it cannot be escaped in a pattern.
  return { sql: `like_folded(${column}, ?)`, values: [`%${text.replaceAll('%', '_')}%`] };
}

function comparison(query: Comparison, resolve: Resolve): RunCondition {
  const { field, operator } = query;
  const column = columnOf(field, resolve);
  const { rows, value } = column;
  if (!rows) {
    if (operator === 'IS NULL') return { sql: `(${value} IS NULL)`, values: [] };
    const { sql, values } = test(column, query);
    // Missing values match no comparison, not even under NOT.
    return { sql: column.mayMiss ? `ifnull(${sql}, 0)` : sql, values };
  }
  const { from, key } = rows;
  const row = `SELECT 1 FROM ${from} AND v.run_id = r.id`;
  if (operator === 'IS NULL') return { sql: `NOT EXISTS (${row})`, values: [key] };
  // The plus keeps SQLite from looking through all rows with such a value instead of the one of this run.
  const ofRun = test({ ...column, value: `+${value}` }, query);
  const ofAny = test(column, query);
  return {
    sql: `EXISTS (${row} AND ${ofRun.sql})`,
    values: [key, ...ofRun.values],
    // A run has one row of a key, and may have many datasets.
    ...(field.entity !== 'dataset' && {
      matches: { sql: `SELECT v.run_id FROM ${from} AND ${ofAny.sql}`, values: [key, ...ofAny.values] },
    }),
  };
}

function columnOf({ entity, key, at }: Field, resolve: Resolve): Column {
  const attribute = (name: string) => ATTRIBUTES.get(ALIASES[name.toLowerCase()] ?? name.toLowerCase());
  switch (entity) {
    case 'attribute': {
      const found = attribute(key);
      if (found) return found;
      throw faulty(`There is no attribute ${key}. Attributes: ${[...ATTRIBUTES.keys()].join(', ')}`, at);
    }
    case 'metric':
      return { kind: 'number', value: 'v.last_value', rows: { from: 'series v WHERE v.key = ?', key } };
    case 'param':
    case 'tag':
      return {
        kind: 'text',
        value: 'v.value',
        isLoose: true,
        rows: { from: `run_${entity}s v WHERE v.key = ?`, key },
      };
    case 'dataset': {
      const value = DATASETS.get(key);
      if (!value) throw faulty(`Datasets have no ${key}. Fields: ${[...DATASETS.keys()].join(', ')}`, at);
      // The key is of no use here: every dataset of the run is meant.
      return {
        kind: 'text',
        value: value.replaceAll('d.', 'v.'),
        rows: { from: 'run_datasets v WHERE ? IS NOT NULL', key },
      };
    }
  }
  const found = attribute(key);
  if (found) return found;
  const entities = resolve(key);
  const [only, ...others] = entities;
  if (only !== undefined && others.length === 0) return columnOf({ entity: only, key, at }, resolve);
  if (only === undefined) throw faulty(`No metric, param, tag or attribute is called ${key}`, at);
  const spellings = entities.map((each) => `${each}s.${key}`).join(' or ');
  throw faulty(`${key} may be ${entities.map((each) => `a ${each}`).join(' or ')}: write ${spellings}`, at);
}

/** The condition on the value; NULL if it is unknown. @throws BAD_REQUEST */
function test(column: Column, { field, operator, values }: Comparison): Sql {
  const { value, kind } = column;
  if (operator === 'LIKE' || operator === 'ILIKE' || operator === 'CONTAINS') {
    const [literal] = values as [Literal];
    if (kind !== 'text' && kind !== 'state')
      throw faulty(`${operator} needs text, and ${field.key} is not text`, field.at);
    if (operator === 'LIKE') {
      const { sql, values: patterns } = matchText(value, literal.text);
      return { sql: `(${value} IS NOT NULL AND ${sql})`, values: patterns };
    }
    const found =
      operator === 'CONTAINS'
        ? contains(value, literal.text)
        : { sql: `like_folded(${value}, ?)`, values: [literal.text] };
    return { sql: `(${value} IS NOT NULL AND ${found.sql})`, values: found.values };
  }
  if (operator === 'IN') {
    const isPlain = kind === 'text' && (!column.isLoose || values.every(({ isQuoted }) => isQuoted));
    if (isPlain)
      return {
        sql: `${value} IN (${values.map(() => '?').join(', ')})`,
        values: values.map(({ text }) => text),
      };
    return join(
      values.map((literal) => compare(column, '=', literal)),
      'OR',
    );
  }
  if (operator === 'BETWEEN') {
    const [low, high] = values as [Literal, Literal];
    return join([compare(column, '>=', low), compare(column, '<=', high)], 'AND');
  }
  return compare(column, operator, (values as [Literal])[0]);
}

function compare({ value, kind, isLoose }: Column, operator: string, literal: Literal): Sql {
  switch (kind) {
    case 'number':
      return compareMetric(value, operator, literal);
    case 'time':
      return { sql: `${value} ${operator} ?`, values: [timeOf(literal)] };
    case 'duration':
      return { sql: `${value} ${operator} ?`, values: [durationOf(literal)] };
    case 'state': {
      const state = literal.text.toLowerCase();
      return { sql: `${value} ${operator} ?`, values: [STATES[state] ?? state] };
    }
    case 'text': {
      const number = isLoose && !literal.isQuoted ? numberOf(literal.text) : undefined;
      if (number !== undefined) return { sql: `as_number(${value}) ${operator} ?`, values: [number] };
      return { sql: `${value} ${operator} ?`, values: [literal.text] };
    }
  }
}

/** NaN is stored as NULL. It differs from every number and compares to none; `nan` itself can be searched. */
function compareMetric(value: string, operator: string, literal: Literal): Sql {
  if (/^nan$/i.test(literal.text) && (operator === '=' || operator === '!='))
    return { sql: `(${value} IS ${operator === '=' ? '' : 'NOT '}NULL)`, values: [] };
  const number = numberOf(literal.text);
  if (number === undefined) throw faulty(`Expected a number, not ${literal.text}`, literal.at);
  const sql = `${value} ${operator} ?`;
  return { sql: operator === '!=' ? `(${sql} OR ${value} IS NULL)` : sql, values: [number] };
}
