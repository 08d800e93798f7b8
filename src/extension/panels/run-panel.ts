import * as vscode from 'vscode';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS, type CommandId } from '../command-ids.js';
import { showError } from '../errors.js';
import { runUri, tableUri } from '../runs/run-file-system.js';
import type { ChartsPanels } from './charts-panel.js';
import { LivePanel } from './live-panel.js';
import { RunFeed } from './run-feed.js';
import type { FromRun, RunPanelState, RunPanelVerb, ToRun } from './run-messages.js';
import type { TableLayouts } from './table-layouts.js';

export const RUN_VIEW_TYPE = 'trainyard.run';
const COLLAPSED_KEY = 'run.collapsed';
/** What a link in a note may lead to. */
const WEB_LINK = /^(https?|mailto):/i;

const VERBS: Record<RunPanelVerb, CommandId> = {
  cancel: COMMANDS.cancel,
  charts: COMMANDS.showCharts,
  log: COMMANDS.showLog,
  rerun: COMMANDS.rerun,
  compare: COMMANDS.compareWith,
  codeChanges: COMMANDS.showCodeChanges,
  restoreCode: COMMANDS.restoreCode,
  rename: COMMANDS.rename,
  tag: COMMANDS.editTag,
};

export interface RunPanels {
  /** Shows this run in the panel of a run. There is one. */
  show(runId: string): void;
}

/** The panel of a run, and its return after the window was reloaded. */
export function registerRunPanel(
  context: vscode.ExtensionContext,
  workspaces: { readonly active: Workspace },
  layouts: TableLayouts,
  charts: Pick<ChartsPanels, 'show'>,
  log: vscode.LogOutputChannel,
): RunPanels {
  let open: LivePanel<FromRun, RunFeed> | undefined;
  /** What the page is to show when it is ready, if that is not what it was left with. */
  let wanted: string | undefined;

  function adopt(panel: vscode.WebviewPanel): void {
    const adopted = new LivePanel<FromRun, RunFeed>(panel, {
      extensionUri: context.extensionUri,
      bundle: 'run',
      start(message, page) {
        if (message.type !== 'ready') return undefined;
        const runId = wanted ?? message.runId;
        wanted = undefined;
        return runId === undefined ? undefined : newFeed(runId, panel, page);
      },
      receive(message, feed) {
        if (feed) receive(message, feed).catch((error: unknown) => showError(error, log));
      },
    });
    open = adopted;
    panel.onDidDispose(() => {
      if (open === adopted) open = undefined;
    });
  }

  function newFeed(runId: string, panel: vscode.WebviewPanel, page: vscode.Webview): RunFeed {
    return new RunFeed(runId, {
      workspace: workspaces.active,
      warn: (text) => log.warn(`Run: ${text}`),
      onRun: ({ name }) => {
        if (panel.title !== name) panel.title = name;
      },
      goals: (run) => layouts.goalsOf([run]),
      collapsed: () => context.globalState.get<string[]>(COLLAPSED_KEY, []),
      post(message) {
        if (message.type === 'error') log.error(`Run: ${message.error.message}`);
        void page.postMessage(message);
      },
    });
  }

  async function receive(message: FromRun, feed: RunFeed): Promise<void> {
    const { runId } = feed;
    switch (message.type) {
      case 'points':
        await feed.points(message.keys);
        break;
      case 'log':
        await feed.log(message.isWanted);
        break;
      case 'folder':
        await feed.folder(message.folder);
        break;
      case 'picture':
        await feed.picture(message.path);
        break;
      case 'table':
        await feed.table(message);
        break;
      case 'saveNote':
        await feed.saveNote(message);
        break;
      case 'collapsed':
        await context.globalState.update(COLLAPSED_KEY, message.collapsed);
        break;
      case 'open': {
        const uri = runUri({ runId, area: 'files', path: message.path });
        await vscode.commands.executeCommand(COMMANDS.openFile, uri);
        break;
      }
      case 'openTable':
        await vscode.commands.executeCommand(COMMANDS.openFile, tableUri(runId, message.path));
        break;
      case 'act':
        await vscode.commands.executeCommand(VERBS[message.verb], runId);
        break;
      case 'chart':
        charts.show([runId], { chart: message.metric });
        break;
      case 'register':
        await vscode.commands.executeCommand(COMMANDS.registerModel, runId, message.model);
        break;
      case 'link':
        if (WEB_LINK.test(message.href)) await vscode.env.openExternal(vscode.Uri.parse(message.href));
        break;
      case 'copy':
        await vscode.env.clipboard.writeText(message.text);
        break;
      case 'retry':
        feed.reload();
        break;
      case 'showOutput':
        log.show(true);
        break;
    }
  }

  const serializer = vscode.window.registerWebviewPanelSerializer(RUN_VIEW_TYPE, {
    deserializeWebviewPanel(panel, _state: Partial<RunPanelState> | undefined) {
      adopt(panel);
      return Promise.resolve();
    },
  });
  const goals = layouts.onDidChangeGoals(() => open?.feed?.reload());
  context.subscriptions.push(serializer, goals, { dispose: () => open?.dispose() });

  return {
    show(runId) {
      if (!open) {
        wanted = runId;
        adopt(
          vscode.window.createWebviewPanel(RUN_VIEW_TYPE, vscode.l10n.t('Run'), vscode.ViewColumn.Active),
        );
        return;
      }
      // A page that is hidden asks for it when it is there again.
      if (!open.feed) wanted = runId;
      else if (open.feed.runId !== runId)
        void open.panel.webview.postMessage({ type: 'show', runId } satisfies ToRun);
      open.panel.reveal();
    },
  };
}
