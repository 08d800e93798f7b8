import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { DEFAULT_LAYOUT } from '../../../src/panels/charts-layout.js';
import type { ChartsLayout } from '../../../src/panels/messages.js';
import { holds } from '../../support/until.js';
import { accuracyAt, fakeRun, fakeSeries, lossAt, START } from './data.js';
import { type FakeRun, type FakeSeries, installFakeHost } from './fake-host.js';
import { setTheme } from './page.js';
import { pagesOf } from './panel-test.js';

interface Data {
  runs: FakeRun[];
  series: Record<string, Record<string, FakeSeries>>;
}

/** Runs 1 … count, each with these metrics, one value per step. */
function training(count: number, points: number, keys = ['loss', 'val/accuracy', 'system/cpu']): Data {
  const runs = Array.from({ length: count }, (_, i) => fakeRun(i + 1, keys));
  const series = Object.fromEntries(
    runs.map((run) => [
      run.id,
      Object.fromEntries(
        keys.map((key, k) => [
          key,
          fakeSeries(
            run.number,
            points,
            (key.includes('loss') ? lossAt : accuracyAt)(run.number + k, points),
          ),
        ]),
      ),
    ]),
  );
  return { runs, series };
}

describe('charts page', () => {
  const openPage = pagesOf('charts', installFakeHost);
  let page: Page;

  async function open(host: Parameters<typeof installFakeHost>[0], more = {}): Promise<void> {
    page = await openPage({ host, ...more });
  }

  const chart = (metric: string) => page.locator(`ty-chart:has(h3[title="${metric}"])`);
  const plot = (metric: string) => chart(metric).locator('.plot');
  const drawn = (metric: string) => chart(metric).locator('.plot-area').waitFor();
  const texts = (selector: string) => page.locator(selector).allInnerTexts();
  const chip = (name: string) => page.locator('.chip-toggle', { hasText: name });

  /** Pixels of the plot that are near this colour. */
  function inked(metric: string, colour: string): Promise<number> {
    return chart(metric).evaluate((element, css) => {
      const canvas = element.querySelector<HTMLCanvasElement>('canvas:not(.crosshair)');
      if (!canvas) return 0;
      const ctx = canvas.getContext('2d')!;
      const probe = new OffscreenCanvas(1, 1).getContext('2d')!;
      probe.fillStyle = getComputedStyle(document.body).getPropertyValue(css).trim();
      probe.fillRect(0, 0, 1, 1);
      const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
      const { data } = ctx.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4)
        if (
          data[i + 3]! > 200 &&
          Math.abs(data[i]! - r!) + Math.abs(data[i + 1]! - g!) + Math.abs(data[i + 2]! - b!) < 24
        )
          count++;
      return count;
    }, colour);
  }

  /** What the page last asked the host to keep. */
  function lastLayout(): Promise<ChartsLayout> {
    return page.evaluate(() => {
      const last = window.fake.sent.findLast(({ type }) => type === 'layout');
      return (last as unknown as { layout: { layout: ChartsLayout } }).layout.layout;
    });
  }

  async function axisRange(metric: string): Promise<{ from: number; to: number }> {
    await plot(metric).focus();
    // Charts are drawn with the next frame.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    const read = async (key: string) => {
      await page.keyboard.press(key);
      const head = await chart(metric).locator('.tooltip-head').innerText();
      return Number(head.replace(/\D/g, ''));
    };
    return { from: await read('Home'), to: await read('End') };
  }

  it('shows what a run prints that logs no metrics, until it does', async () => {
    const printing = { state: 'running', hasLog: true } as const;
    await open({
      runs: [fakeRun(1, [], printing), fakeRun(2, [], { ...printing, state: 'finished' })],
      series: {},
    });
    const [first] = await page.evaluate(() => window.fake.runs.map(({ id, name }) => ({ id, name })));
    const sent = () =>
      page.evaluate(() => window.fake.sent.filter(({ type }) => type === 'log' || type === 'readNumbers'));
    const print = (from: number, count: number) => {
      const text = Array.from({ length: count }, (_, i) => `epoch ${from + i}: loss=0.${from + i}`).join(
        '\n',
      );
      const numbered = Array.from({ length: count }, (_, i) => i);
      const log = { text, isCut: from > 0, first: from, numbered };
      return page.evaluate((message) => window.fake.say(message), { type: 'log', runId: first!.id, log });
    };
    const log = page.getByRole('region', { name: 'End of the log' });
    const line = (text: string) => log.getByRole('button', { name: text, exact: true });
    await page.getByRole('heading', { name: `Log of ${first!.name}` }).waitFor();
    assert.deepEqual(await sent(), [{ type: 'log', runId: first!.id }]);
    await print(0, 100);
    await line('epoch 99: loss=0.99').click();
    // One stop of the tab key; the arrows lead on, and the focus stays on its line while others go.
    assert.equal(await log.locator('[tabindex="0"]').count(), 1);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await print(50, 100);
    await line('epoch 149: loss=0.149').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    const read = (line: string) => ({ type: 'readNumbers', runId: first!.id, line });
    const chosen = ['epoch 99: loss=0.99', 'epoch 97: loss=0.97', 'epoch 50: loss=0.50'];
    assert.deepEqual((await sent()).slice(1), chosen.map(read));
    // A line that is pressed does not move away from below the pointer.
    await log.evaluate((box) => (box.scrollTop = box.scrollHeight));
    await line('epoch 149: loss=0.149').hover();
    await page.mouse.down();
    await print(60, 100);
    await page.mouse.up();
    await line('epoch 159: loss=0.159').waitFor();
    assert.deepEqual((await sent()).at(-1), read('epoch 149: loss=0.149'));

    await page.evaluate(() => {
      const { runs, labels, missing } = window.fake;
      window.fake.say({
        type: 'runs',
        runs: [{ ...runs[0], metrics: ['loss'] }, runs[1]],
        labels,
        missing,
        workspaces: window.fake.workspaces,
      });
    });
    await chart('loss').waitFor();
    assert.equal(await log.count(), 0);
    assert.deepEqual((await sent()).at(-1), { type: 'log', runId: null });
  });

  it('shows a chart for each metric by section, the machine closed', async () => {
    await open(training(2, 100));
    await drawn('loss');
    assert.deepEqual(
      await texts('section h2'),
      ['Metrics\n1', 'val\n1', 'system\n1'].map((t) => t),
    );
    assert.equal(await chart('system/cpu').count(), 0);
    await page.getByRole('button', { name: 'system' }).click();
    await drawn('system/cpu');
  });

  it('draws each run in its colour', async () => {
    await open(training(2, 100));
    await drawn('loss');
    assert.ok((await inked('loss', '--ty-run1')) > 100);
    assert.ok((await inked('loss', '--ty-run2')) > 100);
    assert.equal(await inked('loss', '--ty-run3'), 0);
  });

  it('fetches only the charts near the visible part', async () => {
    const keys = Array.from({ length: 60 }, (_, i) => `m${i}/loss`);
    await open(training(1, 10, keys), { height: 500 });
    await drawn('m0/loss');
    const asked = () =>
      page.evaluate(() => new Set(window.fake.sent.flatMap((m) => m.series ?? []).map((s) => s.key)).size);
    const first = await asked();
    assert.ok(first > 0 && first < 15, `${first} metrics asked for`);
    await chart('m59/loss').scrollIntoViewIfNeeded();
    await drawn('m59/loss');
    assert.equal(await chart('m0/loss').locator('canvas').count(), 0);
  });

  it('has the first of hundreds of charts at once, and the others as soon as the browser is idle', async () => {
    const keys = Array.from({ length: 500 }, (_, i) => `layer${Math.floor(i / 20)}/metric${i}`);
    await open({ ...training(1, 10, keys), isSilent: true });
    await page.waitForFunction(() => window.fake.sent.some(({ type }) => type === 'ready'));
    const first = await page.evaluate(async () => {
      const { requestIdleCallback } = window;
      const idle: IdleRequestCallback[] = [];
      window.requestIdleCallback = (then) => idle.push(then);
      window.fake.isSilent = false;
      window.fake.init();
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      while (!document.querySelector('ty-chart canvas')) await frame();
      window.requestIdleCallback = requestIdleCallback;
      for (const then of idle) requestIdleCallback(then);
      return document.querySelectorAll('ty-chart').length;
    });
    assert.ok(first >= 12 && first < 60, `${first} charts before the first was drawn`);
    await page.waitForFunction(() => document.querySelectorAll('ty-chart').length === 500);
    assert.deepEqual(
      await page
        .locator('ty-chart')
        .evaluateAll((charts) => charts.map((c) => (c as HTMLElement & { chart: string }).chart)),
      keys,
    );
  });

  it('asks for new points only, and draws them', async () => {
    await open(training(1, 100));
    await drawn('loss');
    await page.evaluate((start) => {
      const steps = Array.from({ length: 50 }, (_, i) => 100 + i);
      window.fake.append('local/run-1', 'loss', {
        steps,
        times: steps.map((s) => start + s * 1000),
        values: steps.map(() => 1),
      });
    }, START);
    await page.waitForFunction(() =>
      window.fake.sent.some((m) => m.series?.some((s) => s.key === 'loss' && s.from === 100)),
    );
    await holds(async () => assert.deepEqual(await axisRange('loss'), { from: 0, to: 149 }));
  });

  it('says why runs failed that logged nothing, and leads to the line and the log', async () => {
    const failure = {
      kind: 'missing-file',
      headline: "FileNotFoundError: [Errno 2] No such file or directory: 'data/train.csv'",
      hint: 'It looked for /home/me/proj/data/train.csv.',
      at: { file: 'lib/data.py', line: 2 },
    } as const;
    const failed = fakeRun(1, [], { state: 'failed', failure });
    for (const theme of ['dark', 'light'] as const)
      for (const width of [1000, 360]) {
        await page?.close();
        await open({ runs: [failed], series: {} }, { theme, width });
        await page.getByText('FileNotFoundError: [Errno 2]').waitFor();
        const folder = process.env['TRAINYARD_PICTURES'];
        if (folder) await page.screenshot({ path: `${folder}/charts-${theme}-${width}.png` });
      }
    assert.equal(await page.getByText('No metrics were logged').count(), 0);
    await page.getByRole('button', { name: 'lib/data.py:2' }).click();
    await page.getByRole('button', { name: 'Show Log', exact: true }).click();
    const asked = await page.evaluate(() =>
      window.fake.sent.filter(({ type }) => type === 'openFailure' || type === 'showLog'),
    );
    assert.deepEqual(asked, [
      { type: 'openFailure', runId: 'local/run-1' },
      { type: 'showLog', runId: 'local/run-1' },
    ]);
  });

  it('shows a metric that appears later', async () => {
    await open({ runs: [fakeRun(1, [], { state: 'running' })], series: {} });
    await page.getByText('Waiting for the first point').waitFor();
    await page.evaluate((start) => {
      window.fake.append('local/run-1', 'loss', { steps: [0], times: [start], values: [2] });
      window.fake.runs[0]!.metrics = ['loss'];
      window.fake.say({
        type: 'runs',
        runs: window.fake.runs,
        labels: [],
        missing: [],
        workspaces: window.fake.workspaces,
      });
    }, START);
    await drawn('loss');
    assert.ok((await inked('loss', '--ty-run1')) > 10, 'one point is a dot');
  });

  it('hides and shows a run by its chip, and soloes it with Alt', async () => {
    await open(training(3, 100));
    await drawn('loss');
    await chip('digits-1').click();
    await page.mouse.move(5, 700);
    await holds(async () => assert.equal(await inked('loss', '--ty-run1'), 0));
    assert.equal(await chip('digits-1').getAttribute('aria-pressed'), 'false');
    await chip('digits-1').click({ modifiers: ['Alt'] });
    await page.mouse.move(5, 700);
    await holds(async () => assert.ok((await inked('loss', '--ty-run1')) > 100));
    await holds(async () => assert.equal(await inked('loss', '--ty-run2'), 0));
    await page.getByRole('button', { name: 'Show all' }).click();
    await holds(async () => assert.ok((await inked('loss', '--ty-run2')) > 100));
  });

  it('shortens no name in a tooltip while the page has room, beside the last chart of a row neither', async () => {
    const data = training(20, 100, ['a', 'b', 'c']);
    data.runs.forEach((run, i) => (run.name = `misty-maple-of-the-north-${i}`));
    await open(data, { width: 1200 });
    await drawn('c');
    const box = (await chart('c').locator('.plot-area').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.45, box.y + 30);
    await chart('c').locator('.tooltip').waitFor();
    const names = chart('c').locator('.tooltip-name');
    assert.deepEqual(
      await names.evaluateAll(
        (all) => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length,
      ),
      0,
    );
    const tooltip = (await chart('c').locator('.tooltip').boundingBox())!;
    assert.ok(tooltip.x >= 0 && tooltip.x + tooltip.width <= 1200, JSON.stringify(tooltip));
  });

  it('shows the values of all runs at the pointer in every chart, greatest first', async () => {
    await open(training(3, 100));
    await drawn('loss');
    await drawn('val/accuracy');
    const box = (await chart('loss').locator('.plot-area').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 30);
    await chart('loss').locator('.tooltip').waitFor();
    const values = (await chart('loss').locator('.tooltip-value').allInnerTexts()).map(Number);
    assert.equal(values.length, 3);
    assert.deepEqual(
      values,
      values.toSorted((a, b) => b - a),
    );
    assert.equal(
      await chart('val/accuracy').locator('.tooltip-head').innerText(),
      await chart('loss').locator('.tooltip-head').innerText(),
    );
    await page.mouse.move(5, 700);
    await chart('loss').locator('.tooltip').waitFor({ state: 'hidden' });
  });

  it('zooms all charts by a drag, and back by a double click', async () => {
    await open(training(1, 1000));
    await drawn('loss');
    await drawn('val/accuracy');
    const box = (await chart('loss').locator('.plot-area').boundingBox())!;
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.25, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, y, { steps: 5 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Reset zoom' }).waitFor();
    for (const metric of ['loss', 'val/accuracy']) {
      const { from, to } = await axisRange(metric);
      assert.ok(Math.abs(from - 250) < 15 && Math.abs(to - 500) < 15, `${metric}: ${from} to ${to}`);
    }
    await page.mouse.dblclick(box.x + box.width / 2, y);
    await page.getByRole('button', { name: 'Reset zoom' }).waitFor({ state: 'hidden' });
    assert.deepEqual(await axisRange('loss'), { from: 0, to: 999 });
  });

  it('moves a zoomed view with Shift or the middle button', async () => {
    await open(training(1, 1000));
    await drawn('loss');
    const area = (await chart('loss').locator('.plot-area').boundingBox())!;
    const y = area.y + area.height / 2;
    const drag = async (from: number, to: number, button: 'left' | 'middle' = 'left') => {
      await page.mouse.move(area.x + area.width * from, y);
      await page.mouse.down({ button });
      await page.mouse.move(area.x + area.width * to, y, { steps: 5 });
      await page.mouse.up({ button });
    };
    await drag(0.4, 0.6);
    await page.getByRole('button', { name: 'Reset zoom' }).waitFor();
    const isNear = ({ from, to }: { from: number; to: number }, low: number, high: number) =>
      assert.ok(Math.abs(from - low) < 10 && Math.abs(to - high) < 10, `${from} to ${to}`);
    isNear(await axisRange('loss'), 400, 600);
    await page.keyboard.down('Shift');
    await drag(0.2, 0.7);
    await page.keyboard.up('Shift');
    isNear(await axisRange('loss'), 300, 500);
    await drag(0.7, 0.2, 'middle');
    isNear(await axisRange('loss'), 400, 600);
    await drag(0.9, 0.1, 'middle');
    await drag(0.9, 0.1, 'middle');
    await drag(0.9, 0.1, 'middle');
    isNear(await axisRange('loss'), 800, 1000);
  });

  it('draws values of both signs by logarithms', async () => {
    const data = training(1, 100, ['reward']);
    data.series['local/run-1']!['reward'] = fakeSeries(1, 100, (i) => (i < 50 ? -1 : 1) * 10 ** (i / 25));
    await open(data);
    await drawn('reward');
    await page.getByLabel('Symlog').check();
    const labels = () =>
      page.evaluate(async () => {
        window.fake.sent = window.fake.sent.filter(({ type }) => type !== 'save');
        window.fake.say({ type: 'act', verb: 'saveVector', metric: 'reward' });
        let saved: { content?: Uint8Array } | undefined;
        while (!(saved = window.fake.sent.find(({ type }) => type === 'save') as typeof saved))
          await new Promise(requestAnimationFrame);
        const text = new TextDecoder().decode(saved.content);
        const picture = new DOMParser().parseFromString(text, 'image/svg+xml');
        return [...picture.querySelectorAll('text[text-anchor=end]')].map((label) => label.textContent);
      });
    await holds(async () => {
      const shown = await labels();
      for (const label of ['1000', '0', '−10', '−100'])
        assert.ok(shown.includes(label), `${label} in ${shown.join(' ')}`);
    });
    assert.equal((await lastLayout()).settings.yScale, 'symlog');
  });

  it('pins a metric to the top, and fills the panel with one', async () => {
    await open(training(1, 50));
    await drawn('val/accuracy');
    await chart('val/accuracy').hover();
    await chart('val/accuracy').getByTitle('Pin').click();
    await page.getByText('Pinned').waitFor();
    assert.deepEqual(await texts('section h3'), ['accuracy', 'loss']);
    await drawn('val/accuracy');
    const before = (await plot('val/accuracy').boundingBox())!;
    await plot('val/accuracy').focus();
    await page.keyboard.press('Enter');
    await chart('loss').waitFor({ state: 'detached' });
    await drawn('val/accuracy');
    const after = (await plot('val/accuracy').boundingBox())!;
    assert.ok(after.width > before.width * 1.5 && after.height > before.height * 1.5);
    assert.deepEqual(
      await page.evaluate(() => (window.fake.state as { expanded: string }).expanded),
      'val/accuracy',
    );
    await plot('val/accuracy').focus();
    await page.keyboard.press('Escape');
    await drawn('loss');
  });

  it('exports what the menu of the editor asks for', async () => {
    await open(training(2, 20));
    await drawn('loss');
    const context = await chart('loss').getAttribute('data-vscode-context');
    assert.deepEqual(JSON.parse(context ?? ''), {
      webviewSection: 'chart',
      metric: 'loss',
      hasLimits: false,
      preventDefaultContextMenuItems: true,
    });
    const act = async (verb: string, type: string) => {
      await page.evaluate((verb) => window.fake.say({ type: 'act', verb, metric: 'loss' }), verb);
      await page.waitForFunction((type) => window.fake.sent.some((message) => message.type === type), type);
      return page.evaluate((type) => {
        const found = window.fake.sent.find((message) => message.type === type);
        window.fake.sent = [];
        const { content, ...rest } = found as { content?: Uint8Array };
        return { ...rest, bytes: content && Array.from(content) } as {
          name?: string;
          text?: string;
          bytes?: number[];
        };
      }, type);
    };
    const { text } = await act('openData', 'open');
    assert.equal(text?.trim().split('\n').length, 1 + 2 * 20);
    const data = await act('saveData', 'save');
    assert.equal(data.name, 'loss.csv');
    assert.equal(Buffer.from(data.bytes ?? []).toString(), text);
    const image = await act('saveImage', 'save');
    assert.equal(image.name, 'loss.png');
    assert.equal(Buffer.from(image.bytes ?? []).toString('latin1', 1, 4), 'PNG');
    assert.ok((image.bytes?.length ?? 0) > 3000);
    const vector = await act('saveVector', 'save');
    assert.equal(vector.name, 'loss.svg');
    const picture = await page.evaluate(
      (svg) => {
        const document = new DOMParser().parseFromString(svg, 'image/svg+xml');
        const all = (selector: string) => [...document.querySelectorAll(selector)];
        return {
          root: document.documentElement.tagName,
          title: document.querySelector('title')?.textContent,
          texts: all('text').map((text) => text.textContent),
          strokes: new Set(all('path[stroke]').map((path) => path.getAttribute('stroke'))).size,
        };
      },
      Buffer.from(vector.bytes ?? []).toString(),
    );
    assert.equal(picture.root, 'svg');
    assert.equal(picture.title, 'loss');
    for (const text of ['loss', 'digits-1', 'digits-2', '0', '10'])
      assert.ok(picture.texts.includes(text), `${text} in ${picture.texts.join(' ')}`);
    assert.ok(picture.strokes >= 3, 'the grid and two runs');
  });

  it('leaves outliers out of the y axis when asked to', async () => {
    const data = training(1, 100);
    data.series['local/run-1']!['loss']!.values[50] = 1e6;
    await open(data);
    await drawn('loss');
    const before = await inked('loss', '--ty-run1');
    await page.getByRole('button', { name: 'View' }).click();
    await page.getByText('Ignore outliers').click();
    await page.getByRole('button', { name: 'Outliers ignored' }).waitFor();
    await page.keyboard.press('Escape');
    await holds(async () => assert.ok((await inked('loss', '--ty-run1')) > before * 1.3));
  });

  it('fetches the points of a long series that a zoom shows, down to every one', async () => {
    await open(training(1, 60_000, ['loss']));
    await drawn('loss');
    const stretches = () =>
      page.evaluate(() =>
        window.fake.sent
          .flatMap(({ series }) => series ?? [])
          .filter(({ fromStep }) => fromStep !== undefined)
          .map(({ fromStep }) => fromStep!),
      );
    assert.deepEqual(await stretches(), []);
    const stepsInCsv = async () => {
      await page.evaluate(() => {
        window.fake.sent = window.fake.sent.filter(({ type }) => type !== 'open');
        window.fake.say({ type: 'act', verb: 'openData', metric: 'loss' });
      });
      await page.waitForFunction(() => window.fake.sent.some(({ type }) => type === 'open'));
      const text = await page.evaluate(
        () => (window.fake.sent.find(({ type }) => type === 'open') as { text?: string }).text ?? '',
      );
      return text
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => Number(line.split(',')[3]));
    };
    const box = (await chart('loss').locator('.plot-area').boundingBox())!;
    for (let zooms = 0; zooms < 3; zooms++) {
      const y = box.y + box.height / 2;
      await page.mouse.move(box.x + box.width * 0.4, y);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.6, y, { steps: 3 });
      await page.mouse.up();
    }
    await holds(async () => {
      assert.ok((await stretches()).length >= 1);
      const steps = await stepsInCsv();
      assert.ok(steps.length > 300 && steps.length < 1000, `${steps.length} points`);
      for (const [i, step] of steps.entries()) assert.equal(step, steps[0]! + i, 'every point is there');
    });
    // Out again: the whole series as it was.
    await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
    await page.getByRole('button', { name: 'Reset zoom' }).waitFor({ state: 'hidden' });
    assert.deepEqual(await axisRange('loss'), { from: 0, to: 59_994 });
  });

  it('keeps a zoom while points come', async () => {
    await open(training(1, 100));
    await drawn('loss');
    await plot('loss').focus();
    await page.keyboard.press('+');
    const before = await axisRange('loss');
    await page.evaluate((start) => {
      window.fake.append('local/run-1', 'loss', { steps: [500], times: [start + 500_000], values: [1] });
    }, START);
    await page.waitForTimeout(300);
    assert.deepEqual(await axisRange('loss'), before);
  });

  it('goes along with new points when it is to follow', async () => {
    const data = training(1, 100);
    await open(data);
    await drawn('loss');
    assert.equal(await page.getByLabel('Follow').count(), 0);
    await plot('loss').focus();
    await page.keyboard.press('+');
    await page.getByLabel('Follow').check();
    assert.equal((await axisRange('loss')).to, 99);
    await page.evaluate((start) => {
      window.fake.append('local/run-1', 'loss', { steps: [500], times: [start + 500_000], values: [1] });
    }, START);
    await page.waitForFunction(() => (window.fake.state as { zoom: { max: number } }).zoom.max === 500);
    const state = await page.evaluate(
      () => window.fake.state as { zoom: { min: number }; following: boolean },
    );
    assert.ok(state.following && Math.abs(state.zoom.min - 450) < 2);
    await page.getByLabel('Follow').uncheck();
    await page.evaluate((start) => {
      window.fake.append('local/run-1', 'loss', { steps: [600], times: [start + 600_000], values: [1] });
    }, START);
    await page.waitForTimeout(300);
    assert.equal(await page.evaluate(() => (window.fake.state as { zoom: { max: number } }).zoom.max), 500);
    await page.getByRole('button', { name: 'Reset zoom' }).click();
    await page.getByLabel('Follow').waitFor({ state: 'detached' });
  });

  it('is read by keyboard', async () => {
    await open(training(2, 100));
    await drawn('loss');
    await page.waitForFunction(() =>
      /last .* minimum/.test(document.querySelector('.plot')!.getAttribute('aria-label')!),
    );
    await plot('loss').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.equal(await chart('loss').locator('.tooltip-head').innerText(), 'Step 2');
    const spoken = chart('loss').locator('[aria-live]');
    assert.match(await spoken.innerText(), /^Step 2: digits-\d [\d.]+, digits-\d [\d.]+$/);
    await page.keyboard.press('ArrowDown');
    assert.equal(await chart('loss').locator('.tooltip-row.strong').count(), 1);
    await page.keyboard.press('Control+c');
    const copied = await page.evaluate(
      () => window.fake.sent.find((m) => m.type === 'copy') as { text?: string } | undefined,
    );
    assert.match(copied?.text ?? '', /^run\tstep\tloss\ndigits-\d\t2\t[\d.]+\n/);
    await page.keyboard.press('Escape');
    await chart('loss').locator('.tooltip').waitFor({ state: 'hidden' });
  });

  describe('with groups', () => {
    const LR = { id: 'param:lr', values: ['0.1', '0.01'], codes: [1, 2, 1, 2, 1, 0] };
    const chosen = async (label: string, value: string) => {
      await page.locator('.view-button').click();
      await page.getByLabel(label, { exact: true }).selectOption(value);
      await page.keyboard.press('Escape');
    };

    it('draws a mean for each value of a param, and says so', async () => {
      await open({ ...training(6, 50), labels: [LR] });
      await drawn('loss');
      await chosen('Group by', 'param:lr');
      await page.getByRole('button', { name: 'Grouped by lr' }).waitFor();
      assert.deepEqual(await texts('.chip-name'), ['lr = 0.01', 'lr = 0.1', 'lr: not set']);
      assert.deepEqual(await texts('.chip-count'), ['2', '3', '1']);
      const box = (await chart('loss').locator('.plot-area').boundingBox())!;
      await page.mouse.move(box.x + box.width / 2, box.y + 30);
      await chart('loss').locator('.tooltip').waitFor();
      const head = await chart('loss').locator('.tooltip-columns span').allInnerTexts();
      assert.deepEqual(head.filter(Boolean), ['mean', 'range', 'runs']);
      const rows = await chart('loss').locator('.tooltip-row').allInnerTexts();
      assert.equal(rows.length, 3);
      assert.match(rows.join(' '), /lr = 0\.1\s+[\d.]+\s+[\d.]+ – [\d.]+\s+3/);
    });

    it('hides a group, shows one alone, and goes back to runs', async () => {
      await open({
        ...training(6, 50),
        labels: [LR],
        settings: { ...DEFAULT_LAYOUT.settings, groupBy: 'param:lr', band: 'none' },
      });
      await drawn('loss');
      const away = async () => {
        await page.mouse.move(5, 700);
      };
      // Colours by the numbers of their first runs: 0.1 comes first.
      assert.ok((await inked('loss', '--ty-run0')) > 100);
      await page.locator('.chip-toggle', { hasText: 'lr = 0.1' }).click();
      await away();
      await holds(async () => assert.equal(await inked('loss', '--ty-run0'), 0));
      await page.locator('.chip-toggle', { hasText: 'lr = 0.1' }).click({ modifiers: ['Alt'] });
      await away();
      await holds(async () => assert.ok((await inked('loss', '--ty-run0')) > 100));
      await holds(async () => assert.equal(await inked('loss', '--ty-run1'), 0));
      await chosen('Group by', '');
      assert.equal((await texts('.chip-name')).length, 6);
      assert.equal(await page.locator('.chip.off').count(), 0);
    });

    it('exports the means that it draws', async () => {
      await open({
        ...training(6, 10),
        labels: [LR],
        settings: { ...DEFAULT_LAYOUT.settings, groupBy: 'param:lr' },
      });
      await drawn('loss');
      await page.evaluate(() => window.fake.say({ type: 'act', verb: 'openData', metric: 'loss' }));
      await page.waitForFunction(() => window.fake.sent.some(({ type }) => type === 'open'));
      const text = await page.evaluate(
        () => (window.fake.sent.find(({ type }) => type === 'open') as { text?: string }).text ?? '',
      );
      const lines = text.trim().split('\n');
      assert.equal(lines.length, 1 + 3 * 10);
      assert.match(lines[1]!, /^lr = 0\.01,loss,0,[\d.]+,[\d.]+,[\d.]+,2$/);
    });

    it('lists many runs in little room, to be searched', async () => {
      await open(training(60, 5, ['loss']));
      await drawn('loss');
      assert.ok((await page.locator('.top').boundingBox())!.height < 200);
      await page.getByLabel('Search runs').fill('digits-4');
      assert.deepEqual((await texts('.chip-name')).length, 11);
      await page.getByRole('button', { name: '60 runs' }).click();
      assert.equal(await page.locator('.chip').count(), 0);
    });
  });

  it('measures the runs against a baseline', async () => {
    await open(training(3, 50));
    await drawn('loss');
    await chip('digits-2').focus();
    await page.keyboard.press('b');
    assert.match((await texts('.chip'))[0]!, /digits-2\s*baseline/);
    const context = await page.locator('.chip').first().getAttribute('data-vscode-context');
    assert.deepEqual(JSON.parse(context ?? ''), {
      webviewSection: 'run',
      runId: 'local/run-2',
      isBaseline: true,
      preventDefaultContextMenuItems: true,
    });
    const box = (await chart('loss').locator('.plot-area').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 30);
    const differences = chart('loss').locator('.tooltip-row .tooltip-raw');
    await differences.first().waitFor();
    assert.deepEqual(
      (await differences.allInnerTexts()).filter((text) => /^[+−][\d.]+$/.test(text)).length,
      2,
    );
    assert.equal(await inked('loss', '--ty-run2'), 0);
    // Another one alone: the baseline stays beside it.
    await chip('digits-1').click({ modifiers: ['Alt'] });
    assert.equal(await page.locator('.chip.off').count(), 1);
    assert.equal(
      await page.evaluate(() => (window.fake.state as { baseline: string }).baseline),
      'local/run-2',
    );
    await page.evaluate(() => window.fake.say({ type: 'baseline', runId: null }));
    await page.locator('.chip.baseline').waitFor({ state: 'detached' });
  });

  it('makes a chart of several metrics, and takes it away', async () => {
    await open(training(2, 50));
    await drawn('loss');
    await page.evaluate(() => window.fake.say({ type: 'act', verb: 'addMetric', metric: 'loss' }));
    await page.waitForFunction(() => window.fake.sent.some(({ type }) => type === 'pickMetric'));
    const asked = await page.evaluate(() => window.fake.sent.find(({ type }) => type === 'pickMetric'));
    assert.deepEqual(asked, {
      type: 'pickMetric',
      chart: 'loss',
      metrics: ['val/accuracy', 'system/cpu'],
    });
    await page.evaluate(() => window.fake.say({ type: 'addMetric', chart: 'loss', metric: 'val/accuracy' }));
    await drawn('loss, val/accuracy');
    assert.deepEqual(await texts('[data-section="/pinned"] h3'), ['loss, val/accuracy']);
    await page.keyboard.press('End');
    assert.deepEqual((await chart('loss, val/accuracy').locator('.tooltip-name').allInnerTexts()).sort(), [
      'digits-1, loss',
      'digits-1, val/accuracy',
      'digits-2, loss',
      'digits-2, val/accuracy',
    ]);
    await chart('loss, val/accuracy').getByTitle('Remove Chart').click();
    await chart('loss, val/accuracy').waitFor({ state: 'detached' });
    assert.deepEqual((await lastLayout()).pinned, []);
  });

  it('places points by a metric, and fetches it for that', async () => {
    const data = training(1, 40, ['loss', 'epoch']);
    data.series['local/run-1']!['epoch'] = fakeSeries(1, 40, (i) => Math.floor(i / 10));
    await open(data, { height: 300 });
    await drawn('loss');
    await page.getByLabel('epoch', { exact: true }).check();
    await plot('loss').focus();
    await holds(async () => {
      await page.keyboard.press('End');
      assert.equal(await chart('loss').locator('.tooltip-head').innerText(), 'epoch 3');
    });
    assert.equal((await lastLayout()).settings.xAxis, 'metric:epoch');
  });

  it('smooths in another way by as much', async () => {
    await open({ ...training(1, 100), settings: { ...DEFAULT_LAYOUT.settings, smoothing: 0.9 } });
    await drawn('loss');
    await page.locator('.view-button').click();
    await page.getByLabel('Average').check();
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.slider output').innerText(), '19 points');
  });

  it('finds metrics by words and by regular expression', async () => {
    await open(training(1, 10, ['train/loss', 'train/accuracy', 'val/loss']));
    await drawn('val/loss');
    const search = page.locator('.search input');
    await search.fill('LOSS');
    await page.waitForFunction(() => document.querySelectorAll('ty-chart').length === 2);
    await search.fill('/^train\\/a/');
    await page.waitForFunction(() => document.querySelectorAll('ty-chart').length === 1);
    await page.locator('ty-chart h3', { hasText: 'accuracy' }).waitFor();
    await search.fill('/(/');
    await page.locator('.search.invalid').waitFor();
    await search.fill('nothing like it');
    await page.getByText('No metric matches the search').waitFor();
  });

  it('changes axis and smoothing, tells the host, and comes back as it was left', async () => {
    const data = training(2, 200);
    await open(data);
    await drawn('loss');
    await page.getByLabel('Relative').check();
    await page.getByLabel('Log', { exact: true }).check();
    await page.getByRole('slider', { name: 'Smoothing' }).fill('0.6');
    await plot('loss').focus();
    await page.keyboard.press('+');
    await chip('digits-2').click();
    const state = await page.evaluate(() => window.fake.state);
    const { settings } = await lastLayout();
    assert.deepEqual(settings, {
      xAxis: 'relative',
      yScale: 'log',
      smoothingKind: 'exponential',
      smoothing: 0.6,
      ignoreOutliers: false,
      groupBy: null,
      band: 'range',
    });
    await page.close();

    await open({ ...data, state, settings });
    await drawn('loss');
    assert.ok(await page.getByLabel('Relative').isChecked());
    assert.ok(await page.getByLabel('Log', { exact: true }).isChecked());
    assert.equal(await page.getByRole('slider', { name: 'Smoothing' }).inputValue(), '0.6');
    assert.equal(await chip('digits-2').getAttribute('aria-pressed'), 'false');
    await page.getByRole('button', { name: 'Reset zoom' }).waitFor();
  });

  it('takes the colours of a theme that is changed under it', async () => {
    await open(training(1, 100));
    await drawn('loss');
    await page.evaluate(() =>
      document.documentElement.style.setProperty('--vscode-trainyard-run1', '#ff00ff'),
    );
    await holds(async () => assert.ok((await inked('loss', '--vscode-trainyard-run1')) > 100));
    await setTheme(page, 'light');
    assert.equal(
      await page.evaluate(() => getComputedStyle(document.body).backgroundColor),
      'rgb(255, 255, 255)',
    );
    await holds(async () => assert.ok((await inked('loss', '--ty-run1')) > 100));
  });

  it('says what is wrong, and tries again', async () => {
    await open({
      runs: [],
      series: {},
      fail: { code: 'SERVER_UNREACHABLE', message: 'The server does not answer.', hint: '' },
    });
    await page.getByText('The server does not answer.').waitFor();
    await page.evaluate(() => {
      window.fake.fail = undefined;
    });
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('No runs are shown').waitFor();
  });

  it('keeps its charts when a later fetch fails, and goes on after Retry', async () => {
    await open(training(1, 100));
    await drawn('loss');
    await page.evaluate((start) => {
      window.fake.fail = { code: 'INTERNAL', message: 'Broken.' };
      window.fake.append('local/run-1', 'loss', { steps: [100], times: [start], values: [1] });
    }, START);
    await page.getByText('Broken.').waitFor();
    assert.ok((await inked('loss', '--ty-run1')) > 100);
    await page.evaluate(() => {
      window.fake.fail = undefined;
    });
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('Broken.').waitFor({ state: 'hidden' });
    await holds(async () => assert.deepEqual(await axisRange('loss'), { from: 0, to: 100 }));
  });

  it('starts a series anew when the store has fewer points than the page', async () => {
    await open(training(1, 100));
    await drawn('loss');
    await page.evaluate(() => {
      const { steps, times, values } = window.fake.series['local/run-1']!['loss']!;
      for (const column of [steps, times, values]) column.length = 40;
      window.fake.say({ type: 'changed', runIds: ['local/run-1'] });
    });
    await holds(async () => assert.deepEqual(await axisRange('loss'), { from: 0, to: 39 }));
  });

  it('draws again at the size it is given', async () => {
    await open(training(1, 100));
    await drawn('loss');
    await page.setViewportSize({ width: 320, height: 700 });
    await holds(async () => {
      const { width } = (await chart('loss').boundingBox())!;
      const canvas = (await chart('loss').locator('canvas').first().boundingBox())!;
      assert.ok(width < 320 && canvas.width <= width);
      assert.ok((await inked('loss', '--ty-run1')) > 50);
    });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
  });
});
