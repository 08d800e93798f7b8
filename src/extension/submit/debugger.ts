import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { attachConfiguration, pathMappings, runsHere } from '../../job/debug.js';
import { findDebugpy } from '../../job/debugpy.js';
import type { CommandJob } from '../../job/spec.js';
import { ACTIVE_STATES, type Run } from '../../workspace/types.js';
import type { Remedy } from '../errors.js';

/** Of Microsoft: what attaches the editor to debugpy. */
const PYTHON_DEBUGGER = 'ms-python.debugpy';

/** @throws NOT_SUPPORTED when the editor cannot attach to Python */
export function requirePythonDebugger(): void {
  if (vscode.extensions.getExtension(PYTHON_DEBUGGER)) return;
  throw new TrainyardError(
    'NOT_SUPPORTED',
    vscode.l10n.t('The Python Debugger extension is not installed.'),
    {
      hint: vscode.l10n.t(
        'Install it, or submit with “trainyard debug” on the command line and attach another debugger.',
      ),
    },
  );
}

/** What a person can do when that extension is missing. */
export function debuggerRemedies(error: unknown): Remedy[] {
  if (!TrainyardError.is(error, 'NOT_SUPPORTED') || vscode.extensions.getExtension(PYTHON_DEBUGGER))
    return [];
  return [
    {
      title: vscode.l10n.t('Install Python Debugger'),
      run: () => vscode.commands.executeCommand('workbench.extensions.installExtension', PYTHON_DEBUGGER),
    },
  ];
}

/** The copy of debugpy that comes with the Python Debugger extension. */
export function bundledDebugpy(): string | undefined {
  const { extensionPath = '' } = vscode.extensions.getExtension(PYTHON_DEBUGGER) ?? {};
  const bundled = path.join(extensionPath, 'bundled', 'libs', 'debugpy');
  return extensionPath !== '' && fs.existsSync(path.join(bundled, '__main__.py')) ? bundled : undefined;
}

/**
 * The debugger that a job is to run under: that of its environment, else the copy of the Python Debugger extension.
 * @param interpreter of this machine @throws NO_INTERPRETER when there is none
 */
export async function debuggerFor(
  spec: CommandJob,
  interpreter: string,
): Promise<NonNullable<CommandJob['debug']>> {
  const debugpy = bundledDebugpy() ?? (await findDebugpy(interpreter));
  if (debugpy !== undefined) return { debugpy };
  if (!runsHere(spec)) return {};
  throw new TrainyardError(
    'NO_INTERPRETER',
    vscode.l10n.t('debugpy is not installed for {0}.', interpreter),
    { hint: vscode.l10n.t('Install it into that environment: pip install debugpy.') },
  );
}

/** Attaches the editor's debugger to a run. @returns whether it did @throws NOT_RUNNING */
export async function attachTo(run: Run): Promise<boolean> {
  const { name, code, job } = run;
  if (!job?.debugger || !ACTIVE_STATES.includes(run.state))
    throw new TrainyardError('NOT_RUNNING', vscode.l10n.t('{0} does not run under a debugger.', name));
  const folders = vscode.workspace.workspaceFolders ?? [];
  const linked = folders.flatMap(({ uri }) => {
    if (uri.scheme !== 'file') return [];
    return [{ folder: uri.fsPath, real: realpath(uri.fsPath) }];
  });
  const root = code?.root ?? job.debugger.root;
  const configuration = attachConfiguration(
    name,
    job.debugger,
    pathMappings(root, job.debugger.root, linked),
  );
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(root));
  return vscode.debug.startDebugging(folder, { ...configuration });
}

/** A folder of the workspace may have been removed. */
function realpath(folder: string): string {
  return fs.existsSync(folder) ? fs.realpathSync(folder) : folder;
}
