import * as vscode from 'vscode';
import { COMMANDS } from '../command-ids.js';
import { TrainyardError } from '../../base/errors.js';
import type { TablePanels } from '../panels/table-panel.js';
import type { ExperimentNode } from '../runs/run-nodes.js';
import type { RunsView } from '../views/runs-view.js';
import type { Register } from './register.js';

/** What is in the title bars of the views. */
export function registerViewCommands(
  register: Register,
  runs: RunsView,
  all: readonly { refresh(): void }[],
  table: TablePanels,
): void {
  register(COMMANDS.refresh, () => all.forEach((view) => view.refresh()));
  register(COMMANDS.clearFilter, () => runs.setFilter(''));
  register(COMMANDS.onlyOpenCommit, () => runs.setOnlyOpenCommit(true));
  register(COMMANDS.allCommits, () => runs.setOnlyOpenCommit(false));
  register(COMMANDS.showMore, (group) => runs.showMore(group as ExperimentNode));
  register(COMMANDS.showTable, (row) => table.show(experimentIdOf(row)));
  register(COMMANDS.filterRuns, () => askFilter(runs));
}

/** Of the row of an experiment; all are meant without one. */
function experimentIdOf(row: unknown): string | null {
  const isExperiment = typeof row === 'object' && row !== null && 'kind' in row && row.kind === 'experiment';
  return isExperiment ? (row as ExperimentNode).experiment.id : null;
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
