import type { Database } from '../sql.js';
import type { LifecycleFilter } from '../store.js';
import { allOf, type Sql } from './condition.js';
import { after, type Key, pageToken, readPageToken, type Term } from './order.js';
import { compileOwnFilter } from './own.js';
import { compileRunFilter, type RunCondition, type RunOrder, runOrder } from './runs.js';

export interface RunSearch {
  experimentIds: string[];
  /** Compiled to SQL with bound values. @throws BAD_REQUEST, of MLflow's grammar with MLflow's wording */
  filter?: string;
  /** The grammar of the filter; default: MLflow's. */
  grammar?: 'mlflow' | 'own';
  orderBy?: string[];
  lifecycle: LifecycleFilter;
  /** 1..50000 */
  limit: number;
  page?: string;
  /** Only runs whose job's code stands on this commit (HEAD or snapshot). */
  commit?: string;
}

/** This many runs are checked and sorted in a few milliseconds, whatever the condition and the order. */
const FEW = 2000;

/** One query of a search: where the runs come from, and their sort keys, of which the first may be the same for all. */
interface Plan {
  from: Sql;
  where: Sql[];
  terms: Term[];
  constants: number;
}

/**
 * Finds a page of runs by the cheapest plan: from the few runs that one of the conditions leaves; or along an index in
 * (partial) order, checking each run; or by sorting. SQLite cannot choose by itself: it knows too little about the
 * values, and the order is that of an outer join.
 */
export function findRuns(db: Database, query: RunSearch): { ids: string[]; nextPage?: string } {
  const experiments = query.experimentIds.filter((id) => /^\d{1,15}$/.test(id)).map(Number);
  if (experiments.length === 0) return { ids: [] };
  const order = runOrder(query.orderBy ?? []);
  const conditions =
    query.grammar === 'own'
      ? compileOwnFilter(query.filter, (key) => entitiesOf(db, key))
      : compileRunFilter(query.filter);
  const name = JSON.stringify([
    query.filter,
    query.grammar,
    query.orderBy,
    query.lifecycle,
    query.commit,
    query.experimentIds,
  ]);
  const keys = query.page === undefined ? undefined : readPageToken(query.page, name, order.terms.length);

  const commit = query.commit === undefined ? [] : [ofCommit(query.commit)];
  const scope = inScope(experiments, query.lifecycle);
  const where: RunCondition[] = [
    {
      ...scope,
      matches: { sql: `SELECT r.id AS run_id FROM runs r WHERE ${scope.sql}`, values: scope.values },
    },
    ...conditions,
    ...commit.map((matches) => ({ sql: `r.id IN (${matches.sql})`, values: matches.values, matches })),
  ];
  let start: { condition?: RunCondition; size: number } = { size: FEW };
  for (const condition of where) {
    // Counting stops at the smallest number found so far.
    const size = condition.matches ? sizeUpTo(db, condition.matches, start.size) : FEW;
    if (size < start.size) start = { condition, size };
  }
  const isFew = start.size < FEW;
  const plans = plansFor(
    order,
    isFew ? where.filter((condition) => condition !== start.condition) : where,
    start.condition?.matches,
  );

  const rows: { id: string; keys: Key[] }[] = [];
  for (const plan of plans) {
    if (rows.length > query.limit) break;
    rows.push(...run(db, plan, keys, query.limit + 1 - rows.length));
  }
  const page = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  return { ids: page.map(({ id }) => id), ...(last && { nextPage: pageToken(name, last.keys) }) };
}

/** Entities with names; a filter may omit which one it means. */
function entitiesOf(db: Database, key: string): string[] {
  const tables = { metric: 'series', param: 'run_params', tag: 'run_tags' };
  return Object.entries(tables)
    .filter(([, table]) => db.get(`SELECT 1 FROM ${table} WHERE key = ? LIMIT 1`, key) !== undefined)
    .map(([entity]) => entity);
}

function inScope(experiments: number[], lifecycle: LifecycleFilter): Sql {
  const [only, ...others] = experiments;
  const ofExperiments =
    only !== undefined && others.length === 0
      ? { sql: 'r.experiment_id = ?', values: [only] }
      : { sql: 'r.experiment_id IN (SELECT value FROM json_each(?))', values: [JSON.stringify(experiments)] };
  if (lifecycle === 'all') return ofExperiments;
  return { sql: `${ofExperiments.sql} AND r.lifecycle = ?`, values: [...ofExperiments.values, lifecycle] };
}

function ofCommit(commit: string): Sql {
  return {
    sql: `SELECT run_id FROM jobs WHERE head_commit = ? UNION SELECT run_id FROM jobs WHERE snapshot_commit = ?
          UNION SELECT run_id FROM run_tags WHERE key = 'mlflow.source.git.commit' AND value = ?`,
    values: [commit, commit, commit],
  };
}

function sizeUpTo(db: Database, { sql, values }: Sql, most: number): number {
  const found = db.get<{ n: number }>(`SELECT count(*) AS n FROM (${sql} LIMIT ?)`, ...values, most);
  return found?.n ?? 0;
}

function plansFor({ terms, joins, walk }: RunOrder, where: Sql[], few: Sql | undefined): Plan[] {
  if (few) {
    const from = { sql: `(${few.sql}) few CROSS JOIN runs r ON r.id = few.run_id`, values: few.values };
    return [{ from: both(from, joins), where, terms, constants: 0 }];
  }
  if (!walk) return [{ from: both({ sql: 'runs r', values: [] }, joins), where, terms, constants: 0 }];
  const [rank, value, ...rest] = terms as [Term, Term, ...Term[]];
  return walk.map((stretch) => ({
    from: both(stretch.from, joins),
    where: [stretch.where, ...where],
    terms: [{ ...rank, sql: String(stretch.rank) }, { ...value, sql: stretch.value }, ...rest],
    constants: stretch.isConstant ? 2 : 1,
  }));
}

function both(a: Sql, b: Sql): Sql {
  return { sql: `${a.sql} ${b.sql}`, values: [...a.values, ...b.values] };
}

/** The first rows of a plan after the row with `keys`, when there is one. */
function run(
  db: Database,
  plan: Plan,
  keys: Key[] | undefined,
  limit: number,
): { id: string; keys: Key[] }[] {
  const { from, where, terms, constants } = plan;
  const sorted = terms.slice(constants);
  let next: Sql = { sql: '', values: [] };
  if (keys && constants > 0 && Number(terms[0]?.sql) < Number(keys[0])) return [];
  // A stretch after the one of `keys` is read from its start.
  if (keys && (constants === 0 || Number(terms[0]?.sql) === keys[0]))
    next = after(sorted, keys.slice(constants));
  const rows = db.all<{ id: string } & Record<`k${number}`, Key>>(
    `SELECT r.id, ${terms.map(({ sql }, i) => `${sql} AS k${i}`).join(', ')} FROM ${from.sql}
     WHERE true ${allOf(where).sql} ${next.sql}
     ORDER BY ${sorted.map(({ sql, descending }) => `${sql}${descending ? ' DESC' : ''}`).join(', ')} LIMIT ?`,
    ...from.values,
    ...allOf(where).values,
    ...next.values,
    limit,
  );
  return rows.map((row) => ({ id: row.id, keys: terms.map((_, i) => row[`k${i}`] as Key) }));
}
