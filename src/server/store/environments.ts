import { TrainyardError } from '../../base/errors.js';
import type { EnvironmentDefinition } from '../../job/environment.js';
import { ANONYMOUS } from '../../job/environment/digest.js';
import type { AssetQuery, BuiltOn, EnvironmentVersion } from '../../workspace/types.js';
import { readKeyed } from './keyed.js';
import type { Database } from './sql.js';
import type { StoreChange } from './store.js';
import { Versions } from './versions.js';

interface Row {
  name: string;
  version: string;
  digest: string;
  definition: string;
  description: string;
  tags: string;
  kept: string;
  archived: number;
  created_at: number;
}

/** Without a version it gets the next number. */
type NewRecord = Omit<EnvironmentVersion, 'version' | 'archived' | 'createdAt' | 'builds'> & {
  version?: string;
};

/** Environments by name and version. A version never changes, but for being archived. Changing methods are for Store.write. */
export class Environments {
  private readonly db: Database;
  private readonly touch: (change: StoreChange) => void;
  private readonly versions: Versions<Row>;

  constructor(db: Database, touch: (change: StoreChange) => void) {
    this.db = db;
    this.touch = touch;
    this.versions = new Versions(db, 'environments');
  }

  /** By name, the newest version first; those without a name only when they are asked for by the name that they have. */
  all({ name, archived = false }: AssetQuery = {}): EnvironmentVersion[] {
    return this.db
      .all<Row>(
        `SELECT * FROM environments WHERE ((?1 IS NULL AND name <> ?3) OR name = ?1) AND (?2 OR NOT archived)
         ORDER BY name, number DESC`,
        name ?? null,
        Number(archived),
        ANONYMOUS,
      )
      .map((row) => this.toEnvironment(row));
  }

  /** @param version `latest`: the newest that is not archived */
  get(name: string, version: string): EnvironmentVersion | undefined {
    const row = this.versions.get(name, version === 'latest' ? undefined : version);
    return row && this.toEnvironment(row);
  }

  /** @throws NOT_FOUND */
  require(name: string, version: string): EnvironmentVersion {
    const found = this.get(name, version);
    if (found) return found;
    throw noEnvironment(name, version);
  }

  /**
   * Creating the same content again, under the same name and version, is no error.
   * @throws CONFLICT when the version is there with another content
   */
  create({ version: given, ...fields }: NewRecord): EnvironmentVersion {
    const version = given ?? this.versions.next(fields.name);
    const known = this.get(fields.name, version);
    if (known?.digest === fields.digest) return known;
    if (known)
      throw new TrainyardError(
        'CONFLICT',
        `The environment ${fields.name}:${version} already exists, with other content.`,
        {
          hint: 'Versions never change. Choose another version, or none for the next number.',
        },
      );
    this.db.run(
      `INSERT INTO environments (name, version, digest, definition, description, tags, kept, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      fields.name,
      version,
      fields.digest,
      JSON.stringify(fields.definition),
      fields.description,
      JSON.stringify(fields.tags),
      JSON.stringify(fields.kept),
      Date.now(),
    );
    this.touch({ type: 'environments' });
    return this.require(fields.name, version);
  }

  /** @param version absent: all of them @throws NOT_FOUND */
  archive(name: string, version: string | undefined, archived: boolean): void {
    if (!this.versions.archive(name, version, archived)) throw noEnvironment(name, version);
    this.touch({ type: 'environments' });
  }

  /** Notes that the environment of this digest was built on a target, and what is in it. */
  noteBuild(digest: string, { target, at, packages, builtAt }: BuiltOn): void {
    this.db.run(
      `INSERT INTO environment_builds VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       at = excluded.at, packages = excluded.packages, built_at = excluded.built_at`,
      digest,
      target,
      at,
      packages ? JSON.stringify(packages) : null,
      builtAt,
    );
    this.touch({ type: 'environments' });
  }

  buildsOf(digest: string): BuiltOn[] {
    return this.db
      .all<{ target: string; at: string; packages: string | null; built_at: number }>(
        'SELECT * FROM environment_builds WHERE digest = ? ORDER BY built_at DESC',
        digest,
      )
      .map(({ target, at, packages, built_at: builtAt }) => ({
        ...{ target, at, builtAt },
        ...(packages !== null && { packages: JSON.parse(packages) as Record<string, string> }),
      }));
  }

  /** Ids of the jobs that were to run in it, newest first. */
  runsIn(name: string, version: string): string[] {
    return this.db
      .all<{ run_id: string }>(
        `SELECT run_id FROM jobs
         WHERE json_extract(spec, '$.environment.kind') = 'asset'
           AND json_extract(spec, '$.environment.name') = ? AND json_extract(spec, '$.environment.version') = ?
         ORDER BY queued_at DESC`,
        name,
        version,
      )
      .map(({ run_id: runId }) => runId);
  }

  /** All with this content. */
  withDigest(digest: string): { name: string; version: string }[] {
    return this.db.all('SELECT name, version FROM environments WHERE digest = ?', digest);
  }

  /** `name:version` of those with this content, without those that have no name if others have one. */
  named(digest: string): string[] {
    const all = this.db.all<{ name: string; version: string }>(
      'SELECT name, version FROM environments WHERE digest = ? ORDER BY name, number DESC',
      digest,
    );
    const named = all.filter(({ name }) => name !== ANONYMOUS);
    return (named.length > 0 ? named : all).map(({ name, version }) => `${name}:${version}`);
  }

  /** When a job last ran in this content, or was to; ms since the epoch. */
  lastUsed(digest: string): number | undefined {
    const found = this.db.get<{ at: number | null }>(
      `SELECT max(ifnull(j.ended_at, j.queued_at)) AS at FROM environments e JOIN jobs j
         ON json_extract(j.spec, '$.environment.kind') = 'asset'
         AND json_extract(j.spec, '$.environment.name') = e.name
         AND json_extract(j.spec, '$.environment.version') = e.version
       WHERE e.digest = ?`,
      digest,
    );
    return found?.at ?? undefined;
  }

  private toEnvironment(row: Row): EnvironmentVersion {
    const { name, version, digest, description } = row;
    return {
      ...{ name, version, digest, description },
      definition: JSON.parse(row.definition) as EnvironmentDefinition,
      tags: readKeyed(row.tags),
      kept: JSON.parse(row.kept) as Record<string, unknown>,
      archived: row.archived === 1,
      createdAt: row.created_at,
      builds: this.buildsOf(digest),
    };
  }
}

function noEnvironment(name: string, version?: string): TrainyardError {
  const isAny = version === undefined || version === 'latest';
  return new TrainyardError(
    'NOT_FOUND',
    isAny ? `There is no environment “${name}”.` : `There is no environment ${name}:${version}.`,
    { hint: 'List what there is with: trainyard environment list' },
  );
}
