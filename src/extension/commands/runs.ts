import * as vscode from 'vscode';
import type { Run } from '../../workspace/types.js';
import { facetOf } from '../../workspace/facets.js';
import { refOf, shortKey } from '../../workspace/run-ref.js';
import { COMMANDS } from '../command-ids.js';
import { showError } from '../errors.js';
import type { LogTerminals } from '../log/log-terminals.js';
import { runLink } from '../links/run-links.js';
import { eachWorkspace } from '../runs/each-workspace.js';
import { ownTags } from '../runs/own-tags.js';
import { isActive, isCancellable, isOpen } from '../views/row-context.js';
import type { Workspaces } from '../workspaces.js';
import type { Register } from './register.js';
import { type RunChooser, SELECTION } from './run-chooser.js';

export interface RunParts {
  workspaces: Workspaces;
  choose: RunChooser;
  log: vscode.LogOutputChannel;
  charts: { show(runIds: readonly string[]): void; add(runIds: readonly string[]): void };
  compare: { show(runIds: readonly string[]): void };
  panel: { show(runId: string, options?: { preserveFocus?: boolean }): void };
  logs: LogTerminals;
  reveal: (run: Run) => Promise<void>;
}

/** As many as can be told apart in one drawing. */
const MOST_COMPARED = 1000;

/** What can be done with runs. Each works on rows, on ids, and without either asks which run. */
export function registerRunCommands(register: Register, parts: RunParts): void {
  const { workspaces, choose, log, charts, compare, panel, logs, reveal } = parts;

  const cancel = (runs: readonly Run[]) =>
    Promise.all(runs.map((run) => facetOf(workspaces.of(run), 'jobs').cancel(run.id)));

  register(COMMANDS.showCharts, async (...args) => {
    const placeholder = vscode.l10n.t('Show the charts of which runs?');
    const runs = await choose.runs(args, { placeholder, many: true });
    if (runs.length > 0) charts.show(keysOf(runs));
  });
  register(COMMANDS.addToCharts, async (...args) => {
    const placeholder = vscode.l10n.t('Add which runs to the charts?');
    const runs = await choose.runs(args, { placeholder, many: true });
    if (runs.length > 0) charts.add(keysOf(runs));
  });

  register(COMMANDS.compare, async (...args) => {
    const placeholder = vscode.l10n.t('Compare which runs? The others are compared with the oldest.');
    const runs = await choose.runs(args, { placeholder, many: true });
    if (runs.length === 0) return;
    if (runs.length < 2 || runs.length > MOST_COMPARED) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Select 2 to {0} runs to compare them.', MOST_COMPARED),
      );
    } else compare.show(keysOf(oldestFirst(runs)));
  });

  register(COMMANDS.compareWith, async (...args) => {
    const run = await choose.run(args, { placeholder: vscode.l10n.t('Compare which run with another?') });
    if (!run) return;
    const [other] = await choose.ask({
      placeholder: vscode.l10n.t('Compare {0} with which run?', run.name),
      among: { experimentIds: [run.experimentId] },
      workspace: run.workspace,
      fits: ({ id }) => id !== run.id,
    });
    if (other) compare.show(keysOf([other, run]));
  });

  register(COMMANDS.showRun, async (row, options) => {
    // The one that was clicked, also when it is one of several that are selected.
    const run = await choose.run([row], { placeholder: vscode.l10n.t('Show which run?') });
    const preserveFocus =
      typeof options === 'object' &&
      options !== null &&
      'preserveFocus' in options &&
      options.preserveFocus === true;
    if (run) panel.show(shortKey(refOf(run)), { preserveFocus });
  });

  register(COMMANDS.showLog, async (...args) => {
    const placeholder = vscode.l10n.t('Show the log of which run?');
    const runs = await choose.runs(args, { placeholder, fits: ({ job }) => job !== undefined });
    for (const run of runs) logs.show(run);
    if (runs.length === 0 && args[0] !== undefined)
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Only runs that Trainyard started have a log.'),
      );
  });

  register(COMMANDS.cancel, async (...args) => {
    const placeholder = vscode.l10n.t('Cancel which run?');
    const runs = await choose.runs(args, { placeholder, fits: isCancellable, onlyRuns: true });
    if (runs.length === 0) {
      if (args[0] !== undefined)
        void vscode.window.showInformationMessage(vscode.l10n.t('There is no active job to cancel.'));
      return;
    }
    // Code that names a run by its id knows what it does.
    if (typeof args[0] === 'string' && args[0] !== SELECTION) await cancel(runs);
    else if (await confirmed(cancelQuestion(runs))) await cancel(runs);
  });

  register(COMMANDS.markEnded, async (...args) => {
    const placeholder = vscode.l10n.t('Mark which run as ended?');
    const runs = await choose.runs(args, { placeholder, fits: isOpen, onlyRuns: true });
    if (runs.length === 0) {
      if (args[0] !== undefined)
        void vscode.window.showInformationMessage(
          vscode.l10n.t(
            'Only runs that your own scripts left open, and jobs that are not reachable, can be marked as ended.',
          ),
        );
      return;
    }
    if (await confirmed(endQuestion(runs)))
      await Promise.all(runs.map((run) => facetOf(workspaces.of(run), 'edit').end(run.id)));
  });

  register(COMMANDS.copyId, async (...args) => {
    const runs = await choose.runs(args, {
      placeholder: vscode.l10n.t('Copy the ID of which run?'),
    });
    if (runs.length > 0) await vscode.env.clipboard.writeText(runs.map(({ id }) => id).join('\n'));
  });

  register(COMMANDS.copyLink, async (...args) => {
    const runs = await choose.runs(args, { placeholder: vscode.l10n.t('Copy a link to which run?') });
    if (runs.length > 0)
      await vscode.env.clipboard.writeText(runs.map((run) => runLink(refOf(run))).join('\n'));
  });

  register(COMMANDS.copyValue, async (row) => {
    if (typeof row === 'object' && row !== null && 'value' in row && typeof row.value === 'string')
      await vscode.env.clipboard.writeText(row.value);
  });

  register(COMMANDS.reveal, async (...args) => {
    const run = await choose.run(args, { placeholder: vscode.l10n.t('Go to which run?') });
    if (run) await reveal(run);
  });

  register(COMMANDS.rename, async (...args) => {
    const run = await choose.run(args, { placeholder: vscode.l10n.t('Rename which run?'), onlyRuns: true });
    if (!run) return;
    const name = await vscode.window.showInputBox({
      title: vscode.l10n.t('Rename Run'),
      value: run.name,
      prompt: vscode.l10n.t('Name of the run'),
      validateInput: (value) => (value.trim() ? undefined : vscode.l10n.t('A run needs a name.')),
    });
    if (name && name.trim() !== run.name)
      await facetOf(workspaces.of(run), 'edit').rename(run.id, name.trim());
  });

  register(COMMANDS.editTag, async (...args) => {
    const runs = await choose.runs(args, {
      placeholder: vscode.l10n.t('Edit a tag of which run?'),
    });
    if (runs.length > 0) await editTag(runs, workspaces);
  });

  register(COMMANDS.delete, async (...args) => {
    const placeholder = vscode.l10n.t('Delete which runs?');
    const fits = (run: Run) => !isActive(run);
    const runs = await choose.runs(args, { placeholder, fits, many: true, onlyRuns: true });
    if (runs.length > 0) {
      await eachWorkspace(runs, workspaces, (edit, ids) => edit.delete(ids));
      // The command is done; the offer stands for as long as its notification.
      offerUndo(runs, workspaces).catch((error: unknown) => showError(error, log));
    } else if (args[0] !== undefined)
      void vscode.window.showInformationMessage(
        vscode.l10n.t('An active run cannot be deleted until it has ended.'),
      );
  });
}

interface Question {
  message: string;
  detail: string;
  /** What the button that does it says. */
  yes: string;
  no: string;
}

function cancelQuestion(runs: readonly Run[]): Question {
  const [run] = runs;
  return {
    message:
      runs.length === 1 && run
        ? vscode.l10n.t('Cancel {0}?', run.name)
        : vscode.l10n.t('Cancel {0} runs?', runs.length),
    detail: vscode.l10n.t('The script is stopped. Everything it has logged and written is kept.'),
    yes: runs.length === 1 ? vscode.l10n.t('Cancel Run') : vscode.l10n.t('Cancel Runs'),
    no: vscode.l10n.t('Keep Running'),
  };
}

function endQuestion(runs: readonly Run[]): Question {
  const [run] = runs;
  return {
    message:
      runs.length === 1 && run
        ? vscode.l10n.t('Mark {0} as ended?', run.name)
        : vscode.l10n.t('Mark {0} runs as ended?', runs.length),
    detail: vscode.l10n.t(
      'Do this if its script has died. The run is then marked as failed at the time it last logged. A script that is still running is not stopped.',
    ),
    yes: vscode.l10n.t('Mark as Ended'),
    no: vscode.l10n.t('Leave Open'),
  };
}

async function confirmed({ message, detail, yes, no }: Question): Promise<boolean> {
  const answers = [{ title: yes }, { title: no, isCloseAffordance: true }];
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, ...answers);
  return answer?.title === yes;
}

/** What came later is compared with what was before, whatever the order of the rows. */
const oldestFirst = (runs: readonly Run[]) =>
  [...runs].sort((a, b) =>
    // Numbers count within a workspace.
    runs.every(({ workspace }) => workspace === a.workspace)
      ? a.number - b.number
      : a.startTime - b.startTime,
  );

const keysOf = (runs: readonly Run[]) => runs.map((run) => shortKey(refOf(run)));

/** Of several runs the tag gets one value in all. */
async function editTag(runs: readonly Run[], workspaces: Workspaces): Promise<void> {
  const title =
    runs.length === 1 && runs[0]
      ? vscode.l10n.t('Tags of {0}', runs[0].name)
      : vscode.l10n.t('Tags of {0} runs', runs.length);
  const own = new Map(runs.flatMap(ownTags));
  const add = { label: vscode.l10n.t('$(add) New Tag…'), name: '' };
  const items = [
    add,
    ...[...own].map(([name, value]) => ({ label: `$(tag) ${name}`, description: value, name })),
  ];
  const picked = own.size === 0 ? add : await vscode.window.showQuickPick(items, { title });
  if (!picked) return;
  const name =
    picked.name ||
    (
      await vscode.window.showInputBox({
        title,
        prompt: vscode.l10n.t('Name of the tag'),
        placeHolder: 'stage',
      })
    )?.trim();
  if (!name) return;
  const value = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Value of {0}. Leave it empty to remove the tag.', name),
    value: own.get(name),
  });
  if (value === undefined) return;
  const tags = { [name]: value === '' ? null : value };
  await Promise.all(runs.map((run) => facetOf(workspaces.of(run), 'edit').tag(run.id, tags)));
}

async function offerUndo(runs: readonly Run[], workspaces: Workspaces): Promise<void> {
  const message =
    runs.length === 1 && runs[0]
      ? vscode.l10n.t('Deleted run {0}.', runs[0].name)
      : vscode.l10n.t('Deleted {0} runs.', runs.length);
  const undo = vscode.l10n.t('Undo');
  const picked = await vscode.window.showInformationMessage(message, undo);
  if (picked === undo) await eachWorkspace(runs, workspaces, (edit, ids) => edit.undelete(ids));
}
