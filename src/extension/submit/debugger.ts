import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { attachConfiguration, pathMappings, runsHere } from '../../job/debug.js';
import { findDebugpy } from '../../job/debugpy.js';
import type { CommandJob } from '../../job/spec.js';
import { facetOf } from '../../workspace/facets.js';
import type { JobDebugger, JobPython, Run } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
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

/** Attaches the editor's debugger to a run. @param at where the debugger of the run listens @returns whether it did */
export async function attachTo({ name, code }: Run, at: JobDebugger): Promise<boolean> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const linked = folders.flatMap(({ uri }) => {
    if (uri.scheme !== 'file') return [];
    return [{ folder: uri.fsPath, real: realpath(uri.fsPath) }];
  });
  const root = code?.root ?? at.root;
  const configuration = attachConfiguration(name, at, pathMappings(root, at.root, linked));
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(root));
  return vscode.debug.startDebugging(folder, { ...configuration });
}

/**
 * Has a debugger listen in a run, in the process that a person chooses where it has several Pythons.
 * @returns where; undefined when a person chose none @throws as `Jobs.debug` of the workspace
 */
export async function listenIn(run: Run, workspace: Workspace): Promise<JobDebugger | undefined> {
  const jobs = facetOf(workspace, 'jobs');
  if (!jobs.debug || !jobs.pythons) {
    if (run.job?.debugger) return run.job.debugger;
    throw new TrainyardError('NOT_SUPPORTED', vscode.l10n.t('Jobs of this workspace cannot be debugged.'));
  }
  const pythons = run.job?.debugger ? [] : await jobs.pythons(run.id);
  const python = pythons.length > 1 ? await choosePython(pythons) : pythons[0];
  if (pythons.length > 0 && !python) return undefined;
  const debugpy = bundledDebugpy();
  const wish = { ...(python && { pid: python.pid }), ...(debugpy !== undefined && { debugpy }) };
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('{0}: starting a debugger', run.name),
    },
    () => jobs.debug!(run.id, wish),
  );
}

async function choosePython(pythons: readonly JobPython[]): Promise<JobPython | undefined> {
  const items = pythons.map((python) => ({
    label: python.command.slice(1).join(' ') || python.command.join(' '),
    description: String(python.pid),
    python,
  }));
  const placeHolder = vscode.l10n.t('Debug which process? The first one started first.');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.python;
}

/** A folder of the workspace may have been removed. */
function realpath(folder: string): string {
  return fs.existsSync(folder) ? fs.realpathSync(folder) : folder;
}
