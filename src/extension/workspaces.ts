import type { LocalWorkspace } from '../workspace/local/workspace.js';

/** The workspaces that are known; `active` is the one that views and commands work on. */
export interface Workspaces {
  readonly active: LocalWorkspace;
  readonly all: readonly LocalWorkspace[];
}
