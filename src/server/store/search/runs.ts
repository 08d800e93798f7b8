import {
  allOf,
  compareKeyed,
  compareNumber,
  compareText,
  LIST_OPERATORS,
  requireOnce,
  type Bound,
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
const DATASETS = new Map(
  Object.entries({
    name: 'd.name',
    digest: 'd.digest',
    context: `json_extract(d.tags, '$."mlflow.data.context"')`,
  }),
);

/** @throws BAD_REQUEST */
export function compileRunFilter(filter: string | undefined): Sql {
  return allOf(parseFilter(filter).map(condition));
}

function condition(condition: Condition): Sql {
  const { entity, operator } = condition;
  switch (entity) {
    case 'metric': {
      const test = compareNumber('s.last_value', condition);
      // A NaN (kept as NULL) is unlike every number and compares to none.
      const nan = operator === '!=' ? ' OR s.last_value IS NULL' : '';
      return {
        sql: `EXISTS (SELECT 1 FROM series s WHERE s.run_id = r.id AND s.key = ? AND (${test.sql}${nan}))`,
        values: [condition.key, ...test.values],
      };
    }
    case 'param':
      return compareKeyed('run_params', 'v.run_id = r.id', condition);
    case 'tag':
      return compareKeyed('run_tags', 'v.run_id = r.id', condition);
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

export interface RunOrder {
  terms: Term[];
  /** Joins that the terms need, with their values. */
  joins: Sql;
}

/**
 * In the order asked for, then newest first, then by id. Within a term NaN comes after the numbers and what is
 * missing last, in both directions. @throws BAD_REQUEST
 */
export function runOrder(orderBy: readonly string[]): RunOrder {
  const orders = orderBy.map(parseOrder).map(withoutAlias);
  requireOnce(orders);
  const terms: Term[] = [];
  const joins: string[] = [];
  const values: Bound[] = [];
  for (const [i, { entity, key, ascending }] of orders.entries()) {
    const alias = `o${i}`;
    const last = (rank: string, value: string) =>
      terms.push({ sql: rank, descending: false }, { sql: value, descending: !ascending });
    if (entity === 'metric') {
      joins.push(`LEFT JOIN series ${alias} ON ${alias}.run_id = r.id AND ${alias}.key = ?`);
      values.push(key);
      last(
        `(CASE WHEN ${alias}.id IS NULL THEN 2 ELSE ${alias}.last_value IS NULL END)`,
        `ifnull(${alias}.last_value, 0)`,
      );
    } else if (entity === 'param' || entity === 'tag') {
      joins.push(`LEFT JOIN run_${entity}s ${alias} ON ${alias}.run_id = r.id AND ${alias}.key = ?`);
      values.push(key);
      last(`(${alias}.value IS NULL)`, `ifnull(${alias}.value, '')`);
    } else {
      const column = entity === 'attribute' ? (NUMBERS.get(key) ?? TEXTS.get(key)) : undefined;
      if (!column) throw invalid(`Invalid order_by key '${key}'.`);
      last(`(${column} IS NULL)`, `ifnull(${column}, 0)`);
    }
  }
  terms.push({ sql: 'r.start_time', descending: true }, { sql: 'r.id', descending: false });
  return { terms, joins: { sql: joins.join(' '), values } };
}
