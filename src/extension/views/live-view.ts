import * as vscode from 'vscode';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import { isCancelled, logError } from '../errors.js';
import { Coalescer } from '../runs/coalescer.js';
import type { PlacedEvent, Workspaces } from '../workspaces.js';
import { errorLeaf, type Leaf } from './leaf.js';
import { listProblemLeaf, workspaceContext, workspaceIcon } from './workspace-rows.js';

/** Training logs many times a second; a tree need not flicker with it. */
const REFRESH_GAP = 500;
/** Ages in descriptions go stale. */
const AGE_REFRESH = 60_000;

/** A workspace at the top of a tree that shows several. */
export interface WorkspaceNode {
  readonly kind: 'workspace';
  readonly workspaceId: string;
}

/**
 * A tree over the workspaces: of the only one its rows, of several a row for each. One that was not unfolded is asked
 * nothing, and one that fails is a row that says so. While the view is hidden it asks nothing and listens to nothing; shown
 * again, it starts anew. Rows besides workspaces and leaves are the subclass's own.
 */
export abstract class LiveView<Node extends object>
  implements vscode.TreeDataProvider<Node | WorkspaceNode | Leaf>, vscode.Disposable
{
  protected readonly view: vscode.TreeView<Node | WorkspaceNode | Leaf>;
  protected readonly workspaces: Workspaces;
  protected readonly changed = new vscode.EventEmitter<Node | WorkspaceNode | Leaf | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  readonly #id: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #visibility: vscode.Disposable;
  readonly #refresh: Coalescer;
  readonly #nodes = new Map<string, WorkspaceNode>();
  readonly #changes: { dispose(): void };
  /** Ids of the workspaces that were asked since the view was shown: it listens to them. */
  #asked = new Set<string>();
  #events: PlacedEvent[] = [];
  #listening: { dispose(): void } | undefined;
  #clock: NodeJS.Timeout | undefined;

  constructor(
    id: string,
    workspaces: Workspaces,
    log: vscode.LogOutputChannel,
    canSelectMany = false,
    dragAndDropController?: vscode.TreeDragAndDropController<Node | WorkspaceNode | Leaf>,
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
    this.#changes = workspaces.onDidChange(() => this.refresh());
    // Not yet: the subclass is not built.
    queueMicrotask(() => {
      if (this.view.visible) this.#start();
    });
  }

  /** Rows of a workspace at the top; what it throws becomes a row. */
  protected abstract rootsOf(workspace: Workspace): Promise<(Node | Leaf)[]>;
  protected abstract childrenOf(node: Node): Promise<(Node | Leaf)[]>;
  protected abstract itemOf(node: Node): vscode.TreeItem;
  protected abstract tooltipOf(node: Node): vscode.MarkdownString | undefined;
  /** Drops what was fetched. */
  protected abstract forget(): void;
  /** Brings what is shown up to date. */
  protected abstract applyEvents(events: readonly PlacedEvent[]): Promise<void>;

  /** Rows at the top. */
  protected async roots(): Promise<(Node | WorkspaceNode | Leaf)[]> {
    const { listed, problem } = this.workspaces;
    const [only] = listed;
    if (only && !this.hasSeveral) return this.#rowsOf(only.entry.id);
    const rows = listed.map(({ entry }) => this.nodeOf(entry.id));
    return problem === undefined ? rows : [listProblemLeaf(this.#id, problem), ...rows];
  }

  /** Whether workspaces are rows. */
  protected get hasSeveral(): boolean {
    return this.workspaces.listed.length > 1 || this.workspaces.problem !== undefined;
  }

  /** The row of a workspace, of which there is one only. */
  protected nodeOf(workspaceId: string): WorkspaceNode {
    const node = this.#nodes.get(workspaceId) ?? { kind: 'workspace', workspaceId };
    this.#nodes.set(workspaceId, node);
    return node;
  }

  /** Draws the rows of a workspace anew. */
  protected redrawWorkspace(workspaceId: string): void {
    this.changed.fire(this.hasSeveral ? this.nodeOf(workspaceId) : undefined);
  }

  /** Everything anew. */
  refresh(): void {
    this.forget();
    this.changed.fire(undefined);
  }

  /** What was fetched, drawn again. */
  redraw(): void {
    this.changed.fire(undefined);
  }

  getTreeItem(row: Node | WorkspaceNode | Leaf): vscode.TreeItem {
    if (isWorkspace(row)) return workspaceItem(row.workspaceId, this.workspaces);
    return isLeaf(row) ? row.item : this.itemOf(row);
  }

  resolveTreeItem(item: vscode.TreeItem, row: Node | WorkspaceNode | Leaf): vscode.TreeItem {
    if (!isWorkspace(row)) item.tooltip ??= isLeaf(row) ? row.tooltip?.() : this.tooltipOf(row);
    return item;
  }

  async getChildren(row?: Node | WorkspaceNode | Leaf): Promise<(Node | WorkspaceNode | Leaf)[]> {
    try {
      if (!row) return await this.roots();
      if (isWorkspace(row)) return await this.#rowsOf(row.workspaceId);
      return isLeaf(row) ? ((await row.children?.()) ?? []) : await this.childrenOf(row);
    } catch (error) {
      logError(error, this.#log);
      const id = row ? (this.getTreeItem(row).id ?? this.#id) : this.#id;
      const retry = { title: vscode.l10n.t('Retry'), command: COMMANDS.refresh };
      return [errorLeaf(id, error, retry, row && isWorkspace(row) ? row : undefined)];
    }
  }

  dispose(): void {
    this.#stop();
    this.#refresh.dispose();
    this.#changes.dispose();
    this.#visibility.dispose();
    this.view.dispose();
    this.changed.dispose();
  }

  #start(): void {
    if (this.#clock) return;
    this.#clock = setInterval(() => this.redraw(), AGE_REFRESH);
    this.refresh();
  }

  #stop(): void {
    this.#listening?.dispose();
    this.#listening = undefined;
    this.#asked = new Set();
    this.#events = [];
    clearInterval(this.#clock);
    this.#clock = undefined;
  }

  async #rowsOf(id: string): Promise<(Node | Leaf)[]> {
    const workspace = this.workspaces.of({ workspace: id });
    this.listenTo(id);
    return this.rootsOf(workspace);
  }

  /** Events of this workspace are told from now on, until the view is hidden. */
  protected listenTo(id: string): void {
    if (!this.#clock || this.#asked.has(id)) return;
    this.#asked.add(id);
    // The old one last: a connection that both use is kept.
    const before = this.#listening;
    this.#listening = this.workspaces.onEvent(
      (event) => {
        this.#events.push(event);
        this.#refresh.trigger();
      },
      (workspace) => this.#asked.has(workspace.id),
    );
    before?.dispose();
  }
}

/** The row of a workspace among others. Submits go to the active one, which is unfolded. */
function workspaceItem(id: string, workspaces: Workspaces): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const isActive = id === workspaces.activeId;
  const label = workspaces.labelOf(id);
  const listed = workspaces.listed.find(({ entry }) => entry.id === id);
  // What keeps one from being opened is seen at once.
  const isOpen = isActive || listed?.error !== undefined;
  const item = new vscode.TreeItem(label, isOpen ? Expanded : Collapsed);
  item.id = `workspace/${id}`;
  item.iconPath = new vscode.ThemeIcon(workspaceIcon(listed?.entry.kind));
  item.description = isActive ? vscode.l10n.t('active') : undefined;
  item.contextValue = listed && workspaceContext(listed, isActive);
  item.accessibilityInformation = {
    label: [vscode.l10n.t('Workspace {0}', label), item.description].filter(Boolean).join(', '),
  };
  return item;
}

function isWorkspace<Node extends object>(row: Node | WorkspaceNode | Leaf): row is WorkspaceNode {
  return 'kind' in row && row.kind === 'workspace';
}

function isLeaf<Node extends object>(row: Node | WorkspaceNode | Leaf): row is Leaf {
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
