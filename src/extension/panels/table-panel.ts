import * as vscode from 'vscode';
import { currentKey } from '../../panels/keys.js';
import type { FromTable, RunVerb, ToTable } from '../../panels/table-messages.js';
import { facetOf } from '../../workspace/facets.js';
import { COMMANDS } from '../command-ids.js';
import { NOTE_TAG } from '../runs/own-tags.js';
import { Kept } from './kept.js';
import { locate, type PanelWorkspaces } from './panel-workspaces.js';
import { type Own, registerPanel } from './register-panel.js';
import { type Shown, TableFeed } from './table-feed.js';
import type { TableLayouts } from './table-layouts.js';

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
  /** Shows the runs of an experiment, named by its key, or of all, in the table. There is one. */
  show(experimentId: string | null): void;
}

/** The runs table, and its return after the window was reloaded. */
export function registerTablePanel(
  context: vscode.ExtensionContext,
  workspaces: PanelWorkspaces,
  layouts: TableLayouts,
  log: vscode.LogOutputChannel,
): TablePanels {
  const { workspaceState } = context;
  const panel = registerPanel<FromTable, ToTable, TableFeed>(context, log, {
    viewType: TABLE_VIEW_TYPE,
    title: vscode.l10n.t('Runs'),
    bundle: 'table',
    feed({ experimentId, filter }): TableFeed {
      return new TableFeed(shown.value ?? current({ experimentId, filter }), {
        workspaces,
        post: (message) => panel.post(message),
        layout: (id) => layouts.of(id),
        filters,
        onFilter: (used) => panel.run(() => keepFilter(used)),
        warn: (message) => panel.warn(message),
      });
    },
    receive,
  });
  const shown = new Kept<Shown>(workspaceState, 'table.shown', current, panel.failed);

  function receive(message: Own<FromTable>, feed: TableFeed | undefined): unknown {
    switch (message.type) {
      case 'show':
        return show({ experimentId: message.experimentId, filter: message.filter }, feed);
      case 'layout':
        return layouts.keep(message.experimentId, message.layout);
      case 'curves':
        return feed?.showCurves(message.cells);
      case 'note': {
        const { workspace, id } = locate(workspaces, message.runId);
        return facetOf(workspace, 'edit').tag(id, { [NOTE_TAG]: message.text || null });
      }
      case 'act': {
        const [first] = message.runIds;
        return vscode.commands.executeCommand(VERBS[message.verb], first, message.runIds);
      }
      case 'submit':
        return vscode.commands.executeCommand(COMMANDS.submit);
    }
  }

  /** A page that is hidden asks for it when it is there again. */
  function show(wanted: Shown, feed: TableFeed | undefined): void {
    shown.value = wanted;
    feed?.show(wanted);
  }

  function filters(): string[] {
    return workspaceState.get<string[]>(FILTERS_KEY, []);
  }

  function keepFilter(used: string): Thenable<void> {
    const before = filters().filter((other) => other !== used);
    return workspaceState.update(FILTERS_KEY, [used, ...before].slice(0, MOST_FILTERS));
  }

  return {
    show(experimentId) {
      show(current({ experimentId, filter: '' }), panel.feed);
      panel.reveal();
    },
  };
}

function current({ experimentId, filter }: Shown): Shown {
  return { experimentId: experimentId === null ? null : currentKey(experimentId), filter };
}
