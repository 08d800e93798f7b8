import * as vscode from 'vscode';
import { ACTIVE_STATES, type Run } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { formatDuration } from '../format.js';
import { failedAt, failureOf, lineWord } from '../runs/run-failure.js';
import { stateWord } from '../runs/run-words.js';
import { aside, TerminalText } from './terminal-text.js';
import { facetOf } from '../../workspace/facets.js';

/** Writes the log of a run from its start until the run has ended, then how it ended. @returns the run as it ended */
export async function followLog(
  workspace: Workspace,
  runId: string,
  write: (text: string) => void,
  signal: AbortSignal,
): Promise<Run> {
  const text = new TerminalText();
  for await (const chunk of facetOf(workspace, 'jobs').log(runId, { follow: true }, signal))
    write(text.decode(chunk));
  write(text.end());
  const run = await workspace.run(runId, signal);
  if (!ACTIVE_STATES.includes(run.state)) write(aside(endLines(run).join('\r\n')));
  return run;
}

function endLines(run: Run): string[] {
  const { state, job } = run;
  const cause = failureOf(run);
  const parts = [stateWord(state)];
  if (job?.exitCode !== null && job?.exitCode !== undefined)
    parts.push(vscode.l10n.t('exit code {0}', job.exitCode));
  if (cause) parts.push(cause.headline);
  else if (job?.reason) parts.push(job.reason);
  if (job?.startedAt !== undefined && job.endedAt !== undefined)
    parts.push(formatDuration(job.endedAt - job.startedAt));
  const place = failedAt(run);
  return [parts.join(' · '), place && lineWord(place), cause?.hint].filter((line) => line !== undefined);
}
