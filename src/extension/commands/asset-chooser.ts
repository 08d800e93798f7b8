import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { facetOf } from '../../workspace/facets.js';
import type { DataAsset, EnvironmentVersion } from '../../workspace/types.js';
import { type AssetKind, type AssetRef, isAssetRef, type VersionRef } from '../assets/asset-ref.js';
import { formatAge } from '../format.js';
import { answersOf } from '../runs/answers.js';
import { COMMANDS } from '../command-ids.js';
import { madeOf } from '../views/environment-rows.js';
import type { Workspaces } from '../workspaces.js';

export interface ChooseAssetOptions {
  kinds: readonly AssetKind[];
  placeholder: string;
  /** Archived ones are offered instead of the others. */
  archived?: boolean;
  fits?: (asset: EnvironmentVersion | DataAsset) => boolean;
}

/** Finds the environments and data that a command is to work on. */
export class AssetChooser {
  readonly #workspaces: Workspaces;

  constructor(workspaces: Workspaces) {
    this.#workspaces = workspaces;
  }

  /** What the rows that a menu passed stand for, or code named. */
  named([first, selection]: readonly unknown[]): AssetRef[] {
    const rows: unknown[] = Array.isArray(selection) && selection.includes(first) ? selection : [first];
    return rows.flatMap((row) => {
      if (isAssetRef(row)) return [row];
      const asset = typeof row === 'object' && row !== null && 'asset' in row ? row.asset : undefined;
      return isAssetRef(asset) ? [asset] : [];
    });
  }

  /** That of the row, else one that a person chooses. Undefined when nobody chose. */
  async one(args: readonly unknown[], options: ChooseAssetOptions): Promise<AssetRef | undefined> {
    return this.named(args)[0] ?? this.ask(options);
  }

  /** The version that is meant: of a name the newest. @throws NOT_FOUND */
  async version(ref: AssetRef): Promise<VersionRef> {
    if (ref.version !== undefined) return { ...ref, version: ref.version };
    const workspace = this.#workspaces.of(ref);
    const { version } =
      ref.kind === 'data'
        ? await facetOf(workspace, 'data').get(ref.name)
        : await facetOf(workspace, 'environments').get(ref.name, 'latest');
    return { ...ref, version };
  }

  /** @throws NOT_FOUND */
  async environment({ workspace, name, version }: VersionRef): Promise<EnvironmentVersion> {
    return facetOf(this.#workspaces.of({ workspace }), 'environments').get(name, version);
  }

  async ask(options: ChooseAssetOptions): Promise<VersionRef | undefined> {
    const offered = async (): Promise<Item[]> => {
      const all = await this.#items(options);
      return all.length > 0 ? all : [this.#nothing(options)];
    };
    const picked = await vscode.window.showQuickPick(offered(), {
      placeHolder: options.placeholder,
      matchOnDescription: true,
    });
    if (picked?.create) await vscode.commands.executeCommand(picked.create);
    return picked?.ref;
  }

  /** In place of what is not there: how it is made. */
  #nothing({ kinds, archived = false }: ChooseAssetOptions): Item {
    if (archived) return { label: vscode.l10n.t('Nothing is archived') };
    return kinds.includes('environment')
      ? {
          label: vscode.l10n.t('$(add) Create Environment…'),
          description: vscode.l10n.t('There is none yet'),
          create: COMMANDS.createEnvironment,
        }
      : {
          label: vscode.l10n.t('$(add) Create Data…'),
          description: vscode.l10n.t('There is none yet'),
          create: COMMANDS.createData,
        };
  }

  /** By name, the newest version first. One of several workspaces that does not answer is left out. */
  async #items({ kinds, archived = false, fits = () => true }: ChooseAssetOptions): Promise<Item[]> {
    const all = this.#workspaces.all;
    const asked = all.flatMap((workspace) =>
      kinds.flatMap((kind): Promise<Item[]>[] => {
        const { environments, data } = workspace;
        const place = all.length > 1 ? workspace.label : '';
        const toItem = (each: EnvironmentVersion | DataAsset, icon: string, what: string): Item => {
          const { name, version, createdAt } = each;
          const age = formatAge(createdAt, Date.now());
          return {
            label: `$(${icon}) ${name}:${version}`,
            description: [what, age, place].filter(Boolean).join(' · '),
            ref: { kind, workspace: workspace.id, name, version },
          };
        };
        const wanted = (each: EnvironmentVersion | DataAsset) => each.archived === archived && fits(each);
        if (kind === 'environment' && environments)
          return [
            environments
              .list({ archived })
              .then((list) => list.filter(wanted).map((each) => toItem(each, 'package', madeOf(each)))),
          ];
        if (kind === 'data' && data)
          return [
            data
              .list({ archived })
              .then((list) => list.filter(wanted).map((each) => toItem(each, 'database', each.path))),
          ];
        return [];
      }),
    );
    if (asked.length === 0)
      throw new TrainyardError('NOT_SUPPORTED', 'No workspace keeps environments or data.');
    return (await answersOf(asked)).flat();
  }
}

interface Item extends vscode.QuickPickItem {
  ref?: VersionRef;
  create?: string;
}
