import * as vscode from 'vscode';
import type { Run, WorkspaceEvent } from '../../workspace/types.js';
import { COMMANDS } from '../command-ids.js';
import { CONTEXT_KEYS } from '../context-key-names.js';
import { setContext } from '../context-keys.js';
import type { OpenCommit } from '../git/open-commit.js';
import type { ExperimentNode, RunNode } from '../runs/run-nodes.js';
import { RunsModel } from '../runs/runs-model.js';
import { VIEWS } from '../view-ids.js';
import type { Workspaces } from '../workspaces.js';
import { leaf, messageLeaf, type Leaf } from './leaf.js';
import { LiveView } from './live-view.js';
import { rowContext } from './row-context.js';
import { RunDrag } from './run-drag.js';
import { metricOf, runItem, runSections } from './run-rows.js';
import { runTooltip } from './run-tooltip.js';

export type RunsNode = ExperimentNode | RunNode;

const FILTER_KEY = 'runs.filter';

/** Runs, grouped by experiment. */
export class RunsView extends LiveView<RunsNode> {
  readonly #state: vscode.Memento;
  readonly #commit: OpenCommit;
  readonly #drag: RunDrag;
  readonly #model: RunsModel;
  readonly #looked = new vscode.EventEmitter<void>();
  /** The list was read, or a run in it changed its state: runs may have begun or ended. */
  readonly onDidLook = this.#looked.event;
  readonly #commitListening: vscode.Disposable;
  /** The metric that the row of an experiment names. */
  readonly #named = new WeakMap<ExperimentNode, string | undefined>();
  #onlyOpenCommit = false;
  /** The experiment at the top, the only one that begins unfolded. */
  #first: ExperimentNode | undefined;

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
    this.#model = new RunsModel(workspaces.active);
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
    if (filter) await this.workspaces.active.runs({ filter, limit: 1 });
    await this.#state.update(FILTER_KEY, filter || undefined);
    await this.#narrow();
  }

  /** Shows only the runs whose code stands on the commit that is checked out. */
  async setOnlyOpenCommit(only: boolean): Promise<void> {
    this.#onlyOpenCommit = only;
    await this.#narrow();
  }

  async showMore(group: ExperimentNode): Promise<void> {
    await this.#model.more(group);
    this.changed.fire(group);
  }

  /** Selects the run's row; opens the view for it if need be. */
  async reveal(run: Run): Promise<void> {
    const node = await this.#model.ensure(run);
    if (!node) return;
    this.changed.fire(undefined);
    await this.view.reveal(node, { select: true, focus: false, expand: false });
  }

  get selection(): readonly (RunsNode | Leaf)[] {
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

  getParent(row: RunsNode | Leaf): RunsNode | undefined {
    return row.kind === 'run' ? (row.parent ?? row.group) : undefined;
  }

  override dispose(): void {
    this.#commitListening.dispose();
    this.#looked.dispose();
    super.dispose();
  }

  protected forget(): void {
    this.#model.clear();
  }

  protected async applyEvents(events: readonly WorkspaceEvent[]): Promise<void> {
    const telling = events.filter(
      (event) => event.type !== 'run' || event.parts.some((part) => part !== 'log'),
    );
    if (telling.length === 0) return;
    if (telling.some((event) => event.type === 'run' && event.parts.includes('state'))) this.#looked.fire();
    const changed = await this.#model.apply(telling);
    if (changed === 'all') this.changed.fire(undefined);
    else for (const node of changed) this.changed.fire(this.#stale(node));
  }

  protected async roots(): Promise<(RunsNode | Leaf)[]> {
    const groups = await this.#model.groups();
    this.#first = groups[0];
    if (groups.length > 0) this.#looked.fire();
    if (groups.length > 0 || !this.#model.isNarrowed) return groups;
    const command = this.#onlyOpenCommit && !this.filter ? COMMANDS.allCommits : COMMANDS.clearFilter;
    const title = vscode.l10n.t('Show All Runs');
    return [
      messageLeaf('runs/none', vscode.l10n.t('No run matches')),
      messageLeaf('runs/all', title, { title, command }, 'clear-all'),
    ];
  }

  protected async childrenOf(node: RunsNode): Promise<(RunsNode | Leaf)[]> {
    if (node.kind === 'run') {
      return [...runSections(node, `run/${node.run.id}`, this.workspaces.active), ...node.children];
    }
    await this.#model.load(node);
    const metric = metricOfGroup(node);
    if (metric !== this.#named.get(node)) {
      this.#named.set(node, metric);
      this.changed.fire(node);
    }
    if (node.top.length === 0)
      return [messageLeaf(`experiment/${node.experiment.id}/none`, vscode.l10n.t('No runs yet'))];
    return node.nextPage === undefined ? node.top : [...node.top, moreLeaf(node)];
  }

  protected itemOf(node: RunsNode): vscode.TreeItem {
    if (node.kind === 'run')
      return runItem(node.run, {
        id: `run/${node.run.id}`,
        experimentTags: node.group.experiment.tags,
        named: this.#named.get(node.group),
      });
    const { id, name } = node.experiment;
    const metric = metricOfGroup(node);
    this.#named.set(node, metric);
    const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    // While the list is narrowed, what matches is to be seen.
    const isOpen = node === this.#first || this.#model.isNarrowed;
    const item = new vscode.TreeItem(name, isOpen ? Expanded : Collapsed);
    item.id = `experiment/${id}`;
    item.description = metric;
    item.iconPath = new vscode.ThemeIcon('beaker');
    item.contextValue = rowContext({ kind: 'experiment' });
    item.accessibilityInformation = { label: vscode.l10n.t('Experiment {0}', name) };
    return item;
  }

  protected tooltipOf(node: RunsNode): vscode.MarkdownString {
    if (node.kind === 'run') return runTooltip(node.run);
    const { name, id } = node.experiment;
    return new vscode.MarkdownString().appendText(vscode.l10n.t('Experiment {0} (ID {1})', name, id));
  }

  /** The experiment's row when it names another metric by now, else the run's. */
  #stale(node: RunNode): RunsNode {
    return metricOfGroup(node.group) === this.#named.get(node.group) ? node : node.group;
  }

  async #narrow(): Promise<void> {
    const commit = this.#onlyOpenCommit ? await this.#commit.get() : undefined;
    // Without a commit no run stands on it; an impossible hash says so to the workspace.
    const wanted = this.#onlyOpenCommit ? (commit ?? '0'.repeat(40)) : undefined;
    this.#model.query = { filter: this.filter || undefined, commit: wanted };
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

function moreLeaf(group: ExperimentNode): Leaf {
  const title = vscode.l10n.t('Show More');
  return leaf({
    id: `experiment/${group.experiment.id}/more`,
    label: title,
    icon: 'ellipsis',
    context: rowContext({ kind: 'message' }),
    command: { title, command: COMMANDS.showMore, arguments: [group] },
  });
}
