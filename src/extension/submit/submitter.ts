import path from 'node:path';
import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { buildScriptJob } from '../../job/build.js';
import { type JobSpec, titleOf } from '../../job/spec.js';
import type { Run } from '../../workspace/types.js';
import type { SubmitOptions } from '../../workspace/workspace.js';
import { formatBytes } from '../../base/bytes.js';
import { withPatience } from '../progress.js';
import type { ServerSettingsSync } from '../server-settings.js';
import { settings } from '../settings.js';
import type { Workspaces } from '../workspaces.js';
import { defaultInterpreter } from './interpreter.js';
import type { ScriptOptions } from './script-options.js';
import { saveEdits, type Script } from './script.js';
import type { JobSecrets } from './secrets.js';

/** Sends scripts off: from what a person chose to a run in the active workspace. */
export class Submitter {
  readonly #workspaces: Workspaces;
  readonly #secrets: JobSecrets;
  readonly #serverSettings: ServerSettingsSync;
  readonly #log: vscode.LogOutputChannel;

  constructor(
    workspaces: Workspaces,
    secrets: JobSecrets,
    serverSettings: ServerSettingsSync,
    log: vscode.LogOutputChannel,
  ) {
    this.#workspaces = workspaces;
    this.#secrets = secrets;
    this.#serverSettings = serverSettings;
    this.#log = log;
  }

  /** Undefined when a person stopped it. */
  async submitScript(script: Script, options: ScriptOptions, displayName?: string): Promise<Run | undefined> {
    if (!(await saveEdits(settings.saveBeforeSubmit()))) return undefined;
    await requireFile(script.uri);
    const interpreter = options.interpreter ?? (await defaultInterpreter(script, this.#log)).path;
    const spec = buildScriptJob({
      script: script.uri.fsPath,
      codeFolder: script.folder,
      workingFolder: script.folder,
      interpreter,
      args: options.args,
      experiment: options.experiment,
      displayName,
      target: options.target,
      environmentVariables: options.environmentVariables,
      metrics: options.metrics,
    });
    return this.submitJob(spec, options.secrets);
  }

  /** Undefined when a person stopped it. */
  async submitJob(spec: JobSpec, secretNames: readonly string[]): Promise<Run | undefined> {
    this.#log.info(
      `Submit ${titleOf(spec)} to ${spec.target}: ${JSON.stringify(spec.command)} in ${spec.codeFolder}`,
    );
    const title = vscode.l10n.t('Submitting {0}', path.posix.basename(spec.script ?? titleOf(spec)));
    const options: SubmitOptions = { secrets: await this.#secrets.values(secretNames) };
    const workspace = this.#workspaces.active;
    const send = () => withPatience(title, (signal) => workspace.submit(spec, options, signal));
    await this.#serverSettings.pushOnce();
    try {
      return await send();
    } catch (error) {
      if (!TrainyardError.is(error, 'LARGE_FILES')) throw error;
      options.largeFiles = await askAboutLargeFiles(error);
      return options.largeFiles && (await send());
    }
  }
}

/** A task, or the memory of what was submitted last, may name a script that is gone. */
async function requireFile(uri: vscode.Uri): Promise<void> {
  try {
    await vscode.workspace.fs.stat(uri);
  } catch (cause) {
    if (!(cause instanceof vscode.FileSystemError)) throw cause;
    throw new TrainyardError('NOT_FOUND', vscode.l10n.t('There is no script {0}.', uri.fsPath), { cause });
  }
}

const LISTED = 10;

async function askAboutLargeFiles(error: TrainyardError): Promise<SubmitOptions['largeFiles']> {
  const { files, limit } = error.details as { files: { path: string; bytes: number }[]; limit: number };
  const lines = files.slice(0, LISTED).map((file) => `${file.path} (${formatBytes(file.bytes)})`);
  if (files.length > LISTED) lines.push(vscode.l10n.t('… and {0} more', files.length - LISTED));
  const include = { title: vscode.l10n.t('Include') };
  const leaveOut = { title: vscode.l10n.t('Leave Out') };
  const detail = [
    ...lines,
    '',
    vscode.l10n.t(
      'Files that are left out are missing where the script runs. An ignore file (.gitignore) leaves them out for good.',
    ),
  ].join('\n');
  const picked = await vscode.window.showWarningMessage(
    files.length === 1
      ? vscode.l10n.t('A file larger than {0} would be kept with the run.', formatBytes(limit))
      : vscode.l10n.t(
          '{0} files larger than {1} would be kept with the run.',
          files.length,
          formatBytes(limit),
        ),
    { modal: true, detail },
    include,
    leaveOut,
  );
  return picked && (picked === include ? 'include' : 'leave-out');
}
