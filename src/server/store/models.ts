import { randomUUID } from 'node:crypto';
import { TrainyardError } from '../../base/errors.js';
import type { Lifecycle } from '../../workspace/types.js';
import { type Keyed, readKeyed, withoutKey } from './keyed.js';
import { artifactUri } from './artifact-path.js';
import { randomName } from './names.js';
import { Registry } from './registry.js';

export type { ModelVersionRecord, RegisteredModelRecord } from './registry.js';

export interface LoggedModel {
  id: string;
  experimentId: string;
  name: string;
  modelType: string;
  sourceRunId: string;
  status: 'pending' | 'ready' | 'failed';
  statusMessage: string;
  createdAt: number;
  updatedAt: number;
  artifactUri: string;
  lifecycle: Lifecycle;
  params: Keyed;
  tags: Keyed;
}

/** With all points that were logged to it, which may be many. */
export interface LoggedModelRecord extends LoggedModel {
  metrics: LoggedModelMetric[];
}

export interface LoggedModelMetric {
  key: string;
  value: number;
  timestamp: number;
  step: number;
  runId: string;
  datasetName: string;
  datasetDigest: string;
}

interface LoggedModelRow {
  id: string;
  experiment_id: number;
  name: string;
  model_type: string;
  source_run_id: string;
  status: LoggedModel['status'];
  status_message: string;
  created_at: number;
  updated_at: number;
  artifact_uri: string;
  lifecycle: Lifecycle;
  params: string;
  tags: string;
}

/** Logged models, and by inheritance the registry. Changing methods are for use inside Store.write and throw NOT_FOUND | CONFLICT. */
export class Models extends Registry {
  createLogged(fields: {
    experimentId: string;
    name?: string;
    modelType?: string;
    sourceRunId?: string;
    params?: Keyed;
    tags?: Keyed;
  }): LoggedModel {
    const experiment = this.db.get<{ artifact_location: string }>(
      'SELECT artifact_location FROM experiments WHERE id = ?',
      fields.experimentId,
    );
    if (!experiment)
      throw new TrainyardError('NOT_FOUND', `No Experiment with id=${fields.experimentId} exists`);
    const id = `m-${randomUUID().replaceAll('-', '')}`;
    const now = Date.now();
    this.db.run(
      `INSERT INTO logged_models VALUES (?, ?, ?, ?, ?, 'pending', '', ?, ?, ?, 'active', ?, ?)`,
      id,
      Number(fields.experimentId),
      fields.name || randomName(),
      fields.modelType ?? '',
      fields.sourceRunId ?? '',
      now,
      now,
      artifactUri(experiment.artifact_location, 'models', id),
      JSON.stringify(fields.params ?? {}),
      JSON.stringify(fields.tags ?? {}),
    );
    return this.changedLogged(id);
  }

  logged(id: string): LoggedModel | undefined {
    return this.loggedWhere('id = ?', id)[0];
  }

  /** Newest first, deleted ones too. */
  searchLogged(experimentIds: string[]): LoggedModel[] {
    return this.loggedWhere(
      'experiment_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?)) ORDER BY created_at DESC, id',
      JSON.stringify(experimentIds),
    );
  }

  setLoggedStatus(id: string, status: LoggedModel['status'], message = ''): LoggedModel {
    this.requireLogged(id);
    this.db.run('UPDATE logged_models SET status = ?, status_message = ? WHERE id = ?', status, message, id);
    return this.changedLogged(id);
  }

  deleteLogged(id: string): void {
    this.requireLogged(id);
    this.db.run(`UPDATE logged_models SET lifecycle = 'deleted' WHERE id = ?`, id);
    this.changedLogged(id);
  }

  addLoggedParams(id: string, params: Keyed): void {
    const record = this.requireLogged(id);
    this.db.run(
      'UPDATE logged_models SET params = ? WHERE id = ?',
      JSON.stringify({ ...record.params, ...params }),
      id,
    );
    this.changedLogged(id);
  }

  setLoggedTags(id: string, tags: Keyed): void {
    const record = this.requireLogged(id);
    this.db.run(
      'UPDATE logged_models SET tags = ? WHERE id = ?',
      JSON.stringify({ ...record.tags, ...tags }),
      id,
    );
    this.changedLogged(id);
  }

  /** @returns false when there was no such tag */
  deleteLoggedTag(id: string, key: string): boolean {
    const rest = withoutKey(JSON.stringify(this.requireLogged(id).tags), key);
    if (rest === undefined) return false;
    this.db.run('UPDATE logged_models SET tags = ? WHERE id = ?', rest, id);
    this.changedLogged(id);
    return true;
  }

  addLoggedMetrics(id: string, metrics: LoggedModelMetric[]): void {
    this.requireLogged(id);
    for (const { key, value, timestamp, step, runId, datasetName, datasetDigest } of metrics)
      this.db.run(
        'INSERT OR REPLACE INTO logged_model_metrics VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        id,
        key,
        Number.isNaN(value) ? null : value,
        timestamp,
        step,
        runId,
        datasetName,
        datasetDigest,
      );
    this.changedLogged(id);
  }

  private loggedWhere(where: string, value: string): LoggedModel[] {
    return this.db.all<LoggedModelRow>(`SELECT * FROM logged_models WHERE ${where}`, value).map((row) => ({
      id: row.id,
      experimentId: String(row.experiment_id),
      name: row.name,
      modelType: row.model_type,
      sourceRunId: row.source_run_id,
      status: row.status,
      statusMessage: row.status_message,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      artifactUri: row.artifact_uri,
      lifecycle: row.lifecycle,
      params: readKeyed(row.params),
      tags: readKeyed(row.tags),
    }));
  }

  /** Reads all points of a model. */
  withMetrics(model: LoggedModel): LoggedModelRecord {
    const rows = this.db.all<{
      key: string;
      value: number | null;
      time: number;
      step: number;
      run_id: string;
      dataset_name: string;
      dataset_digest: string;
    }>('SELECT * FROM logged_model_metrics WHERE model_id = ?', model.id);
    const metrics = rows.map((row) => ({
      key: row.key,
      value: row.value ?? NaN,
      timestamp: row.time,
      step: row.step,
      runId: row.run_id,
      datasetName: row.dataset_name,
      datasetDigest: row.dataset_digest,
    }));
    return { ...model, metrics };
  }

  /** The value at the largest step for each metric of a model. */
  newestMetrics(id: string): Record<string, number> {
    const rows = this.db.arrays<[string, number | null]>(
      `WITH RECURSIVE keys (key) AS (
         SELECT min(key) FROM logged_model_metrics WHERE model_id = ?1
         UNION ALL
         SELECT (SELECT min(key) FROM logged_model_metrics WHERE model_id = ?1 AND key > keys.key)
         FROM keys WHERE key IS NOT NULL)
       SELECT key, (
         SELECT value FROM logged_model_metrics m WHERE model_id = ?1 AND m.key = keys.key
         ORDER BY step DESC, time DESC, run_id DESC, dataset_name DESC, dataset_digest DESC LIMIT 1)
       FROM keys WHERE key IS NOT NULL`,
      id,
    );
    return Object.fromEntries(rows.map(([key, value]) => [key, value ?? NaN]));
  }

  private requireLogged(id: string): LoggedModel {
    const record = this.logged(id);
    if (!record) throw new TrainyardError('NOT_FOUND', `Logged model with ID '${id}' not found.`);
    return record;
  }

  private changedLogged(id: string): LoggedModel {
    this.db.run('UPDATE logged_models SET updated_at = ? WHERE id = ?', Date.now(), id);
    this.touch({ type: 'models' });
    return this.requireLogged(id);
  }
}
