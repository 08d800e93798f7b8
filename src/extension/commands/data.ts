import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { parsePlace } from '../../job/data-place.js';
import { facetOf } from '../../workspace/facets.js';
import type { DataType, NewDataAsset } from '../../workspace/types.js';
import { isNameForAsset, nameFrom } from '../assets/asset-ref.js';
import { COMMANDS } from '../command-ids.js';
import type { Workspaces } from '../workspaces.js';
import type { AssetChooser } from './asset-chooser.js';
import { chooseWorkspace } from './choose-workspace.js';
import { nameRule } from './environments.js';
import { runSteps } from './multi-step.js';
import type { Register } from './register.js';

/** What can be done with data. */
export function registerDataCommands(
  register: Register,
  { workspaces, choose }: { workspaces: Workspaces; choose: AssetChooser },
): void {
  register(COMMANDS.openData, async (...args) => {
    const ref = await choose.one(args, { kinds: ['data'], placeholder: vscode.l10n.t('Open which data?') });
    if (!ref) return;
    const { name, version } = await choose.version(ref);
    const asset = await facetOf(workspaces.of(ref), 'data').get(name, version);
    await open(asset.path);
  });

  register(COMMANDS.createData, async (given) => {
    const from = given instanceof vscode.Uri ? given : undefined;
    const workspace = await chooseWorkspace(workspaces, from ? undefined : given, {
      placeholder: vscode.l10n.t('Create the data in which workspace?'),
      fits: ({ data }) => data !== undefined,
    });
    if (!workspace) return undefined;
    const where = from ? from.fsPath : await pickPlace();
    if (where === undefined) return undefined;
    const asked = await askAbout(where);
    if (!asked) return undefined;
    const { name, version } = await facetOf(workspace, 'data').create(asked);
    const copy = vscode.l10n.t('Copy Reference');
    const text = vscode.l10n.t('Created the data {0}:{1}.', name, version);
    void vscode.window.showInformationMessage(text, copy).then((picked) => {
      const ref = { kind: 'data', workspace: workspace.id, name, version };
      if (picked === copy) void vscode.commands.executeCommand(COMMANDS.copyReference, ref);
    });
    return `${name}:${version}`;
  });
}

/** A file is opened, a folder revealed, a page shown by the browser; anything else is copied. @throws NOT_FOUND */
async function open(where: string): Promise<void> {
  const place = parsePlace(where);
  if (place?.kind === 'http') {
    await vscode.env.openExternal(vscode.Uri.parse(place.url, true));
    return;
  }
  if (place?.kind !== 'local') {
    await vscode.env.clipboard.writeText(where);
    vscode.window.setStatusBarMessage(vscode.l10n.t('Copied {0}', where), 3000);
    return;
  }
  const uri = vscode.Uri.file(place.path);
  const found = fs.statSync(place.path, { throwIfNoEntry: false });
  if (!found)
    throw new TrainyardError('NOT_FOUND', vscode.l10n.t('{0} is no longer there.', place.path), {
      hint: vscode.l10n.t('A version never changes: create a new one with the new path.'),
    });
  const isOfProject = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  if (found.isFile()) await vscode.commands.executeCommand('vscode.open', uri);
  else await vscode.commands.executeCommand(isOfProject ? 'revealInExplorer' : 'revealFileInOS', uri);
}

/** @returns an absolute path or a URI */
async function pickPlace(): Promise<string | undefined> {
  const items = [
    { label: vscode.l10n.t('$(file) A File…'), source: 'file' as const },
    { label: vscode.l10n.t('$(folder) A Folder…'), source: 'folder' as const },
    {
      label: vscode.l10n.t('$(link) An Address…'),
      detail: 'https://…, runs:/RUN/PATH, azureml://datastores/DATASTORE/paths/PATH',
      source: 'address' as const,
    },
  ];
  const title = vscode.l10n.t('Create Data');
  const placeHolder = vscode.l10n.t('What is the data?');
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder });
  if (!picked) return undefined;
  if (picked.source === 'address') {
    const address = await vscode.window.showInputBox({
      title,
      prompt: vscode.l10n.t('Address of the data'),
      placeHolder: 'https://example.com/rows.csv',
      validateInput: (value) =>
        parsePlace(value.trim())
          ? undefined
          : vscode.l10n.t('Enter https://…, runs:/RUN/PATH or azureml://datastores/DATASTORE/paths/PATH.'),
    });
    return address?.trim();
  }
  const isFolder = picked.source === 'folder';
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: title,
      canSelectFiles: !isFolder,
      canSelectFolders: isFolder,
      defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
    })) ?? [];
  return chosen?.fsPath;
}

/** Name, type and description. Undefined when nobody answered. */
async function askAbout(where: string): Promise<NewDataAsset | undefined> {
  const place = parsePlace(where);
  const local = place?.kind === 'local' ? fs.statSync(place.path, { throwIfNoEntry: false }) : undefined;
  const types = typesOf(where, local);
  let name = nameFrom(path.posix.basename(where.replaceAll('\\', '/').replace(/[?#].*$/, '')));
  let [type] = types;
  let description = '';
  const title = vscode.l10n.t('Create Data');
  const isDone = await runSteps([
    async (ask) => {
      name = (
        await ask.input({
          title,
          prompt: vscode.l10n.t('Name of the data. An existing one gets a new version.'),
          value: name,
          validate: (text) => (isNameForAsset(text.trim()) ? undefined : nameRule()),
        })
      ).trim();
    },
    async (ask) => {
      if (types.length === 1) return 'skip';
      const items = types.map((each) => ({ label: each, description: typeHelp(each) }));
      const placeholder = vscode.l10n.t('What is at {0}?', where);
      type = (await ask.pick({ title, placeholder, items, active: ({ label }) => label === type })).label;
      return undefined;
    },
    async (ask) => {
      description = await ask.input({
        title,
        prompt: vscode.l10n.t('What it is, in words. May be empty.'),
        value: description,
      });
    },
  ]);
  if (!isDone) return undefined;
  return { name, path: where, type, ...(description.trim() && { description: description.trim() }) };
}

/** What can be at a place, the most likely first. */
function typesOf(where: string, local: fs.Stats | undefined): [DataType, ...DataType[]] {
  if (local?.isFile()) return ['uri_file'];
  if (local && fs.existsSync(path.join(where, 'MLTable'))) return ['mltable', 'uri_folder'];
  if (local) return ['uri_folder'];
  return /^https?:/i.test(where) ? ['uri_file'] : ['uri_folder', 'uri_file', 'mltable'];
}

function typeHelp(type: DataType): string {
  switch (type) {
    case 'uri_file':
      return vscode.l10n.t('a file');
    case 'uri_folder':
      return vscode.l10n.t('a folder');
    case 'mltable':
      return vscode.l10n.t('a folder with a file MLTable');
  }
}
