import type * as vscode from 'vscode';
import type { ExperimentNode, RunNode } from '../runs/run-nodes.js';
import type { Leaf } from './leaf.js';

type Row = ExperimentNode | RunNode | Leaf;

/**
 * Rows of the Runs view that are dragged. A page on which they are dropped learns that they come from that view, but not
 * which they are: it asks its host, which knows by this.
 */
export class RunDrag implements vscode.TreeDragAndDropController<Row> {
  readonly dragMimeTypes = [];
  readonly dropMimeTypes = [];
  #runIds: readonly string[] = [];

  get runIds(): readonly string[] {
    return this.#runIds;
  }

  handleDrag(rows: readonly Row[]): void {
    this.#runIds = rows.flatMap((row) => {
      if (row.kind === 'run') return row.run.id;
      return row.kind === 'experiment' ? row.top.map(({ run }) => run.id) : [];
    });
  }
}
