import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { ShownTable } from '../../../src/extension/tables/table.js';
import type { Run } from '../../../src/workspace/types.js';
import { launchChromium } from '../../support/chromium.js';
import { openPanel } from './page.js';
import { installRunHost, plainShownRun, type RunGiven } from './run-host.js';
import { servePanel } from './server.js';
import { tableRun } from './table-host.js';

const NOTE = 'mlflow.note.content';
const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const at = (value: number) => ({ value, step: 9, timestamp: 0, count: 10, min: value / 2, max: value * 2 });

const ended = tableRun(3, { name: 'quick-lynx', tags: { stage: 'candidate' } });
const { endTime: _, ...open } = ended;
/** Begun when the test begins, not when its file is read: that may be minutes before. */
const runningRun = (): Run => ({
  ...open,
  state: 'running',
  startTime: Date.now() - 95_000,
  job: { ...ended.job!, exitCode: null, progress: { done: 43, total: 100, remainingSeconds: 130 } },
});
const given = (run: Run, more: Partial<RunGiven> = {}): RunGiven => ({ runs: [plainShownRun(run)], ...more });
const noted = (note: string) => given({ ...ended, tags: { [NOTE]: note } });

describe('the panel of a run', function () {
  this.timeout(30_000);
  let server: Awaited<ReturnType<typeof servePanel>>;
  let browser: Browser;
  let page: Page;
  let errors: string[];

  before(async () => {
    server = await servePanel('run');
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(async () => {
    const violations = await page.evaluate(() => window.fakeRun.violations);
    await page.close();
    assert.deepEqual(errors, []);
    assert.deepEqual(violations, []);
  });

  async function show(host: RunGiven, size: { width?: number; height?: number } = {}): Promise<void> {
    const options = { url: server.url, install: installRunHost, host, width: 1000, ...size };
    ({ page, errors } = await openPanel(browser, options));
    if (!host.fail) await page.getByRole('heading', { level: 1 }).waitFor();
  }
  const sent = (type: string) =>
    page.evaluate((wanted) => window.fakeRun.sent.filter((message) => message.type === wanted), type);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const titles = async () =>
    (await page.getByRole('heading', { level: 2 }).allInnerTexts()).map((text) =>
      text.replace(/\s*\d+$/, '').trim(),
    );

  it('says whose run it is, how it stands, and offers what fits its state', async () => {
    await show(given(runningRun()));
    await page.getByText('1m ago').waitFor();
    await page.getByText('43%').waitFor();
    await page.getByText('about 2m 10s left').waitFor();
    await button('Cancel').click();
    assert.deepEqual(await sent('act'), [{ type: 'act', verb: 'cancel' }]);
    await page.evaluate(() => window.fakeRun.tell({ state: 'finished', endTime: Date.now() }));
    await page.getByText('finished').waitFor();
    assert.equal(await button('Cancel').count(), 0);
    assert.ok((await button('Submit Again').count()) === 1);
  });

  it('counts the seconds of a run that goes on', async () => {
    await show(given(runningRun()));
    const lasted = () => page.getByTitle('Duration').innerText();
    const before = await lasted();
    await page.waitForFunction(
      (text) => document.querySelector('[title=Duration]')?.textContent !== text,
      before,
    );
  });

  it('shows parameters, and copies one', async () => {
    await show(given(ended));
    const row = page.locator('.pairs tr', { hasText: 'optimizer' });
    await row.hover();
    await button('Copy optimizer').click();
    assert.deepEqual(await sent('copy'), [{ type: 'copy', text: ended.params['optimizer'] }]);
  });

  it('searches long lists, in names and values', async () => {
    const params = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`p${i}`, `v${i}`]));
    await show(given({ ...ended, params }));
    assert.equal((await page.locator('.pairs tr', { hasText: /^\s*p2/ }).count()) > 0, true);
    await page.getByRole('searchbox', { name: 'Search parameters' }).fill('v299');
    await page.locator('.pairs tr', { hasText: 'p299' }).waitFor();
    assert.equal(await page.locator('.pairs tr', { hasText: /^\s*p1/ }).count(), 0);
    await page.getByRole('searchbox', { name: 'Search parameters' }).fill('nowhere');
    await page.getByText('Nothing has “nowhere” in it.').waitFor();
  });

  it('draws curves, opens the chart of a metric, and reads a curve again when it grew', async () => {
    await show(given({ ...ended, metrics: { loss: at(0.4), once: { ...at(3), count: 1 } } }));
    await page.locator('.metrics path').waitFor();
    assert.deepEqual(await sent('points'), [{ type: 'points', keys: ['loss'] }]);
    await button('loss').click();
    assert.deepEqual(await sent('chart'), [{ type: 'chart', metric: 'loss' }]);
    await page.evaluate(() => window.fakeRun.tell({ counts: ['11', '1'], values: ['0.3', '3'] }));
    await page.getByText('0.3', { exact: true }).waitFor();
    await page.waitForFunction(
      () => window.fakeRun.sent.filter(({ type }) => type === 'points').length === 2,
    );
  });

  it('marks the better end of a curve, as a person said or the name says', async () => {
    const span = { ...at(4), min: 1, max: 9 };
    const metrics = { loss: span, speed: span, acc: span, once: { ...at(3), count: 1 } };
    await show(
      given({ ...ended, metrics }, { goals: { 'metric:speed': 'higher', 'metric:acc': 'unknown' } }),
    );
    const best = (name: string) => page.locator(`tr[data-metric=${name}] .best`).allInnerTexts();
    assert.deepEqual(await Promise.all(['loss', 'speed', 'acc', 'once'].map(best)), [['1'], ['9'], [], []]);
  });

  it('of 500 metrics draws and asks for those in sight, and the others when they come', async () => {
    const metrics = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`metric_${i}`, at(i)]));
    await show(given({ ...ended, metrics }), { height: 600 });
    await page.locator('.metrics path').first().waitFor();
    const keys = async () =>
      new Set((await sent('points')).flatMap((message) => (message as { keys: string[] }).keys));
    assert.ok((await keys()).size < 60, `${(await keys()).size} curves`);
    assert.ok((await page.locator('.metrics tbody tr').count()) <= 200);
    for (let i = 0; i < 8; i++) {
      await page.evaluate(() => document.querySelector('.metrics tbody tr:last-child')?.scrollIntoView());
      await page.waitForTimeout(100);
    }
    await button('metric_499').waitFor();
    await page.waitForFunction(() =>
      window.fakeRun.sent.some((message) => message.type === 'points' && message.keys.includes('metric_499')),
    );
  });

  it('draws a note as Markdown, and nothing else that it may hold', async () => {
    await show(
      noted(
        '# Title\n\n**bold** <img src=x onerror=alert(1)> [web](https://example.com/a) [bad](javascript:alert(1))\n\n<script>alert(1)</script>',
      ),
    );
    await page.getByRole('heading', { name: 'Title' }).waitFor();
    assert.equal(await page.locator('.note strong').innerText(), 'bold');
    assert.equal(await page.locator('.note img, .note script').count(), 0);
    assert.deepEqual(await page.locator('.note a').allInnerTexts(), ['web']);
    await page.getByRole('link', { name: 'web' }).click();
    assert.deepEqual(await sent('link'), [{ type: 'link', href: 'https://example.com/a' }]);
    assert.equal(page.url(), server.url);
  });

  it('edits the note, and saves it with Ctrl+Enter', async () => {
    await show(noted('before'));
    await button('Edit the note').click();
    const area = page.getByRole('textbox', { name: 'Note, in Markdown' });
    await area.waitFor();
    assert.equal(await area.inputValue(), 'before');
    await area.fill('after');
    await page.keyboard.press('Control+Enter');
    await page.locator('.note', { hasText: 'after' }).waitFor();
    assert.deepEqual(await sent('saveNote'), [{ type: 'saveNote', text: 'after', base: 'before' }]);
  });

  it('keeps what was typed when the panel is hidden, and lets go of it on purpose only', async () => {
    await show(given(ended));
    await button('Add a note…').click();
    await page.getByRole('textbox', { name: 'Note, in Markdown' }).fill('half a thought');
    await page.keyboard.press('Escape');
    const state = await page.evaluate(() => window.fakeRun.state);
    await page.close();
    await show(given(ended, { state }));
    assert.equal(
      await page.getByRole('textbox', { name: 'Note, in Markdown' }).inputValue(),
      'half a thought',
    );
    await button('Cancel').click();
    await button('Add a note…').waitFor();
  });

  it('says when the note was changed elsewhere, and writes over it only when told to', async () => {
    await show(noted('before'));
    await button('Edit the note').click();
    const area = page.getByRole('textbox', { name: 'Note, in Markdown' });
    await area.fill('mine');
    await page.evaluate(() => {
      window.fakeRun.noteElsewhere = 'theirs';
    });
    await button('Save').click();
    await page.getByText('changed elsewhere').waitFor();
    await page.getByText('theirs').waitFor();
    assert.equal(await area.inputValue(), 'mine');
    await button('Overwrite').click();
    await page.locator('.note', { hasText: 'mine' }).waitFor();
    assert.deepEqual((await sent('saveNote')).at(-1), { type: 'saveNote', text: 'mine', base: 'theirs' });
  });

  it('follows the end of the log while its section is open', async () => {
    await show(given(runningRun(), { log: { text: 'epoch 1', isCut: true } }));
    await page.getByText('epoch 1').waitFor();
    await page.evaluate(() => window.fakeRun.say({ type: 'log', text: 'epoch 1\nepoch 2', isCut: true }));
    await page.getByText('epoch 2').waitFor();
    await button('Open the whole log').first().click();
    assert.deepEqual(await sent('act'), [{ type: 'act', verb: 'log' }]);
    await page.getByRole('heading', { name: 'Log' }).getByRole('button').click();
    assert.deepEqual((await sent('log')).at(-1), { type: 'log', isWanted: false });
    assert.deepEqual((await sent('collapsed')).at(-1), { type: 'collapsed', collapsed: ['log'] });
  });

  it('leaves closed what was closed before', async () => {
    await show(given(runningRun(), { collapsed: ['log', 'metrics'] }));
    assert.deepEqual(await sent('log'), []);
    assert.equal(await page.locator('.metrics').count(), 0);
  });

  it('lists files folder by folder, shows pictures, and opens both', async () => {
    await show(
      given(ended, {
        folders: {
          '': [
            { path: 'model.pt', isFolder: false, bytes: 12_345_678 },
            { path: 'plots', isFolder: true },
          ],
          plots: [{ path: 'plots/roc.png', isFolder: false, bytes: 100 }],
        },
        found: {
          pictures: [{ path: 'plots/roc.png', name: 'roc.png' }],
          tables: ['errors.csv'],
          models: [],
          isCut: false,
        },
        pictures: { 'plots/roc.png': PIXEL },
      }),
    );
    await page.getByRole('img', { name: 'roc.png' }).waitFor();
    await button('plots').click();
    await page.locator('.files .files').getByText('roc.png').click();
    await button('Open errors.csv').click();
    await page.getByTitle('Open model.pt').click();
    assert.deepEqual(
      (await sent('open')).map((message) => (message as { path: string }).path),
      ['plots/roc.png', 'errors.csv', 'model.pt'],
    );
  });

  describe('of a run with tables', () => {
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
    const withTables = (tables: Record<string, ShownTable | string>, more: Partial<RunGiven> = {}) =>
      given(ended, {
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
      await page.locator('.grid').evaluate((box) => box.scrollTo(0, 1000));
      await page.locator('.grid tr[aria-rowindex="50"]').waitFor();
      const found = { pictures: [], tables: ['a.json'], models: [], isCut: false };
      const table = numbered(200);
      await page.evaluate((more) => window.fakeRun.say({ type: 'found', found: more }), found);
      await page.waitForFunction(
        () => window.fakeRun.sent.filter(({ type }) => type === 'table').length === 2,
      );
      await page.evaluate(
        (more) => window.fakeRun.say({ type: 'table', path: 'a.json', table: more }),
        table,
      );
      await page.getByText('200 rows × 2 columns').waitFor();
      assert.equal(await page.locator('.grid').evaluate((box) => box.scrollTop), 1000);
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
      await page.getByText('The first 2 rows: the file is too large to be read whole.').waitFor();
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

  it('tells data and models, and registers a model', async () => {
    const id = `m-${'0'.repeat(32)}`;
    await show(
      given(
        {
          ...ended,
          inputs: [{ name: 'digits', digest: 'abc', context: 'training', sourceType: 'local', source: '{}' }],
          models: [{ id, name: 'classifier', role: 'output' }],
        },
        { found: { pictures: [], tables: [], models: ['net'], isCut: false } },
      ),
    );
    await page.getByText('data for training · local').waitFor();
    await button('Register classifier').click();
    await button('Register net').click();
    assert.deepEqual(await sent('register'), [
      { type: 'register', model: { modelId: id } },
      { type: 'register', model: { runId: ended.id, path: 'net' } },
    ]);
  });

  it('of a run with little shows no empty parts, and says what to do', async () => {
    const { job: _job, code: _code, ...bare } = ended;
    await show(given({ ...bare, metrics: {}, params: {}, tags: {} }));
    assert.deepEqual(await titles(), ['Note', 'Metrics', 'Files', 'Summary']);
    await page.getByText('The run logged no metric.').waitFor();
    assert.equal(await button('Submit Again').count(), 0);
  });

  it('shows another run in its place', async () => {
    const other = tableRun(4, { name: 'still-heron', id: 'run-4' });
    await show({ runs: [plainShownRun(ended), plainShownRun(other)] });
    await page.evaluate(() => window.fakeRun.say({ type: 'show', runId: 'run-4' }));
    await page.getByRole('heading', { name: 'still-heron' }).waitFor();
    assert.equal((await page.evaluate(() => window.fakeRun.state as { runId: string })).runId, 'run-4');
  });

  it('says what is wrong, and tries again', async () => {
    await show(given(ended, { fail: { code: 'NOT_FOUND', message: 'The run is gone.' } }));
    await page.getByText('The run is gone.').waitFor();
    await page.evaluate(() => {
      window.fakeRun.fail = undefined;
    });
    await button('Retry').click();
    await page.getByRole('heading', { name: 'quick-lynx' }).waitFor();
  });

  it('opens the native menu from its button', async () => {
    await show(given(ended));
    await page.evaluate(() => {
      document.addEventListener('contextmenu', (event) => {
        const target = (event.target as HTMLElement).closest<HTMLElement>('[data-vscode-context]');
        document.title = target?.dataset['vscodeContext'] ?? '';
      });
    });
    await button('More').click();
    assert.equal((JSON.parse(await page.title()) as { runId: string }).runId, ended.id);
  });

  it('fits a narrow panel, one part below the other', async () => {
    await show(given(runningRun(), { log: { text: 'x'.repeat(500), isCut: false } }), { width: 400 });
    await page.getByText('xxx').waitFor();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
    assert.deepEqual((await titles()).slice(0, 4), ['Note', 'Summary', 'Metrics', 'Parameters']);
  });
});
