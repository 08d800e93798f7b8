import { TrainyardError } from '../../base/errors.js';
import type { AssetQuery, DataAsset, NewDataAsset } from '../../workspace/types.js';
import { readKeyed } from './keyed.js';
import type { Database } from './sql.js';
import type { StoreChange } from './store.js';
import { Versions } from './versions.js';

interface Row {
  name: string;
  version: string;
  type: DataAsset['type'];
  path: string;
  description: string;
  tags: string;
  archived: number;
  created_at: number;
  run_id: string | null;
}

/** Data assets. A version never changes, but for being archived. Changing methods are for use inside Store.write. */
export class DataAssets {
  private readonly db: Database;
  private readonly touch: (change: StoreChange) => void;
  private readonly versions: Versions<Row>;

  constructor(db: Database, touch: (change: StoreChange) => void) {
    this.db = db;
    this.touch = touch;
    this.versions = new Versions(db, 'data_assets');
  }

  /** By name, the newest version first. */
  all({ name, archived = false }: AssetQuery = {}): DataAsset[] {
    return this.db
      .all<Row>(
        `SELECT * FROM data_assets WHERE (?1 IS NULL OR name = ?1) AND (?2 OR NOT archived)
         ORDER BY name, number DESC`,
        name ?? null,
        Number(archived),
      )
      .map(toAsset);
  }

  /** @param version absent: the newest that is not archived */
  get(name: string, version?: string): DataAsset | undefined {
    const row = this.versions.get(name, version);
    return row && toAsset(row);
  }

  /** @throws CONFLICT when the version is there */
  create(
    { name, type, path, description = '', tags = {}, ...more }: NewDataAsset,
    runId?: string,
  ): DataAsset {
    const version = more.version ?? this.versions.next(name);
    if (this.get(name, version))
      throw new TrainyardError('CONFLICT', `The data ${name}:${version} already exists.`, {
        hint: 'Versions never change. Choose another version, or none for the next number.',
      });
    this.db.run(
      `INSERT INTO data_assets (name, version, type, path, description, tags, created_at, run_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      name,
      version,
      type,
      path,
      description,
      JSON.stringify(tags),
      Date.now(),
      runId ?? null,
    );
    this.touch({ type: 'data' });
    return this.get(name, version) as DataAsset;
  }

  /** Ids of the jobs that were to read it, newest first. Labels became versions when they were submitted. */
  runsOf(name: string, version: string): string[] {
    return this.db
      .all<{ run_id: string }>(
        `SELECT run_id FROM jobs WHERE EXISTS (
           SELECT 1 FROM json_each(spec, '$.inputs')
           WHERE json_extract(value, '$.path') = ? AND json_extract(value, '$.type') NOT LIKE '%\\_model' ESCAPE '\\')
         ORDER BY queued_at DESC`,
        `azureml:${name}:${version}`,
      )
      .map(({ run_id: runId }) => runId);
  }

  /** @param version absent: all of them @throws NOT_FOUND */
  archive(name: string, version: string | undefined, archived: boolean): void {
    if (!this.versions.archive(name, version, archived)) throw noData(name, version);
    this.touch({ type: 'data' });
  }
}

export function noData(name: string, version?: string): TrainyardError {
  return new TrainyardError(
    'NOT_FOUND',
    version === undefined ? `There is no data “${name}”.` : `There is no data ${name}:${version}.`,
    { hint: 'List what there is with: trainyard data list' },
  );
}

function toAsset({ tags, archived, created_at: createdAt, run_id: runId, ...row }: Row): DataAsset {
  const { name, version, type, path, description } = row;
  return {
    ...{ name, version, type, path, description },
    tags: readKeyed(tags),
    archived: archived === 1,
    createdAt,
    ...(runId !== null && { runId }),
  };
}
