import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { corrupt } from './damage.js';

export type Row = Record<string, SQLInputValue>;

/** SQLite's primary result codes that are handled here. */
const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

/** One connection with its prepared statements. The caller states the type of rows; the schema is ours. */
export class Database {
  readonly file: string;
  private readonly db: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private readonly arrayStatements = new Map<string, StatementSync>();

  constructor(file: string, { readOnly = false } = {}) {
    this.file = file;
    this.db = new DatabaseSync(file, { readOnly });
  }

  private statement(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }

  /** Rows as arrays in the order of the columns: twice as fast as objects, which matters for thousands of rows. */
  arrays<T extends unknown[]>(sql: string, ...values: SQLInputValue[]): T[] {
    let statement = this.arrayStatements.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      statement.setReturnArrays(true);
      this.arrayStatements.set(sql, statement);
    }
    return statement.all(...values) as unknown as T[];
  }

  all<T = Row>(sql: string, ...values: SQLInputValue[]): T[] {
    return this.statement(sql).all(...values) as T[];
  }

  get<T = Row>(sql: string, ...values: SQLInputValue[]): T | undefined {
    return this.statement(sql).get(...values) as T | undefined;
  }

  /** Rows as they are read. */
  *each(sql: string): Generator<SQLInputValue[]> {
    const statement = this.db.prepare(sql);
    statement.setReturnArrays(true);
    yield* statement.iterate() as unknown as Iterable<SQLInputValue[]>;
  }

  /** @returns how many rows changed */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.statement(sql).run(...values).changes);
  }

  /** Several statements, not kept. */
  exec(sql: string): void {
    this.db.exec(sql);
  }

  function(name: string, body: (...values: SQLInputValue[]) => SQLInputValue): void {
    this.db.function(name, { deterministic: true }, body);
  }

  /** Releases the prepared statements: a stepped one would keep its table from being dropped. */
  forget(): void {
    this.statements.clear();
    this.arrayStatements.clear();
  }

  close(): void {
    this.forget();
    this.db.close();
  }
}

/** Whether it is an error of SQLite. */
export function isSqlError(error: unknown): error is Error & { errcode: unknown } {
  return error instanceof Error && 'errcode' in error;
}

/** Converts SQLite's errors to ours; returns others unchanged. */
export function translateSqlError(error: unknown, file: string): unknown {
  if (!isSqlError(error)) return error;
  switch (Number(error.errcode) & 0xff) {
    case SQLITE_FULL:
      return storeFull(error);
    case SQLITE_BUSY:
      return new TrainyardError('CONFLICT', 'Another Trainyard server has this store open.', {
        hint: 'Use that server, or stop it with “trainyard server stop”.',
        cause: error,
      });
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return corrupt(`The store ${file} is damaged: ${error.message}.`, error);
    case SQLITE_IOERR:
      return new TrainyardError(
        'INTERNAL',
        `The store ${file} cannot be read or written: ${error.message}.`,
        {
          hint: 'Check the disk: space, permissions, errors.',
          cause: error,
        },
      );
    default:
      return error;
  }
}

export function storeFull(cause: unknown): TrainyardError {
  return new TrainyardError('STORE_FULL', `The disk of the store is full: ${messageOf(cause)}.`, {
    hint: 'Free some space and try again. Everything acknowledged before is kept.',
    cause,
  });
}
