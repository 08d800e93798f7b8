import type { Database } from './sql.js';

/** Some of a list, and how many there are in all. */
export interface Some<T> {
  rows: T[];
  total: number;
}

/** Looks up what was made of a thing, and of what: what the other parts of the store do not look up by themselves. */
export class LineageIndex {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  /** Where a content is: `owner` as in artifacts.ts. */
  placesOf(sha256: string, limit: number): Some<{ owner: string; path: string }> {
    return this.some('owner, path', 'artifacts WHERE sha256 = ?', [sha256], limit);
  }

  /** @param path of a file or folder; '' is the root */
  filesOf(owner: string, path: string, limit: number): Some<{ path: string; sha256: string }> {
    const from = 'artifacts WHERE owner = ?1';
    if (path === '') return this.some('path, sha256', from, [owner], limit);
    const where = `${from} AND (path = ?2 OR (path > ?2 || '/' AND path < ?2 || '0'))`;
    return this.some('path, sha256', where, [owner, path], limit);
  }

  dataOf(runId: string, limit: number): Some<{ name: string; version: string }> {
    return this.some('name, version', 'data_assets WHERE run_id = ?', [runId], limit);
  }

  /** Data whose path is one of these. */
  dataAt(paths: readonly string[], limit: number): Some<{ name: string; version: string }> {
    const where = 'data_assets WHERE path IN (SELECT value FROM json_each(?))';
    return this.some('name, version', where, [JSON.stringify(paths)], limit);
  }

  /** Trees of the snapshots that were taken on a commit. */
  treesOn(commit: string, limit: number): Some<{ tree: string }> {
    const where = `(SELECT DISTINCT json_extract(snapshot, '$.tree') AS tree FROM jobs WHERE head_commit = ? AND snapshot IS NOT NULL)`;
    return this.some('tree', where, [commit], limit);
  }

  /** Commits that a snapshot with this tree was taken on. */
  headsOf(tree: string, limit: number): Some<{ head: string }> {
    const where = `(SELECT DISTINCT head_commit AS head FROM jobs
      WHERE json_extract(snapshot, '$.tree') = ? AND head_commit IS NOT NULL)`;
    return this.some('head', where, [tree], limit);
  }

  jobsOf(tree: string, limit: number): Some<{ id: string }> {
    return this.some('run_id AS id', `jobs WHERE json_extract(snapshot, '$.tree') = ?`, [tree], limit);
  }

  jobsIn(image: string, limit: number): Some<{ id: string }> {
    const where = `jobs WHERE json_extract(spec, '$.environment.kind') = 'image'
      AND json_extract(spec, '$.environment.image') = ?`;
    return this.some('run_id AS id', where, [image], limit);
  }

  /** Runs of no job that say that they ran on a commit. */
  runsOn(commit: string, limit: number): Some<{ id: string }> {
    const where = `run_tags WHERE key = 'mlflow.source.git.commit' AND value = ?
      AND run_id NOT IN (SELECT run_id FROM jobs)`;
    return this.some('run_id AS id', where, [commit], limit);
  }

  readersOf(name: string, digest: string, limit: number): Some<{ id: string }> {
    return this.some('run_id AS id', 'run_datasets WHERE name = ? AND digest = ?', [name, digest], limit);
  }

  /** Jobs with an input whose path is one of these, and that reads a model or does not. */
  jobsReading(paths: readonly string[], isModel: boolean, limit: number): Some<{ id: string }> {
    const where = `jobs WHERE EXISTS (
      SELECT 1 FROM json_each(spec, '$.inputs')
      WHERE json_extract(value, '$.path') IN (SELECT value FROM json_each(?))
        AND (json_extract(value, '$.type') LIKE '%\\_model' ESCAPE '\\') = ?)`;
    return this.some('run_id AS id', where, [JSON.stringify(paths), Number(isModel)], limit);
  }

  runsOfModel(id: string, direction: 'input' | 'output', limit: number): Some<{ id: string }> {
    const where = 'run_models WHERE model_id = ? AND direction = ?';
    return this.some('run_id AS id', where, [id, direction], limit);
  }

  /** Logged models that a run made, by either statement. */
  modelsOf(runId: string, limit: number): Some<{ id: string }> {
    const where = `(SELECT id FROM logged_models WHERE source_run_id = ?1
      UNION SELECT model_id FROM run_models WHERE run_id = ?1 AND direction = 'output')`;
    return this.some('id', where, [runId], limit);
  }

  /** Versions that come of files of a run, and not of a logged model. */
  versionsOfRun(runId: string, limit: number): Some<{ name: string; version: number; source: string }> {
    const where = `model_versions WHERE run_id = ? AND model_id = ''`;
    return this.some('name, version, source', where, [runId], limit);
  }

  versionsOfModel(id: string, limit: number): Some<{ name: string; version: number }> {
    return this.some('name, version', `model_versions WHERE model_id = ? AND model_id <> ''`, [id], limit);
  }

  private some<T>(columns: string, from: string, values: (string | number)[], limit: number): Some<T> {
    const rows = this.db.all<T>(`SELECT ${columns} FROM ${from} LIMIT ${limit}`, ...values);
    if (rows.length < limit) return { rows, total: rows.length };
    const total = this.db.get<{ n: number }>(`SELECT count(*) AS n FROM ${from}`, ...values)?.n ?? 0;
    return { rows, total };
  }
}
