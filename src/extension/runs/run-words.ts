import * as vscode from 'vscode';
import type { Run, RunState } from '../../workspace/types.js';

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

const COLOURS = 10;

/** The colour that the run has in every chart; contributed by package.json. */
export function runColour(run: Pick<Run, 'number'>): vscode.ThemeColor {
  return new vscode.ThemeColor(`trainyard.run${((run.number % COLOURS) + COLOURS) % COLOURS}`);
}

/**
 * The shape says the state; the colour says which curve is the run's. A failure is red instead, and what waits or was
 * cancelled grey.
 */
export function stateIcon(run: Pick<Run, 'state' | 'number'>): vscode.ThemeIcon {
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
