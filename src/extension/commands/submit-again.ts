import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { isJobFileName } from '../../job/job-file-name.js';
import { COMMANDS } from '../command-ids.js';
import { CONTEXT_KEYS } from '../context-key-names.js';
import { setContext } from '../context-keys.js';
import { settings } from '../settings.js';
import { saveEdits, scriptAt } from '../submit/script.js';
import { submitJobFile } from './job-files.js';
import type { Register } from './register.js';
import { submitScript, type SubmitParts } from './submit.js';

/** What was submitted last from this workspace, a script or a job file, as it was submitted then. */
export function registerSubmitAgain(register: Register, parts: SubmitParts): void {
  const { memory } = parts;
  if (memory.last !== undefined) setContext(CONTEXT_KEYS.canSubmitAgain, true);

  register(COMMANDS.submitAgain, async () => {
    const { last } = memory;
    if (last === undefined)
      throw new TrainyardError(
        'BAD_REQUEST',
        vscode.l10n.t('Nothing was submitted from this workspace yet.'),
        { hint: vscode.l10n.t('Submit a training script or a job file first.') },
      );
    const uri = vscode.Uri.parse(last, true);
    if (!isJobFileName(uri.fsPath)) return submitScript(parts, scriptAt(uri), memory.options(last));
    if (!(await saveEdits(settings.saveBeforeSubmit()))) return undefined;
    return submitJobFile(parts, uri, memory.jobFileOptions(last));
  });
}
