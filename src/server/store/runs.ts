import { randomUUID } from 'node:crypto';
import { TrainyardError } from '../../base/errors.js';
import type { Lifecycle, RunPart } from '../../workspace/types.js';
import { artifactUri } from './artifact-path.js';
import { type DatasetInput, type FullRun, fullRuns, type ListedRun, listedRuns } from './full-runs.js';
import { randomName } from './names.js';
import { findRuns, type RunSearch } from './search/find.js';
import type { Database } from './sql.js';
import type { LifecycleFilter, StoreChange } from './store.js';
import { touchRun } from './touch-run.js';

/** What a script says of its run; a job's state is kept beside it (jobs.ts) and wins while the job is active. */
export type RunStatus = 'running' | 'scheduled' | 'finished' | 'failed' | 'killed';

export interface RunRecord {
  id: string;
  number: number;
  experimentId: string;
  name: string;
  user: string;
  status: RunStatus;
  startTime: number;
  endTime: number | null;
  lifecycle: Lifecycle;
  artifactUri: string;
  /** The job that began it; undefined for the run of a job itself, and for one that no job began. */
  jobId?: string;
}

interface RunRow {
  number: number;
  id: string;
  experiment_id: number;
  name: string;
  user: string;
  status: RunStatus;
  start_time: number;
  end_time: number | null;
  lifecycle: Lifecycle;
  artifact_uri: string;
  job_id: string | null;
}

const NAME_TAG = 'mlflow.runName';
export const PARENT_TAG = 'mlflow.parentRunId';

/** Changing methods are for use inside Store.write. They throw NOT_FOUND for an unknown run. */
export class Runs {
  private readonly db: Database;
  private readonly touch: (change: StoreChange) => void;

  constructor(db: Database, touch: (change: StoreChange) => void) {
    this.db = db;
    this.touch = touch;
  }

  /** @throws NOT_FOUND (experiment) | BAD_REQUEST (experiment is deleted) */
  create(fields: {
    id?: string;
    experimentId: string;
    name?: string;
    user?: string;
    status?: RunStatus;
    startTime: number;
    tags?: Record<string, string>;
    jobId?: string;
  }): RunRecord {
    const location = this.locationOf(fields.experimentId);
    const id = fields.id ?? randomUUID().replaceAll('-', '');
    const name = fields.name || fields.tags?.[NAME_TAG] || randomName();
    this.db.run(
      `INSERT INTO runs (id, experiment_id, name, user, status, start_time, end_time, lifecycle, artifact_uri, job_id)
       VALUES (?, ?, ?, ?, ?, ?, NULL, 'active', ?, ?)`,
      id,
      Number(fields.experimentId),
      name,
      fields.user ?? '',
      fields.status ?? 'running',
      fields.startTime,
      artifactUri(location, id),
      fields.jobId ?? null,
    );
    this.setTags(id, { ...fields.tags, [NAME_TAG]: name });
    this.changed(id, 'state');
    return this.required(id);
  }

  /** Where the files of an experiment's runs are. @throws NOT_FOUND | BAD_REQUEST (it is deleted) */
  private locationOf(experimentId: string): string {
    const experiment = /^\d{1,15}$/.test(experimentId)
      ? this.db.get<{ artifact_location: string; lifecycle: Lifecycle }>(
          'SELECT artifact_location, lifecycle FROM experiments WHERE id = ?',
          Number(experimentId),
        )
      : undefined;
    if (!experiment) throw new TrainyardError('NOT_FOUND', `No Experiment with id=${experimentId} exists`);
    if (experiment.lifecycle !== 'active')
      throw new TrainyardError(
        'BAD_REQUEST',
        `The experiment ${experimentId} must be in the 'active' state. Current state is deleted.`,
      );
    return experiment.artifact_location;
  }

  /**
   * To another experiment, with the files that the store keeps of it.
   * @throws NOT_FOUND (experiment) | BAD_REQUEST (experiment is deleted)
   */
  move(id: string, experimentId: string): void {
    const before = this.required(id).experimentId;
    if (before === experimentId) return;
    this.db.run(
      'UPDATE runs SET experiment_id = ?, artifact_uri = ? WHERE id = ?',
      Number(experimentId),
      artifactUri(this.locationOf(experimentId), id),
      id,
    );
    // Views of the experiment it leaves must be notified, too.
    this.touch({ type: 'run', runId: id, experimentId: before, part: 'state' });
    this.changed(id, 'state');
  }

  /** The runs that a job began beside its own, oldest first. */
  ofJob(jobId: string): RunRecord[] {
    return this.db.all<RunRow>('SELECT * FROM runs WHERE job_id = ? ORDER BY number', jobId).map(toRecord);
  }

  /** Whether a run is the job's own, was begun by it, or has such a run among its parents. */
  isOfJob(id: string, jobId: string): boolean {
    const line = `WITH RECURSIVE line (id) AS (
      SELECT ? UNION SELECT value FROM line JOIN run_tags ON run_id = line.id AND key = '${PARENT_TAG}')`;
    return (
      this.db.get(
        `${line} SELECT 1 FROM line JOIN runs r USING (id) WHERE ? IN (r.id, r.job_id)`,
        id,
        jobId,
      ) !== undefined
    );
  }

  get(id: string): RunRecord | undefined {
    const row = this.db.get<RunRow>('SELECT * FROM runs WHERE id = ?', id);
    return row && toRecord(row);
  }

  full(id: string): FullRun | undefined {
    const record = this.get(id);
    return record && fullRuns(this.db, [record])[0];
  }

  /** @throws BAD_REQUEST with MLflow's wording */
  find(query: RunSearch): { ids: string[]; nextPage?: string } {
    return findRuns(this.db, query);
  }

  /** In the order of `ids`, which must exist. */
  many(ids: readonly string[]): FullRun[] {
    return fullRuns(this.db, this.records(ids));
  }

  /** The same with lists that are JSON already, in half the time. */
  listed(ids: readonly string[]): ListedRun[] {
    return listedRuns(this.db, this.records(ids));
  }

  private records(ids: readonly string[]): RunRecord[] {
    const rows = this.db.all<RunRow>(
      'SELECT r.* FROM json_each(?) wanted CROSS JOIN runs r ON r.id = wanted.value ORDER BY wanted.key',
      JSON.stringify(ids),
    );
    return rows.map(toRecord);
  }

  /** Whether any run is marked as running by its program. A killed program never clears that. */
  isAnyRunning(): boolean {
    const newest = `SELECT 1 FROM runs WHERE lifecycle = 'active' AND status = 'running' ORDER BY start_time DESC LIMIT 1`;
    return this.db.get(newest) !== undefined;
  }

  count(lifecycle: LifecycleFilter = 'active'): number {
    return (
      this.db.get<{ n: number }>(`SELECT count(*) AS n FROM runs WHERE ? IN ('all', lifecycle)`, lifecycle)
        ?.n ?? 0
    );
  }

  /** `name` rewrites the tag mlflow.runName too. */
  update(id: string, fields: { status?: RunStatus; endTime?: number | null; name?: string }): RunRecord {
    this.required(id);
    if (fields.status !== undefined)
      this.db.run('UPDATE runs SET status = ? WHERE id = ?', fields.status, id);
    if (fields.endTime !== undefined)
      this.db.run('UPDATE runs SET end_time = ? WHERE id = ?', fields.endTime, id);
    if (fields.name) this.setTags(id, { [NAME_TAG]: fields.name });
    this.changed(id, 'state');
    return this.required(id);
  }

  setLifecycle(id: string, lifecycle: Lifecycle): void {
    this.required(id);
    this.db.run(
      'UPDATE runs SET lifecycle = ?, deleted_at = ? WHERE id = ?',
      lifecycle,
      lifecycle === 'deleted' ? Date.now() : null,
      id,
    );
    this.changed(id, 'state');
  }

  /** The tag mlflow.runName renames the run; a run keeps the name that it has rather than none. */
  setTags(id: string, tags: Record<string, string>): void {
    this.required(id);
    for (const [key, value] of Object.entries(tags)) {
      if (key === NAME_TAG && value === '') continue;
      this.db.run(
        'INSERT INTO run_tags VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
        id,
        key,
        value,
      );
      if (key === NAME_TAG) this.db.run('UPDATE runs SET name = ? WHERE id = ?', value, id);
    }
    this.changed(id, 'tags');
  }

  /** @returns false when there was no such tag */
  deleteTag(id: string, key: string): boolean {
    this.required(id);
    this.changed(id, 'tags');
    return this.db.run('DELETE FROM run_tags WHERE run_id = ? AND key = ?', id, key) > 0;
  }

  /**
   * @throws CONFLICT with details `{ key, oldValue, newValue }[]` when one was logged with another value; nothing is
   * written then
   */
  logParams(id: string, params: Record<string, string>): void {
    this.required(id);
    const conflicts: { key: string; oldValue: string; newValue: string }[] = [];
    for (const [key, newValue] of Object.entries(params)) {
      const oldValue = this.db.get<{ value: string }>(
        'SELECT value FROM run_params WHERE run_id = ? AND key = ?',
        id,
        key,
      )?.value;
      if (oldValue !== undefined && oldValue !== newValue) conflicts.push({ key, oldValue, newValue });
    }
    if (conflicts.length > 0)
      throw new TrainyardError('CONFLICT', 'A param was already logged with another value.', {
        details: conflicts,
      });
    for (const [key, value] of Object.entries(params))
      this.db.run('INSERT OR IGNORE INTO run_params VALUES (?, ?, ?)', id, key, value);
    this.changed(id, 'params');
  }

  params(id: string): Record<string, string> {
    const rows = this.db.all<{ key: string; value: string }>(
      'SELECT key, value FROM run_params WHERE run_id = ?',
      id,
    );
    return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
  }

  /** For the few callers that may change a logged param. */
  replaceParam(id: string, key: string, value: string): void {
    this.required(id);
    this.db.run('UPDATE run_params SET value = ? WHERE run_id = ? AND key = ?', value, id, key);
    this.changed(id, 'params');
  }

  addDatasets(id: string, datasets: DatasetInput[]): void {
    this.required(id);
    for (const { name, digest, sourceType, source, schema, profile, tags } of datasets)
      this.db.run(
        'INSERT OR IGNORE INTO run_datasets VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        id,
        name,
        digest,
        sourceType,
        source,
        schema ?? null,
        profile ?? null,
        JSON.stringify(tags),
      );
    this.changed(id, 'models');
  }

  addModelInputs(id: string, modelIds: string[]): void {
    this.addModels(
      id,
      'input',
      modelIds.map((modelId) => ({ modelId, step: 0 })),
    );
  }

  addModelOutputs(id: string, outputs: { modelId: string; step: number }[]): void {
    this.addModels(id, 'output', outputs);
  }

  private addModels(id: string, direction: string, models: { modelId: string; step: number }[]): void {
    this.required(id);
    for (const { modelId, step } of models)
      this.db.run('INSERT OR REPLACE INTO run_models VALUES (?, ?, ?, ?)', id, direction, modelId, step);
    this.changed(id, 'models');
  }

  private required(id: string): RunRecord {
    const record = this.get(id);
    if (!record) throw new TrainyardError('NOT_FOUND', `Run with id=${id} not found`);
    return record;
  }

  private changed(runId: string, part: RunPart): void {
    touchRun(this.db, this.touch, runId, part);
  }
}

function toRecord(row: RunRow): RunRecord {
  return {
    id: row.id,
    number: row.number,
    experimentId: String(row.experiment_id),
    name: row.name,
    user: row.user,
    status: row.status,
    startTime: row.start_time,
    endTime: row.end_time,
    lifecycle: row.lifecycle,
    artifactUri: row.artifact_uri,
    ...(row.job_id !== null && { jobId: row.job_id }),
  };
}
