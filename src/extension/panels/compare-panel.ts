import * as vscode from 'vscode';
import type { FromCompare, ToCompare } from '../../panels/compare-messages.js';
import { currentKey } from '../../panels/keys.js';
import { parseRunKey, type RunKey } from '../../workspace/run-ref.js';
import { COMMANDS } from '../command-ids.js';
import { changesOf } from '../runs/code-changes.js';
import { runUri, tableUri } from '../runs/run-file-system.js';
import { splitPath } from '../runs/run-uri.js';
import { isTablePath, loggedTables } from '../tables/logged-tables.js';
import { CompareFeed } from './compare-feed.js';
import { Kept } from './kept.js';
import type { PanelWorkspaces } from './panel-workspaces.js';
import { type Own, registerPanel } from './register-panel.js';
import type { TableLayouts } from './table-layouts.js';

export const COMPARE_VIEW_TYPE = 'trainyard.compare';

export interface ComparePanels {
  /** Compares the first run with the others, in the panel that is open or a new one. */
  show(keys: readonly RunKey[]): void;
}

/** The comparison of runs, and its return after the window was reloaded. */
export function registerComparePanel(
  context: vscode.ExtensionContext,
  workspaces: PanelWorkspaces,
  layouts: TableLayouts,
  log: vscode.LogOutputChannel,
): ComparePanels {
  const panel = registerPanel<FromCompare, ToCompare, CompareFeed>(context, log, {
    viewType: COMPARE_VIEW_TYPE,
    title: vscode.l10n.t('Compare Runs'),
    bundle: 'compare',
    feed({ runIds }): CompareFeed {
      return new CompareFeed(shown.value ?? runIds.map(currentKey), {
        workspaces,
        goals: (runs) => layouts.goalsOf(runs),
        warn: (message) => panel.warn(message),
        post: (message) => panel.post(message),
      });
    },
    receive,
  });
  const shown = new Kept<readonly RunKey[]>(
    context.workspaceState,
    'compare.shown',
    (keys) => keys.map(currentKey),
    panel.failed,
  );

  function receive(message: Own<FromCompare>, feed: CompareFeed | undefined): unknown {
    switch (message.type) {
      case 'show':
        return show(message.runIds, feed);
      case 'fetch':
        return feed?.fetch(message);
      case 'openCode':
        return openCode(message, feed);
      case 'openFile':
        return openFile(message, feed);
      case 'run':
        return vscode.commands.executeCommand(COMMANDS.showRun, message.runId);
      case 'charts':
        return vscode.commands.executeCommand(COMMANDS.showCharts, message.runIds[0], message.runIds);
    }
  }

  /** A page that is hidden asks for them when it is there again. */
  function show(keys: readonly string[], feed: CompareFeed | undefined): void {
    const wanted = keys.map(currentKey);
    shown.value = wanted;
    feed?.show(wanted);
  }

  context.subscriptions.push(layouts.onDidChangeGoals(() => panel.feed?.tellGoals()));

  return {
    show(keys) {
      show(keys, panel.feed);
      panel.reveal();
    },
  };
}

/** The editor's own comparison. */
async function openCode(
  { runId, path }: { runId: RunKey; path?: string },
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
  const runs = runIds.map((key) => feed?.run(key));
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
  const [from, to] = runIds.map((key, i) => runs[i]?.name ?? parseRunKey(key).run);
  await vscode.commands.executeCommand(
    'vscode.diff',
    left,
    right,
    `${splitPath(path).name}: ${from} ↔ ${to}`,
  );
}
