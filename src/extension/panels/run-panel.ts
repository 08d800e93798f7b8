import * as vscode from 'vscode';
import { currentKey } from '../../panels/keys.js';
import type { FromRun, RunPanelVerb, ToRun } from '../../panels/run-messages.js';
import { parseRunKey, type RunKey } from '../../workspace/run-ref.js';
import type { ModelSource } from '../../workspace/types.js';
import { COMMANDS, type CommandId } from '../command-ids.js';
import { openCodeLine } from '../runs/open-line.js';
import { scriptOf } from '../runs/run-failure.js';
import { runUri, tableUri } from '../runs/run-file-system.js';
import type { ChartsPanels } from './charts-panel.js';
import { Kept } from './kept.js';
import { locate, type PanelWorkspaces } from './panel-workspaces.js';
import type { AssetRef } from '../assets/asset-ref.js';
import { type Own, registerPanel } from './register-panel.js';
import { RunFeed } from './run-feed.js';
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
  show(key: RunKey, options?: { preserveFocus?: boolean }): void;
}

/** The panel of a run, and its return after the window was reloaded. */
export function registerRunPanel(
  context: vscode.ExtensionContext,
  workspaces: PanelWorkspaces,
  layouts: TableLayouts,
  charts: Pick<ChartsPanels, 'show'>,
  log: vscode.LogOutputChannel,
): RunPanels {
  const panel = registerPanel<FromRun, ToRun, RunFeed>(context, log, {
    viewType: RUN_VIEW_TYPE,
    title: vscode.l10n.t('Run'),
    bundle: 'run',
    feed(ready): RunFeed | undefined {
      const wanted = ready.runId === undefined ? undefined : currentKey(ready.runId);
      // A page that is fed already goes to another run by itself.
      const key = (panel.feed && wanted) ?? shown.value ?? wanted;
      if (key === undefined) return undefined;
      shown.value = key;
      return newFeed(key);
    },
    receive: (message, feed): unknown => feed && receive(message, feed),
  });
  const shown = new Kept<RunKey>(context.workspaceState, 'run.shown', currentKey, panel.failed);

  function newFeed(key: RunKey): RunFeed {
    return new RunFeed(key, {
      workspaces,
      warn: (message) => panel.warn(message),
      onRun: ({ name }) => {
        panel.title = name;
      },
      goals: (run) => layouts.goalsOf([run]),
      collapsed: () => context.globalState.get<string[]>(COLLAPSED_KEY, []),
      post: (message) => panel.post(message),
    });
  }

  async function receive(message: Own<FromRun>, feed: RunFeed): Promise<void> {
    const { key } = feed;
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
        const uri = runUri({ runId: key, area: 'files', path: message.path });
        await vscode.commands.executeCommand(COMMANDS.openFile, uri);
        break;
      }
      case 'chooseInterpreter': {
        const { workspace, id } = locate(workspaces, key);
        const script = scriptOf(await workspace.run(id));
        const uri = script === undefined ? undefined : vscode.Uri.file(script);
        await vscode.commands.executeCommand(COMMANDS.chooseInterpreter, uri);
        break;
      }
      case 'openLine': {
        const { workspace, id } = locate(workspaces, key);
        await openCodeLine(workspace, await workspace.run(id), message.at);
        break;
      }
      case 'openAsset': {
        const { kind, name, version } = message;
        const asset: AssetRef = { kind, workspace: parseRunKey(key).workspace, name, version };
        await vscode.commands.executeCommand(COMMANDS.openDefinition, asset);
        break;
      }
      case 'openTable':
        await vscode.commands.executeCommand(COMMANDS.openFile, tableUri(key, message.path));
        break;
      case 'act':
        // As a row: an id alone would be that of code, which is not asked.
        await vscode.commands.executeCommand(VERBS[message.verb], { runId: key });
        break;
      case 'chart':
        charts.show([key], { chart: message.metric });
        break;
      case 'register':
        await vscode.commands.executeCommand(COMMANDS.registerModel, key, sourceOf(message.model));
        break;
      case 'link':
        if (WEB_LINK.test(message.href)) await vscode.env.openExternal(vscode.Uri.parse(message.href));
        break;
      case 'retry':
        feed.reload();
        break;
    }
  }

  context.subscriptions.push(layouts.onDidChangeGoals(() => panel.feed?.reload()));

  return {
    show(key, options) {
      const wanted = currentKey(key);
      shown.value = wanted;
      // A page that is hidden asks for it when it is there again.
      if (panel.feed && panel.feed.key !== wanted) panel.post({ type: 'show', runId: wanted });
      panel.reveal(options);
    },
  };
}

/** Pages name runs by key, workspaces by id. */
function sourceOf(model: ModelSource): ModelSource {
  return 'runId' in model ? { ...model, runId: parseRunKey(model.runId).run } : model;
}
