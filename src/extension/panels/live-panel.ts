import * as vscode from 'vscode';
import { newNonce, webviewHtml } from './webview-html.js';

export interface Feed {
  dispose(): void;
}

export interface LivePanelOptions<In, F extends Feed> {
  extensionUri: vscode.Uri;
  /** Name of the bundle in dist/webview, and of the icon in media. */
  bundle: string;
  /** Makes what feeds the page that said so; undefined when the message is not the one a new page begins with. */
  start: (message: In, page: vscode.Webview) => F | undefined;
  /** Every other message of the page. */
  receive: (message: In, feed: F | undefined) => void;
}

/**
 * A panel that costs nothing while it is hidden: its feed is made when a page says that it is ready, and disposed with
 * the page, which the editor drops when the panel is hidden.
 */
export class LivePanel<In, F extends Feed> implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly #subscriptions: vscode.Disposable[];
  #feed: F | undefined;

  constructor(panel: vscode.WebviewPanel, { extensionUri, bundle, start, receive }: LivePanelOptions<In, F>) {
    this.panel = panel;
    const { webview } = panel;
    const root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    const address = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, file)).toString();
    const icon = (theme: string) => vscode.Uri.joinPath(extensionUri, 'media', `${bundle}-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    webview.options = { enableScripts: true, localResourceRoots: [root] };
    this.#subscriptions = [
      webview.onDidReceiveMessage((message: In) => {
        // What a page says after it was hidden has nobody to answer it.
        if (!panel.visible) return;
        const feed = start(message, webview);
        if (!feed) receive(message, this.#feed);
        else {
          this.#feed?.dispose();
          this.#feed = feed;
        }
      }),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#stop();
      }),
      panel.onDidDispose(() => this.dispose()),
    ];
    webview.html = webviewHtml({
      title: panel.title,
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

  #stop(): void {
    this.#feed?.dispose();
    this.#feed = undefined;
  }
}
