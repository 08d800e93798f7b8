import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { ShownTable } from '../../../src/panels/table.js';
import { pagesOf } from './panel-test.js';
import { installRunHost, plainShownRun, type RunGiven } from './run-host.js';
import { tableRun } from './table-host.js';

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('the tables in the panel of a run', () => {
  const openPage = pagesOf('run', installRunHost);
  let page: Page;

  async function show(host: RunGiven, size: { width?: number; height?: number } = {}): Promise<void> {
    page = await openPage({ host, width: 1000, ...size });
    await page.locator('ty-tables').waitFor();
  }
  const sent = (type: string) =>
    page.evaluate((wanted) => window.fakeRun.sent.filter((message) => message.type === wanted), type);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const cells = (row: number) => page.locator(`.grid tr[aria-rowindex="${row + 2}"] td`).allInnerTexts();
  const rowsOf = (count: number) =>
    Array.from({ length: count }, (_, i) => [`row ${i}`, i % 2 ? String(i / 4) : null]);
  const numbered = (count: number, more: Partial<ShownTable> = {}): ShownTable => ({
    columns: [
      { name: 'text', isNumber: false },
      { name: 'value', isNumber: true },
    ],
    rows: rowsOf(count),
    columnCount: 2,
    rowCount: count,
    ...more,
  });
  const withTables = (
    tables: Record<string, ShownTable | string>,
    more: Partial<RunGiven> = {},
  ): RunGiven => ({
    runs: [plainShownRun(tableRun(3))],
    found: { pictures: [], tables: Object.keys(tables), models: [], isCut: false },
    tables,
    ...more,
  });

  it('shows one as a grid, and opens its file', async () => {
    await show(withTables({ 'eval/answers.json': numbered(3) }));
    const grid = page.getByRole('region', { name: 'eval/answers.json, 3 rows × 2 columns' });
    assert.deepEqual(await grid.getByRole('columnheader').allInnerTexts(), ['text', 'value']);
    assert.deepEqual(await cells(0), ['row 0', 'null']);
    assert.deepEqual(await cells(1), ['row 1', '0.25']);
    await button('Open eval/answers.json').click();
    await button('Open eval/answers.json as CSV').click();
    assert.deepEqual(await sent('open'), [{ type: 'open', path: 'eval/answers.json' }]);
    assert.deepEqual(await sent('openTable'), [{ type: 'openTable', path: 'eval/answers.json' }]);
    assert.equal(await page.getByText('The first').count(), 0);
  });

  it('puts the points of numbers below each other', async () => {
    const rows = ['1', '-22.5', '0.125', '1e-9', '3.0'].map((value) => ['', value]);
    await show(withTables({ 'a.csv': numbered(5, { rows }) }));
    const points = await page.locator('.grid td.number').evaluateAll((found) =>
      found.map((cell) => {
        const range = document.createRange();
        const at = cell.textContent.indexOf('.');
        range.setStart(cell.firstChild!, at < 0 ? cell.textContent.length : at);
        range.setEnd(cell.firstChild!, at < 0 ? cell.textContent.length : at);
        return Math.round(range.getBoundingClientRect().left);
      }),
    );
    assert.equal(new Set(points).size, 1, String(points));
  });

  it('of a thousand rows draws those in sight, by wheel and by keyboard', async () => {
    await show(withTables({ 'a.json': numbered(1000, { rowCount: 12_345 }) }));
    await page.getByText('The first 1,000 of 12,345 rows.').waitFor();
    assert.ok((await page.locator('.grid tr').count()) < 60);
    const header = await page.locator('.grid th').first().boundingBox();
    const width = async () => (await page.locator('.grid th').last().boundingBox())!.width;
    const before = await width();
    await page.locator('.grid').focus();
    await page.keyboard.press('End');
    await page.locator('.grid tr[aria-rowindex="1001"]').waitFor();
    assert.deepEqual(await cells(999), ['row 999', '249.75']);
    assert.equal(await page.locator('.grid tr[aria-rowindex="2"]').count(), 0);
    assert.ok((await page.locator('.grid tr').count()) < 60);
    // The head stays, and no column jumps.
    assert.deepEqual(await page.locator('.grid th').first().boundingBox(), header);
    assert.equal(await width(), before);
    assert.equal(await page.locator('.grid table').getAttribute('aria-rowcount'), '12346');
  });

  it('opens the first few, and asks for the others when they are opened', async () => {
    const tables = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`t${i}.json`, numbered(30)]));
    await show(withTables(tables), { height: 500 });
    await page.locator('.grid').first().waitFor();
    const asked = async () => (await sent('table')).map((message) => (message as { path: string }).path);
    assert.ok(!(await asked()).includes('t3.json'), String(await asked()));
    await button('t5.json').scrollIntoViewIfNeeded();
    await button('t5.json').click();
    await page.getByRole('region', { name: 't5.json' }).waitFor();
    assert.ok((await asked()).includes('t5.json') && !(await asked()).includes('t4.json'));
  });

  it('reads one again when files of the run changed, and shows what is new where it was scrolled to', async () => {
    await show(withTables({ 'a.json': numbered(100) }));
    await page.locator('.grid').evaluate((box) => box.scrollTo(0, 1800));
    await page.locator('.grid tr[aria-rowindex="101"]').waitFor();
    const found = { pictures: [], tables: ['a.json'], models: [], isCut: false };
    const table = numbered(200);
    await page.evaluate((more) => window.fakeRun.say({ type: 'found', found: more }), found);
    await page.waitForFunction(() => window.fakeRun.sent.filter(({ type }) => type === 'table').length === 2);
    await page.evaluate((more) => window.fakeRun.say({ type: 'table', path: 'a.json', table: more }), table);
    await page.getByText('200 rows × 2 columns').waitFor();
    assert.equal(await page.locator('.grid').evaluate((box) => box.scrollTop), 1800);
  });

  it('says it when a table is empty, is none, or is not read to its end', async () => {
    await show(
      withTables({
        'empty.json': { columns: [], rows: [], columnCount: 0, rowCount: 0 },
        'none.json': 'The file is not JSON.',
        'cut.csv': numbered(2, { rowCount: null, columnCount: 120 }),
      }),
    );
    await page.getByText('The table is empty.').waitFor();
    await page.getByText('The file is not JSON.').waitFor();
    await page.getByText('The first 2 rows: the file is too large to be read completely.').waitFor();
    await page.getByText('The first 2 of 120 columns.').waitFor();
  });

  it('shows the pictures in its cells, and opens what it cannot read', async () => {
    const picture = 'table_images/p/1.webp';
    const rows = [['a dog', { picture }]];
    await show(
      withTables({ 'p.json': numbered(1, { rows }), 'x.parquet': '' }, { pictures: { [picture]: PIXEL } }),
    );
    await page.getByTitle(`Open ${picture}`).getByRole('img').waitFor();
    await page.getByTitle('Open x.parquet').click();
    assert.deepEqual(await sent('open'), [{ type: 'open', path: 'x.parquet' }]);
  });

  it('scrolls a wide one in its own box', async () => {
    const columns = Array.from({ length: 60 }, (_, i) => ({ name: `feature_${i}`, isNumber: true }));
    const rows = [columns.map((_, i) => String(i))];
    await show(withTables({ 'wide.csv': { columns, rows, columnCount: 60, rowCount: 1 } }), { width: 400 });
    await page.locator('.grid').waitFor();
    const beyond = (element: Element) => element.scrollWidth - element.clientWidth;
    assert.equal(await page.locator('html').evaluate(beyond), 0);
    assert.ok((await page.locator('.grid').evaluate(beyond)) > 1000);
  });
});
