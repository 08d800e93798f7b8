import * as vscode from 'vscode';
import { shortExperimentKey } from '../../workspace/run-ref.js';
import { COMMANDS } from '../command-ids.js';
import { TrainyardError } from '../../base/errors.js';
import type { TablePanels } from '../panels/table-panel.js';
import { type ExperimentNode, experimentNodeOf } from '../runs/run-nodes.js';
import type { ModelsView } from '../views/models-view.js';
import type { RunsView } from '../views/runs-view.js';
import type { Workspaces } from '../workspaces.js';
import type { Register } from './register.js';

export interface ViewParts {
  runs: RunsView;
  models: ModelsView;
  others: readonly { refresh(): void }[];
  table: TablePanels;
}

/** What is in the title bars of the views. */
export function registerViewCommands(
  register: Register,
  workspaces: Workspaces,
  { runs, models, others, table }: ViewParts,
): void {
  register(COMMANDS.refresh, async () => {
    // What could not be opened is tried again.
    await workspaces.reload();
    for (const view of [runs, models, ...others]) view.refresh();
  });
  register(COMMANDS.clearFilter, () => runs.setFilter(''));
  register(COMMANDS.onlyOpenCommit, () => runs.setOnlyOpenCommit(true));
  register(COMMANDS.allCommits, () => runs.setOnlyOpenCommit(false));
  register(COMMANDS.showMore, (group) => runs.showMore(group as ExperimentNode));
  register(COMMANDS.showMoreModels, (id) => models.showMore(String(id)));
  register(COMMANDS.showTable, (row) => table.show(experimentKeyOf(row)));
  register(COMMANDS.filterRuns, () => askFilter(runs));
}

/** Of the row of an experiment; all are meant without one. */
function experimentKeyOf(row: unknown): string | null {
  const node = experimentNodeOf(row);
  return node ? shortExperimentKey({ workspace: node.workspace, experiment: node.experiment.id }) : null;
}

/** Asks until the filter is one that the workspace understands, or the box is closed. */
async function askFilter(runs: RunsView): Promise<void> {
  let value = runs.filter;
  for (let problem: string | undefined; ;) {
    const answer = await vscode.window.showInputBox({
      title: vscode.l10n.t('Filter Runs'),
      prompt:
        problem ??
        vscode.l10n.t(
          'Conditions joined by AND, OR and NOT, or plain words, e.g. state = failed OR duration > 1h.',
        ),
      placeHolder: 'metrics.val_accuracy > 0.9 AND (params.lr < 0.01 OR tags.stage IS NULL)',
      value,
      validateInput: (text) => (text === value ? problem : undefined),
    });
    if (answer === undefined) return;
    try {
      await runs.setFilter(answer.trim());
      return;
    } catch (error) {
      if (!TrainyardError.is(error, 'BAD_REQUEST')) throw error;
      problem = error.message;
      value = answer;
    }
  }
}
