import * as vscode from 'vscode';
import { facetOf } from '../../workspace/facets.js';
import type { ModelSource, Run } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import { findFiles } from '../runs/find-files.js';
import { splitPath } from '../runs/run-uri.js';
import type { Workspaces } from '../workspaces.js';
import type { Register } from './register.js';
import type { RunChooser } from './run-chooser.js';

interface Found {
  name: string;
  source: ModelSource;
}

/** Gives the model of a run a name and a version. */
export function registerModelCommands(register: Register, workspaces: Workspaces, choose: RunChooser): void {
  register(COMMANDS.registerModel, async (row, source) => {
    const run = await choose.run([row], { placeholder: vscode.l10n.t('Register the model of which run?') });
    if (!run) return undefined;
    const workspace = workspaces.of(run);
    const models = await modelsOf(run, workspace);
    const model = models.find((found) => isSame(found.source, source)) ?? (await pick(models, run));
    if (!model) return undefined;
    const name = await askName(model);
    if (name === undefined) return undefined;
    const version = await facetOf(workspace, 'registry').register(model.source, name);
    void vscode.window.showInformationMessage(vscode.l10n.t('Registered {0}, version {1}.', name, version));
    return version;
  });
}

/** Those that the run logged, and folders of its files that hold one (a client of MLflow 2). */
async function modelsOf({ id: runId }: Run, workspace: Workspace): Promise<Found[]> {
  const { models: logged = [] } = await workspace.run(runId);
  const { models } = await findFiles((folder) => workspace.files(runId, folder));
  return [
    ...logged.flatMap(({ id, name, role }): Found[] =>
      role === 'output' ? [{ name, source: { modelId: id } }] : [],
    ),
    ...models.map((path): Found => ({ name: splitPath(path).name, source: { runId, path } })),
  ];
}

/** @param other what a panel passed */
function isSame(source: ModelSource, other: unknown): boolean {
  return JSON.stringify(source) === JSON.stringify(other);
}

async function pick(models: readonly Found[], run: Run): Promise<Found | undefined> {
  if (models.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} logged no model.', run.name));
    return undefined;
  }
  if (models.length === 1) return models[0];
  const items = models.map((model) => ({
    label: `$(package) ${model.name}`,
    description: 'modelId' in model.source ? model.source.modelId : model.source.path,
    model,
  }));
  const placeHolder = vscode.l10n.t('Register which model of {0}?', run.name);
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.model;
}

async function askName(model: Found): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Register Model'),
    prompt: vscode.l10n.t('Name of the registered model. An existing model gets a new version.'),
    value: model.name,
    validateInput(value) {
      if (!value.trim()) return vscode.l10n.t('A model needs a name.');
      return /[/:]/.test(value) ? vscode.l10n.t('The name cannot have a slash or a colon.') : undefined;
    },
  });
  return name?.trim();
}
