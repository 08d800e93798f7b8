import type { TargetKind } from './context.js';

/** Every kind of place where a job can run: a folder here and a line below. The first is opened at the start of the server. */
export const TARGET_KINDS: readonly TargetKind[] = [
  { kind: 'process', load: () => import('./process/open.js') },
  { kind: 'docker', load: () => import('./docker/open.js') },
];
