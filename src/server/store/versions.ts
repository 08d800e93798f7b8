import type { Database } from './sql.js';

/** The rows of a table of assets: a version each, which never changes, but for being archived. */
export class Versions<Row> {
  private readonly db: Database;
  private readonly table: string;

  constructor(db: Database, table: 'data_assets' | 'environments') {
    this.db = db;
    this.table = table;
  }

  /** @param version absent: the newest that is not archived */
  get(name: string, version?: string): Row | undefined {
    return version === undefined
      ? this.db.get<Row>(
          `SELECT * FROM ${this.table} WHERE name = ? AND NOT archived ORDER BY number DESC LIMIT 1`,
          name,
        )
      : this.db.get<Row>(`SELECT * FROM ${this.table} WHERE name = ? AND version = ?`, name, version);
  }

  /** The number after the highest that is a version. */
  next(name: string): string {
    const numbers = this.db
      .all<{ version: string }>(`SELECT version FROM ${this.table} WHERE name = ?`, name)
      .filter(({ version }) => /^\d{1,15}$/.test(version))
      .map(({ version }) => Number(version));
    return String(Math.max(0, ...numbers) + 1);
  }

  /** @param version absent: all of them @returns whether there is any */
  archive(name: string, version: string | undefined, archived: boolean): boolean {
    const found = this.db.run(
      `UPDATE ${this.table} SET archived = ?1 WHERE name = ?2 AND (?3 IS NULL OR version = ?3)`,
      Number(archived),
      name,
      version ?? null,
    );
    return found > 0;
  }
}
