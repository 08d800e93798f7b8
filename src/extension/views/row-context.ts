import type { Facet } from '../../workspace/facets.js';
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
    | 'environments'
    | 'environment'
    | 'environmentVersion'
    | 'datasets'
    | 'dataset'
    | 'datasetVersion'
    | 'message';
  /** A job that has not ended. */
  active?: boolean;
  /** One whose script has ended, so that there is nothing to cancel. */
  collecting?: boolean;
  /** Started by Trainyard: it has a log, and can be cancelled and submitted again. */
  job?: boolean;
  /** A job that runs: an editor's debugger can attach to it. */
  debuggable?: boolean;
  /** Its code is kept. */
  code?: boolean;
  /** It failed at a line of the person's code. */
  place?: boolean;
  /** It names a run that made it. */
  hasRun?: boolean;
  /** Of a workspace: it is not that of this computer. */
  removable?: boolean;
  /** Of a workspace: it can run jobs. */
  jobs?: boolean;
  /** Of a workspace: what was deleted can be removed for good. */
  purge?: boolean;
  /** Of a workspace: its server is on this computer. */
  server?: boolean;
  /** Its workspace cannot change runs. */
  readOnly?: boolean;
  /** A job in a container: a shell may be opened there. */
  shell?: boolean;
  /** Outputs of it were not registered or copied. */
  outputs?: boolean;
  /** Of a version of an environment or of data, or of all of them: it is not offered. */
  archived?: boolean;
  /** Of an environment: a version with exact packages can be made. */
  lockable?: boolean;
  /** Of a target: what is left there can be listed and removed. */
  prune?: boolean;
}

/** `contextValue` of a tree item: tokens in one order, separated by `;`. */
export function rowContext({ kind, ...is }: RowContext): string {
  const { active, collecting, job, code, place, hasRun, removable, jobs, purge, server, readOnly } = is;
  const { debuggable, shell, outputs, prune, archived, lockable } = is;
  return [
    kind,
    active && 'active',
    collecting && 'collecting',
    job && 'job',
    debuggable && 'debuggable',
    code && 'code',
    place && 'place',
    hasRun && 'hasRun',
    removable && 'removable',
    jobs && 'jobs',
    purge && 'purge',
    server && 'server',
    readOnly && 'readOnly',
    shell && 'shell',
    outputs && 'outputs',
    prune && 'prune',
    archived && 'archived',
    lockable && 'lockable',
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

/**
 * Whether a script of somebody's own has the run open, or left it so when it died. A job whose target does not answer
 * may never end either.
 */
export function isOpen({ job, state }: Pick<Run, 'job' | 'state'>): boolean {
  return (job === undefined || job.unreachable !== undefined) && ACTIVE_STATES.includes(state);
}

/** Jobs of this machine have none, whatever environment they run in. */
export function mayBeInContainer({ job }: Pick<Run, 'job'>): boolean {
  return job?.environment !== undefined && job.environment.kind !== 'interpreter' && job.target !== 'local';
}

/** @param lacks facets that its workspace does not have */
export function runContext(run: Run, lacks: readonly Facet[] = []): string {
  const has = (facet: Facet) => !lacks.includes(facet);
  return rowContext({
    kind: 'run',
    active: isActive(run),
    collecting: run.state === 'collecting',
    job: run.job !== undefined && has('jobs'),
    debuggable: run.state === 'running' && run.job !== undefined && has('jobs'),
    code: run.code?.snapshot !== undefined && has('code'),
    place: failedAt(run) !== undefined && has('code'),
    readOnly: !has('edit'),
    shell: mayBeInContainer(run) && has('jobs'),
    outputs: run.job?.lacksOutputs && has('jobs'),
  });
}
