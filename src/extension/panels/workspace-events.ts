import { parseRunKey, runKey, type RunKey } from '../../workspace/run-ref.js';
import type { RunPart } from '../../workspace/types.js';
import type { PanelWorkspace, PanelWorkspaces } from './panel-workspaces.js';

/** A workspace's event, with what it is about named by key. */
export type KeyedEvent =
  | { type: 'run'; run: RunKey; parts: RunPart[] }
  | { type: 'experiments' | 'models' | 'data' | 'environments' | 'reset'; workspace: string };

/** Undefined while it is not there, or cannot be opened. */
interface Followed {
  workspace: PanelWorkspace | undefined;
  subscription: { dispose(): void } | undefined;
}

/**
 * Listens to the workspaces of what a panel shows, and to no others. One that came, went, was renamed or is opened anew
 * is told of as a reset, as one that can be reached again: all of it may be other than before.
 */
export class WorkspaceEvents {
  readonly #workspaces: PanelWorkspaces;
  readonly #listener: (event: KeyedEvent) => void;
  readonly #followed = new Map<string, Followed>();
  readonly #list: { dispose(): void };
  #hasSeveral: boolean;

  constructor(workspaces: PanelWorkspaces, listener: (event: KeyedEvent) => void) {
    this.#workspaces = workspaces;
    this.#listener = listener;
    this.#hasSeveral = workspaces.all.length > 1;
    this.#list = workspaces.onDidChange(() => this.#onList());
  }

  /** Of the workspaces of these runs, in place of those that were followed before. */
  followRuns(keys: readonly RunKey[]): void {
    const wanted = new Set(keys.map((key) => parseRunKey(key).workspace));
    for (const [id, { subscription }] of this.#followed)
      if (!wanted.has(id)) {
        subscription?.dispose();
        this.#followed.delete(id);
      }
    for (const id of wanted) if (!this.#followed.has(id)) this.#followed.set(id, this.#begin(id));
  }

  dispose(): void {
    this.#list.dispose();
    this.followRuns([]);
  }

  #onList(): void {
    // Runs are called by their workspaces where there are several.
    const hasSeveral = this.#workspaces.all.length > 1;
    const isNamedAnew = hasSeveral !== this.#hasSeveral;
    this.#hasSeveral = hasSeveral;
    const changed = [...this.#followed].filter(([id, { workspace }]) => workspace !== this.#find(id));
    for (const [id, { subscription }] of changed) {
      subscription?.dispose();
      this.#followed.set(id, this.#begin(id));
    }
    const told = isNamedAnew ? [...this.#followed.keys()] : changed.map(([id]) => id);
    for (const workspace of told) this.#listener({ type: 'reset', workspace });
  }

  #find(id: string): PanelWorkspace | undefined {
    return this.#workspaces.all.find((each) => each.id === id);
  }

  #begin(id: string): Followed {
    const workspace = this.#find(id);
    const subscription = workspace?.onEvent((event) =>
      this.#listener(
        event.type === 'run'
          ? {
              type: 'run',
              run: runKey({ workspace: id, run: event.runId }),
              parts: event.parts,
            }
          : { type: event.type, workspace: id },
      ),
    );
    return { workspace, subscription };
  }
}
