import {
  compareKeyed,
  compareNumber,
  compareText,
  LIST_OPERATORS,
  requireOnce,
  type Sql,
} from './condition.js';
import type { Term } from './order.js';
import { type Condition, invalid, parseFilter, parseOrder } from './parse.js';

const NUMBERS = new Map(Object.entries({ start_time: 'r.start_time', end_time: 'r.end_time' }));
const TEXTS = new Map(
  Object.entries({
    run_id: 'r.id',
    run_name: 'r.name',
    // MLflow writes states in capitals.
    status: 'upper(r.status)',
    artifact_uri: 'r.artifact_uri',
    user_id: 'r.user',
  }),
);
const ALIASES = new Map(
  Object.entries({
    created: 'start_time',
    Created: 'start_time',
    'run name': 'run_name',
    'Run name': 'run_name',
    'Run Name': 'run_name',
    run_uuid: 'run_id',
  }),
);
export const DATASETS = new Map(
  Object.entries({
    name: 'd.name',
    digest: 'd.digest',
    context: `json_extract(d.tags, '$."mlflow.data.context"')`,
  }),
);

/** The condition on a run `r`. */
export interface RunCondition extends Sql {
  /** The same as a query for `run_id`, if an index can find these runs. */
  matches?: Sql;
}

/** @throws BAD_REQUEST */
export function compileRunFilter(filter: string | undefined): RunCondition[] {
  return parseFilter(filter).map(condition);
}

function condition(condition: Condition): RunCondition {
  const { entity, operator } = condition;
  switch (entity) {
    case 'metric': {
      // The plus keeps SQLite from looking through all rows with such a value instead of the one of this run.
      const ofRun = compareMetric('+s.last_value', condition);
      const ofAny = compareMetric('s.last_value', condition);
      const values = [condition.key, ...ofRun.values];
      return {
        sql: `EXISTS (SELECT 1 FROM series s WHERE s.run_id = r.id AND s.key = ? AND ${ofRun.sql})`,
        values,
        matches: { sql: `SELECT s.run_id FROM series s WHERE s.key = ? AND ${ofAny.sql}`, values },
      };
    }
    case 'param':
    case 'tag': {
      const table = `run_${entity}s`;
      const test = compareKeyed(table, 'v.run_id = r.id', condition);
      if (operator === 'IS NULL') return test;
      return { ...test, matches: keyedMatches(table, condition) };
    }
    case 'dataset': {
      const column = DATASETS.get(condition.key);
      if (!column)
        throw invalid(
          `Invalid dataset key '${condition.key}' specified. Valid keys are name, digest, context.`,
        );
      const test = compareText(column, condition, LIST_OPERATORS);
      return {
        sql: `EXISTS (SELECT 1 FROM run_datasets d WHERE d.run_id = r.id AND ${test.sql})`,
        values: test.values,
      };
    }
    default:
      return attribute(condition);
  }
}

/** NaN is stored as NULL. It differs from every number and compares to none. */
function compareMetric(column: string, condition: Condition): Sql {
  const { sql, values } = compareNumber(column, condition);
  return { sql: condition.operator === '!=' ? `(${sql} OR ${column} IS NULL)` : sql, values };
}

function keyedMatches(table: string, condition: Condition): Sql {
  const rows = `SELECT v.run_id FROM ${table} v WHERE v.key = ?`;
  if (condition.operator === 'IS NOT NULL') return { sql: rows, values: [condition.key] };
  const test = compareText('v.value', condition);
  return { sql: `${rows} AND ${test.sql}`, values: [condition.key, ...test.values] };
}

/** Only attributes have other names; a metric may well be called `created`. */
function withoutAlias<T extends { entity: string; key: string }>(named: T): T {
  return named.entity === 'attribute' ? { ...named, key: ALIASES.get(named.key) ?? named.key } : named;
}

function attribute(condition: Condition): Sql {
  const { key } = withoutAlias(condition);
  const number = NUMBERS.get(key);
  if (number) return compareNumber(number, condition);
  const text = TEXTS.get(key);
  if (!text) throw invalid(`Invalid attribute key '${condition.key}' specified.`);
  return compareText(text, condition, key === 'run_id' ? LIST_OPERATORS : []);
}

/** An order of runs, as SQL over all of them; and, where an index has it, as stretches to be walked one after another. */
export interface RunOrder {
  /** Sort keys of a run `r`; the last one tells any two runs apart. */
  terms: Term[];
  /** Joins that the terms need. */
  joins: Sql;
  /** The stretches of the first term, in order. */
  walk?: Stretch[];
}

/** Runs whose first two sort keys come from an index, or are constant. */
export interface Stretch {
  /** The first sort key of each of these runs. */
  rank: number;
  /** A FROM clause that has runs as `r`, and what must hold of its rows. */
  from: Sql;
  where: Sql;
  /** The second sort key: a column to go along, or a constant. */
  value: string;
  isConstant: boolean;
}

/**
 * In the order asked for, then newest first, then by id. Within a term NaN comes after the numbers and missing values
 * come last, in both directions. @throws BAD_REQUEST
 */
export function runOrder(orderBy: readonly string[]): RunOrder {
  const orders = orderBy.map(parseOrder).map(withoutAlias);
  requireOnce(orders);
  const terms: Term[] = [];
  const joins: Sql[] = [];
  for (const [i, { entity, key, ascending }] of orders.entries()) {
    const alias = `o${i}`;
    const descending = !ascending;
    const last = (rank: string, value: string) =>
      terms.push({ sql: rank, descending: false }, { sql: value, descending });
    if (entity === 'metric') {
      joins.push(join('series', alias, key));
      last(
        `(CASE WHEN ${alias}.id IS NULL THEN 2 ELSE ${alias}.last_value IS NULL END)`,
        `ifnull(${alias}.last_value, 0)`,
      );
    } else if (entity === 'param' || entity === 'tag') {
      joins.push(join(`run_${entity}s`, alias, key));
      last(`(${alias}.value IS NULL)`, `ifnull(${alias}.value, '')`);
    } else {
      const column = entity === 'attribute' ? (NUMBERS.get(key) ?? TEXTS.get(key)) : undefined;
      if (!column) throw invalid(`Invalid order_by key '${key}'.`);
      if (key === 'end_time') last(`(${column} IS NULL)`, `ifnull(${column}, 0)`);
      else terms.push({ sql: column, descending });
    }
  }
  if (!terms.some(({ sql }) => sql === 'r.start_time')) terms.push({ sql: 'r.start_time', descending: true });
  terms.push({ sql: 'r.id', descending: false });
  return {
    terms,
    joins: {
      sql: joins.map(({ sql }) => sql).join(' '),
      values: joins.flatMap(({ values }) => values),
    },
    walk: orders[0] && stretches(orders[0].entity, orders[0].key),
  };
}

function join(table: string, alias: string, key: string): Sql {
  return {
    sql: `LEFT JOIN ${table} ${alias} ON ${alias}.run_id = r.id AND ${alias}.key = ?`,
    values: [key],
  };
}

/** The parts of an order by a metric, a param or a tag: runs with a value, with NaN, and without one. */
function stretches(entity: string, key: string): Stretch[] | undefined {
  const along = (table: string, rank: number, test: string, value: string): Stretch => ({
    rank,
    // CROSS JOIN: the rows come in the order of the left side.
    from: { sql: `${table} w CROSS JOIN runs r ON r.id = w.run_id`, values: [] },
    where: { sql: `w.key = ? ${test}`, values: [key] },
    value,
    isConstant: value === '0',
  });
  const without = (table: string, rank: number, value: string): Stretch => ({
    rank,
    from: { sql: 'runs r', values: [] },
    where: {
      sql: `NOT EXISTS (SELECT 1 FROM ${table} w WHERE w.run_id = r.id AND w.key = ?)`,
      values: [key],
    },
    value,
    isConstant: true,
  });
  if (entity === 'metric')
    return [
      along('series', 0, 'AND w.last_value IS NOT NULL', 'w.last_value'),
      along('series', 1, 'AND w.last_value IS NULL', '0'),
      without('series', 2, '0'),
    ];
  if (entity !== 'param' && entity !== 'tag') return undefined;
  const table = `run_${entity}s`;
  return [along(table, 0, '', 'w.value'), without(table, 1, "''")];
}
