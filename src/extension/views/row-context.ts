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
  /** Queued, preparing or running. */
  active?: boolean;
  /** Started by Trainyard: it has a log, and can be cancelled and submitted again. */
  job?: boolean;
  /** Its code is kept. */
  code?: boolean;
  /** It names a run that made it. */
  hasRun?: boolean;
}

/** `contextValue` of a tree item: tokens in one order, separated by `;`. */
export function rowContext({ kind, active, job, code, hasRun }: RowContext): string {
  return [kind, active && 'active', job && 'job', code && 'code', hasRun && 'hasRun']
    .filter(Boolean)
    .join(';');
}

export function runContext(run: Run): string {
  return rowContext({
    kind: 'run',
    active: ACTIVE_STATES.includes(run.state),
    job: run.job !== undefined,
    code: run.code?.snapshot !== undefined,
  });
}
