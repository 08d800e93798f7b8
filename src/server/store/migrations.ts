import { TrainyardError } from '../../base/errors.js';
import { compressBlocks } from './migrate-blocks.js';
import type { Database } from './sql.js';

/** Step n migrates a store from `user_version` n to n + 1. Never edit a released step; append a new one. */
const MIGRATIONS: readonly (string | ((db: Database) => void))[] = [
  `
  CREATE TABLE experiments (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    artifact_location TEXT NOT NULL,
    lifecycle TEXT NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL
  );
  CREATE TABLE experiment_tags (
    experiment_id INTEGER NOT NULL REFERENCES experiments (id),
    key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (experiment_id, key)
  ) WITHOUT ROWID;

  CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    experiment_id INTEGER NOT NULL REFERENCES experiments (id),
    name TEXT NOT NULL,
    user TEXT NOT NULL,
    status TEXT NOT NULL,
    start_time REAL NOT NULL,
    end_time REAL,
    lifecycle TEXT NOT NULL,
    artifact_uri TEXT NOT NULL
  );
  CREATE INDEX runs_newest ON runs (experiment_id, lifecycle, start_time DESC, id);
  CREATE TABLE run_params (
    run_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (run_id, key)
  ) WITHOUT ROWID;
  CREATE TABLE run_tags (
    run_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (run_id, key)
  ) WITHOUT ROWID;
  CREATE TABLE run_datasets (
    run_id TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL,
    source_type TEXT NOT NULL, source TEXT NOT NULL, schema TEXT, profile TEXT, tags TEXT NOT NULL,
    PRIMARY KEY (run_id, name, digest)
  ) WITHOUT ROWID;
  CREATE TABLE run_models (
    run_id TEXT NOT NULL, direction TEXT NOT NULL, model_id TEXT NOT NULL, step REAL NOT NULL,
    PRIMARY KEY (run_id, direction, model_id)
  ) WITHOUT ROWID;

  -- A NaN is kept as NULL; SQLite has no other way.
  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    key TEXT NOT NULL,
    count INTEGER NOT NULL,
    sealed INTEGER NOT NULL,
    last_value REAL, last_step REAL NOT NULL, last_time REAL NOT NULL,
    min REAL, max REAL,
    max_step REAL NOT NULL, max_time REAL NOT NULL,
    UNIQUE (run_id, key)
  );
  CREATE TABLE tail (
    series_id INTEGER NOT NULL, n INTEGER NOT NULL,
    step REAL NOT NULL, time REAL NOT NULL, value REAL,
    PRIMARY KEY (series_id, n)
  ) WITHOUT ROWID;
  CREATE TABLE blocks (
    series_id INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
    min_step REAL NOT NULL, max_step REAL NOT NULL, min_time REAL NOT NULL, max_time REAL NOT NULL,
    steps BLOB NOT NULL, times BLOB NOT NULL, points BLOB NOT NULL,
    PRIMARY KEY (series_id, first)
  );

  CREATE TABLE artifacts (
    owner TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, stored_at REAL NOT NULL,
    PRIMARY KEY (owner, path)
  ) WITHOUT ROWID;
  CREATE INDEX artifacts_content ON artifacts (sha256);

  CREATE TABLE jobs (
    run_id TEXT PRIMARY KEY,
    spec TEXT NOT NULL,
    state TEXT NOT NULL,
    base_env TEXT NOT NULL,
    secret_names TEXT NOT NULL,
    cancel_requested INTEGER NOT NULL,
    snapshot TEXT, head_commit TEXT, snapshot_commit TEXT,
    handle TEXT,
    exit_code INTEGER,
    reason TEXT,
    queued_at REAL NOT NULL, started_at REAL, ended_at REAL
  ) WITHOUT ROWID;
  CREATE INDEX jobs_active ON jobs (queued_at) WHERE state IN ('queued', 'preparing', 'running');
  CREATE INDEX jobs_head ON jobs (head_commit);
  CREATE INDEX jobs_snapshot ON jobs (snapshot_commit);

  CREATE TABLE logged_models (
    id TEXT PRIMARY KEY,
    experiment_id INTEGER NOT NULL REFERENCES experiments (id),
    name TEXT NOT NULL, model_type TEXT NOT NULL, source_run_id TEXT NOT NULL,
    status TEXT NOT NULL, status_message TEXT NOT NULL,
    created_at REAL NOT NULL, updated_at REAL NOT NULL,
    artifact_uri TEXT NOT NULL, lifecycle TEXT NOT NULL,
    params TEXT NOT NULL, tags TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX logged_models_experiment ON logged_models (experiment_id, created_at DESC);
  CREATE TABLE logged_model_metrics (
    model_id TEXT NOT NULL, key TEXT NOT NULL, value REAL, time REAL NOT NULL, step REAL NOT NULL,
    run_id TEXT NOT NULL, dataset_name TEXT NOT NULL, dataset_digest TEXT NOT NULL,
    PRIMARY KEY (model_id, key, step, time, run_id, dataset_name, dataset_digest)
  ) WITHOUT ROWID;

  CREATE TABLE registered_models (
    name TEXT PRIMARY KEY, description TEXT NOT NULL, created_at REAL NOT NULL, updated_at REAL NOT NULL,
    tags TEXT NOT NULL, last_version INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE model_versions (
    name TEXT NOT NULL REFERENCES registered_models (name) ON UPDATE CASCADE ON DELETE CASCADE,
    version INTEGER NOT NULL,
    source TEXT NOT NULL, run_id TEXT NOT NULL, model_id TEXT NOT NULL, run_link TEXT NOT NULL,
    description TEXT NOT NULL, stage TEXT NOT NULL, created_at REAL NOT NULL, updated_at REAL NOT NULL,
    tags TEXT NOT NULL,
    PRIMARY KEY (name, version)
  ) WITHOUT ROWID;
  CREATE TABLE model_aliases (
    name TEXT NOT NULL REFERENCES registered_models (name) ON UPDATE CASCADE ON DELETE CASCADE,
    alias TEXT NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (name, alias)
  ) WITHOUT ROWID;
  `,
  compressBlocks,
  `
  -- The first page of a search walks the order that was asked for, or the few runs that a condition leaves.
  CREATE INDEX runs_of_all ON runs (lifecycle, start_time DESC, id);
  CREATE INDEX series_values ON series (key, last_value);
  CREATE INDEX run_params_values ON run_params (key, value);
  CREATE INDEX run_tags_commits ON run_tags (value) WHERE key = 'mlflow.source.git.commit';
  `,
  `
  -- How far the event files and the output of jobs were read.
  CREATE TABLE event_files (
    run_id TEXT NOT NULL, path TEXT NOT NULL, offset INTEGER NOT NULL, fault TEXT,
    PRIMARY KEY (run_id, path)
  ) WITHOUT ROWID;
  CREATE INDEX event_files_path ON event_files (path);
  ALTER TABLE jobs ADD COLUMN output_read INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE jobs ADD COLUMN progress TEXT;
  `,
  `
  -- Searches by tags (the children of a run, what a person marked), and of active and deleted runs together.
  CREATE INDEX run_tags_values ON run_tags (key, value);
  DROP INDEX run_tags_commits;
  CREATE INDEX runs_of_any ON runs (experiment_id, start_time DESC, id);
  `,
  `
  -- On which machine it ran.
  ALTER TABLE jobs ADD COLUMN machine TEXT;
  `,
  `
  -- Jobs whose files are being kept, and how far that is.
  ALTER TABLE jobs ADD COLUMN collected TEXT;
  DROP INDEX jobs_active;
  CREATE INDEX jobs_active ON jobs (queued_at) WHERE state IN ('queued', 'preparing', 'running', 'collecting');
  `,
  `
  -- Which runs a job began, beside its own.
  ALTER TABLE runs ADD COLUMN job_id TEXT;
  CREATE INDEX runs_of_jobs ON runs (job_id) WHERE job_id IS NOT NULL;
  ALTER TABLE jobs ADD COLUMN experiment_id INTEGER;
  UPDATE jobs SET experiment_id = (SELECT experiment_id FROM runs WHERE id = run_id);
  -- Scripts of jobs that were started before continue the run that their environment names.
  ALTER TABLE jobs ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
  UPDATE jobs SET begun = 1;
  ALTER TABLE jobs ADD COLUMN ranks TEXT;
  ALTER TABLE jobs ADD COLUMN elsewhere TEXT;
  `,
  `
  -- What the folders of event files are called in the names of metrics, and which points are theirs.
  ALTER TABLE event_files ADD COLUMN folder TEXT;
  ALTER TABLE event_files ADD COLUMN created_at REAL;
  CREATE TABLE event_folders (
    run_id TEXT NOT NULL, path TEXT NOT NULL, created_at REAL NOT NULL, host TEXT, pid TEXT,
    is_session INTEGER NOT NULL, is_named INTEGER NOT NULL, prefix TEXT NOT NULL,
    PRIMARY KEY (run_id, path)
  ) WITHOUT ROWID;
  CREATE TABLE event_points (
    run_id TEXT NOT NULL, folder TEXT NOT NULL, name TEXT NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (run_id, folder, name, first)
  ) WITHOUT ROWID;
  `,
  `
  -- Why it failed.
  ALTER TABLE jobs ADD COLUMN cause TEXT;
  `,
  `
  -- Variables that a job has in memory only, beside its secrets.
  ALTER TABLE jobs ADD COLUMN memory_names TEXT NOT NULL DEFAULT '[]';
  `,
  `
  -- When a run was deleted; runs that are gone for good and may still have something outside; experiments that are gone.
  ALTER TABLE runs ADD COLUMN deleted_at REAL;
  UPDATE runs SET deleted_at = unixepoch('subsec') * 1000 WHERE lifecycle = 'deleted';
  CREATE TABLE purged (run_id TEXT PRIMARY KEY, snapshot TEXT) WITHOUT ROWID;
  CREATE TABLE purged_experiments (id INTEGER PRIMARY KEY);
  `,
  `
  -- One row: which store this is, and how many changes were committed (see last-change.ts).
  CREATE TABLE store (identity TEXT NOT NULL, changes INTEGER NOT NULL, changed_at REAL NOT NULL);
  `,
  `
  -- Code that a job used and its snapshot does not hold.
  ALTER TABLE jobs ADD COLUMN outside_code TEXT;
  `,
  `
  -- Patterns for metrics that a job got after it was submitted, and how far its output was read for them.
  ALTER TABLE jobs ADD COLUMN late TEXT;
  `,
  `
  -- What its target waits for; since when the target does not answer, and why; whether some of its files are still to be kept.
  ALTER TABLE jobs ADD COLUMN waiting TEXT;
  ALTER TABLE jobs ADD COLUMN unreachable TEXT;
  ALTER TABLE jobs ADD COLUMN uncollected INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX jobs_uncollected ON jobs (run_id) WHERE uncollected = 1;
  UPDATE jobs SET uncollected = 1 WHERE reason LIKE '%Some of its files are not kept yet; Trainyard keeps trying:%';
  `,
  `
  -- Where the debugger of a job listens.
  ALTER TABLE jobs ADD COLUMN debugger TEXT;
  `,
  `
  -- Environments, each version as it was created; where they were built, and what is in them; which jobs ran in one.
  CREATE TABLE environments (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL, version TEXT NOT NULL, digest TEXT NOT NULL,
    definition TEXT NOT NULL, description TEXT NOT NULL, tags TEXT NOT NULL, kept TEXT NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL,
    UNIQUE (name, version)
  );
  CREATE TABLE environment_builds (
    digest TEXT NOT NULL, target TEXT NOT NULL, at TEXT NOT NULL, packages TEXT, built_at REAL NOT NULL,
    PRIMARY KEY (digest, target)
  ) WITHOUT ROWID;
  CREATE INDEX jobs_environments ON jobs (json_extract(spec, '$.environment.name'), json_extract(spec, '$.environment.version'))
    WHERE json_extract(spec, '$.environment.kind') = 'asset';
  `,
  `
  -- Data assets, each version as it was created.
  CREATE TABLE data_assets (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL, version TEXT NOT NULL,
    type TEXT NOT NULL, path TEXT NOT NULL, description TEXT NOT NULL, tags TEXT NOT NULL,
    archived INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL, run_id TEXT,
    UNIQUE (name, version)
  );
  `,
  `
  -- Datastores, without their secrets.
  CREATE TABLE datastores (
    name TEXT PRIMARY KEY, place TEXT NOT NULL, secret_env TEXT,
    description TEXT NOT NULL, tags TEXT NOT NULL, created_at REAL NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  -- Lineage, asked from either end.
  CREATE INDEX jobs_images ON jobs (json_extract(spec, '$.environment.image'))
    WHERE json_extract(spec, '$.environment.kind') = 'image';
  CREATE INDEX jobs_tree ON jobs (json_extract(snapshot, '$.tree'));
  CREATE INDEX data_assets_run ON data_assets (run_id) WHERE run_id IS NOT NULL;
  CREATE INDEX data_assets_path ON data_assets (path);
  CREATE INDEX environments_digest ON environments (digest);
  CREATE INDEX run_datasets_content ON run_datasets (name, digest);
  CREATE INDEX run_models_model ON run_models (model_id, direction);
  CREATE INDEX logged_models_run ON logged_models (source_run_id);
  CREATE INDEX model_versions_run ON model_versions (run_id);
  CREATE INDEX model_versions_model ON model_versions (model_id) WHERE model_id <> '';
  `,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** @throws STORE_NEWER before anything is changed */
export function checkVersion(db: Database): number {
  const version = Number(db.get<{ user_version: number }>('PRAGMA user_version')?.user_version);
  if (version > SCHEMA_VERSION)
    throw new TrainyardError(
      'STORE_NEWER',
      `The store ${db.file} was written by a newer Trainyard (format ${version}; this one knows ${SCHEMA_VERSION}).`,
      { hint: 'Update Trainyard. The store was not changed.' },
    );
  return version;
}

/** Each step is one transaction with its version number, so that an interrupted migration can continue. */
export function migrate(db: Database, version: number, to = SCHEMA_VERSION): void {
  for (const [step, change] of MIGRATIONS.entries()) {
    if (step < version || step >= to) continue;
    db.exec('BEGIN IMMEDIATE');
    if (typeof change === 'string') db.exec(change);
    else change(db);
    db.exec(`PRAGMA user_version = ${step + 1}; COMMIT`);
  }
}
