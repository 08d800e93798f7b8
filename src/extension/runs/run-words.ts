import * as vscode from 'vscode';
import { addressOf } from '../../job/debug.js';
import { ACTIVE_STATES, type Run, type RunState } from '../../workspace/types.js';
import { formatDuration } from '../format.js';

/** The name of a state for people. */
export function stateWord(state: RunState): string {
  switch (state) {
    case 'queued':
      return vscode.l10n.t('Queued');
    case 'preparing':
      return vscode.l10n.t('Preparing');
    case 'running':
      return vscode.l10n.t('Running');
    case 'collecting':
      return vscode.l10n.t('Collecting');
    case 'finished':
      return vscode.l10n.t('Finished');
    case 'failed':
      return vscode.l10n.t('Failed');
    case 'cancelled':
      return vscode.l10n.t('Cancelled');
  }
}

const MINUTE = 60_000;

/** What keeps a job from running, or its state from being known: e.g. `not reachable for 4m`. */
export function waitWord({ state, job }: Pick<Run, 'state' | 'job'>, now = Date.now()): string | undefined {
  if (!job || !ACTIVE_STATES.includes(state)) return undefined;
  if (job.unreachable) {
    const lasted = Math.max(0, now - job.unreachable.since);
    const unit = lasted < MINUTE ? 1000 : MINUTE;
    return vscode.l10n.t('not reachable for {0}', formatDuration(Math.floor(lasted / unit) * unit));
  }
  if (state === 'running' && job.debugger?.waits)
    return vscode.l10n.t('waits for a debugger on {0}', addressOf(job.debugger));
  return job.waiting === undefined ? undefined : vscode.l10n.t('waiting: {0}', job.waiting);
}

const COLOURS = 10;

/** The colour that the run has in every chart; contributed by package.json. */
export function runColour(run: Pick<Run, 'number'>): vscode.ThemeColor {
  return new vscode.ThemeColor(`trainyard.run${((run.number % COLOURS) + COLOURS) % COLOURS}`);
}

/**
 * The shape says the state; the colour says which curve is the run's. A failure is red instead, and what waits or was
 * cancelled grey. Nothing turns while nobody knows whether the job goes on.
 */
export function stateIcon(run: Pick<Run, 'state' | 'number' | 'job'>): vscode.ThemeIcon {
  if (run.job?.unreachable && ACTIVE_STATES.includes(run.state))
    return new vscode.ThemeIcon('debug-disconnect', new vscode.ThemeColor('list.warningForeground'));
  switch (run.state) {
    case 'queued':
      return new vscode.ThemeIcon('clock', new vscode.ThemeColor('disabledForeground'));
    case 'preparing':
      return new vscode.ThemeIcon('loading~spin', runColour(run));
    case 'running':
      return new vscode.ThemeIcon('sync~spin', runColour(run));
    case 'collecting':
      return new vscode.ThemeIcon('save-all', runColour(run));
    case 'finished':
      return new vscode.ThemeIcon('pass-filled', runColour(run));
    case 'failed':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
    case 'cancelled':
      return new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('disabledForeground'));
  }
}
