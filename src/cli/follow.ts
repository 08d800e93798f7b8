import process from 'node:process';
import { formatValue } from '../base/format.js';
import type { Workspace } from '../workspace/workspace.js';
import { formatProgress } from '../workspace/progress.js';
import { ACTIVE_STATES, type Run } from '../workspace/types.js';
import { mainMetrics, print, runTime } from './output.js';

const isActive = (run: Run) => ACTIVE_STATES.includes(run.state);

/** Waits until a run has ended, or is as it is to be, and calls `show` on each change. */
export async function waitFor(
  workspace: Workspace,
  id: string,
  show: (run: Run) => void,
  isEnough: (run: Run) => boolean = () => false,
): Promise<Run> {
  let wake: () => void = () => undefined;
  const events = workspace.onEvent((event) => {
    if (event.type === 'reset' || (event.type === 'run' && event.runId === id)) wake();
  });
  try {
    for (;;) {
      const changed = new Promise<void>((resolve) => (wake = resolve));
      const run = await workspace.run(id);
      show(run);
      if (!isActive(run) || isEnough(run)) return run;
      // Events trigger an update; the timer is for the clock on the screen and for lost events.
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([changed, new Promise<void>((resolve) => (timer = setTimeout(resolve, 1000)))]);
      clearTimeout(timer);
    }
  } finally {
    events.dispose();
  }
}

/** On a terminal a single line that is overwritten, elsewhere a line for each change. */
export class Progress {
  private readonly live = process.stdout.isTTY === true;
  private last = '';

  show(run: Run): void {
    const metrics = mainMetrics(run);
    const step = Math.max(0, ...metrics.map(([, { step }]) => step));
    const values = metrics.slice(0, 4).map(([key, { value }]) => `${key} ${formatValue(value)}`);
    if (this.live) {
      const state = [run.state, runTime(run), progressOf(run)].filter(Boolean).join(' ');
      const text = [state, ...(step > 0 ? [`step ${step}`] : []), ...values].join('  ');
      process.stdout.write(`\r\x1b[2K${text.slice(0, (process.stdout.columns ?? 80) - 1)}`);
      if (!isActive(run)) print('');
    } else {
      const text = [run.state, ...(values.length > 0 ? [`step ${step}`] : []), ...values].join('  ');
      if (text !== this.last) print(text);
      this.last = text;
    }
  }
}

function progressOf({ job, state }: Run): string | undefined {
  return job?.progress && ACTIVE_STATES.includes(state) ? formatProgress(job.progress) : undefined;
}

/** The exit code that a waiting call ends with: the job's own. */
export function exitCodeOf(run: Run): number {
  if (run.state === 'finished') return 0;
  if (run.state === 'cancelled') return 130;
  return run.job?.exitCode || 1;
}
