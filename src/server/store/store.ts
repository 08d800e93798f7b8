import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import process from 'node:process';
import { hasCode, TrainyardError } from '../../base/errors.js';
import type { Lifecycle, RunPart } from '../../workspace/types.js';
import { Artifacts } from './artifacts.js';
import { EventFiles } from './event-files.js';
import { Experiments } from './experiments.js';
import { DataAssets } from './data-assets.js';
import { Datastores } from './datastores.js';
import { Environments } from './environments.js';
import { databaseOf, inspect } from './inspect.js';
import { Jobs } from './jobs.js';
import { type LastChange, LastChangeFile, lastChangeIn } from './last-change.js';
import { LineageIndex } from './lineage.js';
import { Metrics } from './metrics.js';
import { checkVersion, migrate } from './migrations.js';
import { Models } from './models.js';
import { objectsIn, signObjects } from './objects.js';
import { Purge } from './purge.js';
import { RunTexts } from './run-texts.js';
import { Runs } from './runs.js';
import { like } from './search/like.js';
import { numberOf } from '../../base/filter/values.js';
import { SecondCopy } from './second-copy.js';
import { Database, storeFull, translateSqlError } from './sql.js';

/** Sent after the commit. */
export type StoreChange =
  | { type: 'run'; runId: string; experimentId: string; part: RunPart }
  | { type: 'experiments' }
  | { type: 'models' }
  | { type: 'data' }
  | { type: 'environments' };

export type LifecycleFilter = Lifecycle | 'all';

/** Bytes of SQLite's log after which a checkpoint is made. */
const CHECKPOINT_AT = 4 * 1024 * 1024;
/** Milliseconds after a commit until the second copy gets it. */
const COPY_DELAY = 1000;

/** SQLite's value of auto_vacuum for INCREMENTAL. */
const INCREMENTAL = 2;
/** Pages freed in one transaction. */
const PAGES_AT_ONCE = 500;
/** The largest store to rewrite, which takes some seconds and blocks all requests. */
const LARGEST_REWRITTEN = 512 * 1024 * 1024;

interface Pending {
  change: () => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/**
 * The local workspace on disk: one SQLite file in WAL mode and a folder of content-addressed objects. Only one process
 * can open it at a time. Reads are plain calls; all changes go through `write`.
 */
export class Store {
  readonly folder: string;
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly runTexts: RunTexts;
  readonly metrics: Metrics;
  readonly artifacts: Artifacts;
  readonly models: Models;
  readonly jobs: Jobs;
  readonly data: DataAssets;
  readonly datastores: Datastores;
  readonly environments: Environments;
  readonly eventFiles: EventFiles;
  readonly lineage: LineageIndex;
  readonly purge: Purge;

  private readonly db: Database;
  private readonly listeners = new Set<(change: StoreChange) => void>();
  private pending: Pending[] = [];
  /** What the current change has touched. */
  private touched: StoreChange[] = [];
  private closed = false;
  private last: LastChange;
  private readonly lastFile: LastChangeFile;
  private readonly report: (error: unknown) => void;
  private copy: SecondCopy | undefined;
  /** Bytes of SQLite's log. */
  private checkpointAt = CHECKPOINT_AT;
  private copying: NodeJS.Timeout | undefined;

  private constructor(folder: string, db: Database, last: LastChange, report: (error: unknown) => void) {
    this.folder = folder;
    this.db = db;
    this.last = last;
    this.report = report;
    this.lastFile = new LastChangeFile(folder, last);
    this.runTexts = new RunTexts();
    const touch = (change: StoreChange) => {
      this.touched.push(change);
      this.runTexts.invalidate(change);
    };
    this.experiments = new Experiments(db, touch);
    this.runs = new Runs(db, touch);
    this.metrics = new Metrics(db, touch);
    this.jobs = new Jobs(db, touch);
    this.data = new DataAssets(db, touch);
    this.datastores = new Datastores(db, touch);
    this.environments = new Environments(db, touch);
    this.eventFiles = new EventFiles(db);
    this.lineage = new LineageIndex(db);
    this.models = new Models(db, touch);
    this.artifacts = new Artifacts(db, folder, touch, (change) => this.write(change));
    this.purge = new Purge(db, touch, { metrics: this.metrics, artifacts: this.artifacts });
  }

  /**
   * Opens or creates the store in `folder`.
   * @param report called with failures of follow-up work, such as the second copy
   * @throws TrainyardError STORE_NEWER | STORE_CORRUPT (the files are left as they are) | CONFLICT (another process has
   * it)
   */
  static open(folder: string, report: (error: unknown) => void = warn): Store {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { isNew, isCopyOutdated } = inspect(folder);
    const file = databaseOf(folder);
    const copy = SecondCopy.prepare(file, isNew || isCopyOutdated);
    let db: Database | undefined;
    try {
      db = new Database(file);
      db.exec('PRAGMA busy_timeout = 200; PRAGMA locking_mode = EXCLUSIVE; PRAGMA foreign_keys = ON');
      const version = checkVersion(db);
      // Only for new stores: purged space can be returned to the disk (see shrink).
      db.exec('PRAGMA auto_vacuum = INCREMENTAL');
      // Acknowledged means synced: FULL syncs the log at each commit, which requests share.
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -8192');
      // The log is only restarted once it was copied.
      db.exec('PRAGMA wal_autocheckpoint = 0');
      db.exec('BEGIN IMMEDIATE; COMMIT'); // takes the lock now, not at the first write
      migrate(db, version);
      db.function('as_number', (text) => numberOf(String(text)) ?? null);
      db.function('like_exact', (text, pattern) => Number(like(String(text), String(pattern))));
      db.function('like_folded', (text, pattern) =>
        Number(like(String(text).toLowerCase(), String(pattern).toLowerCase())),
      );
      const store = new Store(folder, db, identify(db, folder), report);
      store.copy = copy.take(report);
      store.copy?.follow();
      return store;
    } catch (error) {
      db?.close();
      copy.drop();
      throw hasCode(error, 'ENOSPC', 'EDQUOT') ? storeFull(error) : translateSqlError(error, file);
    }
  }

  /**
   * Runs `change` inside a transaction that is shared with the other changes of this turn of the event loop, and
   * resolves once it is durable. A change that throws is rolled back alone, and the promise rejects with its error.
   */
  write<T>(change: () => T): Promise<T> {
    if (this.closed) return Promise.reject(new TrainyardError('INTERNAL', 'The store is closed.'));
    return new Promise<T>((resolve, reject) => {
      this.pending.push({ change, resolve: resolve as (value: unknown) => void, reject });
      if (this.pending.length === 1) setImmediate(() => this.commit());
    });
  }

  private commit(): void {
    const batch = this.pending;
    if (batch.length === 0) return;
    this.pending = [];
    const settle: (() => void)[] = [];
    const kept: StoreChange[] = [];
    let made = 0;
    try {
      this.db.exec('BEGIN IMMEDIATE');
      for (const { change, resolve, reject } of batch) {
        this.touched = [];
        this.db.exec('SAVEPOINT one');
        try {
          const value = change();
          this.db.exec('RELEASE one');
          made++;
          kept.push(...this.touched);
          settle.push(() => resolve(value));
        } catch (error) {
          // A full disk may have ended the whole transaction. Then this throws and all changes fail.
          this.db.exec('ROLLBACK TO one; RELEASE one');
          this.metrics.forget();
          settle.push(() => reject(translateSqlError(error, this.db.file)));
        }
      }
      const at = Date.now();
      if (made > 0) this.db.run('UPDATE store SET changes = changes + ?, changed_at = ?', made, at);
      this.db.exec('COMMIT');
      if (made > 0) this.last = { ...this.last, changes: this.last.changes + made, at };
    } catch (error) {
      this.metrics.forget();
      this.rollback();
      const cause = translateSqlError(error, this.db.file);
      for (const { reject } of batch) reject(cause);
      return;
    }
    for (const done of settle) done();
    this.follow();
    for (const change of kept) for (const listener of this.listeners) listener(change);
  }

  /** Follow-up work after a commit. The commit stands even if this fails. */
  private follow(): void {
    const log = fs.statSync(`${this.db.file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    try {
      this.lastFile.write(this.last);
      if (log >= this.checkpointAt) {
        this.copy?.endSegment();
        this.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
        this.checkpointAt = CHECKPOINT_AT;
      }
    } catch (error) {
      // A full disk: the log keeps growing, or the next change reports it.
      this.checkpointAt = log + CHECKPOINT_AT;
      this.report(error);
    }
    this.copying ??= setTimeout(() => {
      this.copying = undefined;
      this.copy?.follow();
    }, COPY_DELAY).unref();
  }

  private rollback(): void {
    try {
      this.db.exec('ROLLBACK');
    } catch (error) {
      // On some errors SQLite rolls back by itself, and then reports that there is no transaction.
      if (!(error instanceof Error) || !error.message.includes('no transaction')) throw error;
    }
  }

  onChange(listener: (change: StoreChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** How far it has come. */
  get lastChange(): LastChange {
    return this.last;
  }

  /** Bytes on disk, objects included. */
  size(): number {
    const pages = this.db.get<{ bytes: number }>(
      'SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()',
    );
    return (pages?.bytes ?? 0) + this.artifacts.bytes();
  }

  /**
   * Returns free pages to the disk, some at a time. A store created before this was possible is rewritten once, if that
   * takes only seconds and there is space. Otherwise its free pages are reused.
   * @returns bytes
   */
  async shrink(): Promise<number> {
    const pragma = (name: string) => Number(Object.values(this.db.get(`PRAGMA ${name}`) ?? {})[0]);
    const size = () => pragma('page_count') * pragma('page_size');
    const before = size();
    const free = () => pragma('freelist_count');
    if (pragma('auto_vacuum') !== INCREMENTAL) {
      const isWorthIt = free() * 4 > pragma('page_count') && before < LARGEST_REWRITTEN;
      const { bavail, bsize } = fs.statfsSync(this.folder);
      // A stepped statement would block it.
      this.db.forget();
      if (isWorthIt && bavail * bsize > 3 * before) this.db.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM');
      this.follow();
      return before - size();
    }
    for (let left = free(); left > 0;) {
      await this.write(() => this.db.exec(`PRAGMA incremental_vacuum(${PAGES_AT_ONCE})`));
      const now = free();
      if (now >= left) break;
      left = now;
    }
    return before - size();
  }

  /** Waits for pending writes and closes. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.commit();
    clearTimeout(this.copying);
    this.copy?.endSegment();
    this.db.close();
    this.lastFile.close();
    await this.copy?.close();
    await this.artifacts.settled();
  }
}

/** Database and objects get the same name, the objects first: what comes next then takes theirs. */
function identify(db: Database, folder: string): LastChange {
  const known = lastChangeIn(db);
  if (known) {
    signObjects(folder, known.identity);
    return known;
  }
  const identity = objectsIn(folder).identity ?? randomUUID();
  signObjects(folder, identity);
  const last = { identity, changes: 0, at: Date.now() };
  db.run('INSERT INTO store VALUES (?, ?, ?)', identity, last.changes, last.at);
  return last;
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
