import * as vscode from 'vscode';
import { facetOf } from '../../workspace/facets.js';
import { assetUri } from '../assets/asset-documents.js';
import { type AssetRef, keyOfAsset, referenceOf } from '../assets/asset-ref.js';
import { COMMANDS } from '../command-ids.js';
import type { AssetsView } from '../views/assets-view.js';
import type { Workspaces } from '../workspaces.js';
import type { AssetChooser } from './asset-chooser.js';
import type { Register } from './register.js';

export interface AssetParts {
  workspaces: Workspaces;
  choose: AssetChooser;
  view: AssetsView;
}

const BOTH = ['environment', 'data'] as const;

/** What can be done with environments and with data alike. */
export function registerAssetCommands(register: Register, { workspaces, choose, view }: AssetParts): void {
  register(COMMANDS.showMoreAssets, (list) => view.showMore(String(list)));
  register(COMMANDS.showArchived, () => (view.showsArchived = true));
  register(COMMANDS.hideArchived, () => (view.showsArchived = false));

  register(COMMANDS.openDefinition, async (...args) => {
    const ref = await choose.one(args, {
      kinds: BOTH,
      placeholder: vscode.l10n.t('Open the definition of what?'),
    });
    if (!ref) return;
    const uri = assetUri(await choose.version(ref), 'definition');
    await vscode.window.showTextDocument(uri, { preview: true });
  });

  register(COMMANDS.copyReference, async (...args) => {
    const named = choose.named(args);
    const placeholder = vscode.l10n.t('Copy the reference of what?');
    const refs = named.length > 0 ? named : [await choose.ask({ kinds: BOTH, placeholder })];
    const text = refs.flatMap((ref) => (ref ? [referenceOf(ref)] : [])).join('\n');
    if (text === '') return;
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(vscode.l10n.t('Copied {0}', text.split('\n').join(', ')), 3000);
  });

  register(COMMANDS.archiveAsset, async (...args) => {
    const placeholder = vscode.l10n.t('Archive what? Jobs that name its version still find it.');
    const refs = withoutParts(await refsOf(args, placeholder, false));
    await Promise.all(refs.map((ref) => archive(ref, true)));
    if (refs.length > 0) void offerUndo(refs);
  });
  register(COMMANDS.restoreAsset, async (...args) => {
    const refs = withoutParts(await refsOf(args, vscode.l10n.t('Restore what?'), true));
    await Promise.all(refs.map((ref) => archive(ref, false)));
  });

  async function refsOf(args: readonly unknown[], placeholder: string, archived: boolean) {
    const named = choose.named(args);
    if (named.length > 0) return named;
    const chosen = await choose.ask({ kinds: BOTH, placeholder, archived });
    return chosen ? [chosen] : [];
  }

  async function archive(ref: AssetRef, archived: boolean): Promise<void> {
    const workspace = workspaces.of(ref);
    const { kind, name, version } = ref;
    await facetOf(workspace, kind === 'data' ? 'data' : 'environments').archive(name, version, archived);
  }

  async function offerUndo(refs: readonly AssetRef[]): Promise<void> {
    const names = refs.map(({ name, version }) => (version === undefined ? name : `${name}:${version}`));
    const undo = vscode.l10n.t('Undo');
    const text = vscode.l10n.t('Archived {0}.', names.join(', '));
    if ((await vscode.window.showInformationMessage(text, undo)) === undo)
      await vscode.commands.executeCommand(COMMANDS.restoreAsset, refs[0], refs);
  }
}

/** Versions whose name is selected, too, are meant with it. */
function withoutParts(refs: readonly AssetRef[]): AssetRef[] {
  const wholes = new Set(refs.filter(({ version }) => version === undefined).map(keyOfAsset));
  const isPart = ({ kind, workspace, name, version }: AssetRef) =>
    version !== undefined && wholes.has(keyOfAsset({ kind, workspace, name }));
  return refs.filter((ref) => !isPart(ref));
}
