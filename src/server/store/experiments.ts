import { TrainyardError } from '../../base/errors.js';
import type { Experiment, Lifecycle } from '../../workspace/types.js';
import { after, pageToken, readPageToken, type Term } from './search/order.js';
import { compileExperimentFilter, experimentOrder } from './search/experiments.js';
import type { Database } from './sql.js';
import type { LifecycleFilter, StoreChange } from './store.js';

export interface ExperimentRecord extends Experiment {
  artifactLocation: string;
}

export interface ExperimentSearch {
  filter?: string;
  orderBy?: string[];
  lifecycle: LifecycleFilter;
  /** 1..50000 */
  limit: number;
  page?: string;
}

/** A dataset that runs of an experiment read, and what for. */
export interface DatasetUse {
  experimentId: string;
  name: string;
  digest: string;
  context?: string;
}

interface ExperimentRow {
  id: number;
  name: string;
  artifact_location: string;
  lifecycle: Lifecycle;
  created_at: number;
  updated_at: number;
}

/** Changing methods are for use inside Store.write. Ids are decimal strings; experiment '0' is "Default". */
export class Experiments {
  private readonly db: Database;
  private readonly touch: (change: StoreChange) => void;

  constructor(db: Database, touch: (change: StoreChange) => void) {
    this.db = db;
    this.touch = touch;
    // Scripts that name no experiment log to '0' without asking.
    if (!this.get('0')) this.insert('0', 'Default', 'mlflow-artifacts:/0', Date.now());
  }

  /** @throws CONFLICT when the name is taken, by a deleted experiment too */
  create(fields: {
    name: string;
    artifactLocation?: string;
    tags?: Record<string, string>;
    now?: number;
  }): ExperimentRecord {
    if (this.byName(fields.name))
      throw new TrainyardError('CONFLICT', `Experiment(name=${fields.name}) already exists.`, {
        hint: 'Choose another name; a deleted experiment keeps its name.',
      });
    const id = String(
      Number(
        this.db.get<{ next: number }>(
          'SELECT max(id) + 1 AS next FROM (SELECT id FROM experiments UNION ALL SELECT id FROM purged_experiments)',
        )?.next ?? 1,
      ),
    );
    this.insert(
      id,
      fields.name,
      fields.artifactLocation ?? `mlflow-artifacts:/${id}`,
      fields.now ?? Date.now(),
    );
    for (const [key, value] of Object.entries(fields.tags ?? {})) this.putTag(id, key, value);
    return this.required(id);
  }

  private insert(id: string, name: string, location: string, now: number): void {
    this.db.run(
      `INSERT INTO experiments (id, name, artifact_location, lifecycle, created_at, updated_at)
       VALUES (?, ?, ?, 'active', ?, ?)`,
      Number(id),
      name,
      location,
      now,
      now,
    );
    this.touch({ type: 'experiments' });
  }

  get(id: string): ExperimentRecord | undefined {
    if (!/^\d{1,15}$/.test(id)) return undefined;
    return this.records('WHERE id = ?', Number(id))[0];
  }

  byName(name: string): ExperimentRecord | undefined {
    return this.records('WHERE name = ?', name)[0];
  }

  all(lifecycle: LifecycleFilter = 'active'): ExperimentRecord[] {
    return this.records(`WHERE ? IN ('all', lifecycle) ORDER BY id`, lifecycle);
  }

  search(query: ExperimentSearch): { experiments: ExperimentRecord[]; nextPage?: string } {
    const filter = compileExperimentFilter(query.filter);
    const terms: Term[] = experimentOrder(query.orderBy ?? []);
    const name = JSON.stringify(['experiments', query.filter, query.orderBy, query.lifecycle]);
    const next =
      query.page === undefined ? undefined : after(terms, readPageToken(query.page, name, terms.length));
    const rows = this.db.all<ExperimentRow & Record<`k${number}`, string | number>>(
      `SELECT e.*, ${terms.map(({ sql }, i) => `${sql} AS k${i}`).join(', ')} FROM experiments e
       WHERE ? IN ('all', e.lifecycle) ${filter.sql} ${next?.sql ?? ''}
       ORDER BY ${terms.map(({ sql, descending }) => `${sql}${descending ? ' DESC' : ''}`).join(', ')} LIMIT ?`,
      query.lifecycle,
      ...filter.values,
      ...(next?.values ?? []),
      query.limit + 1,
    );
    const page = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? page.at(-1) : undefined;
    return {
      experiments: page.map((row) => this.record(row)),
      ...(last && {
        nextPage: pageToken(
          name,
          terms.map((_, i) => last[`k${i}`] as string | number),
        ),
      }),
    };
  }

  /** The datasets of all runs of these experiments, each use once. */
  datasets(ids: readonly string[], limit: number): DatasetUse[] {
    return this.db
      .all<{ experiment_id: number; name: string; digest: string; context: string | null }>(
        `SELECT DISTINCT r.experiment_id, d.name, d.digest, d.tags ->> '$."mlflow.data.context"' AS context
         FROM runs r JOIN run_datasets d ON d.run_id = r.id
         WHERE r.experiment_id IN (SELECT value FROM json_each(?))
         ORDER BY r.experiment_id, d.name, d.digest, context LIMIT ?`,
        JSON.stringify(ids.map(Number)),
        limit,
      )
      .map((row) => ({
        experimentId: String(row.experiment_id),
        name: row.name,
        digest: row.digest,
        context: row.context ?? undefined,
      }));
  }

  /** @throws NOT_FOUND | CONFLICT */
  rename(id: string, name: string): void {
    const record = this.required(id);
    if (record.name === name) return;
    if (this.byName(name))
      throw new TrainyardError('CONFLICT', `Experiment(name=${name}) already exists.`, {
        hint: 'Choose another name.',
      });
    this.change(id, 'name = ?', name);
  }

  /** Its runs go with it. @throws NOT_FOUND when it is not active */
  delete(id: string): void {
    this.setLifecycle(id, 'active', 'deleted');
  }

  /** @throws NOT_FOUND when it is not deleted */
  restore(id: string): void {
    this.setLifecycle(id, 'deleted', 'active');
  }

  private setLifecycle(id: string, from: Lifecycle, to: Lifecycle): void {
    if (this.get(id)?.lifecycle !== from)
      throw new TrainyardError('NOT_FOUND', `No ${from} experiment with id ${id} exists.`);
    this.change(id, 'lifecycle = ?', to);
    this.db.run(
      `UPDATE runs SET lifecycle = ?1, deleted_at = CASE ?1 WHEN 'deleted' THEN ifnull(deleted_at, ?2) END
       WHERE experiment_id = ?3`,
      to,
      Date.now(),
      Number(id),
    );
  }

  setTag(id: string, key: string, value: string): void {
    this.required(id);
    this.putTag(id, key, value);
    this.touch({ type: 'experiments' });
  }

  private putTag(id: string, key: string, value: string): void {
    this.db.run(
      'INSERT INTO experiment_tags VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      Number(id),
      key,
      value,
    );
  }

  /** @returns false when there was no such tag */
  deleteTag(id: string, key: string): boolean {
    this.required(id);
    this.touch({ type: 'experiments' });
    return (
      this.db.run('DELETE FROM experiment_tags WHERE experiment_id = ? AND key = ?', Number(id), key) > 0
    );
  }

  private change(id: string, assignment: string, value: string): void {
    this.db.run(
      `UPDATE experiments SET ${assignment}, updated_at = ? WHERE id = ?`,
      value,
      Date.now(),
      Number(id),
    );
    this.touch({ type: 'experiments' });
  }

  private required(id: string): ExperimentRecord {
    const record = this.get(id);
    if (!record) throw new TrainyardError('NOT_FOUND', `No Experiment with id=${id} exists`);
    return record;
  }

  private records(where: string, value: string | number): ExperimentRecord[] {
    return this.db
      .all<ExperimentRow>(`SELECT * FROM experiments ${where}`, value)
      .map((row) => this.record(row));
  }

  private record(row: ExperimentRow): ExperimentRecord {
    const tags = this.db.all<{ key: string; value: string }>(
      'SELECT key, value FROM experiment_tags WHERE experiment_id = ?',
      row.id,
    );
    return {
      id: String(row.id),
      name: row.name,
      artifactLocation: row.artifact_location,
      lifecycle: row.lifecycle,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    };
  }
}
