import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Run } from '../../../src/workspace/types.js';
import { pagesOf } from './panel-test.js';
import { keyOf } from '../../../src/extension/panels/panel-workspaces.js';
import { installRunHost, plainShownRun, type RunGiven } from './run-host.js';
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
const failedRun = (): Run => ({
  ...ended,
  state: 'failed',
  metrics: {},
  code: { ...ended.code!, snapshot: 'a'.repeat(40) },
  job: {
    ...ended.job!,
    exitCode: 1,
    cause: {
      kind: 'missing-module',
      headline: "ModuleNotFoundError: No module named 'torch'",
      hint: 'Install torch for /usr/bin/python3, or choose another interpreter.',
      ...{ file: 'lib/data.py', line: 2 },
    },
  },
});
const given = (run: Run, more: Partial<RunGiven> = {}): RunGiven => ({ runs: [plainShownRun(run)], ...more });
const noted = (note: string) => given({ ...ended, tags: { [NOTE]: note } });

describe('the panel of a run', () => {
  const openPage = pagesOf('run', installRunHost);
  let page: Page;

  async function show(host: RunGiven, size: { width?: number; height?: number } = {}): Promise<void> {
    page = await openPage({ host, width: 1000, ...size });
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

  it('opens the definition of its environment and of the data that it read', async () => {
    const environment = { kind: 'asset', name: 'training', version: '3' } as const;
    const input = { digest: 'a1', sourceType: 'local', source: '{}' };
    await show(
      given({
        ...ended,
        job: { ...ended.job!, environment },
        inputs: [
          { ...input, name: 'rows', version: '7' },
          { ...input, name: 'other' },
        ],
      }),
    );
    await button('training:3').click();
    await button('rows:7').click();
    assert.deepEqual(await sent('openAsset'), [
      { type: 'openAsset', kind: 'environment', name: 'training', version: '3' },
      { type: 'openAsset', kind: 'data', name: 'rows', version: '7' },
    ]);
    await page.getByText('other', { exact: true }).waitFor();
    assert.equal(await button('other').count(), 0);
  });

  it('says what was counted where nobody knows how much there is', async () => {
    const run = runningRun();
    await show(given({ ...run, job: { ...run.job!, progress: { done: 1585, unit: 'it' } } }));
    assert.equal(await page.getByTitle('Progress').innerText(), '1,585 it');
    assert.equal(await page.getByRole('progressbar').count(), 0);
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
    await page.getByText('Nothing matches “nowhere”.').waitFor();
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
    await page.waitForFunction(() => {
      const last = document.querySelector<HTMLElement>('.metrics tbody tr:last-child');
      last?.scrollIntoView();
      return last?.dataset['metric'] === 'metric_499';
    });
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
    const address = page.url();
    await page.getByRole('link', { name: 'web' }).click();
    assert.deepEqual(await sent('link'), [{ type: 'link', href: 'https://example.com/a' }]);
    assert.equal(page.url(), address);
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

  it('says first of all why a run failed, where, and what to do', async () => {
    const line = '  File "/h/jobs/a1/code/lib/data.py", line 2, in load';
    const text = `Traceback (most recent call last):\n${line}\nModuleNotFoundError: No module named 'torch'`;
    const start = text.indexOf('"');
    const links = [{ start, length: text.indexOf(', in') - start, file: 'lib/data.py', line: 2 }];
    for (const theme of ['dark', 'light', 'contrast'] as const)
      for (const width of [1000, 360]) {
        await page?.close();
        page = await openPage({
          host: given(failedRun(), { log: { text, isCut: false, links } }),
          ...{ theme, width },
        });
        await page.getByText("ModuleNotFoundError: No module named 'torch'").first().waitFor();
        const folder = process.env['TRAINYARD_PICTURES'];
        if (folder) await page.screenshot({ path: `${folder}/run-${theme}-${width}.png` });
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.equal(overflow, 0);
      }
    const failure = page.getByRole('region', { name: 'Failure' });
    await failure.getByText('Install torch for /usr/bin/python3').waitFor();
    await failure.getByRole('button', { name: 'lib/data.py:2' }).click();
    await failure.getByRole('button', { name: 'Show log' }).click();
    await failure.getByRole('button', { name: 'Choose another interpreter…' }).click();
    const at = { file: 'lib/data.py', line: 2 };
    assert.deepEqual(await sent('openLine'), [{ type: 'openLine', at }]);
    assert.deepEqual(await sent('act'), [{ type: 'act', verb: 'log' }]);
    assert.deepEqual(await sent('chooseInterpreter'), [{ type: 'chooseInterpreter' }]);
    const log = page.getByRole('region', { name: 'End of the log' });
    assert.equal(await log.innerText(), text);
    await log.getByRole('link').click();
    assert.deepEqual(await sent('openLine'), [
      { type: 'openLine', at },
      { type: 'openLine', at },
    ]);
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
      { type: 'register', model: { runId: keyOf(ended), path: 'net' } },
    ]);
  });

  it('of a run with little shows no empty parts, and says what to do', async () => {
    const { job: _job, code: _code, ...bare } = ended;
    await show(given({ ...bare, metrics: {}, params: {}, tags: {} }));
    assert.deepEqual(await titles(), ['Note', 'Metrics', 'Files', 'Summary']);
    await page.getByText('The run logged no metrics.').waitFor();
    assert.equal(await button('Submit Again').count(), 0);
  });

  it('shows another run in its place', async () => {
    const other = tableRun(4, { name: 'still-heron', id: 'run-4' });
    await show({ runs: [plainShownRun(ended), plainShownRun(other)] });
    await page.evaluate(() => window.fakeRun.say({ type: 'show', runId: 'local/run-4' }));
    await page.getByRole('heading', { name: 'still-heron' }).waitFor();
    assert.equal((await page.evaluate(() => window.fakeRun.state as { runId: string })).runId, 'local/run-4');
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
    assert.equal((JSON.parse(await page.title()) as { runId: string }).runId, keyOf(ended));
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
