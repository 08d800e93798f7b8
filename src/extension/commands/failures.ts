import * as vscode from 'vscode';
import { COMMANDS } from '../command-ids.js';
import { openCodeLine } from '../runs/open-line.js';
import { failedAt } from '../runs/run-failure.js';
import type { Workspaces } from '../workspaces.js';
import type { Register } from './register.js';
import type { RunChooser } from './run-chooser.js';

/** What can be done about a run that failed. */
export function registerFailureCommands(
  register: Register,
  workspaces: Workspaces,
  choose: RunChooser,
): void {
  register(COMMANDS.openFailure, async (row) => {
    const placeholder = vscode.l10n.t('Go to the failing line of which run?');
    const run = await choose.run([row], { placeholder, fits: (run) => failedAt(run) !== undefined });
    const place = run && failedAt(run);
    if (place) await openCodeLine(workspaces.of(run), run, place);
  });
}
