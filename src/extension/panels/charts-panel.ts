import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.js';
import type { Workspace } from '../../workspace/workspace.js';
import { ChartsFeed } from './charts-feed.js';
import type { ChartsSettings, ChartsState, ChartVerb, FromCharts, ToCharts } from './messages.js';
import { saveAs } from './save-as.js';
import { newNonce, webviewHtml } from './webview-html.js';

export const CHARTS_VIEW_TYPE = 'trainyard.charts';
/** How the last panel was set; a new one begins like it. */
const SETTINGS_KEY = 'charts.settings';
const DEFAULT_SETTINGS: ChartsSettings = {
  xAxis: 'step',
  logY: false,
  smoothingKind: 'exponential',
  smoothing: 0,
  ignoreOutliers: false,
  groupBy: null,
  band: 'range',
};

export interface ChartsPanels extends vscode.Disposable {
  /** Shows the curves of these runs in the charts panel, instead of those it shows. There is one panel. */
  show(runIds: readonly string[], options?: { beside?: boolean }): void;
  /** Adds runs to those that the panel shows. */
  add(runIds: readonly string[]): void;
  /** Does something with a chart. */
  act(verb: ChartVerb, metric: string): void;
  /** Measures the others against this run; null: against none. */
  setBaseline(runId: string | null): void;
}

/** The charts panel, and its return after the window was reloaded. */
export function registerChartsPanel(
  context: vscode.ExtensionContext,
  workspaces: { readonly active: Workspace },
  log: vscode.LogOutputChannel,
): ChartsPanels {
  let open: ChartsPanel | undefined;

  const icon = (theme: string) => vscode.Uri.joinPath(context.extensionUri, 'media', `charts-${theme}.svg`);

  function adopt(panel: vscode.WebviewPanel, runIds: readonly string[]): void {
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const adopted = new ChartsPanel(panel, runIds, context, workspaces, log);
    open = adopted;
    panel.onDidDispose(() => {
      adopted.dispose();
      if (open === adopted) open = undefined;
    });
  }

  function show(runIds: readonly string[], { beside = false } = {}): void {
    if (open) {
      open.show(runIds);
      return;
    }
    const column = beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    adopt(vscode.window.createWebviewPanel(CHARTS_VIEW_TYPE, vscode.l10n.t('Charts'), column), runIds);
  }

  const serializer = vscode.window.registerWebviewPanelSerializer(CHARTS_VIEW_TYPE, {
    deserializeWebviewPanel(panel, state: Partial<ChartsState> | undefined) {
      adopt(panel, state?.version === 1 && Array.isArray(state.runIds) ? state.runIds : []);
      return Promise.resolve();
    },
  });

  const panels: ChartsPanels = {
    show,
    add: (runIds) => show([...new Set([...(open?.runIds ?? []), ...runIds])]),
    act: (verb, metric) => open?.post({ type: 'act', verb, metric }),
    setBaseline: (runId) => open?.post({ type: 'baseline', runId }),
    dispose() {
      serializer.dispose();
      open?.dispose();
    },
  };
  context.subscriptions.push(panels);
  return panels;
}

/** One panel. While it is hidden there is no feed, and so neither subscription nor message. */
class ChartsPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #context: vscode.ExtensionContext;
  readonly #workspaces: { readonly active: Workspace };
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable[];
  #runIds: readonly string[];
  #feed: ChartsFeed | undefined;
  /** Whether there is a page and it listens. */
  #isReady = false;

  constructor(
    panel: vscode.WebviewPanel,
    runIds: readonly string[],
    context: vscode.ExtensionContext,
    workspaces: { readonly active: Workspace },
    log: vscode.LogOutputChannel,
  ) {
    this.#panel = panel;
    this.#runIds = runIds;
    this.#context = context;
    this.#workspaces = workspaces;
    this.#log = log;
    const { webview } = panel;
    const root = vscode.Uri.joinPath(context.extensionUri, 'dist', 'webview');
    const address = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, file)).toString();
    webview.options = { enableScripts: true, localResourceRoots: [root] };
    this.#subscriptions = [
      webview.onDidReceiveMessage((message: FromCharts) => this.#receive(message)),
      panel.onDidChangeViewState(() => {
        // A hidden page is gone; the next one says when it is ready.
        if (!panel.visible) this.#stop();
        else if (this.#isReady && !this.#feed) this.#start();
      }),
    ];
    webview.html = webviewHtml({
      title: panel.title,
      script: address('charts.js'),
      style: address('charts.css'),
      cspSource: webview.cspSource,
      nonce: newNonce(),
    });
  }

  get runIds(): readonly string[] {
    return this.#runIds;
  }

  show(runIds: readonly string[]): void {
    this.#runIds = runIds;
    this.#feed?.show(runIds);
    this.#panel.reveal(undefined, true);
  }

  post(message: ToCharts): void {
    void this.#panel.webview.postMessage(message);
  }

  dispose(): void {
    this.#stop();
    this.#subscriptions.forEach((subscription) => subscription.dispose());
  }

  #start(): void {
    this.#feed?.dispose();
    const { webview } = this.#panel;
    this.#feed = new ChartsFeed(this.#runIds, {
      workspace: this.#workspaces.active,
      settings: () => this.#context.globalState.get(SETTINGS_KEY, DEFAULT_SETTINGS),
      warn: (message) => this.#log.warn(`Charts: ${message}`),
      post: (message) => {
        if (message.type === 'error') this.#log.error(`Charts: ${message.error.message}`);
        void webview.postMessage(message);
      },
    });
  }

  #stop(): void {
    this.#feed?.dispose();
    this.#feed = undefined;
    this.#isReady = false;
  }

  #receive(message: FromCharts): void {
    switch (message.type) {
      case 'ready':
        this.#isReady = true;
        if (this.#panel.visible) this.#start();
        break;
      case 'fetch':
        void this.#feed?.fetch(message);
        break;
      case 'settings':
        this.#run(() => this.#context.globalState.update(SETTINGS_KEY, message.settings));
        break;
      case 'removeRun':
        this.#runIds = this.#runIds.filter((id) => id !== message.runId);
        this.#feed?.show(this.#runIds);
        break;
      case 'showLog':
        this.#run(() => vscode.commands.executeCommand('trainyard.showLog', message.runId));
        break;
      case 'showOutput':
        this.#log.show(true);
        break;
      case 'copy':
        this.#run(() => vscode.env.clipboard.writeText(message.text));
        break;
      case 'save':
        this.#run(() => saveAs(message.name, message.content));
        break;
      case 'open':
        this.#run(() => open(message.language, message.text));
        break;
      case 'pickMetric':
        this.#run(() => this.#pickMetric(message.chart, message.metrics));
        break;
      case 'failed':
        this.#run(() => Promise.reject(new Error(message.message)));
        break;
    }
  }

  async #pickMetric(chart: string, metrics: string[]): Promise<void> {
    const placeHolder = vscode.l10n.t('Which metric is to be added to the chart?');
    const metric = await vscode.window.showQuickPick(metrics, { placeHolder });
    if (metric !== undefined) this.post({ type: 'addMetric', chart, metric });
  }

  #run(action: () => Thenable<unknown>): void {
    action().then(undefined, (error: unknown) => {
      this.#log.error(`Charts: ${messageOf(error)}`);
      void vscode.window.showErrorMessage(messageOf(error));
    });
  }
}

async function open(language: string, content: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language, content });
  await vscode.window.showTextDocument(document);
}
