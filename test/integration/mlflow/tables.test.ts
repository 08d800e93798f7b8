import assert from 'node:assert/strict';
import { RunFeed } from '../../../src/extension/panels/run-feed.js';
import type { ToRun } from '../../../src/panels/run-messages.js';
import type { ShownTable } from '../../../src/panels/table.js';
import { tableCsv } from '../../../src/extension/tables/table-csv.js';
import { ensureServer } from '../../../src/workspace/local/launch.js';
import { serverEntry, TestHome } from '../../support/home.js';
import { WorkspaceList } from '../../support/panel-workspaces.js';
import { until } from '../../support/until.js';
import { complaints, runPython } from './python.js';

describe('tables that the MLflow client logged, in the panel of a run', function () {
  this.timeout(120_000);
  let test: TestHome;
  let runId: string;
  let feed: RunFeed;
  const posted: ToRun[] = [];

  before(async () => {
    test = new TestHome();
    const { port, token } = await ensureServer({ home: test.home, serverEntry });
    const { code, stdout, stderr } = await runPython({ url: `http://127.0.0.1:${port}`, token }, 'tables');
    assert.equal(code, 0, stderr);
    assert.deepEqual(complaints(stderr), []);
    runId = /^[0-9a-f]{32}$/m.exec(stdout)![0];
    feed = new RunFeed(runId, {
      workspaces: new WorkspaceList(test.workspace),
      post: (message) => posted.push(message),
      warn: (message) => assert.fail(message),
      onRun: () => undefined,
      goals: () => ({}),
      collapsed: () => [],
    });
  });
  after(async () => {
    feed?.dispose();
    await test.close();
  });

  const of = <T extends ToRun['type']>(type: T) =>
    posted.filter((message): message is Extract<ToRun, { type: T }> => message.type === type);

  async function table(path: string): Promise<ShownTable> {
    await feed.table({ type: 'table', path });
    const told = of('table').findLast((message) => message.path === path)?.table;
    if (typeof told !== 'object') assert.fail(told ?? `${path} was not told`);
    return told;
  }

  it('are listed, and their pictures are not among those of the run', async () => {
    const { run } = await until('the run', () => of('run')[0]);
    assert.deepEqual(run.tables, ['answers.json', 'eval/pictures.json', 'grown.json', 'large.json']);
    const { found } = await until('its files', () => of('found')[0]);
    assert.deepEqual(found.tables, ['errors.csv', 'large.csv']);
    assert.deepEqual(found.pictures, []);
  });

  it('have their values as they were logged', async () => {
    const { columns, rows, rowCount, columnCount } = await table('answers.json');
    assert.deepEqual(
      columns.map(({ name, isNumber }) => `${name}${isNumber ? ' #' : ''}`),
      ['text', 'score #', 'id #', 'ok', 'tags'],
    );
    assert.deepEqual(rows, [
      ['say "hi", twice', '0.5', '9007199254740993', 'true', '["a","b"]'],
      ['two\nlines', null, '2', 'false', '[]'],
      [null, '0.0000001', '3', 'true', '["c"]'],
    ]);
    assert.deepEqual([rowCount, columnCount], [3, 5]);
    assert.equal((await table('grown.json')).rowCount, 3);
  });

  it('have pictures that can be shown', async () => {
    const [cell] = (await table('eval/pictures.json')).rows.map((row) => row[1]);
    assert.ok(cell !== null && typeof cell === 'object');
    await feed.picture(cell.picture);
    assert.match(of('picture')[0]?.uri ?? '', /^data:image\/webp;base64,/);
  });

  it('may be CSV, as pandas writes it', async () => {
    const { columns, rows } = await table('errors.csv');
    assert.deepEqual(
      columns.map(({ isNumber }) => isNumber),
      [true, false, true],
    );
    assert.deepEqual(rows[1], ['1', 'two\nlines', '']);
  });

  it('are read from their beginning when they are large', async () => {
    for (const path of ['large.csv', 'large.json']) {
      const { rows, rowCount } = await table(path);
      assert.deepEqual([rows.length, rowCount], [1000, null], path);
      assert.deepEqual(rows[999], ['2997', '2998', '2999']);
      assert.equal((await test.workspace.readFile(runId, path, undefined, 100)).length, 100);
    }
  });

  it('are not told again while their file is the same', async () => {
    await table('answers.json');
    const told = of('table').filter(({ path }) => path === 'answers.json');
    const { sha256 } = told.at(-1)!;
    await feed.table({ type: 'table', path: 'answers.json', known: sha256 });
    assert.equal(of('table').filter(({ path }) => path === 'answers.json').length, told.length);
    await feed.table({ type: 'table', path: 'gone.json' });
    assert.deepEqual(of('table').at(-1)?.table, 'The run no longer has this file.');
  });

  it('are lines for the comparison of two runs', async () => {
    const bytes = await test.workspace.readFile(runId, 'answers.json');
    assert.equal(
      new TextDecoder().decode(tableCsv('answers.json', bytes, false)),
      [
        'text,score,id,ok,tags',
        '"say ""hi"", twice",0.5,9007199254740993,true,"[""a"",""b""]"',
        'two\\nlines,,2,false,[]',
        ',0.0000001,3,true,"[""c""]"',
        '',
      ].join('\n'),
    );
  });
});
