import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { endOfCommits, readWal, WAL_HEADER } from '../../../src/server/store/wal.js';

describe('the end of the commits in a log', () => {
  it('is before frames of a change that is not committed, which the next may overwrite', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-wal-'));
    const file = path.join(folder, 'a.db');
    const database = new DatabaseSync(file);
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA cache_size = 10; CREATE TABLE t (x)');
      const bytes = () => fs.readFileSync(`${file}-wal`);
      const committed = bytes().length;
      database.exec('BEGIN');
      const insert = database.prepare('INSERT INTO t VALUES (randomblob(3000))');
      for (let i = 0; i < 100; i++) insert.run();
      assert.ok(bytes().length > committed, 'pages were written before the commit');
      const log = fs.openSync(`${file}-wal`, 'r');
      const header = bytes().subarray(0, WAL_HEADER);
      assert.equal(endOfCommits(log, header, 0), committed);
      assert.equal(endOfCommits(log, header, committed), committed);
      database.exec('COMMIT');
      assert.equal(endOfCommits(log, header, committed), readWal(bytes())?.end);
      fs.closeSync(log);
    } finally {
      database.close();
      fs.rmSync(folder, { recursive: true });
    }
  });
});
