import * as vscode from 'vscode';
import type { Workspace } from '../../workspace/workspace.js';
import type { AssetKind } from '../assets/asset-ref.js';
import { AssetsModel } from '../assets/assets-model.js';
import type { EnvironmentBuilds } from '../assets/environment-builds.js';
import { COMMANDS } from '../command-ids.js';
import { CONTEXT_KEYS } from '../context-key-names.js';
import { setContext } from '../context-keys.js';
import { VIEWS } from '../view-ids.js';
import type { PlacedEvent, Workspaces } from '../workspaces.js';
import { dataRow } from './data-rows.js';
import { datastoreRow } from './datastore-rows.js';
import { environmentRow } from './environment-rows.js';
import { leaf, messageLeaf, type Leaf } from './leaf.js';
import { LeafView } from './live-view.js';
import { rowContext } from './row-context.js';

/** Environments and data: names, their versions, and what each is. */
export class AssetsView extends LeafView {
  readonly #model = new AssetsModel();
  readonly #builds: EnvironmentBuilds;
  readonly #building: vscode.Disposable;

  constructor(workspaces: Workspaces, builds: EnvironmentBuilds, log: vscode.LogOutputChannel) {
    super(VIEWS.assets, workspaces, log, true);
    this.#builds = builds;
    this.#building = builds.onDidChange(({ workspace }) => this.redrawWorkspace(workspace));
  }

  override dispose(): void {
    this.#building.dispose();
    super.dispose();
  }

  /** @param list as its row names it */
  showMore(list: string): void {
    this.#model.showMore(list);
    this.redraw();
  }

  set showsArchived(value: boolean) {
    this.#model.showsArchived = value;
    setContext(CONTEXT_KEYS.showsArchived, value);
    this.redraw();
  }

  protected forget(): void {
    this.#model.forget();
  }

  protected applyEvents(events: readonly PlacedEvent[]): Promise<void> {
    for (const id of this.#model.apply(events)) this.redrawWorkspace(id);
    return Promise.resolve();
  }

  protected rootsOf(workspace: Workspace): Promise<Leaf[]> {
    const { id, environments, data } = workspace;
    if (!environments && !data)
      return Promise.resolve([
        messageLeaf(`assets/${id}/none`, vscode.l10n.t('This workspace keeps no environments and no data')),
      ]);
    return Promise.resolve([
      ...(environments ? [this.#group(workspace, 'environment')] : []),
      ...(data ? [this.#group(workspace, 'data')] : []),
      ...(workspace.datastores ? [this.#datastores(workspace)] : []),
    ]);
  }

  #group(workspace: Workspace, kind: AssetKind): Leaf {
    const id = `assets/${workspace.id}/${kind}`;
    const isData = kind === 'data';
    return leaf({
      id,
      label: isData ? vscode.l10n.t('Data') : vscode.l10n.t('Environments'),
      icon: isData ? 'database' : 'layers',
      context: rowContext({ kind: isData ? 'datasets' : 'environments' }),
      workspaceId: workspace.id,
      expanded: true,
      children: () => (isData ? this.#data(workspace, id) : this.#environments(workspace, id)),
    });
  }

  async #environments(workspace: Workspace, id: string): Promise<Leaf[]> {
    const { names, hidden } = await this.#model.environments(workspace);
    const place = {
      workspace,
      page: this.#page,
      buildOf: (ref: Parameters<EnvironmentBuilds['of']>[0]) => this.#builds.of(ref),
    };
    return this.#listed(workspace, id, {
      rows: names,
      hidden,
      row: (named) => environmentRow(named, place),
      create: { title: vscode.l10n.t('Create Environment…'), command: COMMANDS.createEnvironment },
      none: vscode.l10n.t('No environments yet'),
    });
  }

  async #data(workspace: Workspace, id: string): Promise<Leaf[]> {
    const { names, hidden } = await this.#model.data(workspace);
    return this.#listed(workspace, id, {
      rows: names,
      hidden,
      row: (named) => dataRow(named, { workspace, page: this.#page }),
      create: { title: vscode.l10n.t('Create Data…'), command: COMMANDS.createData },
      none: vscode.l10n.t('No data yet'),
    });
  }

  /** Only looked at: the command line creates them. */
  #datastores(workspace: Workspace): Leaf {
    const id = `assets/${workspace.id}/datastores`;
    return leaf({
      id,
      label: vscode.l10n.t('Datastores'),
      icon: 'server-environment',
      context: rowContext({ kind: 'section' }),
      children: async () => {
        const all = await this.#model.datastores(workspace);
        if (all.length > 0) return this.#page(id, all, (each) => datastoreRow(each, `${id}/${each.name}`));
        const how = vscode.l10n.t('None yet. Create one with: {0}', 'trainyard datastore create');
        return [messageLeaf(`${id}/none`, how)];
      },
    });
  }

  #listed<T>(
    { id: workspaceId }: Workspace,
    id: string,
    list: {
      rows: readonly T[];
      hidden: number;
      row: (each: T) => Leaf;
      create: vscode.Command;
      none: string;
    },
  ): Leaf[] {
    if (list.rows.length > 0) return this.#page(id, list.rows, list.row);
    const create = { ...list.create, arguments: [{ workspaceId }] };
    if (list.hidden === 0)
      return [messageLeaf(`${id}/none`, list.none), messageLeaf(`${id}/create`, create.title, create, 'add')];
    const title = vscode.l10n.t('Show Archived');
    return [
      messageLeaf(`${id}/none`, vscode.l10n.t('All are archived')),
      messageLeaf(`${id}/archived`, title, { title, command: COMMANDS.showArchived }, 'archive'),
      messageLeaf(`${id}/create`, create.title, create, 'add'),
    ];
  }

  /** The first of many rows, and one that shows more of them. */
  readonly #page = <T>(id: string, rows: readonly T[], row: (each: T) => Leaf): Leaf[] => {
    const { shown, more } = this.#model.page(id, rows);
    const leaves = shown.map(row);
    if (more === 0) return leaves;
    const title = vscode.l10n.t('Show More');
    const command = { title, command: COMMANDS.showMoreAssets, arguments: [id] };
    return [
      ...leaves,
      messageLeaf(`${id}/more`, vscode.l10n.t('Show More ({0})', more), command, 'ellipsis'),
    ];
  };
}
