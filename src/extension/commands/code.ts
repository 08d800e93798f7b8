import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { facetOf } from '../../workspace/facets.js';
import { refOf, shortKey } from '../../workspace/run-ref.js';
import type { Run } from '../../workspace/types.js';
import { COMMANDS } from '../command-ids.js';
import { withPatience } from '../progress.js';
import { changesOf } from '../runs/code-changes.js';
import type { SubmitMemory } from '../submit/script-options.js';
import { saveEdits } from '../submit/script.js';
import { settings } from '../settings.js';
import type { Submitter } from '../submit/submitter.js';
import type { Workspaces } from '../workspaces.js';
import type { Register } from './register.js';
import type { RunChooser } from './run-chooser.js';
import { requireTrust } from './submit.js';

export interface CodeParts {
  workspaces: Workspaces;
  choose: RunChooser;
  submitter: Submitter;
  memory: SubmitMemory;
  onSubmitted: (run: Run) => void;
}

const hasCode = ({ code }: Run) => code?.snapshot !== undefined;

/** What can be done with the code of a run. */
export function registerCodeCommands(register: Register, parts: CodeParts): void {
  const { workspaces, choose, submitter, memory, onSubmitted } = parts;

  register(COMMANDS.showCodeChanges, async (...args) => {
    const placeholder = vscode.l10n.t('Compare the code of which run with the folder?');
    const [run, other] = await choose.runs(args, { placeholder, fits: hasCode });
    if (run) await showChanges(run, other, workspaces);
  });

  register(COMMANDS.restoreCode, async (...args) => {
    const placeholder = vscode.l10n.t('Restore the code of which run?');
    const run = await choose.run(args, { placeholder, fits: hasCode });
    if (run) await restore(run, workspaces);
  });

  register(COMMANDS.rerun, async (...args) => {
    requireTrust();
    const fits = (candidate: Run) => candidate.job !== undefined && hasCode(candidate);
    const run = await choose.run(args, {
      placeholder: vscode.l10n.t('Submit which run again?'),
      fits,
    });
    if (!run || !(await saveEdits(settings.saveBeforeSubmit()))) return undefined;
    const again = await submitter.submitAgain(run, (script) => memory.options(script.toString()).envFile);
    if (again) onSubmitted(again);
    return again && shortKey(refOf(again));
  });
}

async function showChanges(run: Run, other: Run | undefined, workspaces: Workspaces): Promise<void> {
  const what = vscode.l10n.t('Comparing the code of {0}', run.name);
  if (other && other.workspace !== run.workspace)
    throw new TrainyardError(
      'NOT_SUPPORTED',
      vscode.l10n.t('The code of {0} and {1} is kept in two workspaces.', run.name, other.name),
      { hint: vscode.l10n.t('Compare the runs to see their code side by side.') },
    );
  const code = facetOf(workspaces.of(run), 'code');
  const diff = await withPatience(what, (signal) => code.diff(run.id, other?.id ?? 'folder', signal));
  const name = other ? other.name : vscode.l10n.t('Working Folder');
  if (diff.files.length === 0) {
    void vscode.window.showInformationMessage(
      other
        ? vscode.l10n.t('{0} and {1} have the same code.', run.name, other.name)
        : vscode.l10n.t('The folder has the same code as {0}.', run.name),
    );
    return;
  }
  const title = `${run.name} ↔ ${name}`;
  await vscode.commands.executeCommand('vscode.changes', title, changesOf(diff, run, other));
}

async function restore(run: Run, workspaces: Workspaces): Promise<void> {
  const [parent] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Restore the Code of {0}', run.name),
      openLabel: vscode.l10n.t('Restore Here'),
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: false,
    })) ?? [];
  if (!parent) return;
  // A name may hold what a folder's may not.
  const name = run.name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+/, '') || run.id;
  const folder = vscode.Uri.joinPath(parent, name);
  await withPatience(vscode.l10n.t('Restoring the code of {0}', run.name), (signal) =>
    facetOf(workspaces.of(run), 'code').restore(run.id, folder.fsPath, signal),
  );
  const open = vscode.l10n.t('Open in New Window');
  const message = vscode.l10n.t('Restored the code of {0} to {1}.', run.name, folder.fsPath);
  if ((await vscode.window.showInformationMessage(message, open)) === open)
    await vscode.commands.executeCommand('vscode.openFolder', folder, { forceNewWindow: true });
}
