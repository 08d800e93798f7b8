import * as vscode from 'vscode';
import { type Feed, LivePanel, type LivePanelOptions } from './live-panel.js';

interface Options<In, F extends Feed> extends Pick<LivePanelOptions<In, F>, 'bundle' | 'start' | 'receive'> {
  context: vscode.ExtensionContext;
  viewType: string;
  title: string;
}

/**
 * The one panel of its kind in a window. After a reload the editor hands it back when its tab is looked at; until then a
 * tab is all there is of it.
 */
export class OnlyPanel<In, F extends Feed> implements vscode.Disposable {
  readonly #options: Options<In, F>;
  readonly #serializer: vscode.Disposable;
  #open: LivePanel<In, F> | undefined;

  constructor(options: Options<In, F>) {
    this.#options = options;
    this.#serializer = vscode.window.registerWebviewPanelSerializer(options.viewType, {
      deserializeWebviewPanel: (panel) => {
        // Of two tabs, as an earlier version could leave them, the one that is open already stays.
        if (this.#open) {
          panel.dispose();
          this.#open.panel.reveal();
        } else this.#adopt(panel);
        return Promise.resolve();
      },
    });
  }

  /** Undefined while there is none, or only the tab of one. */
  get panel(): vscode.WebviewPanel | undefined {
    return this.#open?.panel;
  }

  /** While its page is in view. */
  get feed(): F | undefined {
    return this.#open?.feed;
  }

  /** Whether there is one, be it a tab alone. */
  get isThere(): boolean {
    return this.#open !== undefined || this.#tabs().length > 0;
  }

  /** Brings it to the front, and makes it when there is none. */
  async reveal({ beside = false, preserveFocus = false } = {}): Promise<void> {
    if (this.#open) {
      this.#open.panel.reveal(undefined, preserveFocus);
      return;
    }
    const { viewType, title } = this.#options;
    const tabs = this.#tabs();
    const viewColumn =
      tabs[0]?.group.viewColumn ?? (beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active);
    this.#adopt(vscode.window.createWebviewPanel(viewType, title, { viewColumn, preserveFocus }));
    // Nothing of the editor brings such a tab to the front: the new one takes its place.
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
  }

  dispose(): void {
    this.#serializer.dispose();
    this.#open?.dispose();
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const { context, bundle, start, receive } = this.#options;
    const { extensionUri } = context;
    const adopted = new LivePanel<In, F>(panel, { extensionUri, bundle, start, receive });
    this.#open = adopted;
    panel.onDidDispose(() => {
      if (this.#open === adopted) this.#open = undefined;
    });
  }

  /** Those that the editor has not handed back yet. */
  #tabs(): vscode.Tab[] {
    if (this.#open) return [];
    return vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => {
        // The editor puts a prefix of its own before the type.
        return input instanceof vscode.TabInputWebview && input.viewType.endsWith(this.#options.viewType);
      });
  }
}
