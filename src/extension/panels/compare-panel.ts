import * as vscode from 'vscode';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import { showError } from '../errors.js';
import { changesOf } from '../runs/code-changes.js';
import { runUri, tableUri } from '../runs/run-file-system.js';
import { splitPath } from '../runs/run-uri.js';
import { isTablePath, loggedTables } from '../tables/logged-tables.js';
import { CompareFeed } from './compare-feed.js';
import type { FromCompare } from '../../panels/compare-messages.js';
import { Kept } from './kept.js';
import { OnlyPanel } from './only-panel.js';
import type { TableLayouts } from './table-layouts.js';

export const COMPARE_VIEW_TYPE = 'trainyard.compare';

export interface ComparePanels {
  /** Compares the first run with the others, in the panel that is open or a new one. */
  show(runIds: readonly string[]): void;
}

/** The comparison of runs, and its return after the window was reloaded. */
export function registerComparePanel(
  context: vscode.ExtensionContext,
  workspaces: { readonly active: Workspace },
  layouts: TableLayouts,
  log: vscode.LogOutputChannel,
): ComparePanels {
  const failed = (error: unknown) => void showError(error, log);
  const shown = new Kept<readonly string[]>(context.workspaceState, 'compare.shown', failed);
  const only = new OnlyPanel<FromCompare, CompareFeed>({
    context,
    viewType: COMPARE_VIEW_TYPE,
    title: vscode.l10n.t('Compare Runs'),
    bundle: 'compare',
    start(message, page) {
      if (message.type !== 'ready') return undefined;
      return new CompareFeed(shown.value ?? message.runIds, {
        workspace: workspaces.active,
        goals: (runs) => layouts.goalsOf(runs),
        warn: (text) => log.warn(`Comparison: ${text}`),
        post(answer) {
          if (answer.type === 'error') log.error(`Comparison: ${answer.error.message}`);
          void page.postMessage(answer);
        },
      });
    },
    receive: (message, feed) => {
      receive(message, feed).catch(failed);
    },
  });

  async function receive(message: FromCompare, feed: CompareFeed | undefined): Promise<void> {
    switch (message.type) {
      case 'show':
        show(message.runIds, feed);
        break;
      case 'fetch':
        await feed?.fetch(message);
        break;
      case 'openCode':
        await openCode(message, feed);
        break;
      case 'openFile':
        await openFile(message, feed);
        break;
      case 'run':
        await vscode.commands.executeCommand(COMMANDS.showRun, message.runId);
        break;
      case 'charts':
        await vscode.commands.executeCommand(COMMANDS.showCharts, message.runIds[0], message.runIds);
        break;
      case 'showOutput':
        log.show(true);
        break;
    }
  }

  /** A page that is hidden asks for them when it is there again. */
  function show(runIds: readonly string[], feed: CompareFeed | undefined): void {
    shown.value = runIds;
    feed?.show(runIds);
  }

  const goals = layouts.onDidChangeGoals(() => only.feed?.tellGoals());
  context.subscriptions.push(only, goals);

  return {
    show(runIds) {
      show(runIds, only.feed);
      only.reveal().catch(failed);
    },
  };
}

/** The editor's own comparison. */
async function openCode(
  { runId, path }: { runId: string; path?: string },
  feed: CompareFeed | undefined,
): Promise<void> {
  const change = feed?.change(runId);
  if (!change) return;
  const { run, other, diff } = change;
  if (path === undefined) {
    await vscode.commands.executeCommand(
      'vscode.changes',
      `${run.name} ↔ ${other.name}`,
      changesOf(diff, run, other),
    );
    return;
  }
  const files = diff.files.filter((file) => file.path === path);
  const [found] = changesOf({ files }, run, other);
  if (!found) return;
  const [, left, right] = found;
  if (left && right)
    await vscode.commands.executeCommand(
      'vscode.diff',
      left,
      right,
      `${splitPath(path).name}: ${run.name} ↔ ${other.name}`,
    );
  else await vscode.commands.executeCommand('vscode.open', left ?? right);
}

/** A file that runs wrote: as the editor shows it, or its comparison of two; a table as its rows. */
async function openFile(
  { path, runIds }: Extract<FromCompare, { type: 'openFile' }>,
  feed: CompareFeed | undefined,
): Promise<void> {
  const runs = runIds.map((runId) => feed?.run(runId));
  const isTable =
    /\.json$/i.test(path) &&
    (isTablePath(path) || runs.some((run) => loggedTables(run?.tags).includes(path)));
  const [left, right] = runIds.map((runId) =>
    isTable ? tableUri(runId, path) : runUri({ runId, area: 'files', path }),
  );
  if (!right) {
    await vscode.commands.executeCommand('vscode.open', left, { preview: true });
    return;
  }
  const [from, to] = runIds.map((id, i) => runs[i]?.name ?? id);
  await vscode.commands.executeCommand(
    'vscode.diff',
    left,
    right,
    `${splitPath(path).name}: ${from} ↔ ${to}`,
  );
}
