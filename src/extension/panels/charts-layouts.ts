import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.js';
import type { Run } from '../../workspace/types.js';
import { completeLayout, type LayoutPart, readLayout } from '../../panels/charts-layout.js';
import { byCurrentKey } from '../../panels/keys.js';
import { rootOf } from '../runs/run-failure.js';
import type { ChartsLayout, ChartsSettings, ExperimentLayout } from '../../panels/messages.js';

/** Relative to where the code of a run came from. */
export const LAYOUT_FILE = '.trainyard/charts.json';

const LAYOUTS_KEY = 'charts.layouts';
/** How the last panel was set; the first of an experiment begins like it. */
const SETTINGS_KEY = 'charts.settings';
/** Key of the layout for runs of several experiments. */
const SEVERAL = '*';

/**
 * Layouts of the charts by experiment: what a person made of it here, else what the repository has in a file, else as
 * it was last set for another.
 */
export class ChartsLayouts {
  readonly #context: Pick<vscode.ExtensionContext, 'workspaceState' | 'globalState'>;
  readonly #warn: (message: string, file: vscode.Uri) => void;
  /** Problems that were told: a panel is opened often. */
  readonly #told = new Set<string>();

  constructor(
    context: Pick<vscode.ExtensionContext, 'workspaceState' | 'globalState'>,
    warn: (message: string, file: vscode.Uri) => void,
  ) {
    this.#context = context;
    this.#warn = warn;
  }

  /**
   * @param experimentId key of the experiment; null: of several
   * @param runs beside whose code a file may be
   */
  async of(experimentId: string | null, runs: readonly Run[]): Promise<ExperimentLayout> {
    const own = this.#kept()[experimentId ?? SEVERAL];
    if (own) return { experimentId, layout: completeLayout(own) };
    const settings = this.#context.globalState.get<Partial<ChartsSettings>>(SETTINGS_KEY, {});
    return { experimentId, layout: (await this.#shared(runs)) ?? completeLayout({ settings }) };
  }

  async keep({ experimentId, layout }: ExperimentLayout): Promise<void> {
    await this.#context.globalState.update(SETTINGS_KEY, layout.settings);
    await this.#context.workspaceState.update(LAYOUTS_KEY, {
      ...this.#kept(),
      [experimentId ?? SEVERAL]: layout,
    });
  }

  /** As if nobody had changed anything here. */
  async forget(experimentId: string | null): Promise<void> {
    const { [experimentId ?? SEVERAL]: _, ...others } = this.#kept();
    await this.#context.workspaceState.update(LAYOUTS_KEY, others);
    await this.#context.globalState.update(SETTINGS_KEY, undefined);
  }

  #kept(): Record<string, LayoutPart> {
    return byCurrentKey(this.#context.workspaceState.get<Record<string, LayoutPart>>(LAYOUTS_KEY, {}), [
      SEVERAL,
    ]);
  }

  async #shared(runs: readonly Run[]): Promise<ChartsLayout | undefined> {
    const file = layoutFile(runs);
    if (!file) return undefined;
    try {
      return readLayout(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)));
    } catch (error) {
      if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
      const message = messageOf(error);
      if (!this.#told.has(message)) this.#warn(message, file);
      this.#told.add(message);
      return undefined;
    }
  }
}

/** Beside the code of the runs, else in the folder that is open. */
export function layoutFile(runs: readonly Run[]): vscode.Uri | undefined {
  const root = rootOf(runs);
  const folder = root === undefined ? vscode.workspace.workspaceFolders?.[0]?.uri : vscode.Uri.file(root);
  return folder && vscode.Uri.joinPath(folder, LAYOUT_FILE);
}
