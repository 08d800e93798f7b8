import * as vscode from 'vscode';
import { newNonce, webviewHtml } from './webview-html.js';

/** Feeds one page. Made when the page is ready, disposed when it is hidden. */
export interface Feed {
  dispose(): void;
}

/** A message has a type; whatever else a page may post is none. */
export interface Message {
  type: string;
}

export interface LivePanelOptions<In extends Message, F extends Feed> {
  extensionUri: vscode.Uri;
  /** Name of the bundle in dist/webview, and of the icon in media. */
  bundle: string;
  /** Makes what feeds the page that says it is ready; undefined when there is nothing to feed it with. */
  start: (ready: Extract<In, { type: 'ready' }>) => F | undefined;
  /** Every other message of the page. */
  receive: (message: In, feed: F | undefined) => void;
}

/**
 * A panel that costs nothing while it is hidden: its feed is made when a page says that it is ready, and disposed with
 * the page, which the editor drops when the panel is hidden.
 */
export class LivePanel<In extends Message, F extends Feed> implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #options: LivePanelOptions<In, F>;
  readonly #subscriptions: vscode.Disposable[];
  #feed: F | undefined;

  constructor(panel: vscode.WebviewPanel, options: LivePanelOptions<In, F>) {
    this.panel = panel;
    this.#options = options;
    const { extensionUri, bundle } = options;
    const { webview } = panel;
    const root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    const address = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, file)).toString();
    const icon = (theme: string) => vscode.Uri.joinPath(extensionUri, 'media', `${bundle}-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    webview.options = { enableScripts: true, localResourceRoots: [root] };
    this.#subscriptions = [
      webview.onDidReceiveMessage((message: unknown) => {
        // What a page says after it was hidden has nobody to answer it.
        if (panel.visible && isMessage<In>(message)) this.#receive(message);
      }),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#stop();
      }),
      panel.onDidDispose(() => this.dispose()),
    ];
    webview.html = webviewHtml({
      title: panel.title,
      language: vscode.env.language,
      strings: vscode.l10n.bundle ?? {},
      script: address(`${bundle}.js`),
      style: address(`${bundle}.css`),
      cspSource: webview.cspSource,
      nonce: newNonce(),
    });
  }

  get feed(): F | undefined {
    return this.#feed;
  }

  dispose(): void {
    this.#stop();
    this.#subscriptions.splice(0).forEach((subscription) => subscription.dispose());
  }

  #receive(message: In): void {
    if (message.type !== 'ready') {
      this.#options.receive(message, this.#feed);
      return;
    }
    const feed = this.#options.start(message as Extract<In, { type: 'ready' }>);
    if (!feed) return;
    this.#feed?.dispose();
    this.#feed = feed;
  }

  #stop(): void {
    this.#feed?.dispose();
    this.#feed = undefined;
  }
}

function isMessage<In extends Message>(message: unknown): message is In {
  return (
    typeof message === 'object' && message !== null && 'type' in message && typeof message.type === 'string'
  );
}
