import * as vscode from 'vscode';
import type { Model, WorkspaceEvent } from '../../workspace/types.js';
import { formatAge, formatValue } from '../format.js';
import { VIEWS } from '../view-ids.js';
import type { Workspaces } from '../workspaces.js';
import { leaf, messageLeaf, valueLeaf, type Leaf } from './leaf.js';
import { LeafView } from './live-view.js';
import { rowContext } from './row-context.js';

/** Models: those that runs logged, and those that were registered, with their versions. */
export class ModelsView extends LeafView {
  #models: Model[] | undefined;

  constructor(workspaces: Workspaces, log: vscode.LogOutputChannel) {
    super(VIEWS.models, workspaces, log);
  }

  protected forget(): void {
    this.#models = undefined;
  }

  protected async applyEvents(events: readonly WorkspaceEvent[]): Promise<void> {
    const concerns = ({ type, ...event }: WorkspaceEvent) =>
      type === 'models' ||
      type === 'reset' ||
      (type === 'run' && 'parts' in event && event.parts.includes('models'));
    if (events.some(concerns)) this.refresh();
    return Promise.resolve();
  }

  protected async roots(): Promise<Leaf[]> {
    this.#models ??= (await this.workspaces.active.registry.models()).models;
    const newestFirst = [...this.#models].sort((a, b) => b.createdAt - a.createdAt);
    return newestFirst.map((model) => (model.kind === 'registered' ? registered(model) : logged(model)));
  }
}

function registered(model: Model): Leaf {
  const id = `registered/${model.id}`;
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
              runId,
            }),
          ),
  });
}

function logged(model: Model): Leaf {
  const id = `logged/${model.id}`;
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
    runId: model.runId,
    tooltip: () => new vscode.MarkdownString().appendText(vscode.l10n.t('Logged model {0}', model.id)),
    children: values.length > 0 ? () => values : undefined,
  });
}

function age(time: number): string {
  return formatAge(time, Date.now());
}
