import type { ChartRun } from '../../src/panels/messages.js';
import { ACTIVE } from '../shared/run-state.js';
import { isOfMachine } from './layout.js';

/**
 * The run whose log is shown where charts would be: of runs that logged no metric of their own the newest that goes on,
 * else the newest. Undefined when any has logged one, or none has a log.
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
