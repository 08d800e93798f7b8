import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import type { FromTable } from '../../../src/extension/panels/table-messages.js';
import type { Run } from '../../../src/workspace/types.js';
import { launchChromium } from '../../support/chromium.js';
import { openPanel } from './page.js';
import { servePanel } from './server.js';
import { installTableHost, plainChunk, type TableGiven, tableRun } from './table-host.js';

const runs = (count: number, more: (number: number) => Partial<Run> = () => ({})) =>
  Array.from({ length: count }, (_, i) => tableRun(count - i, more(count - i)));

describe('runs table', function () {
  this.timeout(30_000);
  let server: Awaited<ReturnType<typeof servePanel>>;
  let browser: Browser;
  let page: Page;
  let errors: string[];

  before(async () => {
    server = await servePanel('table');
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });
  afterEach(async () => {
    // Whatever a test was about: nothing failed, and the policy held.
    const violations = await page.evaluate(() => window.fakeTable.violations);
    await page.close();
    assert.deepEqual(errors, []);
    assert.deepEqual(violations, []);
  });

  async function open(
    host: TableGiven,
    more: { width?: number; height?: number } = { width: 1700 },
  ): Promise<void> {
    ({ page, errors } = await openPanel(browser, {
      url: server.url,
      install: installTableHost,
      host,
      ...more,
    }));
  }
  const openRuns = async (list: readonly Run[], more: TableGiven = {}) => {
    await open({ chunk: plainChunk(list), ...more });
    await row(list[0]!.name).waitFor();
  };

  const row = (name: string) =>
    page.locator('.row[data-row]', { has: page.getByText(name, { exact: true }) });
  const column = (id: string) => page.locator(`.row[data-row] [data-column="${id}"]`).allInnerTexts();
  const heading = (id: string) => page.locator(`.head [data-column="${id}"]`);
  const headings = async () =>
    (await page.locator('.head [data-column]').allInnerTexts()).map((text) => text.trim());
  const sent = <T extends FromTable['type']>(type: T) =>
    page.evaluate(
      (wanted) => window.fakeTable.sent.filter((message) => message.type === wanted).at(-1),
      type,
    ) as Promise<Extract<FromTable, { type: T }> | undefined>;
  const selected = () => page.locator('.row.selected [data-column="name"]').allInnerTexts();
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  it('shows a row for each run, newest first, numbers to the right', async () => {
    await openRuns(runs(30));
    assert.equal((await column('name'))[0], 'quick-lynx-30');
    assert.equal(await page.getByRole('grid').getAttribute('aria-rowcount'), '31');
    assert.match((await column('metric:val_accuracy'))[0]!, /^0\.\d+$/);
    assert.equal(
      await page
        .locator('[data-row] [data-column="param:batch_size"]')
        .first()
        .evaluate((e) => getComputedStyle(e).textAlign),
      'end',
    );
  });

  it('says what to do when there are no runs', async () => {
    await open({});
    await page.getByText('No runs yet').waitFor();
    await button('Submit Training Script').click();
    assert.deepEqual(await sent('submit'), { type: 'submit' });
  });

  it('sorts by a click and again for the other direction, missing last in both', async () => {
    await openRuns(runs(12, (number) => (number === 5 ? { metrics: {} } : {})));
    await heading('metric:val_loss').click();
    const down = await column('metric:val_loss');
    assert.deepEqual(
      down.slice(0, -1).map(Number),
      down
        .slice(0, -1)
        .map(Number)
        .sort((a, b) => b - a),
    );
    assert.equal(down.at(-1), '');
    assert.equal(await heading('metric:val_loss').getAttribute('aria-sort'), 'descending');
    await heading('metric:val_loss').click();
    const up = await column('metric:val_loss');
    assert.deepEqual(up, [...down.slice(0, -1).reverse(), '']);
  });

  it('sorts by several columns with Shift', async () => {
    await openRuns(runs(20));
    await heading('param:optimizer').click();
    await heading('metric:val_accuracy').click({ modifiers: ['Shift'] });
    const rows = (await column('param:optimizer')).map((optimizer, i) => ({ optimizer, i }));
    const accuracy = (await column('metric:val_accuracy')).map(Number);
    assert.equal(rows[0]!.optimizer, 'adam');
    const adam = rows.filter(({ optimizer }) => optimizer === 'adam').map(({ i }) => accuracy[i]!);
    assert.deepEqual(
      adam,
      adam.toSorted((a, b) => b - a),
    );
    assert.deepEqual(await page.locator('.head b').allInnerTexts(), ['2', '1']);
  });

  it('selects with click, Shift and Ctrl, and hands the runs over in the order shown', async () => {
    await openRuns(runs(10));
    await row('quick-lynx-10').click();
    await row('calm-otter-8').click({ modifiers: ['Shift'] });
    await row('quick-lynx-6').click({ modifiers: ['Control'] });
    assert.deepEqual(await selected(), ['quick-lynx-10', 'brave-finch-9', 'calm-otter-8', 'quick-lynx-6']);
    await page.getByText('4 of 10 runs selected').waitFor();
    await button('Charts').click();
    assert.deepEqual(await sent('act'), {
      type: 'act',
      verb: 'charts',
      runIds: ['run-10', 'run-9', 'run-8', 'run-6'],
    });
  });

  it('gives the selected runs to the menu of the editor', async () => {
    await openRuns(runs(5));
    await row('brave-finch-5').click();
    await row('still-heron-3').click({ button: 'right' });
    const context = await page.locator('.grid').getAttribute('data-vscode-context');
    assert.deepEqual((JSON.parse(context!) as { runIds: string[] }).runIds, ['run-3']);
  });

  it('is worked by keyboard, and names the cell it is at', async () => {
    await openRuns(runs(40));
    await page.locator('.grid').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press(' ');
    assert.deepEqual(await selected(), ['still-heron-39']);
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    assert.equal((await selected()).length, 3);
    await page.keyboard.press('Control+End');
    const active = await page.locator('.grid').getAttribute('aria-activedescendant');
    const last = await page
      .locator(`#${active}`)
      .evaluate((cell) => cell.closest('[role=row]')!.getAttribute('aria-rowindex'));
    assert.equal(last, '41');
    await page.keyboard.press('Control+a');
    await page.getByText('40 of 40 runs selected').waitFor();
    await page.keyboard.press('Escape');
    assert.deepEqual(await selected(), []);
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    assert.equal(await heading('name').getAttribute('aria-sort'), 'ascending');
  });

  it('filters by what the workspace understands, and shows why it does not', async () => {
    const filter = "params.lr = '0.1'";
    await openRuns(runs(6), { answers: { [filter]: ['run-2'] } });
    const box = page.getByRole('combobox', { name: 'Filter' });
    await box.fill('metrics.x >> 3');
    await box.press('Enter');
    await page.getByText('Invalid clause(s)').waitFor();
    assert.equal((await column('name')).length, 6);
    await box.fill(filter);
    await box.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('[data-row]').length === 1);
    assert.deepEqual(await column('name'), ['quick-lynx-2']);
    await button('Clear the filter').click();
    await page.waitForFunction(() => document.querySelectorAll('[data-row]').length === 6);
  });

  it('completes names, operators and values', async () => {
    await openRuns(runs(6));
    const box = page.getByRole('combobox', { name: 'Filter' });
    await box.click();
    await page.keyboard.type('opti');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await box.inputValue(), "params.optimizer = 'adam' ");
  });

  it('offers the filters of before', async () => {
    await openRuns(runs(2), { filters: ["name = 'x'"], answers: { "name = 'x'": [] } });
    await page.getByRole('combobox', { name: 'Filter' }).click();
    await page.getByRole('option', { name: "name = 'x'" }).click();
    await page.getByText('No run matches the filter').waitFor();
    assert.deepEqual(await sent('show'), { type: 'show', experimentId: null, filter: "name = 'x'" });
  });

  it('shows and hides columns, and hides those in which all runs are alike', async () => {
    await openRuns(runs(6));
    await button('Columns').click();
    await page.getByPlaceholder('Search columns').fill('val_loss');
    await page.getByRole('checkbox', { name: 'val_loss', exact: true }).uncheck();
    await page.getByRole('checkbox', { name: 'val_loss min' }).check();
    await page.keyboard.press('Escape');
    const after = await headings();
    assert.ok(after.includes('val_loss min') && !after.includes('val_loss'));
    assert.ok(after.includes('seed'));
    await button('Only differing').click();
    assert.ok(!(await headings()).includes('seed'));
    const message = await sent('layout');
    assert.deepEqual([message?.layout.hidden, message?.layout.onlyDiffering], [['metric:val_loss'], true]);
  });

  it('moves a column by a drag, and widens it by its border', async () => {
    await openRuns(runs(4));
    const from = (await heading('branch').boundingBox())!;
    const to = (await heading('state').boundingBox())!;
    await page.mouse.move(from.x + 20, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(to.x + 5, to.y + 10, { steps: 5 });
    await page.mouse.up();
    assert.deepEqual((await headings()).slice(0, 3), ['Name', 'Branch', 'State']);
    const box = (await heading('branch').boundingBox())!;
    await page.mouse.move(box.x + box.width - 2, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width + 58, box.y + 10, { steps: 3 });
    await page.mouse.up();
    assert.equal((await sent('layout'))?.layout.widths['branch'], Math.round(box.width + 60));
  });

  it('pins and tints a column from its menu', async () => {
    await openRuns(runs(8));
    await heading('metric:val_accuracy').click({ button: 'right' });
    await page.getByRole('menuitemcheckbox', { name: 'Colour by value' }).click();
    assert.equal(await page.locator('.tint-7').count(), 1);
    await heading('metric:val_accuracy').click({ button: 'right' });
    await page.getByRole('menuitemcheckbox', { name: 'Pinned' }).click();
    await page.locator('.grid').evaluate((grid) => grid.scrollTo(400, 0));
    assert.ok(await heading('metric:val_accuracy').isVisible());
    assert.equal((await heading('metric:val_accuracy').boundingBox())!.x, 190);
  });

  it('exports the selected runs, or all', async () => {
    await openRuns(runs(3));
    await button('Export').click();
    await page.getByRole('menuitem', { name: 'Save as CSV…' }).click();
    assert.equal((await sent('save'))?.text.trimEnd().split('\r\n').length, 4);
    await row('quick-lynx-2').click();
    await button('Export').click();
    await page.getByRole('menuitem', { name: 'Copy as Markdown' }).click();
    const lines = (await sent('copy'))!.text.trimEnd().split('\n');
    assert.equal(lines.length, 3);
    assert.match(lines[2]!, /^\| quick-lynx-2 \| finished \|/);
  });

  it('takes over what changes without losing selection or place', async () => {
    await openRuns(runs(200));
    await page.locator('.grid').evaluate((grid) => grid.scrollTo(0, 2200));
    await row('quick-lynx-90').click();
    await page.evaluate(([changed]) => window.fakeTable.sayChunk(changed), [
      plainChunk([tableRun(90, { name: 'renamed' }), tableRun(201)]),
    ] as const);
    await row('renamed').waitFor();
    assert.deepEqual(await selected(), ['renamed']);
    assert.equal(await page.locator('.grid').evaluate((grid) => grid.scrollTop), 2200);
    await page.evaluate(() => window.fakeTable.say({ type: 'gone', ids: ['run-90'] }));
    await row('renamed').waitFor({ state: 'detached' });
    assert.deepEqual(await selected(), []);
    await page.getByText('200 runs', { exact: true }).waitFor();
  });

  it('comes back as it was left', async () => {
    const list = runs(200);
    await openRuns(list);
    await page.locator('.grid').evaluate((grid) => grid.scrollTo(0, 1100));
    await row('calm-otter-140').click();
    await page.waitForFunction(() => (window.fakeTable.state as { scrollTop?: number })?.scrollTop === 1100);
    const state = await page.evaluate(() => window.fakeTable.state);
    await page.close();
    await open({ chunk: plainChunk(list), state });
    await row('calm-otter-140').waitFor();
    assert.deepEqual(await selected(), ['calm-otter-140']);
    assert.equal(await page.locator('.grid').evaluate((grid) => grid.scrollTop), 1100);
  });

  it('says what is wrong, and tries again', async () => {
    await open({ fail: { code: 'SERVER_UNREACHABLE', message: 'The server does not answer.' } });
    await page.getByText('The server does not answer.').waitFor();
    await page.evaluate(() => {
      window.fakeTable.fail = undefined;
    });
    await button('Retry').click();
    await page.getByText('No runs yet').waitFor();
  });

  it('draws only what is in sight of ten thousand runs by two hundred columns', async () => {
    await open({ many: { runs: 10_000, metrics: 160, params: 40 } });
    await page.getByText('10,000 runs', { exact: true }).waitFor();
    const cells = () => page.locator('.grid [role=gridcell]').count();
    assert.ok((await cells()) < 1000, `${await cells()} cells`);
    await page.locator('.grid').evaluate((grid) => grid.scrollTo(9000, 150_000));
    await page.getByText('sweep-6818', { exact: true }).waitFor();
    assert.ok((await cells()) < 1000, `${await cells()} cells`);
    assert.equal(
      await page
        .locator('.row[data-row]')
        .nth(10)
        .locator('[data-column="name"]')
        .evaluate((e) => Math.round(e.getBoundingClientRect().left)),
      0,
    );
  });

  it('fits a narrow panel', async () => {
    await open({ chunk: plainChunk(runs(20)) }, { width: 320, height: 500 });
    await row('calm-otter-20').waitFor();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
    assert.ok(await button('Charts').isVisible());
  });
});
