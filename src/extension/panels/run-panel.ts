import * as vscode from 'vscode';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS, type CommandId } from '../command-ids.js';
import { showError } from '../errors.js';
import { openCodeLine } from '../runs/open-line.js';
import { scriptOf } from '../runs/run-failure.js';
import { runUri, tableUri } from '../runs/run-file-system.js';
import type { ChartsPanels } from './charts-panel.js';
import { Kept } from './kept.js';
import { OnlyPanel } from './only-panel.js';
import { RunFeed } from './run-feed.js';
import type { FromRun, RunPanelVerb, ToRun } from '../../panels/run-messages.js';
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
  show(runId: string, options?: { preserveFocus?: boolean }): void;
}

/** The panel of a run, and its return after the window was reloaded. */
export function registerRunPanel(
  context: vscode.ExtensionContext,
  workspaces: { readonly active: Workspace },
  layouts: TableLayouts,
  charts: Pick<ChartsPanels, 'show'>,
  log: vscode.LogOutputChannel,
): RunPanels {
  const failed = (error: unknown) => void showError(error, log);
  const shown = new Kept<string>(context.workspaceState, 'run.shown', failed);
  const only: OnlyPanel<FromRun, RunFeed> = new OnlyPanel<FromRun, RunFeed>({
    context,
    viewType: RUN_VIEW_TYPE,
    title: vscode.l10n.t('Run'),
    bundle: 'run',
    start(message, page) {
      if (message.type !== 'ready') return undefined;
      // A page that is fed already goes to another run by itself.
      const runId = (only.feed && message.runId) ?? shown.value ?? message.runId;
      if (runId === undefined) return undefined;
      shown.value = runId;
      return newFeed(runId, page);
    },
    receive(message, feed) {
      if (feed) receive(message, feed).catch(failed);
    },
  });

  function newFeed(runId: string, page: vscode.Webview): RunFeed {
    return new RunFeed(runId, {
      workspace: workspaces.active,
      warn: (text) => log.warn(`Run: ${text}`),
      onRun: ({ name }) => {
        const { panel } = only;
        if (panel && panel.title !== name) panel.title = name;
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
      case 'chooseInterpreter': {
        const script = scriptOf(await workspaces.active.run(runId));
        const uri = script === undefined ? undefined : vscode.Uri.file(script);
        await vscode.commands.executeCommand(COMMANDS.chooseInterpreter, uri);
        break;
      }
      case 'openLine':
        await openCodeLine(workspaces.active, await workspaces.active.run(runId), message.at);
        break;
      case 'openTable':
        await vscode.commands.executeCommand(COMMANDS.openFile, tableUri(runId, message.path));
        break;
      case 'act':
        // As a row: an id alone would be that of code, which is not asked.
        await vscode.commands.executeCommand(VERBS[message.verb], { runId });
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

  const goals = layouts.onDidChangeGoals(() => only.feed?.reload());
  context.subscriptions.push(only, goals);

  return {
    show(runId, options) {
      shown.value = runId;
      const { feed, panel } = only;
      // A page that is hidden asks for it when it is there again.
      if (feed && feed.runId !== runId)
        void panel?.webview.postMessage({ type: 'show', runId } satisfies ToRun);
      only.reveal(options).catch(failed);
    },
  };
}
