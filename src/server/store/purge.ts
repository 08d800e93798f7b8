import type { Snapshot } from '../../snapshot/snapshot.js';
import type { Purgeable } from '../../workspace/types.js';
import type { Artifacts } from './artifacts.js';
import type { Metrics } from './metrics.js';
import type { Database } from './sql.js';
import type { StoreChange } from './store.js';

/** What a transaction removed from the store. */
export interface Purged {
  runs: number;
  models: number;
  experiments: number;
  /** Contents that had a name there. */
  contents: string[];
}

/** What remains of a run outside the store. */
export interface Leftover {
  runId: string;
  snapshot?: Snapshot;
}

/** Tables whose rows belong to one run each. */
const TABLES = [
  'run_params',
  'run_tags',
  'run_datasets',
  'run_models',
  'event_files',
  'event_folders',
  'event_points',
  'jobs',
];

const LISTED = '(SELECT value FROM json_each(?))';
/** Runs `r` that were deleted by a time. */
const DELETED = `r.lifecycle = 'deleted' AND ifnull(r.deleted_at, 0) <= ?1`;
/** Its job has not ended, or the job that began it. */
const ACTIVE = `EXISTS (SELECT 1 FROM jobs j WHERE j.run_id IN (r.id, r.job_id)
  AND j.state IN ('queued', 'preparing', 'running', 'collecting'))`;
/** A version of a registered model that is made of the files of this run. */
const REGISTERED = `EXISTS (SELECT 1 FROM model_versions v
  WHERE v.model_id = '' AND (v.run_id = r.id OR instr(v.source, r.id) > 0))`;
/** Another run of its job that is kept and uses its log and code. */
const NEEDED = `EXISTS (SELECT 1 FROM runs c WHERE c.job_id = r.id
  AND NOT (c.lifecycle = 'deleted' AND ifnull(c.deleted_at, 0) <= ?1))`;
/** A data asset whose path leads to the files of this run. */
const DATA = `EXISTS (SELECT 1 FROM data_assets d WHERE instr(d.path, r.id) > 0)`;
const STAYS = `(${ACTIVE} OR ${REGISTERED} OR ${NEEDED} OR ${DATA})`;
/** Logged models `m` that nothing holds. */
const FREE = `NOT EXISTS (SELECT 1 FROM model_versions v WHERE v.model_id = m.id OR instr(v.source, m.id) > 0)
  AND NOT EXISTS (SELECT 1 FROM data_assets d WHERE instr(d.path, m.id) > 0)`;
/** Build contexts that came to no environment: they are older than a creation takes. Contexts are owners of files. */
const ORPHANS = `SELECT DISTINCT a.owner FROM artifacts a WHERE a.owner GLOB 'environments/*' AND a.stored_at < ?
  AND NOT EXISTS (SELECT 1 FROM environments e
    WHERE 'environments/' || json_extract(e.definition, '$.build.context') = a.owner)`;
const CREATION = 86_400_000;
const DELETED_EXPERIMENT = `e.lifecycle = 'deleted' AND e.updated_at <= ? AND e.id <> 0`;

/**
 * Permanently removes deleted runs from the store. A run is removed in one transaction, which also records what it has
 * outside the store until that is removed, too. Changing methods are for use inside Store.write.
 */
export class Purge {
  private readonly db: Database;
  private readonly touch: (change: StoreChange) => void;
  private readonly metrics: Metrics;
  private readonly artifacts: Artifacts;

  constructor(
    db: Database,
    touch: (change: StoreChange) => void,
    parts: { metrics: Metrics; artifacts: Artifacts },
  ) {
    this.db = db;
    this.touch = touch;
    this.metrics = parts.metrics;
    this.artifacts = parts.artifacts;
  }

  /** Ids of the runs that were deleted by `before` (ms) and can be removed. Never one of an active job. */
  runs(before: number, limit = -1): string[] {
    return this.db
      .all<{ id: string }>(
        `SELECT r.id FROM runs r WHERE ${DELETED} AND NOT ${STAYS} ORDER BY r.number LIMIT ?2`,
        before,
        limit,
      )
      .map(({ id }) => id);
  }

  /** How many deleted runs are kept, and why. */
  kept(before: number): Purgeable['kept'] {
    const count = (which: string) =>
      this.db.get<{ n: number }>(`SELECT count(*) AS n FROM runs r WHERE ${DELETED} AND ${which}`, before)
        ?.n ?? 0;
    const data = count(`${DATA} AND NOT ${NEEDED} AND NOT ${REGISTERED} AND NOT ${ACTIVE}`);
    return {
      active: count(ACTIVE),
      registered: count(`${REGISTERED} AND NOT ${ACTIVE}`),
      needed: count(`${NEEDED} AND NOT ${REGISTERED} AND NOT ${ACTIVE}`),
      ...(data > 0 && { data, dataAssets: this.dataAssets(before) }),
    };
  }

  /** The data assets that alone keep deleted runs, as `NAME:VERSION`. */
  private dataAssets(before: number): string[] {
    return this.db
      .all<{ asset: string }>(
        `SELECT DISTINCT d.name || ':' || d.version AS asset FROM data_assets d
         JOIN runs r ON instr(d.path, r.id) > 0
         WHERE ${DELETED} AND NOT ${NEEDED} AND NOT ${REGISTERED} AND NOT ${ACTIVE} ORDER BY asset`,
        before,
      )
      .map(({ asset }) => asset);
  }

  /** Those that go when these runs are gone. */
  experiments(before: number, runs: readonly string[]): number[] {
    return this.db
      .all<{ id: number }>(
        `SELECT e.id FROM experiments e WHERE ${DELETED_EXPERIMENT}
         AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.experiment_id = e.id AND r.id NOT IN ${LISTED})
         AND NOT EXISTS (SELECT 1 FROM logged_models m WHERE m.experiment_id = e.id AND NOT (${FREE}))`,
        before,
        JSON.stringify(runs),
      )
      .map(({ id }) => id);
  }

  /** Logged models that go: those of these runs, those of these experiments, and those that were deleted themselves. */
  models(before: number, runs: readonly string[], experiments: readonly number[]): string[] {
    return this.db
      .all<{ id: string }>(
        `SELECT m.id FROM logged_models m WHERE ${FREE} AND (m.source_run_id IN ${LISTED}
         OR m.experiment_id IN ${LISTED} OR (m.lifecycle = 'deleted' AND m.updated_at <= ?))`,
        JSON.stringify(runs),
        JSON.stringify(experiments),
        before,
      )
      .map(({ id }) => id);
  }

  /** Bytes freed by removing these: files that nothing else uses, and points. */
  bytes(runs: readonly string[], models: readonly string[]): number {
    const owners = [...ownersOf(runs, models), ...this.orphans()];
    return this.artifacts.bytesOnlyOf(owners) + this.metrics.bytesOf(runs);
  }

  /** Some of the runs that were deleted by `before`, with their logged models. */
  takeRuns(before: number, limit: number): Purged {
    const runs = this.runs(before, limit);
    const listed = JSON.stringify(runs);
    for (const { id, experiment_id } of this.db.all<{ id: string; experiment_id: number }>(
      `SELECT id, experiment_id FROM runs WHERE id IN ${LISTED}`,
      listed,
    ))
      this.touch({ type: 'run', runId: id, experimentId: String(experiment_id), part: 'state' });
    const models = this.db
      .all<{ id: string }>(
        `SELECT m.id FROM logged_models m WHERE ${FREE} AND m.source_run_id IN ${LISTED}`,
        listed,
      )
      .map(({ id }) => id);
    this.metrics.purge(runs);
    this.db.run(
      `INSERT INTO purged SELECT r.id, (SELECT snapshot FROM jobs j WHERE j.run_id = r.id) FROM runs r WHERE r.id IN ${LISTED}`,
      listed,
    );
    for (const table of TABLES) this.db.run(`DELETE FROM ${table} WHERE run_id IN ${LISTED}`, listed);
    this.db.run(`DELETE FROM runs WHERE id IN ${LISTED}`, listed);
    const contents = [...this.artifacts.unlist(ownersOf(runs, [])), ...this.takeModels(models)];
    return { runs: runs.length, models: models.length, experiments: 0, contents };
  }

  /** Deleted experiments that have no run left, and deleted models. */
  takeRest(before: number): Purged {
    const experiments = this.experiments(before, []);
    const models = this.models(before, [], experiments);
    const contents = this.takeModels(models);
    const listed = JSON.stringify(experiments);
    this.db.run(`DELETE FROM experiment_tags WHERE experiment_id IN ${LISTED}`, listed);
    // An id is never reused, because files, links and layouts refer to it.
    this.db.run(`INSERT INTO purged_experiments SELECT id FROM experiments WHERE id IN ${LISTED}`, listed);
    this.db.run(`DELETE FROM experiments WHERE id IN ${LISTED}`, listed);
    if (experiments.length > 0) this.touch({ type: 'experiments' });
    contents.push(...this.artifacts.unlist(this.orphans()));
    return { runs: 0, models: models.length, experiments: experiments.length, contents };
  }

  /** Runs that are gone from the store and may still have something outside of it. */
  leftovers(): Leftover[] {
    return this.db
      .all<{ run_id: string; snapshot: string | null }>('SELECT run_id, snapshot FROM purged')
      .map(({ run_id: runId, snapshot }) => ({
        runId,
        ...(snapshot !== null && { snapshot: JSON.parse(snapshot) as Snapshot }),
      }));
  }

  /** Nothing is left of these. */
  forget(runIds: readonly string[]): void {
    this.db.run(`DELETE FROM purged WHERE run_id IN ${LISTED}`, JSON.stringify(runIds));
  }

  private orphans(): string[] {
    return this.db.all<{ owner: string }>(ORPHANS, Date.now() - CREATION).map(({ owner }) => owner);
  }

  private takeModels(models: readonly string[]): string[] {
    const listed = JSON.stringify(models);
    if (models.length > 0) this.touch({ type: 'models' });
    this.db.run(`DELETE FROM logged_model_metrics WHERE model_id IN ${LISTED}`, listed);
    this.db.run(`DELETE FROM logged_models WHERE id IN ${LISTED}`, listed);
    return this.artifacts.unlist(ownersOf([], models));
  }
}

function ownersOf(runs: readonly string[], models: readonly string[]): string[] {
  return [...runs.map((id) => `runs/${id}`), ...models.map((id) => `models/${id}`)];
}
