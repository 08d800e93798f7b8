import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { refOf, shortKey } from '../../workspace/run-ref.js';
import type { Run } from '../../workspace/types.js';
import { COMMANDS } from '../command-ids.js';
import { CONTEXT_KEYS } from '../context-key-names.js';
import { setContext } from '../context-keys.js';
import { showError, type Remedy } from '../errors.js';
import { isPython } from '../submit/interpreter.js';
import type { ScriptOptions, SubmitMemory } from '../submit/script-options.js';
import { findScript, type Script } from '../submit/script.js';
import type { Submitter } from '../submit/submitter.js';
import type { Register } from './register.js';
import { askOptions, type StepParts } from './submit-steps.js';

export interface SubmitParts extends Omit<StepParts, 'workspace'> {
  submitter: Submitter;
  memory: SubmitMemory;
  /** Shows a run that was just submitted. */
  onSubmitted: (run: Run) => void;
}

/**
 * Each answers the key of the run, so that other extensions and tests can follow it. In the workspace of this computer the
 * key is the id of the run.
 */
export function registerSubmitCommands(register: Register, parts: SubmitParts): void {
  const { memory } = parts;

  register(COMMANDS.submit, async (argument) => {
    const script = await findScript(argument);
    return script && submitScript(parts, script, memory.options(script.uri.toString()));
  });

  register(COMMANDS.submitWithOptions, async (argument) => {
    requireTrust();
    const script = await findScript(argument);
    if (!script) return undefined;
    const before = memory.options(script.uri.toString());
    const asked = await askOptions(script, before, { ...parts, workspace: parts.workspaces.active });
    return asked && submitScript(parts, script, asked.options, asked.displayName);
  });
}

/** Answers the key of the run; undefined when there is none, which a person was told. */
export async function submitScript(
  { submitter, memory, log, onSubmitted }: SubmitParts,
  script: Script,
  options: ScriptOptions,
  displayName?: string,
): Promise<string | undefined> {
  requireTrust();
  let run: Run | undefined;
  try {
    run = await submitter.submitScript(script, options, displayName);
  } catch (error) {
    void showError(error, log, remediesOf(error, script));
    return undefined;
  }
  if (!run) return undefined;
  await memory.remember(script.uri.toString(), options);
  setContext(CONTEXT_KEYS.canSubmitAgain, true);
  onSubmitted(run);
  return shortKey(refOf(run));
}

/** What is submitted is run: never from a folder that a person does not trust. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new TrainyardError(
    'FORBIDDEN',
    vscode.l10n.t('Scripts and job files in an untrusted folder cannot be submitted.'),
    {
      hint: vscode.l10n.t('Trust the folder with “Workspaces: Manage Workspace Trust”.'),
    },
  );
}

function remediesOf(error: unknown, script: Script): Remedy[] {
  if (!TrainyardError.is(error, 'NO_INTERPRETER')) return [];
  const command = isPython(script) ? COMMANDS.chooseInterpreter : COMMANDS.submitWithOptions;
  return [
    {
      title: vscode.l10n.t('Choose Interpreter…'),
      run: () => vscode.commands.executeCommand(command, script.uri),
    },
  ];
}
