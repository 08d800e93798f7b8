import * as vscode from 'vscode';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import { showError } from '../errors.js';
import { runUri } from '../runs/run-file-system.js';
import { ChartsFeed } from './charts-feed.js';
import { Kept } from './kept.js';
import { OnlyPanel } from './only-panel.js';
import { runsById } from '../runs/runs-by-id.js';
import type { Run } from '../../workspace/types.js';
import { readLayout, writeLayout } from '../../panels/charts-layout.js';
import { ChartsLayouts, layoutFile } from './charts-layouts.js';
import type { ChartVerb, FromCharts, ToCharts } from '../../panels/messages.js';
import { askLimits } from './ask-limits.js';
import { saveAs } from './save-as.js';

export const CHARTS_VIEW_TYPE = 'trainyard.charts';

export interface ChartsPanels {
  /**
   * Shows the curves of these runs in the charts panel, instead of those it shows. There is one panel. With `chart`, that
   * one fills it.
   */
  show(runIds: readonly string[], options?: { beside?: boolean; chart?: string }): void;
  /** Adds runs to those that the panel shows. */
  add(runIds: readonly string[]): void;
  /** Adds a run to those of its experiment that the panel shows; where there are none, it is shown alone. */
  join(run: Run, options?: { beside?: boolean }): Promise<void>;
  /** Does something with a chart. */
  act(verb: ChartVerb, metric: string): void;
  /** Measures the others against this run; null: against none. */
  setBaseline(runId: string | null): void;
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
  workspaces: { readonly active: Workspace },
  log: vscode.LogOutputChannel,
  draggedRunIds: () => readonly string[],
  readNumbers: (runId: string, line: string) => Promise<void>,
): ChartsPanels {
  const layouts = new ChartsLayouts(context, (message, file) => run(() => warnOfLayout(message, file, log)));
  const shown = new Kept<readonly string[]>(context.workspaceState, 'charts.shown', failed);
  const only = new OnlyPanel<FromCharts, ChartsFeed>({
    context,
    viewType: CHARTS_VIEW_TYPE,
    title: vscode.l10n.t('Charts'),
    bundle: 'charts',
    start: (message, page) => (message.type === 'ready' ? newFeed(page) : undefined),
    receive,
  });
  context.subscriptions.push(only);
  /** The chart that is to fill the panel when its page is ready. */
  let expanded: string | undefined;

  function newFeed(page: vscode.Webview): ChartsFeed {
    return new ChartsFeed(shown.value ?? [], {
      workspace: workspaces.active,
      layout: (runs) => layouts.of(runs),
      warn: (message) => log.warn(`Charts: ${message}`),
      post(message) {
        if (message.type === 'error') log.error(`Charts: ${message.error.message}`);
        void page.postMessage(message);
        if (message.type === 'init') expand();
      },
    });
  }

  function expand(): void {
    if (expanded !== undefined) post({ type: 'expand', chart: expanded });
    expanded = undefined;
  }

  function receive(message: FromCharts, feed: ChartsFeed | undefined): void {
    switch (message.type) {
      case 'fetch':
        void feed?.fetch(message);
        break;
      case 'fetchImage':
        void feed?.images.fetch(message);
        break;
      case 'openFile':
        run(() => vscode.commands.executeCommand('vscode.open', runUri({ ...message, area: 'files' })));
        break;
      case 'layout':
        run(() => layouts.keep(message.layout));
        break;
      case 'dropped':
        add(draggedRunIds());
        break;
      case 'removeRun':
        put(
          (shown.value ?? []).filter((id) => id !== message.runId),
          feed,
        );
        break;
      case 'showLog':
        run(() => vscode.commands.executeCommand(COMMANDS.showLog, message.runId));
        break;
      case 'log':
        void feed?.log(message.runId);
        break;
      case 'readNumbers':
        run(() => readNumbers(message.runId, message.line));
        break;
      case 'openFailure':
        run(() => vscode.commands.executeCommand(COMMANDS.openFailure, message.runId));
        break;
      case 'showOutput':
        log.show(true);
        break;
      case 'copy':
        run(() => vscode.env.clipboard.writeText(message.text));
        break;
      case 'save':
        run(() => saveAs(message.name, message.content));
        break;
      case 'open':
        run(() => openText(message.language, message.text));
        break;
      case 'pickMetric':
        run(() => pickMetric(message.chart, message.metrics));
        break;
      case 'askLimits':
        run(() => pickLimits(message));
        break;
      case 'failed':
        run(() => Promise.reject(new Error(message.message)));
        break;
    }
  }

  function post(message: ToCharts): void {
    void only.panel?.webview.postMessage(message);
  }

  async function pickMetric(chart: string, metrics: string[]): Promise<void> {
    const placeHolder = vscode.l10n.t('Add which metric to the chart?');
    const metric = await vscode.window.showQuickPick(metrics, { placeHolder });
    if (metric !== undefined) post({ type: 'addMetric', chart, metric });
  }

  async function pickLimits(asked: Extract<FromCharts, { type: 'askLimits' }>): Promise<void> {
    const picked = await askLimits(asked);
    if (picked) post({ type: 'limits', chart: asked.chart, limits: picked });
  }

  function run(action: () => Thenable<unknown>): void {
    action().then(undefined, failed);
  }

  function failed(error: unknown): void {
    void showError(error, log);
  }

  /** A page that is hidden asks for them when it is there again. */
  function put(runIds: readonly string[], feed: ChartsFeed | undefined): void {
    shown.value = runIds;
    feed?.show(runIds);
  }

  function show(
    runIds: readonly string[],
    { beside = false, chart }: { beside?: boolean; chart?: string } = {},
  ): void {
    expanded = chart;
    put(runIds, only.feed);
    if (only.feed) expand();
    // A panel that is there does not take the focus from where a person works; a new one is looked at.
    run(() => only.reveal({ beside, preserveFocus: only.isThere }));
  }

  function add(runIds: readonly string[], options?: { beside?: boolean }): void {
    show([...new Set([...(only.isThere ? (shown.value ?? []) : []), ...runIds])], options);
  }

  /** Beside the runs of its experiment that are shown, else in place of what is shown. */
  async function join(run: Run, options?: { beside?: boolean }): Promise<void> {
    const ids = only.isThere ? (shown.value ?? []) : [];
    const known = only.feed?.runs ?? [];
    const runs = known.length > 0 ? known : await runsById(workspaces.active, ids);
    if (runs.some(({ experimentId }) => experimentId === run.experimentId)) add([run.id], options);
    else show([run.id], options);
  }

  return {
    show,
    add,
    join,
    act: (verb, metric) => post({ type: 'act', verb, metric }),
    setBaseline: (runId) => post({ type: 'baseline', runId }),
    async saveLayout() {
      const runs = only.feed?.runs;
      const file = runs && layoutFile(runs);
      if (!runs || !file) return;
      const { layout } = await layouts.of(runs);
      await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(writeLayout(layout)));
      await vscode.window.showTextDocument(file, {
        viewColumn: vscode.ViewColumn.Beside,
        preserveFocus: true,
      });
    },
    async loadLayout() {
      const feed = only.feed;
      if (!feed) return;
      const [file] =
        (await vscode.window.showOpenDialog({
          defaultUri: layoutFile(feed.runs),
          filters: { JSON: ['json'] },
        })) ?? [];
      if (!file) return;
      const layout = readLayout(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)));
      const { experimentId } = await layouts.of(feed.runs);
      await layouts.keep({ experimentId, layout });
      await feed.layOut();
    },
    async resetLayout() {
      const feed = only.feed;
      if (!feed) return;
      const { experimentId } = await layouts.of(feed.runs);
      await layouts.forget(experimentId);
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
