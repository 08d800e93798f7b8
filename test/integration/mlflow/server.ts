import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { createApp } from '../../../src/server/app.js';
import { Store } from '../../../src/server/store/store.js';

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

export interface TestServer {
  url: string;
  port: number;
  token: string;
  store: Store;
  /** Lines of the server's log at level error. */
  errors: string[];
  /** A request with the token; JSON in and out. */
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

/** The real app over a real store in a folder of its own. */
export async function startServer(options: { stalledAfter?: number } = {}): Promise<TestServer> {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-mlflow-'));
  const store = Store.open(path.join(home, 'store'));
  const token = randomBytes(16).toString('hex');
  const errors: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void errors.push(line) });
  const app = await createApp({ store, home, version: '0.0.0', token, log }, undefined, options);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    token,
    store,
    errors,
    async call(method, at, body) {
      const headers: Record<string, string> = { authorization: `Bearer ${token}` };
      if (body !== undefined) headers['content-type'] = 'application/json';
      const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
      const response = await fetch(url + at, { method, headers, body: text });
      const answer = await response.text();
      return { status: response.status, body: JSON.parse(answer) as Record<string, unknown> };
    },
    async close() {
      app.server.closeAllConnections();
      await app.close();
      await store.close();
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}
