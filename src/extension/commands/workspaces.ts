import * as vscode from 'vscode';
import { formatBytes } from '../format.js';
import { messageOf, TrainyardError } from '../../base/errors.js';
import {
  addWorkspace,
  checkWorkspace,
  holdingsOf,
  removeWorkspace,
  renameWorkspace,
} from '../../workspace/configuration/changes.js';
import { readList } from '../../workspace/configuration/file.js';
import { newId, problemOfName, type WorkspaceEntry } from '../../workspace/configuration/list.js';
import { type Holdings, type Surroundings, WORKSPACE_KINDS } from '../../workspace/registry.js';
import { LOCAL_ID } from '../../workspace/run-ref.js';
import { COMMANDS } from '../command-ids.js';
import { isCancelled } from '../errors.js';
import { workspaceIdOf } from '../local.js';
import { withPatience } from '../progress.js';
import type { WorkspaceSecrets } from '../workspace-secrets.js';
import type { ListedWorkspace, Workspaces } from '../workspaces.js';
import { askQuestions } from './ask-questions.js';
import type { Register } from './register.js';
import { requireTrust } from './submit.js';

export interface WorkspaceParts {
  workspaces: Workspaces;
  secrets: WorkspaceSecrets;
}

/** Adds, renames, removes and switches workspaces. */
export function registerWorkspaceCommands(register: Register, parts: WorkspaceParts): void {
  const { workspaces, secrets } = parts;

  register(COMMANDS.addWorkspace, async () => {
    requireTrust();
    const id = await add(parts);
    if (id === undefined) return undefined;
    await workspaces.reload();
    offerSwitch(id, workspaces);
    return id;
  });

  register(COMMANDS.switchWorkspace, async (row) => {
    const placeholder = vscode.l10n.t('Submit to which workspace from this window?');
    const found = await choose(workspaces, row, { placeholder });
    if (found) await workspaces.activate(found.entry.id);
  });

  register(COMMANDS.renameWorkspace, async (row) => {
    const found = await choose(workspaces, row, { placeholder: vscode.l10n.t('Rename which workspace?') });
    if (!found) return;
    const { id, name } = found.entry;
    const { home } = workspaces.surroundingsOf(id);
    const list = await readList(home);
    const wanted = await vscode.window.showInputBox({
      title: vscode.l10n.t('Rename Workspace'),
      prompt: vscode.l10n.t('Name of the workspace'),
      value: name,
      validateInput: (text) => problemOfName(list, text, id),
    });
    if (wanted === undefined || wanted.trim() === name) return;
    await renameWorkspace(home, id, wanted);
    await workspaces.reload();
  });

  register(COMMANDS.removeWorkspace, async (row) => {
    requireTrust();
    const found = await choose(workspaces, row, {
      placeholder: vscode.l10n.t('Remove which workspace?'),
      fits: ({ entry }) => entry.id !== LOCAL_ID,
      none: vscode.l10n.t('There is no workspace that can be removed.'),
    });
    if (!found) return;
    const { id, name } = found.entry;
    const surroundings = workspaces.surroundingsOf(id);
    const lost = await whatIsLost(found, workspaces);
    if (!(await confirmed(name, lost))) return;
    const { folder } = await removeWorkspace(id, surroundings, { isBroken: 'problem' in lost });
    await secrets.forget(id);
    await workspaces.reload();
    void vscode.window.showInformationMessage(
      folder === undefined
        ? vscode.l10n.t('Removed the workspace {0}.', name)
        : vscode.l10n.t(
            'Removed the workspace {0}. Its folder is {1}; delete it to free the space.',
            name,
            folder,
          ),
    );
  });
}

/** @returns the id of the new workspace; undefined when a person stopped it */
async function add({ workspaces, secrets }: WorkspaceParts): Promise<string | undefined> {
  const title = vscode.l10n.t('Add Workspace');
  const surroundings = workspaces.surroundingsOf(LOCAL_ID);
  const list = await readList(surroundings.home);
  const kinds = WORKSPACE_KINDS.map((each) => ({ label: each.label, each }));
  const placeHolder = vscode.l10n.t('Where are its runs kept?');
  const picked =
    kinds.length === 1 ? kinds[0] : await vscode.window.showQuickPick(kinds, { title, placeHolder });
  if (!picked) return undefined;
  const name = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Name of the workspace'),
    ignoreFocusOut: true,
    validateInput: (text) => (text === '' ? undefined : problemOfName(list, text)),
  });
  if (!name) return undefined;
  const { questions } = await picked.each.load();
  const answers = await askQuestions(title, questions);
  if (!answers) return undefined;
  const id = newId(name);
  for (const [secret, value] of Object.entries(answers.secrets)) await secrets.set(id, secret, value);
  let isAdded = false;
  try {
    const entry = { ...answers.settings, id, name, kind: picked.each.kind };
    if (!(await isWanted(entry, workspaces.surroundingsOf(id)))) return undefined;
    await addWorkspace(entry, workspaces.surroundingsOf(id));
    isAdded = true;
  } finally {
    if (!isAdded) await secrets.forget(id);
  }
  return id;
}

/** Connects to it; when that fails, a person decides. */
async function isWanted(entry: WorkspaceEntry, surroundings: Surroundings): Promise<boolean> {
  const title = vscode.l10n.t('Connecting to {0}', entry.name);
  try {
    await withPatience(title, (signal) => checkWorkspace(entry, surroundings, signal));
    return true;
  } catch (error) {
    if (isCancelled(error)) return false;
    if (!TrainyardError.is(error)) throw error;
    const anyway = vscode.l10n.t('Add Anyway');
    const question = vscode.l10n.t('The workspace {0} cannot be used yet.', entry.name);
    const detail = [error.message, error.hint].filter(Boolean).join('\n\n');
    return (await vscode.window.showWarningMessage(question, { modal: true, detail }, anyway)) === anyway;
  }
}

/** The offer stands for as long as its notification; the command is done. */
function offerSwitch(id: string, workspaces: Workspaces): void {
  const label = workspaces.labelOf(id);
  const yes = vscode.l10n.t('Submit to It');
  const can = workspaces.listedOf(id).workspace?.jobs !== undefined;
  const offers = can ? [yes] : [];
  void vscode.window
    .showInformationMessage(vscode.l10n.t('Added the workspace {0}.', label), ...offers)
    .then((picked) => (picked === yes ? workspaces.activate(id) : undefined));
}

interface Choice {
  placeholder: string;
  fits?: (listed: ListedWorkspace) => boolean;
  none?: string;
}

async function choose(
  workspaces: Workspaces,
  row: unknown,
  { placeholder, fits = () => true, none }: Choice,
): Promise<ListedWorkspace | undefined> {
  const named = typeof row === 'string' ? row : workspaceIdOf(row);
  if (named !== undefined) return workspaces.listedOf(named);
  const items = workspaces.listed.filter(fits).map((listed) => ({
    label: listed.entry.name,
    description: listed.entry.id === workspaces.activeId ? vscode.l10n.t('active') : '',
    detail: listed.error === undefined ? undefined : messageOf(listed.error),
    listed,
  }));
  if (items.length === 0 && none !== undefined) {
    void vscode.window.showInformationMessage(none);
    return undefined;
  }
  return (await vscode.window.showQuickPick(items, { placeHolder: placeholder }))?.listed;
}

type Lost = { holdings: Holdings | undefined } | { problem: string };

async function whatIsLost({ entry, error }: ListedWorkspace, workspaces: Workspaces): Promise<Lost> {
  if (error !== undefined) return { problem: messageOf(error) };
  try {
    return await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Looking at what {0} holds', entry.name),
      },
      async () => ({ holdings: await holdingsOf(entry.id, workspaces.surroundingsOf(entry.id)) }),
    );
  } catch (cause) {
    if (!TrainyardError.is(cause)) throw cause;
    return { problem: cause.message };
  }
}

async function confirmed(name: string, lost: Lost): Promise<boolean> {
  const remove = vscode.l10n.t('Remove');
  const question = vscode.l10n.t('Remove the workspace {0}?', name);
  const detail = detailOf(lost);
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) === remove;
}

function detailOf(lost: Lost): string {
  const stays = vscode.l10n.t('Nothing is deleted: its folder is set aside, and you are told where it is.');
  if ('problem' in lost)
    return [vscode.l10n.t('What it holds is not known. {0}', lost.problem), stays].join('\n\n');
  if (!lost.holdings) return vscode.l10n.t('It leaves this list. The server and its runs stay as they are.');
  const { runs, models, bytes } = lost.holdings;
  const counts = [
    runs === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('{0} runs', runs),
    models === 1 ? vscode.l10n.t('1 model') : vscode.l10n.t('{0} models', models),
    formatBytes(bytes),
  ];
  return [vscode.l10n.t('It holds {0}.', counts.join(', ')), stays].join('\n\n');
}
