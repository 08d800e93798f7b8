import { experimentKey, parseRunKey, runKey, type RunKey } from '../../workspace/run-ref.js';
import type { RunPart } from '../../workspace/types.js';
import type { PanelWorkspaces } from './panel-workspaces.js';

/** A workspace's event, with what it is about named by key. */
export type KeyedEvent =
  | { type: 'run'; run: RunKey; experiment: string; parts: RunPart[] }
  | { type: 'experiments' | 'models' | 'reset'; workspace: string };

/** Listens to the workspaces of what a panel shows, and to no others. */
export class WorkspaceEvents {
  readonly #workspaces: PanelWorkspaces;
  readonly #listener: (event: KeyedEvent) => void;
  readonly #subscriptions = new Map<string, { dispose(): void }>();

  constructor(workspaces: PanelWorkspaces, listener: (event: KeyedEvent) => void) {
    this.#workspaces = workspaces;
    this.#listener = listener;
  }

  /** In place of those that were followed before. */
  follow(ids: Iterable<string>): void {
    const wanted = new Set(ids);
    for (const [id, subscription] of this.#subscriptions)
      if (!wanted.has(id)) {
        subscription.dispose();
        this.#subscriptions.delete(id);
      }
    for (const id of wanted) {
      const workspace = this.#workspaces.all.find((each) => each.id === id);
      if (workspace && !this.#subscriptions.has(id))
        this.#subscriptions.set(
          id,
          workspace.onEvent((event) =>
            this.#listener(
              event.type === 'run'
                ? {
                    type: 'run',
                    run: runKey({ workspace: id, run: event.runId }),
                    experiment: experimentKey({ workspace: id, experiment: event.experimentId }),
                    parts: event.parts,
                  }
                : { type: event.type, workspace: id },
            ),
          ),
        );
    }
  }

  /** The workspaces of these runs. */
  followRuns(keys: readonly RunKey[]): void {
    this.follow(keys.map((key) => parseRunKey(key).workspace));
  }

  dispose(): void {
    this.follow([]);
  }
}
