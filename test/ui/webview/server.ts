import fs from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { newNonce, webviewHtml } from '../../../src/extension/panels/webview-html.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css' };

export function serveCharts(): ReturnType<typeof servePanel> {
  return servePanel('charts');
}

/** Serves a built panel on loopback with the page and the policy that the editor gives it. */
export async function servePanel(panel: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = http.createServer((request, response) => {
    void respond(panel, request.url ?? '/', response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };
}

async function respond(panel: string, url: string, response: http.ServerResponse): Promise<void> {
  if (url === '/favicon.ico') {
    response.writeHead(204).end();
    return;
  }
  if (url === '/') {
    const nonce = newNonce();
    const html = webviewHtml({
      title: panel,
      language: 'en',
      strings: {},
      script: `/${panel}.js`,
      style: `/${panel}.css`,
      cspSource: `'self'`,
      nonce,
    });
    response.setHeader('content-type', 'text/html').end(html);
    return;
  }
  try {
    const file = path.basename(url);
    const bytes = await fs.readFile(path.join(ROOT, 'dist/webview', file));
    response.setHeader('content-type', TYPES[path.extname(file)] ?? 'application/octet-stream').end(bytes);
  } catch (error) {
    response.writeHead(404).end(String(error));
  }
}
