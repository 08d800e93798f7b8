import type { ChartRun } from '../../src/panels/messages.js';
import { ACTIVE } from '../shared/run-state.js';
import { isOfMachine } from './layout.js';

/**
 * The run whose log is shown in place of charts: if no run has logged a metric, the newest active one, or else the
 * newest. Undefined if any has logged a metric, or none has a log.
 */
export function printingRun(runs: readonly ChartRun[]): ChartRun | undefined {
  if (!runs.every(({ metrics }) => metrics.every(isOfMachine))) return undefined;
  const [newest] = runs
    .filter(({ hasLog }) => hasLog)
    .toSorted(
      (a, b) => Number(ACTIVE.has(b.state)) - Number(ACTIVE.has(a.state)) || b.startTime - a.startTime,
    );
  return newest;
}
