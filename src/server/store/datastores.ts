import { isDeepStrictEqual } from 'node:util';
import { TrainyardError } from '../../base/errors.js';
import { DEFAULT_DATASTORE } from '../../job/data-place.js';
import type { DatastorePlace } from '../../job/datastore.js';
import type { Datastore, NewDatastore } from '../../workspace/types.js';
import { readKeyed } from './keyed.js';
import type { Database } from './sql.js';
import type { StoreChange } from './store.js';

interface Row {
  name: string;
  place: string;
  secret_env: string | null;
  description: string;
  tags: string;
  created_at: number;
}

/** Datastores by name, without their secrets. Changing methods are for use inside Store.write. */
export class Datastores {
  private readonly db: Database;
  private readonly touch: (change: StoreChange) => void;

  constructor(db: Database, touch: (change: StoreChange) => void) {
    this.db = db;
    this.touch = touch;
  }

  /** By name. */
  all(): Datastore[] {
    return this.db.all<Row>('SELECT * FROM datastores ORDER BY name').map(toDatastore);
  }

  get(name: string): Datastore | undefined {
    const row = this.db.get<Row>('SELECT * FROM datastores WHERE name = ?', name);
    return row && toDatastore(row);
  }

  /** @throws NOT_FOUND */
  require(name: string): Datastore {
    const found = this.get(name);
    if (found) return found;
    throw new TrainyardError('NOT_FOUND', `There is no datastore “${name}”.`, {
      hint: wayOut(name),
    });
  }

  /** The same again is no error. @throws CONFLICT when another has the name */
  create({ name, place, secretEnv, description = '', tags = {} }: NewDatastore): Datastore {
    const known = this.get(name);
    if (known) {
      const isSame =
        isDeepStrictEqual([known.place, known.description, known.tags], [place, description, tags]) &&
        known.secretEnv === secretEnv;
      if (isSame) return known;
      throw new TrainyardError('CONFLICT', `The datastore “${name}” already exists.`, {
        hint: 'Choose another name, or remove it first.',
      });
    }
    this.db.run(
      `INSERT INTO datastores (name, place, secret_env, description, tags, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
      name,
      JSON.stringify(place),
      secretEnv ?? null,
      description,
      JSON.stringify(tags),
      Date.now(),
    );
    this.touch({ type: 'data' });
    return this.require(name);
  }

  /** What is in it stays. @throws NOT_FOUND */
  remove(name: string): void {
    this.require(name);
    this.db.run('DELETE FROM datastores WHERE name = ?', name);
    this.touch({ type: 'data' });
  }
}

function toDatastore({ name, place, secret_env: secretEnv, description, tags, ...row }: Row): Datastore {
  return {
    name,
    place: JSON.parse(place) as DatastorePlace,
    ...(secretEnv !== null && { secretEnv }),
    description,
    tags: readKeyed(tags),
    createdAt: row.created_at,
  };
}

function wayOut(name: string): string {
  if (name !== DEFAULT_DATASTORE) return 'List what there is with: trainyard datastore list';
  return `It is the default datastore in Azure ML. Add a place of yours by this name, for example a folder: trainyard datastore create --name ${name} --type folder --path FOLDER`;
}
