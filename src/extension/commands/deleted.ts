import * as vscode from 'vscode';
import type { Experiment, Lifecycle, Purgeable, PurgeStep } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import { showError } from '../errors.js';
import { formatAge, formatBytes } from '../format.js';
import { answersOf } from '../runs/answers.js';
import { eachWorkspace } from '../runs/each-workspace.js';
import { type ExperimentNode, experimentNodeOf } from '../runs/run-nodes.js';
import { toSignal } from '../progress.js';
import type { Workspaces } from '../workspaces.js';
import { chooseWorkspace } from './choose-workspace.js';
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
    const found =
      experimentNodeOf(row) ??
      (await pick(workspaces, 'active', {
        placeholder: vscode.l10n.t('Delete which experiment?'),
        none: vscode.l10n.t('There are no experiments.'),
      }));
    if (!found) return;
    const workspace = workspaces.of(found);
    await facetOf(workspace, 'edit').deleteExperiment(found.experiment.id);
    // The command is done; the offer stands for as long as its notification.
    offerUndo(found.experiment, workspace).catch((error: unknown) => showError(error, log));
  });

  register(COMMANDS.restoreExperiment, async () => {
    const found = await pick(workspaces, 'deleted', {
      placeholder: vscode.l10n.t('Restore which deleted experiment, with its runs?'),
      none: vscode.l10n.t('There are no deleted experiments.'),
    });
    if (found) await facetOf(workspaces.of(found), 'edit').restoreExperiment(found.experiment.id);
  });

  register(COMMANDS.undelete, async (...args) => {
    const runs = await choose.runs(args, {
      placeholder: vscode.l10n.t('Restore which deleted runs?'),
      many: true,
      among: { lifecycle: 'deleted' },
      fits: ({ lifecycle }) => lifecycle === 'deleted',
    });
    await eachWorkspace(runs, workspaces, (edit, ids) => edit.undelete(ids));
  });

  register(COMMANDS.purge, async (row) => {
    const workspace = await chooseWorkspace(workspaces, row, {
      placeholder: vscode.l10n.t('Purge the deleted runs of which workspace?'),
      fits: ({ purge }) => purge !== undefined,
    });
    if (workspace) await purge(workspace);
  });
}

type FoundExperiment = Pick<ExperimentNode, 'workspace' | 'experiment'>;

/** Among the experiments of all workspaces that can be changed and answer. */
async function pick(
  workspaces: Workspaces,
  lifecycle: Lifecycle,
  { placeholder, none }: { placeholder: string; none: string },
): Promise<FoundExperiment | undefined> {
  const changeable = workspaces.all.filter(({ edit }) => edit !== undefined);
  const lists = await answersOf(
    changeable.map(async (workspace) => {
      const experiments = await workspace.experiments(undefined, lifecycle);
      return experiments.map((experiment) => ({ workspace: workspace.id, experiment }));
    }),
  );
  const found = lists.flat();
  if (found.length === 0) {
    void vscode.window.showInformationMessage(none);
    return undefined;
  }
  const newestFirst = found.sort((a, b) => b.experiment.updatedAt - a.experiment.updatedAt);
  const items = newestFirst.map((each) => {
    const age = formatAge(each.experiment.updatedAt, Date.now());
    const place = changeable.length > 1 ? [workspaces.labelOf(each.workspace)] : [];
    return { label: each.experiment.name, description: [age, ...place].join(' · '), found: each };
  });
  return (await vscode.window.showQuickPick(items, { placeHolder: placeholder }))?.found;
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
function staysLines({
  kept: { active, registered, needed, data = 0, dataAssets = [] },
}: Purgeable): string[] {
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
  if (data > 0)
    lines.push(
      vscode.l10n.t(
        'Deleted runs kept because data assets lead to their files: {0} ({1}).',
        data,
        dataAssets.join(', '),
      ),
    );
  return lines;
}
