import * as vscode from 'vscode';
import { experimentKey, refOf, runKey } from '../../workspace/run-ref.js';
import type { Run } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import { CONTEXT_KEYS } from '../context-key-names.js';
import { setContext } from '../context-keys.js';
import type { OpenCommit } from '../git/open-commit.js';
import { answersOf } from '../runs/answers.js';
import type { ExperimentNode, RunNode } from '../runs/run-nodes.js';
import { RunsModel, type RunsQuery } from '../runs/runs-model.js';
import { VIEWS } from '../view-ids.js';
import type { PlacedEvent, Workspaces } from '../workspaces.js';
import { leaf, messageLeaf, type Leaf } from './leaf.js';
import { LiveView, type WorkspaceNode } from './live-view.js';
import { rowContext } from './row-context.js';
import { RunDrag } from './run-drag.js';
import { metricOf, runItem, runSections } from './run-rows.js';
import { runTooltip } from './run-tooltip.js';

export type RunsNode = ExperimentNode | RunNode;

const FILTER_KEY = 'runs.filter';

/** Runs, grouped by experiment; those of several workspaces below each. */
export class RunsView extends LiveView<RunsNode> {
  readonly #state: vscode.Memento;
  readonly #commit: OpenCommit;
  readonly #drag: RunDrag;
  /** By workspace; of those whose runs were asked for. */
  readonly #models = new Map<Workspace, RunsModel>();
  readonly #looked = new vscode.EventEmitter<void>();
  /** The list was read, or a run in it changed its state: runs may have begun or ended. */
  readonly onDidLook = this.#looked.event;
  readonly #commitListening: vscode.Disposable;
  /** The metric that the row of an experiment names. */
  readonly #named = new WeakMap<ExperimentNode, string | undefined>();
  #onlyOpenCommit = false;
  #query: RunsQuery = {};
  /** The experiments at the top of their workspaces, the only ones that begin unfolded. */
  readonly #first = new WeakSet<ExperimentNode>();

  constructor(
    workspaces: Workspaces,
    state: vscode.Memento,
    commit: OpenCommit,
    log: vscode.LogOutputChannel,
  ) {
    const drag = new RunDrag();
    super(VIEWS.runs, workspaces, log, true, drag);
    this.#drag = drag;
    this.#state = state;
    this.#commit = commit;
    this.#commitListening = commit.onDidChange(() => {
      if (this.#onlyOpenCommit) void this.#narrow();
    });
    if (this.filter) void this.#narrow();
  }

  get filter(): string {
    return this.#state.get(FILTER_KEY, '');
  }

  /** Shows the runs that match, in the grammar of docs/filters.md; '' shows all. @throws BAD_REQUEST when it is not valid */
  async setFilter(filter: string): Promise<void> {
    if (filter) await this.#check(filter);
    await this.#state.update(FILTER_KEY, filter || undefined);
    await this.#narrow();
  }

  /** Shows only the runs whose code stands on the commit that is checked out. */
  async setOnlyOpenCommit(only: boolean): Promise<void> {
    this.#onlyOpenCommit = only;
    await this.#narrow();
  }

  async showMore(group: ExperimentNode): Promise<void> {
    await this.#modelOf(group.workspace).more(group);
    this.changed.fire(group);
  }

  /** Selects the run's row; opens the view for it if need be. */
  async reveal(run: Run): Promise<void> {
    const node = await this.#modelOf(run.workspace).ensure(run);
    if (!node) return;
    this.changed.fire(undefined);
    await this.view.reveal(node, { select: true, focus: false, expand: false });
  }

  get selection(): readonly (RunsNode | WorkspaceNode | Leaf)[] {
    return this.view.selection;
  }

  /** The runs that are dragged, or were last. */
  get draggedRunIds(): readonly string[] {
    return this.#drag.runIds;
  }

  get isVisible(): boolean {
    return this.view.visible;
  }

  set badge(count: number) {
    const tooltip = count === 1 ? vscode.l10n.t('1 active run') : vscode.l10n.t('{0} active runs', count);
    this.view.badge = count > 0 ? { value: count, tooltip } : undefined;
  }

  getParent(row: RunsNode | WorkspaceNode | Leaf): RunsNode | WorkspaceNode | undefined {
    if (row.kind === 'run') return row.parent ?? row.group;
    return row.kind === 'experiment' && this.hasSeveral ? this.nodeOf(row.workspace) : undefined;
  }

  override dispose(): void {
    this.#commitListening.dispose();
    this.#looked.dispose();
    super.dispose();
  }

  protected forget(): void {
    this.#models.clear();
  }

  protected async applyEvents(events: readonly PlacedEvent[]): Promise<void> {
    const telling = events.filter(
      (event) => event.type !== 'run' || event.parts.some((part) => part !== 'log'),
    );
    if (telling.length === 0) return;
    if (telling.some((event) => event.type === 'run' && event.parts.includes('state'))) this.#looked.fire();
    const models = [...this.#models].map(async ([{ id }, model]) => {
      const own = telling.filter(({ workspace }) => workspace === id);
      if (own.length === 0) return;
      const changed = await model.apply(own);
      if (changed === 'all') this.redrawWorkspace(id);
      else for (const node of changed) this.changed.fire(this.#stale(node));
    });
    await Promise.all(models);
  }

  protected async rootsOf(workspace: Workspace): Promise<(RunsNode | Leaf)[]> {
    const model = this.#modelOf(workspace.id);
    const groups = await model.groups();
    if (groups[0]) this.#first.add(groups[0]);
    if (groups.length > 0) this.#looked.fire();
    const id = `runs/${workspace.id}`;
    // A view without rows shows its welcome; a workspace among others says it itself.
    if (groups.length === 0 && !model.isNarrowed && this.hasSeveral)
      return [messageLeaf(`${id}/empty`, vscode.l10n.t('No runs yet'))];
    if (groups.length > 0 || !model.isNarrowed) return groups;
    const command = this.#onlyOpenCommit && !this.filter ? COMMANDS.allCommits : COMMANDS.clearFilter;
    const title = vscode.l10n.t('Show All Runs');
    return [
      messageLeaf(`${id}/none`, vscode.l10n.t('No run matches')),
      messageLeaf(`${id}/all`, title, { title, command }, 'clear-all'),
    ];
  }

  protected async childrenOf(node: RunsNode): Promise<(RunsNode | Leaf)[]> {
    if (node.kind === 'run') {
      return [...runSections(node, idOf(node), this.workspaces.of(node.run)), ...node.children];
    }
    await this.#modelOf(node.workspace).load(node);
    const metric = metricOfGroup(node);
    if (metric !== this.#named.get(node)) {
      this.#named.set(node, metric);
      this.changed.fire(node);
    }
    if (node.top.length === 0) return [messageLeaf(`${idOf(node)}/none`, vscode.l10n.t('No runs yet'))];
    return node.nextPage === undefined ? node.top : [...node.top, moreLeaf(node)];
  }

  protected itemOf(node: RunsNode): vscode.TreeItem {
    if (node.kind === 'run')
      return runItem(node.run, {
        id: idOf(node),
        workspace: this.workspaces.of(node.run),
        experimentTags: node.group.experiment.tags,
        named: this.#named.get(node.group),
      });
    const { name } = node.experiment;
    const metric = metricOfGroup(node);
    this.#named.set(node, metric);
    const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    // While the list is narrowed, what matches is to be seen.
    const isOpen = this.#first.has(node) || Boolean(this.#query.filter) || Boolean(this.#query.commit);
    const item = new vscode.TreeItem(name, isOpen ? Expanded : Collapsed);
    item.id = idOf(node);
    item.description = metric;
    item.iconPath = new vscode.ThemeIcon('beaker');
    const isReadOnly = this.workspaces.of(node).edit === undefined;
    item.contextValue = rowContext({ kind: 'experiment', readOnly: isReadOnly });
    item.accessibilityInformation = { label: vscode.l10n.t('Experiment {0}', name) };
    return item;
  }

  protected tooltipOf(node: RunsNode): vscode.MarkdownString {
    if (node.kind === 'run') return runTooltip(node.run);
    const { name, id } = node.experiment;
    return new vscode.MarkdownString().appendText(vscode.l10n.t('Experiment {0} (ID {1})', name, id));
  }

  /** @throws NOT_FOUND when it was removed | what keeps it from being opened */
  #modelOf(id: string): RunsModel {
    const workspace = this.workspaces.of({ workspace: id });
    const model = this.#models.get(workspace) ?? new RunsModel(workspace);
    if (!this.#models.has(workspace)) {
      model.query = this.#query;
      this.#models.set(workspace, model);
    }
    return model;
  }

  /** Of several workspaces one that understands it is enough. @throws BAD_REQUEST */
  async #check(filter: string): Promise<void> {
    const asked = [...this.#models.keys()];
    const first = asked.length > 0 ? asked : [this.workspaces.active];
    await answersOf(first.map((workspace) => workspace.runs({ filter, limit: 1 })));
  }

  /** The experiment's row when it names another metric by now, else the run's. */
  #stale(node: RunNode): RunsNode {
    return metricOfGroup(node.group) === this.#named.get(node.group) ? node : node.group;
  }

  async #narrow(): Promise<void> {
    const commit = this.#onlyOpenCommit ? await this.#commit.get() : undefined;
    // Without a commit no run stands on it; an impossible hash says so to the workspace.
    const wanted = this.#onlyOpenCommit ? (commit ?? '0'.repeat(40)) : undefined;
    this.#query = { filter: this.filter || undefined, commit: wanted };
    for (const model of this.#models.values()) model.query = this.#query;
    setContext(CONTEXT_KEYS.filtered, this.filter !== '');
    setContext(CONTEXT_KEYS.onlyOpenCommit, this.#onlyOpenCommit);
    this.view.description = [this.filter, wanted && (commit?.slice(0, 7) ?? vscode.l10n.t('no commit'))]
      .filter(Boolean)
      .join(' · ');
    this.changed.fire(undefined);
  }
}

/** The metric of the newest run that has one; its runs are shown by their values of it. */
function metricOfGroup({ top, experiment }: ExperimentNode): string | undefined {
  for (const { run } of top) {
    const metric = metricOf(run, experiment.tags);
    if (metric !== undefined) return metric;
  }
  return undefined;
}

/** Of the row, which the editor keeps: what is unfolded is so again. */
function idOf(node: RunsNode): string {
  if (node.kind === 'run') return `run/${runKey(refOf(node.run))}`;
  const { workspace, experiment } = node;
  return `experiment/${experimentKey({ workspace, experiment: experiment.id })}`;
}

function moreLeaf(group: ExperimentNode): Leaf {
  const title = vscode.l10n.t('Show More');
  return leaf({
    id: `${idOf(group)}/more`,
    label: title,
    icon: 'ellipsis',
    context: rowContext({ kind: 'message' }),
    command: { title, command: COMMANDS.showMore, arguments: [group] },
  });
}
