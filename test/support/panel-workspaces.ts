import { TrainyardError } from '../../src/base/errors.js';
import type { PanelWorkspace, PanelWorkspaces } from '../../src/extension/panels/panel-workspaces.js';

/** A list of workspaces that a test changes while panels are open. */
export class WorkspaceList implements PanelWorkspaces {
  all: readonly PanelWorkspace[];
  /** Why a workspace that is not among `all` cannot be opened, by its id. */
  readonly problems = new Map<string, Error>();
  readonly listeners = new Set<() => void>();

  constructor(...all: readonly PanelWorkspace[]) {
    this.all = all;
  }

  of({ workspace }: { readonly workspace: string }): PanelWorkspace {
    const found = this.all.find(({ id }) => id === workspace);
    if (found) return found;
    throw this.problems.get(workspace) ?? new TrainyardError('NOT_FOUND', `There is no ${workspace}.`);
  }

  labelOf(id: string): string {
    return this.all.find((each) => each.id === id)?.label ?? id;
  }

  onDidChange(listener: () => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  }

  /** Tells everybody. */
  change(...all: readonly PanelWorkspace[]): void {
    this.all = all;
    for (const listener of [...this.listeners]) listener();
  }
}
