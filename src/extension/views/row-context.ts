import { failedAt } from '../runs/run-failure.js';
import { ACTIVE_STATES, type Run } from '../../workspace/types.js';

/** What a row is, for the `when` clauses of its menus: `viewItem =~ /\bactive\b/`. */
export interface RowContext {
  kind:
    | 'experiment'
    | 'run'
    | 'section'
    | 'value'
    | 'file'
    | 'folder'
    | 'model'
    | 'workspace'
    | 'compute'
    | 'message';
  /** A job that has not ended. */
  active?: boolean;
  /** One whose script has ended, so that there is nothing to cancel. */
  collecting?: boolean;
  /** Started by Trainyard: it has a log, and can be cancelled and submitted again. */
  job?: boolean;
  /** Its code is kept. */
  code?: boolean;
  /** It failed at a line of the person's code. */
  place?: boolean;
  /** It names a run that made it. */
  hasRun?: boolean;
}

/** `contextValue` of a tree item: tokens in one order, separated by `;`. */
export function rowContext({ kind, active, collecting, job, code, place, hasRun }: RowContext): string {
  return [
    kind,
    active && 'active',
    collecting && 'collecting',
    job && 'job',
    code && 'code',
    place && 'place',
    hasRun && 'hasRun',
  ]
    .filter(Boolean)
    .join(';');
}

/**
 * Whether the run is a job that has not ended: it cannot be deleted yet. A script that was started
 * elsewhere may have died without a word, so its run can be deleted whatever its state says.
 */
export function isActive({ job, state }: Pick<Run, 'job' | 'state'>): boolean {
  return job !== undefined && ACTIVE_STATES.includes(state);
}

/** Whether there is something to end: not when a job only has its files to keep. */
export function isCancellable(run: Pick<Run, 'job' | 'state'>): boolean {
  return isActive(run) && run.state !== 'collecting';
}

/** Whether a script of somebody's own has the run open, or left it so when it died. */
export function isOpen({ job, state }: Pick<Run, 'job' | 'state'>): boolean {
  return job === undefined && ACTIVE_STATES.includes(state);
}

export function runContext(run: Run): string {
  return rowContext({
    kind: 'run',
    active: isActive(run),
    collecting: run.state === 'collecting',
    job: run.job !== undefined,
    code: run.code?.snapshot !== undefined,
    place: failedAt(run) !== undefined,
  });
}
