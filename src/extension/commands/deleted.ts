import * as vscode from 'vscode';
import type { Experiment, Purgeable, PurgeStep } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import { showError } from '../errors.js';
import { formatAge, formatBytes } from '../format.js';
import { toSignal } from '../progress.js';
import type { Workspaces } from '../workspaces.js';
import type { Register } from './register.js';
import type { RunChooser } from './run-chooser.js';
import { facetOf } from '../../workspace/facets.js';

/** What was deleted: bringing it back, and removing it for good. */
export function registerDeletedCommands(
  register: Register,
  workspaces: Workspaces,
  choose: RunChooser,
  log: vscode.LogOutputChannel,
): void {
  register(COMMANDS.deleteExperiment, async (row) => {
    const workspace = workspaces.active;
    const experiment =
      experimentOf(row) ??
      (await pick(await workspace.experiments(), {
        placeholder: vscode.l10n.t('Delete which experiment?'),
        none: vscode.l10n.t('There are no experiments.'),
      }));
    if (!experiment) return;
    await workspace.edit.deleteExperiment(experiment.id);
    // The command is done; the offer stands for as long as its notification.
    offerUndo(experiment, workspace).catch((error: unknown) => showError(error, log));
  });

  register(COMMANDS.restoreExperiment, async () => {
    const workspace = workspaces.active;
    const experiment = await pick(await workspace.experiments(undefined, 'deleted'), {
      placeholder: vscode.l10n.t('Restore which deleted experiment, with its runs?'),
      none: vscode.l10n.t('There are no deleted experiments.'),
    });
    if (experiment) await facetOf(workspace, 'edit').restoreExperiment(experiment.id);
  });

  register(COMMANDS.undelete, async (...args) => {
    const runs = await choose.runs(args, {
      placeholder: vscode.l10n.t('Restore which deleted runs?'),
      many: true,
      among: { lifecycle: 'deleted' },
      fits: ({ lifecycle }) => lifecycle === 'deleted',
    });
    if (runs.length > 0) await workspaces.active.edit.undelete(runs.map(({ id }) => id));
  });

  register(COMMANDS.purge, () => purge(workspaces.active));
}

function experimentOf(row: unknown): Experiment | undefined {
  return typeof row === 'object' &&
    row !== null &&
    'kind' in row &&
    row.kind === 'experiment' &&
    'experiment' in row
    ? (row.experiment as Experiment)
    : undefined;
}

async function pick(
  experiments: readonly Experiment[],
  { placeholder, none }: { placeholder: string; none: string },
): Promise<Experiment | undefined> {
  if (experiments.length === 0) {
    void vscode.window.showInformationMessage(none);
    return undefined;
  }
  const newestFirst = [...experiments].sort((a, b) => b.updatedAt - a.updatedAt);
  const items = newestFirst.map((experiment) => ({
    label: experiment.name,
    description: formatAge(experiment.updatedAt, Date.now()),
    experiment,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: placeholder }))?.experiment;
}

async function offerUndo({ id, name }: Experiment, workspace: Workspace): Promise<void> {
  const undo = vscode.l10n.t('Undo');
  const message = vscode.l10n.t('Deleted the experiment {0} and its runs.', name);
  if ((await vscode.window.showInformationMessage(message, undo)) === undo)
    await facetOf(workspace, 'edit').restoreExperiment(id);
}

async function purge(workspace: Workspace): Promise<void> {
  const found = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Looking for deleted runs'),
      cancellable: true,
    },
    (_, token) => facetOf(workspace, 'purge').preview(undefined, toSignal(token)),
  );
  const stays = staysLines(found);
  if (found.runs + found.models + found.experiments === 0) {
    void vscode.window.showInformationMessage(
      [vscode.l10n.t('There is nothing to purge.'), ...stays].join(' '),
    );
    return;
  }
  const confirm = vscode.l10n.t('Purge');
  const detail = [
    vscode.l10n.t('This frees about {0}.', formatBytes(found.bytes)),
    vscode.l10n.t(
      'Their metrics, files, logged models, logs and code are permanently removed. This cannot be undone.',
    ),
    ...stays,
  ].join('\n\n');
  const question = vscode.l10n.t('Permanently remove {0}?', countsOf(found));
  const picked = await vscode.window.showWarningMessage(question, { modal: true, detail }, confirm);
  if (picked !== confirm) return;
  const purged = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Purging deleted runs'),
      cancellable: true,
    },
    (progress, token) => {
      let runs = 0;
      const onStep = (step: PurgeStep) => {
        runs += step.runs;
        const increment = found.runs > 0 ? (step.runs / found.runs) * 100 : 100;
        progress.report({ increment, message: vscode.l10n.t('{0} of {1}', runs, found.runs) });
      };
      return facetOf(workspace, 'purge').run(found.before, onStep, toSignal(token));
    },
  );
  const removed = vscode.l10n.t('Removed {0}; freed {1}.', countsOf(purged), formatBytes(purged.bytes));
  const rest = purged.done ? [] : [vscode.l10n.t('Stopped before the end; the rest was not removed.')];
  void vscode.window.showInformationMessage([removed, ...rest].join(' '));
}

/** e.g. `12 runs, 3 logged models, 1 experiment`. */
function countsOf({ runs, models, experiments }: Pick<PurgeStep, 'runs' | 'models' | 'experiments'>): string {
  const parts = [runs === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('{0} runs', runs)];
  if (models > 0)
    parts.push(models === 1 ? vscode.l10n.t('1 logged model') : vscode.l10n.t('{0} logged models', models));
  if (experiments > 0)
    parts.push(
      experiments === 1 ? vscode.l10n.t('1 experiment') : vscode.l10n.t('{0} experiments', experiments),
    );
  return parts.join(', ');
}

/** Deleted runs that a purge leaves where they are, and why. */
function staysLines({ kept: { active, registered, needed } }: Purgeable): string[] {
  const lines: string[] = [];
  if (active > 0) lines.push(vscode.l10n.t('Deleted runs kept because their jobs are active: {0}.', active));
  if (registered > 0)
    lines.push(
      vscode.l10n.t('Deleted runs kept because registered models use their files: {0}.', registered),
    );
  if (needed > 0)
    lines.push(
      vscode.l10n.t('Deleted runs kept because other runs of their jobs are not deleted: {0}.', needed),
    );
  return lines;
}
