import * as vscode from 'vscode';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import { showError } from '../errors.js';
import { NOTE_TAG } from '../runs/own-tags.js';
import { Kept } from './kept.js';
import { OnlyPanel } from './only-panel.js';
import { saveAs } from './save-as.js';
import { type Shown, TableFeed } from './table-feed.js';
import type { TableLayouts } from './table-layouts.js';
import type { FromTable, RunVerb } from '../../panels/table-messages.js';
import { facetOf } from '../../workspace/facets.js';

export const TABLE_VIEW_TYPE = 'trainyard.table';
const FILTERS_KEY = 'table.filters';
const MOST_FILTERS = 10;

const VERBS: Record<RunVerb, (typeof COMMANDS)[keyof typeof COMMANDS]> = {
  charts: COMMANDS.showCharts,
  compare: COMMANDS.compare,
  tag: COMMANDS.editTag,
  rename: COMMANDS.rename,
  delete: COMMANDS.delete,
};

export interface TablePanels {
  /** Shows the runs of an experiment, or of all, in the table. There is one. */
  show(experimentId: string | null): void;
}

/** The runs table, and its return after the window was reloaded. */
export function registerTablePanel(
  context: vscode.ExtensionContext,
  workspaces: { readonly active: Workspace },
  layouts: TableLayouts,
  log: vscode.LogOutputChannel,
): TablePanels {
  const shown = new Kept<Shown>(context.workspaceState, 'table.shown', failed);
  const only = new OnlyPanel<FromTable, TableFeed>({
    context,
    viewType: TABLE_VIEW_TYPE,
    title: vscode.l10n.t('Runs'),
    bundle: 'table',
    start(message, page) {
      if (message.type !== 'ready') return undefined;
      return newFeed(shown.value ?? { experimentId: message.experimentId, filter: message.filter }, page);
    },
    receive,
  });
  context.subscriptions.push(only);

  function newFeed(shown: Shown, page: vscode.Webview): TableFeed {
    const { workspaceState } = context;
    return new TableFeed(shown, {
      workspace: workspaces.active,
      post(message) {
        if (message.type === 'error') log.error(`Runs table: ${message.error.message}`);
        void page.postMessage(message);
      },
      layout: (experimentId) => layouts.of(experimentId),
      filters: () => workspaceState.get<string[]>(FILTERS_KEY, []),
      onFilter(filter) {
        const before = workspaceState.get<string[]>(FILTERS_KEY, []).filter((other) => other !== filter);
        run(() => workspaceState.update(FILTERS_KEY, [filter, ...before].slice(0, MOST_FILTERS)));
      },
      warn: (message) => log.warn(`Runs table: ${message}`),
    });
  }

  function receive(message: FromTable, feed: TableFeed | undefined): void {
    switch (message.type) {
      case 'show':
        show({ experimentId: message.experimentId, filter: message.filter }, feed);
        break;
      case 'layout':
        run(() => layouts.keep(message.experimentId, message.layout));
        break;
      case 'curves':
        feed?.showCurves(message.cells);
        break;
      case 'note':
        run(() =>
          facetOf(workspaces.active, 'edit').tag(message.runId, { [NOTE_TAG]: message.text || null }),
        );
        break;
      case 'act': {
        const [first] = message.runIds;
        run(() => vscode.commands.executeCommand(VERBS[message.verb], first, message.runIds));
        break;
      }
      case 'save':
        run(() => saveAs(message.name, new TextEncoder().encode(message.text)));
        break;
      case 'copy':
        run(() => vscode.env.clipboard.writeText(message.text));
        break;
      case 'submit':
        run(() => vscode.commands.executeCommand(COMMANDS.submit));
        break;
      case 'showOutput':
        log.show(true);
        break;
    }
  }

  /** A page that is hidden asks for it when it is there again. */
  function show(wanted: Shown, feed: TableFeed | undefined): void {
    shown.value = wanted;
    feed?.show(wanted);
  }

  function run(action: () => Thenable<unknown>): void {
    action().then(undefined, failed);
  }

  function failed(error: unknown): void {
    void showError(error, log);
  }

  return {
    show(experimentId) {
      show({ experimentId, filter: '' }, only.feed);
      run(() => only.reveal());
    },
  };
}
