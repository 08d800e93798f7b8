import * as vscode from 'vscode';
import { goalOfName } from '../../base/goal.js';
import type { Run, RunState } from '../../workspace/types.js';
import { formatValue } from '../format.js';
import { settings } from '../settings.js';

/** Whether the person wants to be told of runs that ended so. A person who cancels one knows. */
export function isToldOf(state: RunState): boolean {
  const wanted = settings.notify();
  return wanted === 'all'
    ? state === 'finished' || state === 'failed'
    : wanted === 'failures' && state === 'failed';
}

/** e.g. `val_accuracy 0.93, 0.02 better than the previous best`. @param best of the other runs, when that can be said */
export function resultText(
  { metrics }: Pick<Run, 'metrics'>,
  metric: string,
  best: number | undefined,
): string {
  const value = metrics[metric]?.value ?? NaN;
  const shown = `${metric} ${formatValue(value)}`;
  if (best === undefined || !Number.isFinite(value)) return shown;
  const gain = goalOfName(metric) === 'lower' ? best - value : value - best;
  if (gain === 0) return vscode.l10n.t('{0}, equal to the previous best', shown);
  const size = formatValue(Math.abs(gain));
  return gain > 0
    ? vscode.l10n.t('{0}, {1} better than the previous best', shown, size)
    : vscode.l10n.t('{0}, {1} short of the best', shown, size);
}

/** e.g. `3 runs finished, 1 failed.` */
export function endCounts(runs: readonly Pick<Run, 'state'>[]): string {
  const count = (state: RunState) => runs.filter((run) => run.state === state).length;
  const [finished, failed] = [count('finished'), count('failed')];
  const runsFinished =
    finished === 1 ? vscode.l10n.t('1 run finished') : vscode.l10n.t('{0} runs finished', finished);
  const runsFailed = failed === 1 ? vscode.l10n.t('1 run failed') : vscode.l10n.t('{0} runs failed', failed);
  if (failed === 0) return `${runsFinished}.`;
  return finished === 0 ? `${runsFailed}.` : vscode.l10n.t('{0}, {1} failed.', runsFinished, failed);
}
