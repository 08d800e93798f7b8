import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { FromTable } from '../../../src/panels/table-messages.js';
import type { Run } from '../../../src/workspace/types.js';
import { pagesOf } from './panel-test.js';
import { EMPTY_LAYOUT as LAYOUT } from '../../../webview/table/columns.js';
import { installTableHost, plainChunk, type TableGiven, tableRun } from './table-host.js';

const runs = (count: number, more: (number: number) => Partial<Run> = () => ({})) =>
  Array.from({ length: count }, (_, i) => tableRun(count - i, more(count - i)));

describe('runs table', () => {
  const openPage = pagesOf('table', installTableHost);
  let page: Page;

  async function open(
    host: TableGiven,
    more: { width?: number; height?: number } = { width: 1700 },
  ): Promise<void> {
    page = await openPage({ host, ...more });
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

  it('has room for the best value and its mark', async () => {
    await openRuns(runs(30));
    const cells = page.locator('.row[data-row] .cell.number');
    const clipped = await cells.evaluateAll((all) =>
      all.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent),
    );
    assert.deepEqual(clipped, []);
    assert.ok((await page.locator('.cell.best').count()) > 0);
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
      runIds: ['local/run-10', 'local/run-9', 'local/run-8', 'local/run-6'],
    });
  });

  it('gives the selected runs to the menu of the editor', async () => {
    await openRuns(runs(5));
    await row('brave-finch-5').click();
    await row('still-heron-3').click({ button: 'right' });
    const context = await page.locator('.grid').getAttribute('data-vscode-context');
    assert.deepEqual((JSON.parse(context!) as { runIds: string[] }).runIds, ['local/run-3']);
  });

  it('tells the menu of the editor what the workspaces of the selected runs can do', async () => {
    const lab = { id: 'lab', label: 'Lab', lacks: ['jobs' as const, 'code' as const] };
    const chunk = (workspace: string, name: string) =>
      plainChunk([tableRun(1, { workspace, name })], workspace);
    await open({
      chunks: [chunk('local', 'here'), chunk('lab', 'there')],
      experimentId: null,
      workspaces: [{ id: 'local', label: 'Local' }, lab],
    });
    const can = async () => {
      const context = await page.locator('.grid').getAttribute('data-vscode-context');
      const { runsHaveJobs, runsHaveCode, runsHaveEdit } = JSON.parse(context!) as Record<string, boolean>;
      return [runsHaveJobs, runsHaveCode, runsHaveEdit];
    };
    await row('here').click({ button: 'right' });
    assert.deepEqual(await can(), [true, true, true]);
    await row('there').click({ button: 'right' });
    assert.deepEqual(await can(), [false, false, true]);
    await row('here').click({ modifiers: ['ControlOrMeta'] });
    await row('here').click({ button: 'right' });
    assert.deepEqual(await can(), [false, false, true]);
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
    await openRuns(runs(6), { answers: { [filter]: ['local/run-2'] } });
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
    await page.getByRole('menuitemcheckbox', { name: 'Colour by Value' }).click();
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
    const saved = await page.evaluate(() => {
      const message = window.fakeTable.sent.findLast(({ type }) => type === 'save');
      return new TextDecoder().decode((message as { content?: Uint8Array }).content);
    });
    assert.equal(saved.trimEnd().split('\r\n').length, 4);
    await row('quick-lynx-2').click();
    await button('Export').click();
    await page.getByRole('menuitem', { name: 'Copy as Markdown' }).click();
    const lines = (await sent('copy'))!.text.trimEnd().split('\n');
    assert.equal(lines.length, 3);
    assert.match(lines[2]!, /^\| quick-lynx-2 \| finished \|/);
    await button('Export').click();
    await page.getByRole('menuitem', { name: 'Copy as Table' }).click();
    assert.match((await sent('copy'))!.text, /\nquick-lynx-2\tfinished\t/);
  });

  /** What the table says from top to bottom, in its first column. */
  const lines = () =>
    page
      .locator('.row:not(.head)')
      .evaluateAll((rows) =>
        rows
          .toSorted((a, b) => Number(a.ariaRowIndex) - Number(b.ariaRowIndex))
          .map((row) => row.querySelector('.cell')!.textContent.trim().replaceAll(/\s+/g, ' ')),
      );
  const menu = async (id: string, item: string) => {
    await heading(id).click({ button: 'right' });
    await page.getByRole('menu', { name: 'Column' }).getByText(item, { exact: true }).click();
  };
  const group = (value: string) =>
    page.locator('.row.group', { has: page.locator('.value', { hasText: new RegExp(`^${value}$`) }) });

  it('groups by a column from its menu, with what the runs of a group come to, and ungroups', async () => {
    await openRuns(runs(8));
    await menu('branch', 'Group by This Column');
    assert.deepEqual(await lines(), [
      'main 6 runs',
      ...[8, 7, 5, 4, 2, 1].map((n) => tableRun(n).name),
      'wider-net 2 runs',
      ...[6, 3].map((n) => tableRun(n).name),
    ]);
    assert.match(
      await group('main').locator('[data-column="metric:val_loss"]').innerText(),
      /^0\.\d+\s*±0\.\d+$/,
    );
    assert.equal(await group('main').locator('[data-column="param:seed"]').innerText(), '17');
    assert.equal((await sent('layout'))?.layout.group, 'branch');
    await group('main').locator('[data-column="metric:val_loss"]').hover();
    assert.match(
      (await group('main').locator('[data-column="metric:val_loss"]').getAttribute('title'))!,
      /^Mean .*\nLowest .*\nFrom 6 of 6 runs$/,
    );
    await button('Ungroup').click();
    assert.equal((await lines()).length, 8);
    assert.equal((await sent('layout'))?.layout.group, null);
  });

  it('sorts in groups and sorts the groups', async () => {
    await openRuns(runs(12), { layout: { ...LAYOUT, group: 'param:optimizer' } });
    await heading('metric:val_loss').click();
    const means = await page
      .locator('.group [data-column="metric:val_loss"] span:first-of-type')
      .allInnerTexts();
    assert.ok(Number(means[0]) >= Number(means[1]), means.join());
    const all = await page
      .locator('.row:not(.head)')
      .evaluateAll((rows) =>
        rows
          .toSorted((a, b) => Number(a.ariaRowIndex) - Number(b.ariaRowIndex))
          .map((row) =>
            row.matches('.group')
              ? NaN
              : Number(row.querySelector('[data-column="metric:val_loss"]')!.textContent),
          ),
      );
    const inFirst = all.slice(1, all.indexOf(NaN, 1));
    assert.deepEqual(
      inFirst,
      inFirst.toSorted((a, b) => b - a),
    );
  });

  it('closes and opens groups by click and by keyboard, and keeps that', async () => {
    await openRuns(runs(8), { layout: { ...LAYOUT, group: 'branch' } });
    await group('main').locator('.twistie').click();
    assert.equal(await group('main').getAttribute('aria-expanded'), 'false');
    assert.deepEqual((await lines()).slice(0, 2), ['main 6 runs', 'wider-net 2 runs']);
    assert.deepEqual((await sent('layout'))?.layout.collapsed, ['main']);
    assert.deepEqual(await selected(), [], 'to close is not to select');
    await page.keyboard.press('ArrowRight');
    assert.equal((await lines()).length, 10);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await group('main').getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('Enter');
    assert.equal(await group('main').getAttribute('aria-expanded'), 'true');
    assert.equal(await page.locator('[role=treegrid]').getAttribute('aria-rowcount'), '11');
    await menu('branch', 'Collapse All Groups');
    assert.deepEqual(await lines(), ['main 6 runs', 'wider-net 2 runs']);
    await menu('branch', 'Expand All Groups');
    assert.equal((await lines()).length, 10);
  });

  it('keeps the head of a long group in sight', async () => {
    await openRuns(runs(200), { layout: { ...LAYOUT, group: 'branch' } });
    const sticky = page.locator('.row.sticky');
    assert.equal(await sticky.count(), 0);
    await page.locator('.grid').evaluate((grid) => grid.scrollTo(300, 1000));
    await sticky.waitFor();
    assert.equal(await sticky.locator('.value').innerText(), 'main');
    const head = (await page.locator('.head').boundingBox())!;
    assert.equal((await sticky.boundingBox())!.y, head.y + head.height);
    await page.locator('.grid').evaluate((grid) => grid.scrollTo(300, 22 * 150));
    await page.waitForFunction(() => document.querySelector('.sticky .value')?.textContent === 'wider-net');
    await sticky.locator('.twistie').click();
    assert.deepEqual((await sent('layout'))?.layout.collapsed, ['wider-net']);
  });

  it('puts every value under its heading wherever it is scrolled to', async () => {
    await open({ many: { runs: 500, metrics: 40, params: 10 } });
    await page.getByText('500 runs', { exact: true }).waitFor();
    for (const [left, top] of [
      [0, 0],
      [900, 3000],
      [1150, 2950],
      [400, 8000],
      [410, 0],
    ] as const) {
      await page.locator('.grid').evaluate((grid, to) => grid.scrollTo(...to), [left, top] as const);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));
      const wrong = await page.evaluate(() => {
        const box = (e: Element) => e.getBoundingClientRect();
        const heads = [...document.querySelectorAll('.head [data-column]')];
        const rows = [...document.querySelectorAll('.row[data-row]')];
        return rows.flatMap((row) => {
          const cells = [...row.querySelectorAll('[data-column]')];
          const isWrong = heads.filter((head) => {
            const id = head.getAttribute('data-column');
            const [cell, ...more] = cells.filter((one) => one.getAttribute('data-column') === id);
            return (
              !cell ||
              more.length > 0 ||
              box(cell).left !== box(head).left ||
              cell.ariaColIndex !== head.ariaColIndex
            );
          });
          return cells.length === heads.length ? isWrong.map((e) => e.outerHTML) : ['too many cells'];
        });
      });
      assert.deepEqual(wrong, []);
    }
  });

  it('selects the runs of a group by its head', async () => {
    await openRuns(runs(8), { layout: { ...LAYOUT, group: 'branch', collapsed: ['wider-net'] } });
    await group('wider-net').click();
    await page.getByText('2 of 8 runs selected').waitFor();
    await button('Compare').click();
    assert.deepEqual((await sent('act'))?.runIds, ['local/run-6', 'local/run-3']);
    await group('main').click({ modifiers: ['Control'] });
    await page.getByText('8 of 8 runs selected').waitFor();
    await group('wider-net').click({ modifiers: ['Control'] });
    await page.getByText('6 of 8 runs selected').waitFor();
    await page.keyboard.press(' ');
    await page.getByText('8 of 8 runs selected').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByText('3 of 8 runs selected').waitFor();
  });

  it('shows curves, asked for only in sight and again for a run that changed', async () => {
    await open({
      many: { runs: 2000, metrics: 3, params: 2 },
      layout: { ...LAYOUT, curves: ['metric:m0/loss'] },
    });
    const path = page.locator('[data-row="3"] .curve path');
    await page.waitForFunction(() => document.querySelector('[data-row="3"] .curve path')?.getAttribute('d'));
    const cells = async () => (await sent('curves'))!.cells;
    const first = await cells();
    assert.ok(first.length < 60, `${first.length} of 2000`);
    assert.deepEqual(first[0], { runId: 'local/run-0', metric: 'm0/loss' });
    assert.match((await path.getAttribute('d'))!, /^M0 /);
    assert.match(await page.locator('[data-row="3"] [data-column="metric:m0/loss"]').innerText(), /^0\.\d+$/);
    await page.locator('.grid').evaluate((grid) => grid.scrollTo(0, 20_000));
    await page.waitForFunction(() =>
      document.querySelector('[data-row="920"] .curve path')?.getAttribute('d'),
    );
    assert.ok((await cells()).every(({ runId }) => Number(runId.slice('local/run-'.length)) > 890));
    const before = await page.evaluate(() => window.fakeTable.sent.length);
    await page.evaluate(() =>
      window.fakeTable.sayChunk({
        ids: ['local/run-920'],
        texts: [],
        numbers: [{ id: 'metric:m0/loss', values: ['0.5'], isSet: [1] }],
      }),
    );
    await page.waitForFunction((count) => window.fakeTable.sent.length > count, before);
    // It comes first now: it has no start. Those that came in sight for it are asked for too.
    await menu('metric:m0/loss', 'Show as Curve');
    assert.equal(await page.locator('.curve').count(), 0);
  });

  it('marks the best of a metric, by the goal that its name or a person gives it', async () => {
    await openRuns(runs(12));
    const marked = (id: string) => page.locator(`[data-row] [data-column="${id}"].best`);
    const values = (await column('metric:val_loss')).map(Number);
    assert.equal(Number(await marked('metric:val_loss').innerText()), Math.min(...values));
    await marked('metric:val_loss').getByRole('img', { name: 'Best' }).waitFor();
    await marked('metric:val_loss').hover();
    assert.match(
      (await marked('metric:val_loss').getAttribute('title'))!,
      /Best of the runs shown; lower is better/,
    );
    await menu('metric:val_loss', 'Higher Is Better');
    assert.equal(Number(await marked('metric:val_loss').innerText()), Math.max(...values));
    assert.deepEqual((await sent('layout'))?.layout.goals, { 'metric:val_loss': 'higher' });
    await menu('metric:val_loss', 'Neither Is Better');
    assert.equal(await marked('metric:val_loss').count(), 0);
  });

  it('writes a note in its cell', async () => {
    await openRuns(
      runs(3, (number) => (number === 2 ? { tags: { 'mlflow.note.content': 'first\nsecond' } } : {})),
    );
    await page.locator('.grid').evaluate((grid) => grid.scrollTo(5000, 0));
    const note = row('quick-lynx-2').locator('[data-column="note"]');
    assert.equal(await note.innerText(), 'first');
    await note.dblclick();
    const box = page.getByRole('textbox', { name: 'Note of the run' });
    assert.equal(await box.inputValue(), 'first\nsecond');
    await box.fill('changed');
    await box.press('Escape');
    assert.equal(await sent('note'), undefined);
    await page.keyboard.press('F2');
    await box.fill('');
    await page.keyboard.type('kept');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('whole');
    await page.keyboard.press('Enter');
    assert.deepEqual(await sent('note'), { type: 'note', runId: 'local/run-2', text: 'kept\nwhole' });
    await page.keyboard.press('Home');
    await page.keyboard.press('F2');
    assert.deepEqual(await sent('act'), { type: 'act', verb: 'rename', runIds: ['local/run-2'] });
  });

  it('opens the menu of a column by the mark in its heading, and sorts by one more', async () => {
    await openRuns(runs(6));
    await heading('branch').click();
    await heading('name').hover();
    await heading('name').locator('.head-menu').click();
    await page.getByRole('menuitem', { name: 'Then Sort by This' }).click();
    assert.deepEqual(
      (await sent('layout'))?.layout.sort.map(({ id }) => id),
      ['branch', 'name'],
    );
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
    await page.evaluate(() => window.fakeTable.say({ type: 'gone', ids: ['local/run-90'] }));
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
