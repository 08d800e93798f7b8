import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { facetOf } from '../../workspace/facets.js';
import { refOf, shortKey } from '../../workspace/run-ref.js';
import { ACTIVE_STATES, type Run } from '../../workspace/types.js';
import { COMMANDS } from '../command-ids.js';
import { showError } from '../errors.js';
import {
  attachTo,
  debuggerFor,
  debuggerRemedies,
  listenIn,
  requirePythonDebugger,
} from '../submit/debugger.js';
import { isPython } from '../submit/interpreter.js';
import { findScript } from '../submit/script.js';
import type { SubmitParts } from './submit.js';
import { requireTrust } from './submit.js';
import type { Workspaces } from '../workspaces.js';
import type { Register } from './register.js';
import type { RunChooser } from './run-chooser.js';

/** Submitting a script under a debugger, and attaching the editor to a run that has one. */
export function registerDebugCommands(
  register: Register,
  parts: SubmitParts,
  workspaces: Workspaces,
  choose: RunChooser,
): void {
  const { submitter, memory, log, onSubmitted } = parts;

  /** With what a person can do about a failure. */
  const withRemedies = async <T>(task: () => Promise<T | undefined>): Promise<T | undefined> => {
    try {
      return await task();
    } catch (error) {
      void showError(error, log, debuggerRemedies(error));
      return undefined;
    }
  };

  register(COMMANDS.submitAndDebug, (argument) =>
    withRemedies(async () => {
      requireTrust();
      const script = await findScript(argument);
      if (!script) return undefined;
      if (!isPython(script))
        throw new TrainyardError('BAD_REQUEST', vscode.l10n.t('Only Python scripts can be debugged.'));
      requirePythonDebugger();
      const key = script.uri.toString();
      const options = memory.options(key);
      const run = await submitter.submitScript(script, options, undefined, debuggerFor);
      if (!run) return undefined;
      onSubmitted(run);
      const waiting = await untilListening(run);
      if (waiting?.job?.debugger) await attachTo(waiting, waiting.job.debugger);
      return shortKey(refOf(run));
    }),
  );

  register(COMMANDS.attachDebugger, (...args) =>
    withRemedies(async () => {
      const placeholder = vscode.l10n.t('Attach the debugger to which run?');
      const fits = ({ job, state }: Run) => job !== undefined && state === 'running';
      const run = await choose.run(args, { placeholder, fits });
      if (!run) {
        if (args[0] !== undefined)
          throw new TrainyardError(
            'NOT_RUNNING',
            vscode.l10n.t('A debugger can be attached to a job that runs, and this run is none.'),
            { hint: vscode.l10n.t('Start one with “Submit and Debug”.') },
          );
        return undefined;
      }
      requirePythonDebugger();
      const at = await listenIn(run, workspaces.of(run));
      if (!at) return undefined;
      await attachTo(run, at);
      return shortKey(refOf(run));
    }),
  );

  /** The run when its debugger listens; undefined when a person did not want to wait. @throws TARGET_FAILED when it ends before */
  async function untilListening(run: Run): Promise<Run | undefined> {
    const workspace = workspaces.of(run);
    const title = vscode.l10n.t('{0}: waiting for the job to start', run.name);
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    return vscode.window.withProgress(options, async (_, token) => {
      for (;;) {
        let wake: () => void = () => undefined;
        const changed = new Promise<void>((resolve) => (wake = resolve));
        const events = workspace.onEvent((event) => {
          if (event.type === 'reset' || (event.type === 'run' && event.runId === run.id)) wake();
        });
        const cancel = token.onCancellationRequested(wake);
        try {
          const now = await workspace.run(run.id);
          if (token.isCancellationRequested) {
            // Nobody is going to attach: it would wait for ever.
            await facetOf(workspace, 'jobs').cancel(run.id);
            return undefined;
          }
          if (!ACTIVE_STATES.includes(now.state)) throw endedBefore(now);
          if (now.job?.debugger) return now;
          await changed;
        } finally {
          events.dispose();
          cancel.dispose();
        }
      }
    });
  }
}

function endedBefore({ name, job }: Run): TrainyardError {
  const why = job?.cause?.headline ?? job?.reason;
  return new TrainyardError(
    'TARGET_FAILED',
    why === undefined
      ? vscode.l10n.t('{0} ended before the debugger could attach.', name)
      : vscode.l10n.t('{0} ended before the debugger could attach: {1}', name, why),
    { hint: vscode.l10n.t('Its log says more.') },
  );
}
