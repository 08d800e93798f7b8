import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { facetOf } from '../../workspace/facets.js';
import { COMMANDS } from '../command-ids.js';
import type { Workspaces } from '../workspaces.js';
import type { Register } from './register.js';
import type { RunChooser } from './run-chooser.js';

/** Registers and copies outputs of jobs once more, where that failed. */
export function registerOutputCommands(
  register: Register,
  { workspaces, choose }: { workspaces: Workspaces; choose: RunChooser },
): void {
  register(COMMANDS.keepOutputs, async (...args) => {
    const run = await choose.run(args, {
      placeholder: vscode.l10n.t('Keep the outputs of which run again?'),
      fits: ({ job }) => job?.lacksOutputs === true,
      onlyRuns: true,
    });
    if (!run) return;
    const title = vscode.l10n.t('Registering and copying the outputs of {0}', run.name);
    const problems = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title },
      async () => facetOf(workspaces.of(run), 'jobs').keepOutputs?.(run.id),
    );
    if (problems === undefined)
      throw new TrainyardError('NOT_SUPPORTED', vscode.l10n.t('The workspace of this run keeps no outputs.'));
    if (problems.length > 0) throw new TrainyardError('TARGET_FAILED', problems.join(' '));
    void vscode.window.showInformationMessage(
      vscode.l10n.t('The outputs of {0} are where they belong.', run.name),
    );
  });
}
