import * as vscode from 'vscode';
import type { ErrorData } from '../../base/errors.js';
import type { CommonMessage } from '../../panels/common-messages.js';
import { showError } from '../errors.js';
import { type Feed, LivePanel, type Message } from './live-panel.js';
import { saveAs } from './save-as.js';

/** What a panel has to do itself. */
export type Own<In extends Message> = Exclude<In, { type: CommonMessage['type'] | 'ready' }>;

export interface PanelDefinition<In extends Message, F extends Feed> {
  viewType: string;
  title: string;
  /** Name of the bundle in dist/webview, and of the icon in media. */
  bundle: string;
  /** Makes what feeds a page that is ready. */
  feed: (ready: Extract<In, { type: 'ready' }>) => F | undefined;
  /** A failure is shown to the person. */
  receive: (message: Own<In>, feed: F | undefined) => unknown;
}

/** The one panel of a kind in a window, and its return after the window was reloaded. */
export function registerPanel<In extends Message, Out extends Message, F extends Feed>(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  definition: PanelDefinition<In, F>,
): Panel<In, Out, F> {
  const panel = new Panel(context.extensionUri, log, definition);
  context.subscriptions.push(panel);
  return panel;
}

/**
 * After a reload the editor hands a panel back when its tab is looked at; until then a tab is all there is of it.
 */
export class Panel<In extends Message, Out extends Message, F extends Feed> implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #log: vscode.LogOutputChannel;
  readonly #definition: PanelDefinition<In, F>;
  readonly #serializer: vscode.Disposable;
  #open: LivePanel<In, F> | undefined;

  constructor(extensionUri: vscode.Uri, log: vscode.LogOutputChannel, definition: PanelDefinition<In, F>) {
    this.#extensionUri = extensionUri;
    this.#log = log;
    this.#definition = definition;
    this.#serializer = vscode.window.registerWebviewPanelSerializer(definition.viewType, {
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

  /** While its page is in view. */
  get feed(): F | undefined {
    return this.#open?.feed;
  }

  /** Whether there is one, be it a tab alone. */
  get isThere(): boolean {
    return this.#open !== undefined || this.#tabs().length > 0;
  }

  set title(title: string) {
    if (this.#open && this.#open.panel.title !== title) this.#open.panel.title = title;
  }

  /** To the page, when there is one. */
  post(message: Out): void {
    if (message.type === 'error' && 'error' in message)
      this.#log.error(`${this.#definition.title}: ${(message.error as ErrorData).message}`);
    void this.#open?.panel.webview.postMessage(message);
  }

  warn(message: string): void {
    this.#log.warn(`${this.#definition.title}: ${message}`);
  }

  /** Does something that a person asked for; a failure is shown. */
  run(action: () => unknown): void {
    void this.#run(action);
  }

  failed = (error: unknown): void => {
    void showError(error, this.#log);
  };

  /** Brings it to the front, and makes it when there is none. */
  reveal({ beside = false, preserveFocus = false } = {}): void {
    if (this.#open) {
      this.#open.panel.reveal(undefined, preserveFocus);
      return;
    }
    const { viewType, title } = this.#definition;
    const tabs = this.#tabs();
    const viewColumn =
      tabs[0]?.group.viewColumn ?? (beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active);
    this.#adopt(vscode.window.createWebviewPanel(viewType, title, { viewColumn, preserveFocus }));
    // Nothing of the editor brings such a tab to the front: the new one takes its place.
    if (tabs.length > 0) this.run(() => vscode.window.tabGroups.close(tabs, true));
  }

  dispose(): void {
    this.#serializer.dispose();
    this.#open?.dispose();
  }

  async #run(action: () => unknown): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.failed(error);
    }
  }

  #adopt(panel: vscode.WebviewPanel): void {
    const { bundle, feed } = this.#definition;
    const adopted = new LivePanel<In, F>(panel, {
      extensionUri: this.#extensionUri,
      bundle,
      start: feed,
      receive: (message, feed) => this.run(() => this.#receive(message, feed)),
    });
    this.#open = adopted;
    panel.onDidDispose(() => {
      if (this.#open === adopted) this.#open = undefined;
    });
  }

  #receive(message: In, feed: F | undefined): unknown {
    const common = message as CommonMessage | Own<In>;
    switch (common.type) {
      case 'showOutput':
        return this.#log.show(true);
      case 'copy':
        return vscode.env.clipboard.writeText((common as { text: string }).text);
      case 'save': {
        const { name, content } = common as Extract<CommonMessage, { type: 'save' }>;
        return saveAs(name, content);
      }
      default:
        return this.#definition.receive(message as Own<In>, feed);
    }
  }

  /** Those that the editor has not handed back yet. */
  #tabs(): vscode.Tab[] {
    if (this.#open) return [];
    return vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => {
        // The editor puts a prefix of its own before the type.
        return input instanceof vscode.TabInputWebview && input.viewType.endsWith(this.#definition.viewType);
      });
  }
}
