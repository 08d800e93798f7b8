/** What containers of jobs are known by, and where things stand in them. */

export const LABELS = {
  /** The run that the container is for. */
  run: 'trainyard.run',
  /** Trainyard's folder on the machine of the server. */
  home: 'trainyard.home',
  /** What that folder is known by on engines of other machines. */
  id: 'trainyard.id',
  /** That of the job. */
  folder: 'trainyard.folder',
  /** Seconds; 0: none. */
  timeout: 'trainyard.timeout',
  /** Seconds between SIGTERM and SIGKILL. */
  grace: 'trainyard.grace',
} as const;

/** Only one container can have it. */
export function containerName(runId: string): string {
  return `trainyard-${runId}`;
}

/** A copy of a container that was kept, which a shell is opened in. */
export function keptImage(runId: string): string {
  return `trainyard-kept:${runId}`;
}

/** Paths in a container. */
export const INSIDE = {
  output: '/trainyard/output',
  log: '/trainyard/output.log',
  home: '/trainyard/home',
  inputs: '/trainyard/inputs',
  caches: '/trainyard/caches',
  python: '/trainyard/python',
  debuggers: '/trainyard/debuggers',
  /** The person's folder, which links in the code lead to. */
  project: '/trainyard/project',
} as const;

/** Folders of a system: nothing may be put in the place of one. */
const OF_SYSTEM = /^\/(bin|boot|dev|etc|lib\d*|libx?\d*|proc|run|sbin|sys|usr|trainyard)(\/|$)/;

/**
 * Where the code stands: where the person has it, so that paths in tracebacks are the person's own. Where that cannot be, at a
 * path that is known to be that of a run's code.
 */
export function codePlace(root: string, runId: string): string {
  const isOwn = /^\/[^/]+\/./.test(root) && !OF_SYSTEM.test(root) && !root.includes(':');
  return isOwn ? root : `/trainyard/jobs/${runId}/code`;
}
