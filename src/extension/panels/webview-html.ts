import { randomBytes } from 'node:crypto';

export interface PageParts {
  title: string;
  /** As in `vscode.env.language`. */
  language: string;
  /** Texts in that language by what they are in English; none in English. */
  strings: Readonly<Record<string, unknown>>;
  /** Addresses of the bundle, as the webview reaches them. */
  script: string;
  style: string;
  /** Where the webview's own resources come from. */
  cspSource: string;
  nonce: string;
}

export function newNonce(): string {
  return randomBytes(16).toString('base64');
}

/** What a page may do: run the one script of this nonce, and nothing from anywhere else. No inline style. */
export function contentSecurityPolicy({ cspSource, nonce }: Pick<PageParts, 'cspSource' | 'nonce'>): string {
  return [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    `img-src ${cspSource} data: blob:`,
  ].join('; ');
}

/** The page of a webview: empty but for its script, which fills it. */
export function webviewHtml(parts: PageParts): string {
  const { title, language, strings, script, style, nonce } = parts;
  return `<!doctype html>
<html lang="${escaped(language)}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="${escaped(contentSecurityPolicy(parts))}">
    <meta name="strings" content="${escaped(JSON.stringify(strings))}">
    <title>${escaped(title)}</title>
    <link rel="stylesheet" href="${escaped(style)}">
  </head>
  <body>
    <script type="module" nonce="${escaped(nonce)}" src="${escaped(script)}"></script>
  </body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
