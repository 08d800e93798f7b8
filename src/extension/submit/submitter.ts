import path from 'node:path';
import process from 'node:process';
import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { type Interpreter, interpreterAt, interpreterNamed } from '../../job/interpreter.js';
import { buildJob, buildModuleJob, buildScriptJob } from '../../job/build.js';
import { invocationOf, launcherOf } from '../../job/launch.js';
import { findModule, type FoundModule, moduleOf } from '../../job/module.js';
import { type JobSpec, titleOf, wordsOf } from '../../job/spec.js';
import { logTo, secretsForLogging } from '../../workspace/log-to.js';
import { deletedExperimentOf } from '../../workspace/deleted-experiment.js';
import type { Run } from '../../workspace/types.js';
import type { SubmitOptions, Workspace } from '../../workspace/workspace.js';
import { withPatience } from '../progress.js';
import type { ServerSettingsSync } from '../server-settings.js';
import { settings } from '../settings.js';
import type { Workspaces } from '../workspaces.js';
import type { ChosenInterpreters } from './chosen-interpreters.js';
import { envFileOf, readEnvFile } from './env-file.js';
import { defaultInterpreter } from './interpreter.js';
import { usualExperiment } from './job-file.js';
import type { JobFileOptions } from './job-file-options.js';
import type { ScriptOptions } from './script-options.js';
import { saveEdits, type Script, scriptAt } from './script.js';
import type { JobSecrets } from './secrets.js';
import { facetOf } from '../../workspace/facets.js';
import { formatBytes } from '../format.js';

/** Sends scripts and job files off: from what a person chose to a run in the active workspace. */
export class Submitter {
  readonly #workspaces: Workspaces;
  readonly #secrets: JobSecrets;
  readonly #serverSettings: ServerSettingsSync;
  readonly #chosen: ChosenInterpreters;
  readonly #log: vscode.LogOutputChannel;

  constructor(
    workspaces: Workspaces,
    secrets: JobSecrets,
    serverSettings: ServerSettingsSync,
    chosen: ChosenInterpreters,
    log: vscode.LogOutputChannel,
  ) {
    this.#workspaces = workspaces;
    this.#secrets = secrets;
    this.#serverSettings = serverSettings;
    this.#chosen = chosen;
    this.#log = log;
  }

  /**
   * Undefined when a person stopped it.
   * @param debuggerOf the debugger that it is to run under
   */
  async submitScript(
    script: Script,
    options: ScriptOptions,
    displayName?: string,
    debuggerOf?: (spec: JobSpec, interpreter: string) => Promise<NonNullable<JobSpec['debug']>>,
  ): Promise<Run | undefined> {
    if (!(await saveEdits(settings.saveBeforeSubmit()))) return undefined;
    await requireFile(script.uri);
    const { job, secrets } = await this.#prepare(script, options, displayName);
    const found = options.asModule && requireModule(script);
    const spec = found
      ? buildModuleJob({ ...job, module: found.name, found, pythonPath: process.env['PYTHONPATH'] })
      : buildScriptJob({ ...job, script: script.uri.fsPath });
    const inIt = { ...spec, ...(await this.#environmentOf(options)) };
    const debug = await debuggerOf?.(inIt, job.interpreter);
    return this.#submitLogging({ ...inIt, ...(debug && { debug }) }, options, secrets);
  }

  /** That of a file is made in the workspace first. */
  async #environmentOf({ environment }: ScriptOptions): Promise<Pick<JobSpec, 'environment'>> {
    if (!environment) return {};
    if (!('file' in environment)) return { environment: { kind: 'asset', ...environment } };
    const { environmentOfFile } = await import('../../job/environment/from-file.js');
    const { anonymousEnvironment } = await import('../../job/file/plan.js');
    const workspace = this.#workspaces.active;
    const made = await environmentOfFile(environment.file);
    const environments = async () => facetOf(workspace, 'environments');
    return { environment: await anonymousEnvironment(made, { environments }) };
  }

  /** A module by its name, or code, in a folder. Undefined when a person stopped it. */
  async submitPython(
    what: { module: string } | { code: string },
    folder: vscode.Uri,
    options: ScriptOptions,
  ): Promise<Run | undefined> {
    if (!(await saveEdits(settings.saveBeforeSubmit()))) return undefined;
    const found = 'module' in what ? findModule(what.module, [folder.fsPath]) : undefined;
    // Its interpreter is looked for where its file is, or would be.
    const uri = found ? vscode.Uri.file(found.file) : vscode.Uri.joinPath(folder, '__main__.py');
    const { job, secrets } = await this.#prepare({ uri, folder: folder.fsPath }, options);
    const spec =
      'module' in what
        ? buildModuleJob({ ...job, ...what, ...(found && { found }), pythonPath: process.env['PYTHONPATH'] })
        : buildJob(job, invocationOf(job.interpreter, what, job.args, job.launcher));
    return this.#submitLogging(spec, options, secrets);
  }

  /**
   * The job of a job file, as it is on disk. Undefined when a person stopped it.
   * @param options what counts more than the file
   * @throws BAD_REQUEST with all that is wrong with the file, see `fileProblemsOf`
   */
  async submitJobFile(
    uri: vscode.Uri,
    options: JobFileOptions,
    displayName?: string,
  ): Promise<Run | undefined> {
    const file = uri.fsPath;
    const workspace = this.#workspaces.active;
    const { planJobFile, readJobFileAt, requireJob } = await import('../../job/file/plan.js');
    const job = requireJob(file, readJobFileAt(file, options.set, options.entryPoint));
    const { target, environment, experiment } = options;
    const chosen = {
      ...(target !== undefined && { target }),
      ...(environment !== undefined && { environment }),
      ...(experiment !== undefined && { experiment }),
      ...(displayName !== undefined && { displayName }),
      defaultExperiment: usualExperiment(uri),
    };
    // What is only in the file is made in the workspace first, such as an environment with its build context.
    const title = vscode.l10n.t('Preparing {0}', path.basename(file));
    const { spec } = await withPatience(title, async (signal) => {
      const planned = await planJobFile(job, chosen, {
        environments: async () => facetOf(workspace, 'environments'),
        interpreterOf: (written, folder) => this.#interpreterOfJob(written, folder),
      });
      signal.throwIfAborted();
      return planned;
    });
    return this.submitJob(spec, options.secrets, {}, workspace);
  }

  /** @param folder of the code */
  async #interpreterOfJob(written: string | undefined, folder: string): Promise<Interpreter> {
    const source = vscode.l10n.t('job file');
    if (written !== undefined) return interpreterAt(written, folder, source, { env: process.env });
    // As for a script in that folder.
    const script = scriptAt(vscode.Uri.file(path.join(folder, '__main__.py')));
    return { path: await this.#interpreterOf(script, undefined), source };
  }

  /**
   * The job of a run as it was submitted, in the workspace of the run, with the code as the folder has it now, and under
   * a new name. Its secrets are those that are stored under their names, and for a server that its script logs to those
   * of that workspace. Those of the script's file of variables come along as the file is used.
   * @param useFile whether jobs of this script get the variables of the file; default: as the setting says
   * @returns undefined when a person stopped it
   * @throws NOT_SUPPORTED when the run is not one of a job | NOT_FOUND when a secret has no value any more
   */
  async submitAgain(
    run: Run,
    useFile: (script: vscode.Uri) => boolean | undefined,
  ): Promise<Run | undefined> {
    const workspace = this.#workspaces.of(run);
    const {
      displayName: _name,
      debug: _debug,
      secrets: wanted = [],
      ...spec
    } = await facetOf(workspace, 'jobs').spec(run.id);
    const ofLog = await secretsForLogging(
      spec,
      wanted,
      this.#workspaces.listed.map(({ entry }) => entry),
      ({ id }) => this.#workspaces.surroundingsOf(id),
    );
    const stored = [...Object.keys(ofLog), ...(await this.#secrets.names())];
    const others = wanted.filter((name) => !stored.includes(name));
    const script = others.length > 0 ? scriptOfJob(spec) : undefined;
    const file = script && (await readEnvFile(script, this.#log));
    const inFile = others.filter((name) => Object.hasOwn(file?.secrets ?? {}, name));
    const isUsed = script && (useFile(script.uri) ?? settings.envFile(script.uri));
    if (script && inFile.length > 0 && !isUsed) warnOfFile(envFileOf(script), inFile);
    const names = wanted.filter((name) => !inFile.includes(name) && !Object.hasOwn(ofLog, name));
    const ofFile = isUsed ? inFile.map((name) => [name, file?.secrets[name] ?? ''] as const) : [];
    const more = { ...Object.fromEntries(ofFile), ...ofLog };
    const secrets = [...names, ...Object.keys(more)];
    const again = { ...spec, ...(secrets.length > 0 && { secrets }) };
    return this.submitJob(again, names, more, workspace);
  }

  /** Has the script log where the options say. @throws NOT_FOUND when that workspace was removed | as `logTo` */
  async #submitLogging(spec: JobSpec, options: ScriptOptions, secrets: Record<string, string>) {
    if (options.logTo === undefined) return this.submitJob(spec, options.secrets, secrets);
    const { entry } = this.#workspaces.listedOf(options.logTo);
    const surroundings = this.#workspaces.surroundingsOf(entry.id);
    const logged = await logTo(spec, options.secrets, entry, surroundings);
    return this.submitJob(logged.spec, options.secrets, { ...secrets, ...logged.secrets });
  }

  /** What every job of a script has, and the secrets of its file of variables. */
  async #prepare(script: Script, options: ScriptOptions, displayName?: string) {
    // An environment has programs of its own.
    const interpreter = options.environment
      ? interpreterNamed(script.uri.fsPath)
      : await this.#interpreterOf(script, options.interpreter);
    const useFile = options.envFile ?? settings.envFile(script.uri);
    const file = useFile ? await readEnvFile(script, this.#log) : undefined;
    const job = {
      codeFolder: script.folder,
      workingFolder: script.folder,
      interpreter,
      args: options.args,
      ...(options.launcher && {
        launcher: launcherOf(
          options.launcher,
          interpreter,
          options.environment ? undefined : { env: process.env },
        ),
      }),
      experiment: options.experiment,
      displayName,
      target: options.target,
      environmentVariables: { ...file?.plain, ...options.environmentVariables },
      metrics: options.metrics,
    };
    const ofFile = Object.entries(file?.secrets ?? {}).filter(
      ([name]) => !Object.hasOwn(options.environmentVariables, name),
    );
    return { job, secrets: Object.fromEntries(ofFile) };
  }

  /** @param named what a person typed or chose for this script */
  async #interpreterOf(script: Script, named: string | undefined): Promise<string> {
    if (named !== undefined) return interpreterAt(named, script.folder, '', { env: process.env }).path;
    const found = await defaultInterpreter(script, { chosen: this.#chosen, log: this.#log });
    this.#log.info(`Interpreter: ${found.path} (${found.source})`);
    if (found.note) this.#log.warn(found.note);
    return found.path;
  }

  /** Undefined when a person stopped it. */
  async submitJob(
    spec: JobSpec,
    secretNames: readonly string[],
    more: Record<string, string> = {},
    workspace: Workspace = this.#workspaces.active,
  ): Promise<Run | undefined> {
    const { validate } = await import('../../job/validate.js');
    validate(spec);
    this.#log.info(
      `Submit ${titleOf(spec)} to ${spec.target}: ${JSON.stringify(wordsOf(spec))} in ${spec.codeFolder}`,
    );
    const title = vscode.l10n.t('Submitting {0}', path.posix.basename(spec.script ?? titleOf(spec)));
    const options: SubmitOptions = { secrets: { ...more, ...(await this.#secrets.values(secretNames)) } };
    const jobs = facetOf(workspace, 'jobs');
    const send = () => withPatience(title, (signal) => jobs.submit(spec, options, signal));
    await this.#serverSettings.pushOnce(workspace);
    try {
      return await send();
    } catch (error) {
      if (TrainyardError.is(error, 'CONFLICT') && deletedExperimentOf(error) !== undefined)
        return (await restoreDeleted(error, workspace)) ? send() : undefined;
      if (!TrainyardError.is(error, 'LARGE_FILES')) throw error;
      options.largeFiles = await askAboutLargeFiles(error);
      return options.largeFiles && (await send());
    }
  }
}

function scriptOfJob({ codeFolder, script }: JobSpec): Script | undefined {
  if (script === undefined) return undefined;
  return { uri: vscode.Uri.file(path.join(codeFolder, ...script.split('/'))), folder: codeFolder };
}

/** The file is no longer given to the script: the job starts without what it had from there. */
function warnOfFile(file: string, names: readonly string[]): void {
  const text = vscode.l10n.t(
    'Submitted without {0} of {1}. Jobs of this script do not get the variables of this file.',
    names.join(', '),
    path.basename(file),
  );
  void vscode.window.showWarningMessage(text);
}

function requireModule(script: Script): FoundModule {
  const found = moduleOf(script.uri.fsPath, script.folder);
  if (found) return found;
  const name = path.basename(script.uri.fsPath);
  throw new TrainyardError('BAD_REQUEST', vscode.l10n.t('{0} is no longer part of a package.', name), {
    hint: vscode.l10n.t('Submit it with options, as a script.'),
  });
}

/** Offers to restore the experiment that a submit was refused for. @returns whether it is back */
async function restoreDeleted(error: TrainyardError, workspace: Workspace): Promise<boolean> {
  const id = deletedExperimentOf(error);
  const restore = vscode.l10n.t('Restore and Submit');
  if (id === undefined || (await vscode.window.showErrorMessage(error.message, restore)) !== restore)
    return false;
  await facetOf(workspace, 'edit').restoreExperiment(id);
  return true;
}

/** A task, or the memory of what was submitted last, may name a script that is gone. */
async function requireFile(uri: vscode.Uri): Promise<void> {
  try {
    await vscode.workspace.fs.stat(uri);
  } catch (cause) {
    if (!(cause instanceof vscode.FileSystemError)) throw cause;
    throw new TrainyardError('NOT_FOUND', vscode.l10n.t('The script {0} does not exist.', uri.fsPath), {
      cause,
    });
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
      'Files that you leave out are missing where the script runs. To always leave them out, list them in an ignore file (.gitignore).',
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
