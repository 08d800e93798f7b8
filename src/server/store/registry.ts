import { TrainyardError } from '../../base/errors.js';
import { type Keyed, readKeyed, withKey, withoutKey } from './keyed.js';
import type { Database } from './sql.js';
import type { StoreChange } from './store.js';

export interface RegisteredModelRecord {
  name: string;
  description: string;
  createdAt: number;
  updatedAt: number;
  tags: Keyed;
  /** alias → version */
  aliases: Keyed;
}

export interface ModelVersionRecord {
  name: string;
  version: number;
  source: string;
  runId: string;
  modelId: string;
  runLink: string;
  description: string;
  stage: string;
  createdAt: number;
  updatedAt: number;
  tags: Keyed;
  aliases: string[];
}

interface RegisteredRow {
  name: string;
  description: string;
  created_at: number;
  updated_at: number;
  tags: string;
}

interface VersionRow extends RegisteredRow {
  version: number;
  source: string;
  run_id: string;
  model_id: string;
  run_link: string;
  stage: string;
}

/** Registered models and their versions. */
export class Registry {
  protected readonly db: Database;
  protected readonly touch: (change: StoreChange) => void;

  constructor(db: Database, touch: (change: StoreChange) => void) {
    this.db = db;
    this.touch = touch;
  }

  createRegistered(fields: { name: string; description?: string; tags?: Keyed }): RegisteredModelRecord {
    this.requireNameFree(fields.name);
    const now = Date.now();
    this.db.run(
      'INSERT INTO registered_models VALUES (?, ?, ?, ?, ?, 0)',
      fields.name,
      fields.description ?? '',
      now,
      now,
      JSON.stringify(fields.tags ?? {}),
    );
    return this.changed(fields.name);
  }

  registered(name: string): RegisteredModelRecord | undefined {
    const row = this.db.get<RegisteredRow>('SELECT * FROM registered_models WHERE name = ?', name);
    return row && this.toRegistered(row);
  }

  allRegistered(): RegisteredModelRecord[] {
    const rows = this.db.all<RegisteredRow>('SELECT * FROM registered_models ORDER BY name');
    return rows.map((row) => this.toRegistered(row));
  }

  renameRegistered(name: string, newName: string): RegisteredModelRecord {
    this.requireRegistered(name);
    if (newName !== name) {
      this.requireNameFree(newName);
      this.db.run('UPDATE registered_models SET name = ? WHERE name = ?', newName, name);
    }
    return this.changed(newName);
  }

  updateRegistered(name: string, description: string): RegisteredModelRecord {
    this.requireRegistered(name);
    this.db.run('UPDATE registered_models SET description = ? WHERE name = ?', description, name);
    return this.changed(name);
  }

  /** Removes its versions and aliases, too. */
  deleteRegistered(name: string): void {
    this.requireRegistered(name);
    this.db.run('DELETE FROM registered_models WHERE name = ?', name);
    this.touch({ type: 'models' });
  }

  setRegisteredTag(name: string, key: string, value: string): void {
    const { tags } = this.requireRegistered(name);
    const json = withKey(JSON.stringify(tags), key, value);
    this.db.run('UPDATE registered_models SET tags = ? WHERE name = ?', json, name);
    this.changed(name);
  }

  deleteRegisteredTag(name: string, key: string): void {
    const rest = withoutKey(JSON.stringify(this.requireRegistered(name).tags), key);
    if (rest !== undefined) this.db.run('UPDATE registered_models SET tags = ? WHERE name = ?', rest, name);
    this.changed(name);
  }

  setAlias(name: string, alias: string, version: number): void {
    this.requireVersion(name, version);
    this.db.run(
      'INSERT INTO model_aliases VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version',
      name,
      alias,
      version,
    );
    this.changed(name);
  }

  deleteAlias(name: string, alias: string): void {
    this.requireRegistered(name);
    this.db.run('DELETE FROM model_aliases WHERE name = ? AND alias = ?', name, alias);
    this.changed(name);
  }

  /** Numbers increase and are never reused. */
  createVersion(fields: {
    name: string;
    source: string;
    runId?: string;
    modelId?: string;
    runLink?: string;
    description?: string;
    tags?: Keyed;
  }): ModelVersionRecord {
    this.requireRegistered(fields.name);
    this.db.run('UPDATE registered_models SET last_version = last_version + 1 WHERE name = ?', fields.name);
    const version = this.db.get<{ last_version: number }>(
      'SELECT last_version FROM registered_models WHERE name = ?',
      fields.name,
    )?.last_version as number;
    const now = Date.now();
    this.db.run(
      `INSERT INTO model_versions VALUES (?, ?, ?, ?, ?, ?, ?, 'None', ?, ?, ?)`,
      fields.name,
      version,
      fields.source,
      fields.runId ?? '',
      fields.modelId ?? '',
      fields.runLink ?? '',
      fields.description ?? '',
      now,
      now,
      JSON.stringify(fields.tags ?? {}),
    );
    this.changed(fields.name);
    return this.requireVersion(fields.name, version);
  }

  version(name: string, version: number): ModelVersionRecord | undefined {
    const row = this.db.get<VersionRow>(
      'SELECT * FROM model_versions WHERE name = ? AND version = ?',
      name,
      version,
    );
    return row && this.toVersion(row);
  }

  /** Newest first. */
  versions(name?: string): ModelVersionRecord[] {
    const rows =
      name === undefined
        ? this.db.all<VersionRow>('SELECT * FROM model_versions ORDER BY name, version DESC')
        : this.db.all<VersionRow>('SELECT * FROM model_versions WHERE name = ? ORDER BY version DESC', name);
    return rows.map((row) => this.toVersion(row));
  }

  updateVersion(
    name: string,
    version: number,
    fields: { description?: string; stage?: string },
  ): ModelVersionRecord {
    const before = this.requireVersion(name, version);
    this.db.run(
      'UPDATE model_versions SET description = ?, stage = ? WHERE name = ? AND version = ?',
      fields.description ?? before.description,
      fields.stage ?? before.stage,
      name,
      version,
    );
    return this.changedVersion(name, version);
  }

  /** Removes its aliases, too. */
  deleteVersion(name: string, version: number): void {
    this.requireVersion(name, version);
    this.db.run('DELETE FROM model_versions WHERE name = ? AND version = ?', name, version);
    this.db.run('DELETE FROM model_aliases WHERE name = ? AND version = ?', name, version);
    this.changed(name);
  }

  setVersionTag(name: string, version: number, key: string, value: string): void {
    const json = withKey(JSON.stringify(this.requireVersion(name, version).tags), key, value);
    this.db.run('UPDATE model_versions SET tags = ? WHERE name = ? AND version = ?', json, name, version);
    this.changedVersion(name, version);
  }

  deleteVersionTag(name: string, version: number, key: string): void {
    const rest = withoutKey(JSON.stringify(this.requireVersion(name, version).tags), key);
    if (rest !== undefined)
      this.db.run('UPDATE model_versions SET tags = ? WHERE name = ? AND version = ?', rest, name, version);
    this.changedVersion(name, version);
  }

  private requireNameFree(name: string): void {
    if (this.registered(name))
      throw new TrainyardError('CONFLICT', `Registered Model (name=${name}) already exists.`, {
        hint: 'Choose another name.',
      });
  }

  private requireRegistered(name: string): RegisteredModelRecord {
    const record = this.registered(name);
    if (!record) throw new TrainyardError('NOT_FOUND', `Registered Model with name=${name} not found`);
    return record;
  }

  private requireVersion(name: string, version: number): ModelVersionRecord {
    const record = this.version(name, version);
    if (!record)
      throw new TrainyardError('NOT_FOUND', `Model Version (name=${name}, version=${version}) not found`);
    return record;
  }

  private changed(name: string): RegisteredModelRecord {
    this.db.run('UPDATE registered_models SET updated_at = ? WHERE name = ?', Date.now(), name);
    this.touch({ type: 'models' });
    return this.requireRegistered(name);
  }

  private changedVersion(name: string, version: number): ModelVersionRecord {
    this.db.run(
      'UPDATE model_versions SET updated_at = ? WHERE name = ? AND version = ?',
      Date.now(),
      name,
      version,
    );
    this.changed(name);
    return this.requireVersion(name, version);
  }

  private aliases(name: string): Keyed {
    const rows = this.db.all<{ alias: string; version: number }>(
      'SELECT alias, version FROM model_aliases WHERE name = ?',
      name,
    );
    return Object.fromEntries(rows.map(({ alias, version }) => [alias, String(version)]));
  }

  private toRegistered(row: RegisteredRow): RegisteredModelRecord {
    return {
      name: row.name,
      description: row.description,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      tags: readKeyed(row.tags),
      aliases: this.aliases(row.name),
    };
  }

  private toVersion(row: VersionRow): ModelVersionRecord {
    const aliases = Object.entries(this.aliases(row.name));
    return {
      name: row.name,
      version: row.version,
      source: row.source,
      runId: row.run_id,
      modelId: row.model_id,
      runLink: row.run_link,
      description: row.description,
      stage: row.stage,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      tags: readKeyed(row.tags),
      aliases: aliases.filter(([, version]) => version === String(row.version)).map(([alias]) => alias),
    };
  }
}
