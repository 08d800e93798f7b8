import * as vscode from 'vscode';
import type { Run } from '../../workspace/types.js';
import { experimentKey } from '../../workspace/run-ref.js';
import { byCurrentKey } from '../../panels/keys.js';
import type { Goals, TableLayout } from '../../panels/table-messages.js';

const LAYOUTS_KEY = 'table.layouts';
/** Key of the layout for the runs of all experiments. */
const ALL = '*';

/** Layouts of the runs table by experiment. What is said there of the goals of metrics counts in the other panels, too. */
export class TableLayouts implements vscode.Disposable {
  readonly #state: Pick<vscode.Memento, 'get' | 'update'>;
  readonly #goalsChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeGoals = this.#goalsChanged.event;

  constructor(state: Pick<vscode.Memento, 'get' | 'update'>) {
    this.#state = state;
  }

  /** @param experimentId key of the experiment; null: of all. @returns null when nobody arranged it */
  of(experimentId: string | null): TableLayout | null {
    const layout = this.#kept()[experimentId ?? ALL];
    return layout?.version === 2 ? layout : null;
  }

  async keep(experimentId: string | null, layout: TableLayout): Promise<void> {
    const before = JSON.stringify(this.of(experimentId)?.goals ?? {});
    await this.#state.update(LAYOUTS_KEY, { ...this.#kept(), [experimentId ?? ALL]: layout });
    if (JSON.stringify(layout.goals) !== before) this.#goalsChanged.fire();
  }

  /** What was said of an experiment wins over what was said of all; the first run's experiment over the others. */
  goalsOf(runs: readonly Pick<Run, 'workspace' | 'experimentId'>[]): Goals {
    const ids = [
      ...new Set(
        runs.map(({ workspace, experimentId }) => experimentKey({ workspace, experiment: experimentId })),
      ),
    ];
    return Object.assign({}, ...[null, ...ids.reverse()].map((id) => this.of(id)?.goals)) as Goals;
  }

  dispose(): void {
    this.#goalsChanged.dispose();
  }

  #kept(): Record<string, TableLayout> {
    return byCurrentKey(this.#state.get<Record<string, TableLayout>>(LAYOUTS_KEY, {}), [ALL]);
  }
}
