import * as vscode from 'vscode';
import { readLayout, writeLayout } from '../../panels/charts-layout.js';
import { currentKey } from '../../panels/keys.js';
import type { ChartVerb, FromCharts, ToCharts } from '../../panels/messages.js';
import { parseRunKey, type RunKey } from '../../workspace/run-ref.js';
import type { Run } from '../../workspace/types.js';
import { COMMANDS } from '../command-ids.js';
import { runUri } from '../runs/run-file-system.js';
import { runsById } from '../runs/runs-by-id.js';
import { askLimits } from './ask-limits.js';
import { ChartsFeed } from './charts-feed.js';
import { ChartsLayouts, layoutFile } from './charts-layouts.js';
import { Kept } from './kept.js';
import { experimentKeyOf, keyOf, type PanelWorkspaces } from './panel-workspaces.js';
import { type Own, registerPanel } from './register-panel.js';

export const CHARTS_VIEW_TYPE = 'trainyard.charts';

export interface ChartsPanels {
  /**
   * Shows the curves of these runs in the charts panel, instead of those it shows. There is one panel. With `chart`, that
   * one fills it.
   */
  show(keys: readonly RunKey[], options?: { beside?: boolean; chart?: string }): void;
  /** Adds runs to those that the panel shows. */
  add(keys: readonly RunKey[]): void;
  /** Adds a run to those of its experiment that the panel shows; where there are none, it is shown alone. */
  join(run: Run, options?: { beside?: boolean }): Promise<void>;
  /** Does something with a chart. */
  act(verb: ChartVerb, metric: string): void;
  /** Measures the others against this run; null: against none. */
  setBaseline(key: RunKey | null): void;
  /** Writes the layout of the open panel to a file beside the code of its runs. */
  saveLayout(): Promise<void>;
  /** Takes the layout of a file that a person chooses. */
  loadLayout(): Promise<void>;
  /** Takes back what a person made of the layout of the open panel. */
  resetLayout(): Promise<void>;
}

/** The charts panel, and its return after the window was reloaded. */
export function registerChartsPanel(
  context: vscode.ExtensionContext,
  workspaces: PanelWorkspaces,
  log: vscode.LogOutputChannel,
  draggedRunIds: () => readonly string[],
  readNumbers: (key: RunKey, line: string) => Promise<void>,
): ChartsPanels {
  const panel = registerPanel<FromCharts, ToCharts, ChartsFeed>(context, log, {
    viewType: CHARTS_VIEW_TYPE,
    title: vscode.l10n.t('Charts'),
    bundle: 'charts',
    feed: (): ChartsFeed =>
      new ChartsFeed(shown.value ?? [], {
        workspaces,
        layout: (experiment, runs) => layouts.of(experiment, runs),
        warn: (message) => panel.warn(message),
        post(message) {
          panel.post(message);
          if (message.type === 'init') expand();
        },
      }),
    receive,
  });
  const layouts = new ChartsLayouts(context, (message, file) =>
    panel.run(() => warnOfLayout(message, file, log)),
  );
  const shown = new Kept<readonly RunKey[]>(
    context.workspaceState,
    'charts.shown',
    (keys) => keys.map(currentKey),
    panel.failed,
  );
  /** The chart that is to fill the panel when its page is ready. */
  let expanded: string | undefined;

  function expand(): void {
    if (expanded !== undefined) panel.post({ type: 'expand', chart: expanded });
    expanded = undefined;
  }

  function receive(message: Own<FromCharts>, feed: ChartsFeed | undefined): unknown {
    switch (message.type) {
      case 'fetch':
        return feed?.fetch(message);
      case 'fetchImage':
        return feed?.fetchImage(message);
      case 'openFile': {
        const { runId } = message;
        const uri = runUri({ runId, area: 'files', path: message.path });
        return vscode.commands.executeCommand('vscode.open', uri);
      }
      case 'layout':
        return layouts.keep(message.layout);
      case 'dropped':
        return add(draggedRunIds());
      case 'removeRun':
        return put(
          (shown.value ?? []).filter((key) => key !== message.runId),
          feed,
        );
      case 'showLog':
        return vscode.commands.executeCommand(COMMANDS.showLog, message.runId);
      case 'log':
        return feed?.log(message.runId);
      case 'readNumbers':
        return readNumbers(message.runId, message.line);
      case 'openFailure':
        return vscode.commands.executeCommand(COMMANDS.openFailure, message.runId);
      case 'open':
        return openText(message.language, message.text);
      case 'pickMetric':
        return pickMetric(message.chart, message.metrics);
      case 'askLimits':
        return pickLimits(message);
      case 'failed':
        throw new Error(message.message);
    }
  }

  async function pickMetric(chart: string, metrics: string[]): Promise<void> {
    const placeHolder = vscode.l10n.t('Add which metric to the chart?');
    const metric = await vscode.window.showQuickPick(metrics, { placeHolder });
    if (metric !== undefined) panel.post({ type: 'addMetric', chart, metric });
  }

  async function pickLimits(asked: Extract<FromCharts, { type: 'askLimits' }>): Promise<void> {
    const picked = await askLimits(asked);
    if (picked) panel.post({ type: 'limits', chart: asked.chart, limits: picked });
  }

  /** A page that is hidden asks for them when it is there again. */
  function put(keys: readonly RunKey[], feed: ChartsFeed | undefined): void {
    shown.value = keys;
    feed?.show(keys);
  }

  function show(
    keys: readonly string[],
    { beside = false, chart }: { beside?: boolean; chart?: string } = {},
  ): void {
    expanded = chart;
    put(keys.map(currentKey), panel.feed);
    if (panel.feed) expand();
    // A panel that is there does not take the focus from where a person works; a new one is looked at.
    panel.reveal({ beside, preserveFocus: panel.isThere });
  }

  function add(keys: readonly string[], options?: { beside?: boolean }): void {
    const before = panel.isThere ? (shown.value ?? []) : [];
    show([...new Set([...before, ...keys.map(currentKey)])], options);
  }

  /** Beside the runs of its experiment that are shown, else in place of what is shown. */
  async function join(run: Run, options?: { beside?: boolean }): Promise<void> {
    const keys = panel.isThere ? (shown.value ?? []) : [];
    const known = panel.feed?.runs ?? [];
    const runs = known.length > 0 ? known : await besides(run, keys);
    const experiment = experimentKeyOf(run);
    if (runs.some((other) => experimentKeyOf(other) === experiment)) add([keyOf(run)], options);
    else show([keyOf(run)], options);
  }

  /** Those of its workspace: no other can be of its experiment. */
  function besides(run: Run, keys: readonly RunKey[]): Promise<Run[]> {
    const refs = keys.map(parseRunKey).filter(({ workspace }) => workspace === run.workspace);
    return runsById(
      workspaces.of(run),
      refs.map((ref) => ref.run),
    );
  }

  return {
    show,
    add,
    join,
    act: (verb, metric) => panel.post({ type: 'act', verb, metric }),
    setBaseline: (key) => panel.post({ type: 'baseline', runId: key === null ? null : currentKey(key) }),
    async saveLayout() {
      const { feed } = panel;
      const file = feed && layoutFile(feed.runs);
      if (!feed || !file) return;
      const { layout } = await layouts.of(feed.experiment, feed.runs);
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(writeLayout(layout)));
      await vscode.window.showTextDocument(file, {
        viewColumn: vscode.ViewColumn.Beside,
        preserveFocus: true,
      });
    },
    async loadLayout() {
      const { feed } = panel;
      if (!feed) return;
      const [file] =
        (await vscode.window.showOpenDialog({
          defaultUri: layoutFile(feed.runs),
          filters: { JSON: ['json'] },
        })) ?? [];
      if (!file) return;
      const layout = readLayout(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)));
      await layouts.keep({ experimentId: feed.experiment, layout });
      await feed.layOut();
    },
    async resetLayout() {
      const { feed } = panel;
      if (!feed) return;
      await layouts.forget(feed.experiment);
      await feed.layOut();
    },
  };
}

async function openText(language: string, content: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language, content });
  await vscode.window.showTextDocument(document);
}

/** The charts are there all the same, so this can wait until a person has time. */
async function warnOfLayout(message: string, file: vscode.Uri, log: vscode.LogOutputChannel): Promise<void> {
  log.warn(`Charts: ${file.fsPath}: ${message}`);
  const openFile = vscode.l10n.t('Open File');
  const text = vscode.l10n.t('The charts layout of this repository cannot be used. {0}', message);
  if ((await vscode.window.showWarningMessage(text, openFile)) === openFile)
    await vscode.window.showTextDocument(file);
}
