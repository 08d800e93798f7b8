import type * as vscode from 'vscode';
import { refOf, type RunKey, shortKey } from '../../workspace/run-ref.js';
import type { ExperimentNode, RunNode } from '../runs/run-nodes.js';
import type { Leaf } from './leaf.js';
import type { WorkspaceNode } from './live-view.js';

type Row = WorkspaceNode | ExperimentNode | RunNode | Leaf;

/**
 * Rows of the Runs view that are dragged. A page on which they are dropped learns that they come from that view, but not
 * which they are: it asks its host, which knows by this.
 */
export class RunDrag implements vscode.TreeDragAndDropController<Row> {
  readonly dragMimeTypes = [];
  readonly dropMimeTypes = [];
  #runIds: readonly RunKey[] = [];

  /** Their keys. */
  get runIds(): readonly RunKey[] {
    return this.#runIds;
  }

  handleDrag(rows: readonly Row[]): void {
    this.#runIds = rows.flatMap((row) => {
      if (row.kind === 'run') return shortKey(refOf(row.run));
      return row.kind === 'experiment' ? row.top.map(({ run }) => shortKey(refOf(run))) : [];
    });
  }
}
