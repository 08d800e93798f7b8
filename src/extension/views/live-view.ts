import * as vscode from 'vscode';
import type { WorkspaceEvent } from '../../workspace/types.js';
import { COMMANDS } from '../command-ids.js';
import { isCancelled, logError } from '../errors.js';
import { Coalescer } from '../runs/coalescer.js';
import type { Workspaces } from '../workspaces.js';
import { errorLeaf, type Leaf } from './leaf.js';

/** Training logs many times a second; a tree need not flicker with it. */
const REFRESH_GAP = 500;
/** Ages in descriptions go stale. */
const AGE_REFRESH = 60_000;

/**
 * A tree over a workspace. While it is hidden it asks nothing and listens to nothing; shown again, it starts anew.
 * Rows besides leaves are the subclass's own.
 */
export abstract class LiveView<Node extends object>
  implements vscode.TreeDataProvider<Node | Leaf>, vscode.Disposable
{
  protected readonly view: vscode.TreeView<Node | Leaf>;
  protected readonly workspaces: Workspaces;
  protected readonly changed = new vscode.EventEmitter<Node | Leaf | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly #id: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #visibility: vscode.Disposable;
  readonly #refresh: Coalescer;
  #events: WorkspaceEvent[] = [];
  #listening: { dispose(): void } | undefined;
  #clock: NodeJS.Timeout | undefined;

  constructor(
    id: string,
    workspaces: Workspaces,
    log: vscode.LogOutputChannel,
    canSelectMany = false,
    dragAndDropController?: vscode.TreeDragAndDropController<Node | Leaf>,
  ) {
    this.#id = id;
    this.#log = log;
    this.workspaces = workspaces;
    this.#refresh = new Coalescer(
      () => this.applyEvents(this.#events.splice(0)),
      REFRESH_GAP,
      (error) => {
        if (!isCancelled(error)) logError(error, log);
        this.refresh();
      },
    );
    this.view = vscode.window.createTreeView(id, {
      treeDataProvider: this,
      canSelectMany,
      showCollapseAll: canSelectMany,
      dragAndDropController,
    });
    this.#visibility = this.view.onDidChangeVisibility(({ visible }) =>
      visible ? this.#start() : this.#stop(),
    );
    // Not yet: the subclass is not built.
    queueMicrotask(() => {
      if (this.view.visible) this.#start();
    });
  }

  /** Rows at the top; what it throws becomes a row. */
  protected abstract roots(): Promise<(Node | Leaf)[]>;
  protected abstract childrenOf(node: Node): Promise<(Node | Leaf)[]>;
  protected abstract itemOf(node: Node): vscode.TreeItem;
  protected abstract tooltipOf(node: Node): vscode.MarkdownString | undefined;
  /** Drops what was fetched. */
  protected abstract forget(): void;
  /** Brings what is shown up to date. */
  protected abstract applyEvents(events: readonly WorkspaceEvent[]): Promise<void>;

  /** Everything anew. */
  refresh(): void {
    this.forget();
    this.changed.fire(undefined);
  }

  /** What was fetched, drawn again. */
  redraw(): void {
    this.changed.fire(undefined);
  }

  getTreeItem(row: Node | Leaf): vscode.TreeItem {
    return isLeaf(row) ? row.item : this.itemOf(row);
  }

  resolveTreeItem(item: vscode.TreeItem, row: Node | Leaf): vscode.TreeItem {
    item.tooltip ??= isLeaf(row) ? row.tooltip?.() : this.tooltipOf(row);
    return item;
  }

  async getChildren(row?: Node | Leaf): Promise<(Node | Leaf)[]> {
    try {
      if (!row) return await this.roots();
      return isLeaf(row) ? ((await row.children?.()) ?? []) : await this.childrenOf(row);
    } catch (error) {
      logError(error, this.#log);
      const id = row ? (this.getTreeItem(row).id ?? this.#id) : this.#id;
      return [errorLeaf(id, error, { title: vscode.l10n.t('Retry'), command: COMMANDS.refresh })];
    }
  }

  dispose(): void {
    this.#stop();
    this.#refresh.dispose();
    this.#visibility.dispose();
    this.view.dispose();
    this.changed.dispose();
  }

  #start(): void {
    if (this.#listening) return;
    this.#listening = this.workspaces.active.onEvent((event) => {
      this.#events.push(event);
      this.#refresh.trigger();
    });
    this.#clock = setInterval(() => this.redraw(), AGE_REFRESH);
    this.refresh();
  }

  #stop(): void {
    this.#listening?.dispose();
    this.#listening = undefined;
    this.#events = [];
    clearInterval(this.#clock);
  }
}

function isLeaf<Node extends object>(row: Node | Leaf): row is Leaf {
  return 'kind' in row && row.kind === 'leaf';
}

/** A tree of leaves only: made anew as a whole. */
export abstract class LeafView extends LiveView<Leaf> {
  protected childrenOf(): Promise<Leaf[]> {
    return Promise.resolve([]);
  }

  protected itemOf(row: Leaf): vscode.TreeItem {
    return row.item;
  }

  protected tooltipOf(): undefined {
    return undefined;
  }
}
