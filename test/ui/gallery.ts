// Takes the pictures of docs/images/panels: each panel in a plain page, with few runs and many, in every kind of theme.
import fs from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { DEFAULT_LAYOUT } from '../../src/panels/charts-layout.js';
import type { ShownWorkspace } from '../../src/panels/shown-workspace.js';
import { EMPTY_LAYOUT } from '../../webview/table/columns.js';
import { launchChromium } from '../support/chromium.js';
import { comparedRuns, foreignRun, muchRun, nothingRun, usualRun } from './gallery-runs.js';
import { chartRun, labelsOf, NOW, type Trained, trainedRuns } from './gallery-data.js';
import { withPalette } from './palette-png.js';
import { installCompareHost } from './webview/compare-host.js';
import { installFakeHost } from './webview/fake-host.js';
import { openPanel } from './webview/page.js';
import { installRunHost } from './webview/run-host.js';
import { servePanel } from './webview/server.js';
import { installTableHost, plainChunk, type TableGiven } from './webview/table-host.js';
import type { THEMES } from './webview/themes.js';

const FOLDER = fileURLToPath(new URL('../../docs/images/panels/', import.meta.url));

interface Shot<Host> {
  name: string;
  host: Host;
  theme?: keyof typeof THEMES;
  width?: number;
  height?: number;
  /** What a person does before it is taken. */
  act?: (page: Page) => Promise<unknown>;
}

const wanted = process.argv[2] ?? '';
const narrow = { width: 400, height: 800 };

/** Takes what the panel shows as soon as it does not change any more. */
async function take<Host>(
  browser: Browser,
  panel: string,
  install: (host: Host) => void,
  shots: readonly Shot<Host>[],
): Promise<void> {
  const server = await servePanel(panel);
  try {
    for (const { name, host, act, ...look } of shots) {
      const file = `${panel}-${name}.png`;
      if (!file.includes(wanted)) continue;
      const options = { url: server.url, install, host, now: NOW, width: 1200, height: 760, ...look };
      const { page, errors } = await openPanel(browser, options);
      await settled(page);
      await act?.(page);
      const bytes = withPalette(await settled(page));
      if (errors.length > 0) throw new Error(`${file}: ${errors.join('\n')}`);
      await fs.writeFile(path.join(FOLDER, file), bytes);
      console.log(`docs/images/panels/${file} ${Math.round(bytes.length / 1024)} kB`);
      await page.close();
    }
  } finally {
    await server.close();
  }
}

/** The page when it has looked the same three times over. */
async function settled(page: Page): Promise<Buffer> {
  let before: Buffer | undefined;
  let same = 0;
  for (let tries = 0; tries < 60; tries++) {
    const bytes = await page.screenshot({ animations: 'disabled' });
    same = before?.equals(bytes) ? same + 1 : 0;
    if (same === 2) return bytes;
    before = bytes;
    await page.waitForTimeout(250);
  }
  throw new Error(`What ${page.url()} shows does not come to rest.`);
}

// ---- charts

function charts(runs: readonly Trained[], settings: object = {}, more: object = {}) {
  return {
    runs: runs.map(chartRun),
    series: Object.fromEntries(runs.map(({ run, series }) => [run.id, series])),
    labels: labelsOf(runs, ['model', 'lr', 'batch_size', 'dropout']),
    settings: { ...DEFAULT_LAYOUT.settings, ...settings },
    ...more,
  };
}

const plotOf = (page: Page, metric: string) => page.locator(`ty-chart:has(h3[title="${metric}"]) .plot-area`);
const hover = (page: Page, metric: string, x: number, y: number) =>
  plotOf(page, metric).hover({ position: { x, y } });

// ---- table

function table(runs: readonly Trained[], layout: object = {}): TableGiven {
  const short = (values: (number | string)[]) =>
    values.filter((_, i) => i % Math.ceil(values.length / 60) === 0).map(Number);
  return {
    chunk: plainChunk(runs.map(({ run }) => run).reverse()),
    experimentId: '1',
    layout: { ...EMPTY_LAYOUT, curves: ['metric:val/accuracy'], ...layout },
    curves: Object.fromEntries(
      runs.map(({ run, series }) => [
        run.id,
        Object.fromEntries(Object.entries(series).map(([key, { values }]) => [key, short(values)])),
      ]),
    ),
  };
}

// ---- several workspaces

const LOCAL: ShownWorkspace = { id: 'local', label: 'Local' };
const LAB: ShownWorkspace = { id: 'lab', label: 'Lab Server' };
const UNREACHABLE = {
  code: 'SERVER_UNREACHABLE',
  message: 'https://mlflow.lab.example does not answer.',
  hint: 'Check the network, or the address of the workspace.',
} as const;
const SEVERAL = [LOCAL, LAB];
const DOWN: ShownWorkspace[] = [LOCAL, { ...LAB, problem: UNREACHABLE }];

const placed = ({ run, series }: Trained, { id }: ShownWorkspace): Trained => ({
  run: { ...run, workspace: id },
  series,
});

/** Half of the runs are in either workspace; those of one that fails are not there. */
function divided(workspaces: readonly ShownWorkspace[]): Trained[] {
  return trainedRuns(8).flatMap((trained, i) => {
    const workspace = workspaces[i % 2]!;
    return workspace.problem ? [] : [placed(trained, workspace)];
  });
}

function chartsOf(workspaces: ShownWorkspace[]) {
  return charts(divided(workspaces), smooth, { workspaces });
}

function tableOf(workspaces: ShownWorkspace[]): TableGiven {
  const runs = divided(workspaces);
  const chunks = workspaces.map(({ id, label }) =>
    plainChunk(
      runs.flatMap(({ run }) => (run.workspace === id ? [run] : [])),
      label,
    ),
  );
  return {
    ...table(runs, { shown: ['workspace'] }),
    chunk: undefined,
    chunks,
    workspaces,
    experimentId: null,
  };
}

const none = trainedRuns(0);
const one = trainedRuns(1);
const thirty = trainedRuns(30);
const thousand = trainedRuns(1000, 100);
const { settings: _, ...arrangement } = DEFAULT_LAYOUT;
const smooth = { smoothing: 0.6, ignoreOutliers: true };

process.env['TZ'] = 'UTC';
// So that the same page gives the same bytes.
const browser = await launchChromium(['--disable-partial-raster', '--num-raster-threads=1']);
try {
  await fs.mkdir(FOLDER, { recursive: true });
  const usual = charts(thirty, smooth);
  await take(browser, 'charts', installFakeHost, [
    { name: '0', host: charts(none), height: 420 },
    { name: '1', host: charts(one) },
    { name: '30', host: usual, act: (page) => hover(page, 'val/accuracy', 150, 40) },
    {
      name: 'beyond',
      host: charts(thirty, smooth, { layout: { ...arrangement, limits: { loss: { min: 7 } } } }),
      height: 480,
    },
    { name: '1000', host: charts(thousand, smooth), act: (page) => hover(page, 'val/accuracy', 150, 60) },
    {
      name: 'groups',
      host: charts(thousand, { groupBy: 'param:model', band: 'deviation', ignoreOutliers: true }),
      act: (page) => hover(page, 'val/accuracy', 150, 60),
    },
    { name: '30-light', host: usual, theme: 'light', act: (page) => hover(page, 'val/loss', 240, 60) },
    { name: '30-contrast', host: usual, theme: 'contrast', act: (page) => hover(page, 'val/loss', 240, 60) },
    { name: '30-narrow', host: usual, ...narrow },
  ]);
  await take(browser, 'charts', installFakeHost, [
    { name: 'workspaces', host: chartsOf(SEVERAL), act: (page) => hover(page, 'val/accuracy', 150, 40) },
    { name: 'down', host: { ...charts(none), fail: UNREACHABLE }, height: 420 },
  ]);
  await take(browser, 'table', installTableHost, [
    { name: 'workspaces', host: tableOf(SEVERAL), height: 480 },
    { name: 'workspaces-down', host: tableOf(DOWN), height: 480 },
    { name: '0', host: table(none), height: 420 },
    { name: '1', host: table(one), height: 420 },
    { name: '30', host: table(thirty, { tinted: ['metric:loss'] }) },
    {
      name: '1000',
      host: table(thousand, {
        sort: [{ id: 'metric:val/accuracy', descending: true }],
        tinted: ['metric:loss'],
      }),
    },
    { name: 'groups', host: table(thousand, { group: 'param:model', collapsed: ['mlp', 'cnn'] }) },
    { name: '30-light', host: table(thirty, { tinted: ['metric:loss'] }), theme: 'light' },
    { name: '30-contrast', host: table(thirty), theme: 'contrast' },
    { name: '30-narrow', host: table(thirty), ...narrow },
  ]);
  const two = comparedRuns([thirty[0]!, thirty[4]!]);
  const many = comparedRuns(thirty);
  const across = comparedRuns([placed(thirty[0]!, LOCAL), placed(thirty[4]!, LAB)], undefined, [
    'Local',
    'Lab Server',
  ]);
  await take(browser, 'compare', installCompareHost, [
    { name: 'workspaces', host: across, height: 900 },
    { name: '0', host: comparedRuns(none), height: 420 },
    { name: '2', host: two, height: 1400 },
    { name: '30', host: many },
    { name: '1000', host: comparedRuns(thousand) },
    { name: '30-light', host: many, theme: 'light' },
    { name: '30-contrast', host: many, theme: 'contrast' },
    { name: '2-narrow', host: two, ...narrow },
    { name: '30-narrow', host: many, ...narrow },
  ]);
  const run = usualRun(thirty);
  await take(browser, 'run', installRunHost, [
    { name: 'foreign', host: foreignRun(thirty), height: 760 },
    { name: 'nothing', host: nothingRun() },
    { name: 'usual', host: run, height: 1400 },
    { name: 'much', host: muchRun(thirty), height: 1400 },
    { name: 'usual-light', host: run, theme: 'light' },
    { name: 'usual-contrast', host: run, theme: 'contrast' },
    { name: 'usual-narrow', host: run, ...narrow, height: 1400 },
  ]);
} finally {
  await browser.close();
}
