import {
  allOf,
  compareKeyed,
  compareNumber,
  compareText,
  LIST_OPERATORS,
  requireOnce,
  type Sql,
} from './condition.js';
import type { Term } from './order.js';
import { type Condition, invalid, parseFilter, parseOrder } from './parse.js';

const TIMES = new Map(
  Object.entries({
    creation_time: 'e.created_at',
    last_update_time: 'e.updated_at',
  }),
);

/** @throws BAD_REQUEST */
export function compileExperimentFilter(filter: string | undefined): Sql {
  return allOf(parseFilter(filter).map(condition));
}

function condition(condition: Condition): Sql {
  const { entity, key } = condition;
  if (entity === 'tag') return compareKeyed('experiment_tags', 'v.experiment_id = e.id', condition);
  if (entity === 'attribute' && key === 'name') return compareText('e.name', condition);
  if (entity === 'attribute' && key === 'experiment_id')
    return compareText('CAST(e.id AS TEXT)', condition, LIST_OPERATORS);
  const column = entity === 'attribute' ? TIMES.get(key) : undefined;
  if (!column) throw invalid(`Invalid ${entity} key '${key}' specified for an experiment.`);
  return compareNumber(column, condition);
}

/** Newest first unless said otherwise; the id makes every order total. @throws BAD_REQUEST */
export function experimentOrder(orderBy: readonly string[]): Term[] {
  const orders = orderBy.map(parseOrder);
  requireOnce(orders);
  const columns = new Map([...TIMES, ['name', 'e.name'], ['experiment_id', 'e.id']]);
  const terms = orders.map(({ entity, key, ascending }) => {
    const sql = entity === 'attribute' ? columns.get(key) : undefined;
    if (!sql) throw invalid(`Invalid order_by key '${key}' for an experiment.`);
    return { sql, descending: !ascending };
  });
  return [...terms, { sql: 'e.created_at', descending: true }, { sql: 'e.id', descending: false }];
}
