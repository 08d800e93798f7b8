import * as vscode from 'vscode';
import { refOf, shortKey } from '../../workspace/run-ref.js';
import { ACTIVE_STATES, type FailureCause, type Progress, type Run } from '../../workspace/types.js';
import { formatCount, formatDuration, formatProgress, formatTime, formatValue } from '../format.js';
import { COMMANDS } from '../command-ids.js';
import { failedAt, failureOf, lineWord } from '../runs/run-failure.js';
import { stateWord, waitWord } from '../runs/run-words.js';

const LISTED = 8;

/** Everything that names, places and judges a run, made when a person points at it. */
export function runTooltip(run: Run): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  const row = (name: string, value: string) =>
    text
      .appendMarkdown('\n| ')
      .appendText(name)
      .appendMarkdown(' | ')
      .appendText(flat(value))
      .appendMarkdown(' |');

  text.appendMarkdown('**').appendText(run.name).appendMarkdown('** — ').appendText(stateWord(run.state));
  const failure = failureOf(run);
  if (failure) appendFailure(text, run, failure);
  else if (run.job?.reason) text.appendMarkdown('\n\n').appendText(run.job.reason);
  const wait = waitWord(run);
  if (wait !== undefined) {
    const why = run.job?.unreachable?.why;
    text.appendMarkdown('\n\n').appendText(why === undefined ? wait : `${wait}: ${why}`);
  }
  text.appendMarkdown('\n\n| | |\n|---|---|');
  row(vscode.l10n.t('Started'), formatTime(run.startTime));
  const end = run.endTime ?? (ACTIVE_STATES.includes(run.state) ? Date.now() : undefined);
  if (end !== undefined) row(vscode.l10n.t('Duration'), formatDuration(end - run.startTime));
  if (run.job?.progress && ACTIVE_STATES.includes(run.state))
    row(vscode.l10n.t('Progress'), progressLine(run.job.progress));
  if (run.job) {
    row(vscode.l10n.t('Command'), run.job.command.join(' '));
    row(vscode.l10n.t('Target'), run.job.target);
    if (run.job.outsideCode) row(vscode.l10n.t('Code not kept'), run.job.outsideCode.join(', '));
    if (run.job.elsewhere) row(vscode.l10n.t('Also logs to'), run.job.elsewhere.join(', '));
    if (run.job.exitCode !== null) row(vscode.l10n.t('Exit code'), String(run.job.exitCode));
  }
  if (run.code) row(vscode.l10n.t('Code'), codeLine(run));
  row(vscode.l10n.t('Run ID'), run.id);
  const metrics = Object.entries(run.metrics).filter(([name]) => !name.startsWith('system/'));
  for (const [name, { value }] of metrics.slice(0, LISTED)) row(name, formatValue(value));
  if (metrics.length > LISTED) row('…', vscode.l10n.t('{0} more metrics', metrics.length - LISTED));
  return text;
}

/** Why it failed, with a link to the line. */
function appendFailure(text: vscode.MarkdownString, run: Run, { headline, hint }: FailureCause): void {
  text.supportThemeIcons = true;
  text.appendMarkdown('\n\n$(error) ').appendText(headline);
  const place = failedAt(run);
  if (place) {
    text.isTrusted = { enabledCommands: [COMMANDS.openFailure] };
    const argument = encodeURIComponent(JSON.stringify([shortKey(refOf(run))]));
    text.appendMarkdown('  \n[').appendText(lineWord(place));
    text.appendMarkdown(`](command:${COMMANDS.openFailure}?${argument})`);
  }
  if (hint) text.appendMarkdown('\n\n').appendText(hint);
}

/** e.g. `45%, 450 of 1,000, 12s left`; `1,234 it` when the total is not known. */
function progressLine(progress: Progress): string {
  const { done, total, remainingSeconds } = progress;
  const parts = [formatProgress(progress)];
  if (total !== undefined) parts.push(vscode.l10n.t('{0} of {1}', formatCount(done), formatCount(total)));
  if (remainingSeconds !== undefined)
    parts.push(vscode.l10n.t('{0} left', formatDuration(remainingSeconds * 1000)));
  return parts.join(', ');
}

/** e.g. `main @ 1a2b3c4 + 2 changed files`. */
export function codeLine({ code }: Pick<Run, 'code'>): string {
  if (!code) return '';
  const commit = code.head ? code.head.slice(0, 7) : vscode.l10n.t('no commit');
  const where = code.branch ? `${code.branch} @ ${commit}` : commit;
  if (code.changedFiles === 0) return where;
  return code.changedFiles === 1
    ? vscode.l10n.t('{0} + 1 changed file', where)
    : vscode.l10n.t('{0} + {1} changed files', where, code.changedFiles);
}

/** A table's cell is one line. */
function flat(value: string): string {
  return value.replaceAll(/\s+/g, ' ').slice(0, 300);
}
