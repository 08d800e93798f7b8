import * as vscode from 'vscode';
import { facetOf } from '../../workspace/facets.js';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import { formatBytes } from '../format.js';
import type { ComputeNode } from '../views/compute-view.js';
import { isActive, mayBeInContainer } from '../views/row-context.js';
import type { Workspaces } from '../workspaces.js';
import type { Register } from './register.js';
import type { RunChooser } from './run-chooser.js';

/** What can be done with places where jobs run. */
export function registerComputeCommands(
  register: Register,
  { workspaces, choose }: { workspaces: Workspaces; choose: RunChooser },
): void {
  register(COMMANDS.pruneCompute, async (row) => {
    const found = isCompute(row)
      ? { workspace: workspaces.of(row), name: row.compute.name }
      : await pick(workspaces);
    if (found) await prune(found.workspace, found.name);
  });

  register(COMMANDS.openShell, async (...args) => {
    const run = await choose.run(args, {
      placeholder: vscode.l10n.t('Open a shell in the container of which run?'),
      fits: (each) => isActive(each) && mayBeInContainer(each),
    });
    if (!run) return;
    const { command, env } = await facetOf(workspaces.of(run), 'jobs').shell!(run.id);
    const [shellPath, ...shellArgs] = command;
    const name = vscode.l10n.t('Shell: {0}', run.name);
    const icon = new vscode.ThemeIcon('terminal');
    vscode.window.createTerminal({ name, shellPath, shellArgs, env, iconPath: icon }).show();
  });
}

function isCompute(row: unknown): row is ComputeNode {
  return typeof row === 'object' && row !== null && 'kind' in row && row.kind === 'compute';
}

/** Among the targets of all workspaces where something may be left. */
async function pick(workspaces: Workspaces): Promise<{ workspace: Workspace; name: string } | undefined> {
  const lists = await Promise.all(
    workspaces.all.map(async (workspace) => ({ workspace, rows: (await workspace.jobs?.compute()) ?? [] })),
  );
  const items = lists.flatMap(({ workspace, rows }) =>
    rows
      .filter(({ canPrune, ready }) => canPrune && ready)
      .map(({ name, label }) => ({ label: name, description: label, found: { workspace, name } })),
  );
  if (items.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is nothing to prune.'));
    return undefined;
  }
  if (items.length === 1) return items[0]?.found;
  const placeHolder = vscode.l10n.t('Prune which target?');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.found;
}

async function prune({ jobs }: Workspace, name: string): Promise<void> {
  const found = (await jobs?.leftovers?.(name)) ?? [];
  if (found.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('There is nothing to prune.'));
    return;
  }
  const picked = await vscode.window.showQuickPick(
    found.map((one) => ({ label: one.label, description: formatBytes(one.bytes), picked: true, one })),
    {
      canPickMany: true,
      title: vscode.l10n.t('Prune {0}', name),
      placeHolder: vscode.l10n.t(
        'What is selected is removed for good. All of it frees about {0}.',
        formatBytes(found.reduce((sum, { bytes }) => sum + bytes, 0)),
      ),
    },
  );
  if (!picked || picked.length === 0) return;
  const removed =
    (await jobs?.prune?.(
      name,
      picked.map(({ one }) => one.id),
    )) ?? [];
  const bytes = removed.reduce((sum, one) => sum + one.bytes, 0);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Removed {0}; freed about {1}.', removed.length, formatBytes(bytes)),
  );
}
