import * as vscode from 'vscode';
import { entryPointsIn, MAIN } from '../../job/file/mlproject.js';
import type { JobFileReading } from '../../job/file/read.js';
import { refOf, shortKey } from '../../workspace/run-ref.js';
import type { Run } from '../../workspace/types.js';
import { COMMANDS } from '../command-ids.js';
import { CONTEXT_KEYS } from '../context-key-names.js';
import { setContext } from '../context-keys.js';
import { showError } from '../errors.js';
import type { KnownJobFiles } from '../job-files/known-job-files.js';
import type { LiveNames } from '../job-files/names.js';
import { settings } from '../settings.js';
import { fileProblemsOf, findJobFile, showFileProblems } from '../submit/job-file.js';
import { type JobFileOptions, PLAIN_JOB_FILE } from '../submit/job-file-options.js';
import { saveEdits } from '../submit/script.js';
import { askJobFileOptions } from './job-file-steps.js';
import type { Register } from './register.js';
import { requireTrust, type SubmitParts } from './submit.js';

export interface JobFileParts extends SubmitParts {
  known: KnownJobFiles;
  names: LiveNames;
}

/** Each answers the key of the run, as those for scripts do. */
export function registerJobFileCommands(register: Register, parts: JobFileParts): void {
  register(COMMANDS.submitJobFile, (file, more) => start(file, more, false));
  register(COMMANDS.submitJobFileWithOptions, (file, more) => start(file, more, true));

  /** @param more names an entry point, when the button above one was pressed */
  async function start(argument: unknown, more: unknown, isAsked: boolean): Promise<string | undefined> {
    requireTrust();
    const uri = await findJobFile(argument, parts.known);
    if (!uri || !(await saveEdits(settings.saveBeforeSubmit()))) return undefined;
    const point = await chooseEntryPoint(uri, entryPointOf(more), isAsked);
    if (!point) return undefined;
    const { reading, entryPoint } = point;
    const wrong = reading.problems.filter(({ severity }) => severity === 'error');
    if (wrong.some(({ code }) => code !== 'missing-value')) {
      await showFileProblems(uri.fsPath, wrong);
      return undefined;
    }
    const { secrets } = parts.memory.jobFileOptions(uri.toString());
    const before = { ...PLAIN_JOB_FILE, secrets, ...(entryPoint !== undefined && { entryPoint }) };
    // What the file leaves open must be asked for in any case.
    if (!isAsked && wrong.length === 0) return submitJobFile(parts, uri, before);
    const asked = await askJobFileOptions(uri, reading, before, {
      ...parts,
      workspace: parts.workspaces.active,
    });
    return asked && submitJobFile(parts, uri, asked.options, asked.displayName);
  }
}

/** Submits what is on disk. Answers the key of the run; undefined when there is none, which a person was told. */
export async function submitJobFile(
  { submitter, memory, log, onSubmitted }: SubmitParts,
  uri: vscode.Uri,
  options: JobFileOptions,
  displayName?: string,
): Promise<string | undefined> {
  requireTrust();
  let run: Run | undefined;
  try {
    run = await submitter.submitJobFile(uri, options, displayName);
  } catch (error) {
    const wrong = fileProblemsOf(error);
    if (wrong) await showFileProblems(wrong.file, wrong.problems);
    else void showError(error, log);
    return undefined;
  }
  if (!run) return undefined;
  await memory.rememberJobFile(uri.toString(), options);
  setContext(CONTEXT_KEYS.canSubmitAgain, true);
  onSubmitted(run);
  return shortKey(refOf(run));
}

/**
 * The file as it reads for the entry point that is meant: the one that was named, `main` unless a person is asked anyway, the
 * only one, or the one that a person picks. Undefined when nobody picked. Other files have none.
 */
async function chooseEntryPoint(
  { fsPath }: vscode.Uri,
  named: string | undefined,
  isAsked: boolean,
): Promise<{ reading: JobFileReading; entryPoint?: string } | undefined> {
  const { readJobFileAt } = await import('../../job/file/plan.js');
  const reading = readJobFileAt(fsPath, [], named);
  if (named !== undefined) return { reading, entryPoint: named };
  const isProject = reading.recognised?.kind.id === 'mlproject';
  const names = isProject ? entryPointsIn(reading.yaml.root).map(({ value }) => String(value)) : [];
  if (names.length === 0) return { reading };
  const usual = names.length === 1 ? names[0] : !isAsked && names.includes(MAIN) ? MAIN : undefined;
  const placeHolder = vscode.l10n.t('Run which entry point?');
  const entryPoint = usual ?? (await vscode.window.showQuickPick(names, { placeHolder }));
  return entryPoint === undefined
    ? undefined
    : { reading: readJobFileAt(fsPath, [], entryPoint), entryPoint };
}

/** Menus pass other things in this place. */
function entryPointOf(more: unknown): string | undefined {
  return typeof more === 'object' &&
    more !== null &&
    'entryPoint' in more &&
    typeof more.entryPoint === 'string'
    ? more.entryPoint
    : undefined;
}
