import * as vscode from 'vscode';
import { runKey, type RunKey } from '../../workspace/run-ref.js';
import type { Model } from '../../workspace/types.js';
import type { Registry, Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import { formatAge, formatValue } from '../format.js';
import { VIEWS } from '../view-ids.js';
import type { PlacedEvent, Workspaces } from '../workspaces.js';
import { leaf, messageLeaf, valueLeaf, type Leaf } from './leaf.js';
import { LeafView } from './live-view.js';
import { rowContext } from './row-context.js';

const PAGE = 100;

/** The models of a workspace as far as they were asked for. */
interface ModelList {
  models: Model[];
  nextPage: string | undefined;
}

/** Models: those that runs logged, and those that were registered, with their versions. */
export class ModelsView extends LeafView {
  /** By workspace. */
  readonly #lists = new Map<string, ModelList>();

  constructor(workspaces: Workspaces, log: vscode.LogOutputChannel) {
    super(VIEWS.models, workspaces, log);
  }

  /** @param id of a workspace */
  async showMore(id: string): Promise<void> {
    const list = this.#lists.get(id);
    const { registry } = this.workspaces.of({ workspace: id });
    if (list?.nextPage === undefined || !registry) return;
    const { models, nextPage } = await pageOf(registry, list.nextPage);
    this.#lists.set(id, { models: [...list.models, ...models], nextPage });
    this.redrawWorkspace(id);
  }

  protected forget(): void {
    this.#lists.clear();
  }

  protected async applyEvents(events: readonly PlacedEvent[]): Promise<void> {
    const concerns = (event: PlacedEvent) =>
      event.type === 'models' ||
      event.type === 'reset' ||
      (event.type === 'run' && event.parts.includes('models'));
    const stale = new Set(events.filter(concerns).map(({ workspace }) => workspace));
    for (const id of stale) {
      this.#lists.delete(id);
      this.redrawWorkspace(id);
    }
    return Promise.resolve();
  }

  protected async rootsOf({ id, registry }: Workspace): Promise<Leaf[]> {
    if (!registry) return [messageLeaf(`models/${id}/none`, vscode.l10n.t('This workspace keeps no models'))];
    const list = this.#lists.get(id) ?? (await pageOf(registry));
    this.#lists.set(id, list);
    if (list.models.length === 0)
      return this.hasSeveral ? [messageLeaf(`models/${id}/empty`, vscode.l10n.t('No models yet'))] : [];
    const rows = list.models.map((model) => (model.kind === 'registered' ? registered : logged)(model, id));
    return list.nextPage === undefined ? rows : [...rows, moreLeaf(id)];
  }
}

async function pageOf(registry: Registry, page?: string): Promise<ModelList> {
  const { models, nextPage } = await registry.models({ limit: PAGE, ...(page !== undefined && { page }) });
  return { models, nextPage };
}

function moreLeaf(workspace: string): Leaf {
  const title = vscode.l10n.t('Show More');
  const command = { title, command: COMMANDS.showMoreModels, arguments: [workspace] };
  return messageLeaf(`models/${workspace}/more`, title, command, 'ellipsis');
}

const keyOf = (workspace: string, run: string | undefined): RunKey | undefined =>
  run === undefined ? undefined : runKey({ workspace, run });

function registered(model: Model, workspace: string): Leaf {
  const id = `models/${workspace}/registered/${model.id}`;
  const versions = [...model.versions].sort((a, b) => b.createdAt - a.createdAt);
  return leaf({
    id,
    label: model.name,
    description:
      versions.length === 1 ? vscode.l10n.t('1 version') : vscode.l10n.t('{0} versions', versions.length),
    icon: 'library',
    context: rowContext({ kind: 'model' }),
    children: () =>
      versions.length === 0
        ? [messageLeaf(`${id}/none`, vscode.l10n.t('No versions'))]
        : versions.map(({ version, aliases, runId, createdAt }) =>
            leaf({
              id: `${id}/${version}`,
              label: vscode.l10n.t('Version {0}', version),
              description: [...aliases.map((alias) => `@${alias}`), age(createdAt)].join(' · '),
              icon: 'versions',
              context: rowContext({ kind: 'model', hasRun: runId !== undefined }),
              runId: keyOf(workspace, runId),
            }),
          ),
  });
}

function logged(model: Model, workspace: string): Leaf {
  const id = `models/${workspace}/logged/${model.id}`;
  const state = { pending: vscode.l10n.t('pending'), failed: vscode.l10n.t('failed'), ready: undefined }[
    model.state
  ];
  const values = [
    ...Object.entries(model.metrics).map(([name, value]) =>
      valueLeaf(`${id}/metrics/${name}`, name, formatValue(value), 'symbol-number'),
    ),
    ...Object.entries(model.params).map(([name, value]) =>
      valueLeaf(`${id}/params/${name}`, name, value, 'symbol-constant'),
    ),
  ];
  return leaf({
    id,
    label: model.name,
    description: [state, age(model.createdAt)].filter(Boolean).join(' · '),
    icon: model.state === 'failed' ? 'warning' : 'package',
    context: rowContext({ kind: 'model', hasRun: model.runId !== undefined }),
    runId: keyOf(workspace, model.runId),
    tooltip: () => new vscode.MarkdownString().appendText(vscode.l10n.t('Logged model {0}', model.id)),
    children: values.length > 0 ? () => values : undefined,
  });
}

function age(time: number): string {
  return formatAge(time, Date.now());
}
