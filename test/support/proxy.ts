import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';

export interface Answering {
  port: number;
  /** Requests that came, as `METHOD /path`. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A server of this process. @param tls key and certificate (PEM) for one that speaks HTTPS */
export async function answer(
  handle: http.RequestListener,
  tls?: { key: string; cert: string },
): Promise<Answering> {
  const requests: string[] = [];
  const listener: http.RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    handle(request, response);
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Passes requests on to a port of this machine, with the path that `route` gives; undefined: 404 with a page. */
export function passOn(port: number, route: (path: string) => string | undefined): http.RequestListener {
  return (request, response) => {
    const to = route(request.url ?? '/');
    if (to === undefined) {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<title>Not here</title>');
      return;
    }
    const { method, headers } = request;
    const passed = http.request({ host: '127.0.0.1', port, path: to, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', (error) => response.writeHead(502).end(String(error)));
    request.pipe(passed);
  };
}

/** An authority of one's own, and what it certifies for 127.0.0.1. Made with OpenSSL in a folder of its own. */
export function makeAuthority(): { caFile: string; key: string; cert: string; dispose(): void } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-ca-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');
  const newKey = ['-newkey', 'rsa:2048', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
  );
  openssl('req', ...newKey, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=127.0.0.1');
  fs.writeFileSync(path.join(folder, 'names'), 'subjectAltName=IP:127.0.0.1\n');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names', '-days', '2'];
  openssl('x509', '-req', '-in', 'request.pem', ...signing, '-out', 'cert.pem');
  return {
    caFile: path.join(folder, 'ca.pem'),
    key: read('key.pem'),
    cert: read('cert.pem'),
    dispose: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}
