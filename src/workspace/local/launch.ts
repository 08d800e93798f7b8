import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ERROR_STATUS, type ErrorCode, hasCode, TrainyardError } from '../../base/errors.js';
import { isNewer, VERSION } from '../../base/version.js';
import type { ServerStatus } from '../types.js';
import { API, API_VERSION, DISCOVERY_FILE, REPLACES_VARIABLE, type Discovery } from './contract.js';
import { requireUsable } from './home.js';

export interface LaunchOptions {
  /** Default: TRAINYARD_HOME, else ~/.trainyard. */
  home?: string;
  /** The server's bundle. */
  serverEntry: string;
  signal?: AbortSignal;
}

const START_TIMEOUT = 20_000;
const PROBE_TIMEOUT = 5_000;
/**
 * The server is at rest most of its life: a small nursery and one helper thread cost it nothing and save 18 MB. V8 lets a
 * heap grow by what it may become; a limit of 1 GB, far above what any request needs, keeps 35 MB less under load.
 */
const SMALL_HEAP = ['--max-semi-space-size=2', '--v8-pool-size=1', '--max-old-space-size=1024'];

export function homeOf(options: { home?: string }): string {
  return path.resolve(options.home || process.env['TRAINYARD_HOME'] || path.join(os.homedir(), '.trainyard'));
}

/** The server of this home if one lives; starts none. */
export async function findServer(home: string): Promise<Discovery | undefined> {
  const discovery = readDiscovery(home);
  return discovery && (await probe(discovery)) ? discovery : undefined;
}

/**
 * The server of this home; starts one, detached, when there is none, and replaces one of an older version (its jobs go
 * on). Callers at the same time end up with one server: only one process can have the store.
 * @throws SERVER_UNREACHABLE | SERVER_INCOMPATIBLE | STORE_FULL | STORE_CORRUPT | STORE_NEWER
 */
export async function ensureServer(options: LaunchOptions): Promise<Discovery> {
  const home = homeOf(options);
  const found = await findServer(home);
  if (found) {
    if (!isNewer(VERSION, found.version)) return requireCompatible(found);
    await shutdown(found);
  }
  return requireCompatible(await start(home, options));
}

export async function shutdown(discovery: Discovery): Promise<void> {
  await fetch(`http://127.0.0.1:${discovery.port}${API}/server/shutdown`, {
    method: 'POST',
    headers: { authorization: `Bearer ${discovery.token}` },
  });
  const end = Date.now() + START_TIMEOUT;
  while (isAlive(discovery.pid)) {
    if (Date.now() > end)
      throw new TrainyardError('SERVER_UNREACHABLE', `The server (pid ${discovery.pid}) does not stop.`, {
        hint: 'Kill the process and try again.',
      });
    await sleep(20);
  }
}

async function start(home: string, { serverEntry, signal }: LaunchOptions): Promise<Discovery> {
  requireUsable(home);
  const logs = path.join(home, 'logs');
  fs.mkdirSync(logs, { recursive: true, mode: 0o700 });
  const bootLog = path.join(logs, 'boot.log');
  const output = fs.openSync(bootLog, 'w', 0o600);
  const before = readDiscovery(home);
  let ended = false;
  try {
    const server = spawn(process.execPath, [...SMALL_HEAP, serverEntry], {
      cwd: home,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', output, output],
      // In the editor process.execPath is Electron.
      env: {
        ...process.env,
        ELECTRON_RUN_AS_NODE: '1',
        TRAINYARD_HOME: home,
        // A script that asks for a server is not to take it along when it ends.
        TRAINYARD_RUN_ID: undefined,
        [REPLACES_VARIABLE]: String(before?.startedAt ?? ''),
      },
    });
    server.on('exit', () => (ended = true));
    server.on('error', () => (ended = true));
    server.unref();
  } finally {
    fs.closeSync(output);
  }
  const deadline = Date.now() + START_TIMEOUT;
  // Ours may end because another starts at the same time; then that one is waited for a moment.
  let graceAfterEnd = 40;
  while (Date.now() < deadline && graceAfterEnd > 0) {
    signal?.throwIfAborted();
    const discovery = readDiscovery(home);
    if (discovery && discovery.startedAt !== before?.startedAt && (await probe(discovery))) return discovery;
    if (discovery && ended && (await probe(discovery))) return discovery;
    if (ended) graceAfterEnd--;
    await sleep(50);
  }
  // It cannot even say so itself then.
  if (isFull(home))
    throw new TrainyardError('STORE_FULL', `The disk of ${home} is full.`, {
      hint: 'Free some space and try again. No stored data is lost.',
    });
  const said = fs.readFileSync(bootLog, 'utf8').trim().slice(-2000);
  const [, code, why] = /^(STORE_[A-Z]+): (.*)$/m.exec(said) ?? [];
  if (code !== undefined && code in ERROR_STATUS)
    throw new TrainyardError(code as ErrorCode, `The Trainyard server did not start. ${why}`);
  throw new TrainyardError(
    'SERVER_UNREACHABLE',
    `The Trainyard server did not start.${said ? ` It said: ${said}` : ''}`,
    {
      hint: `See ${path.join(logs, 'server.log')}.`,
    },
  );
}

/** Bytes without which a server cannot start. */
const LEAST_ROOM = 256 * 1024;

function isFull(folder: string): boolean {
  const { bavail, bsize } = fs.statfsSync(folder);
  return bavail * bsize < LEAST_ROOM;
}

/** What the last server of this home said of itself; it may have ended since. Its port stays the same. */
export function readDiscovery(home: string): Discovery | undefined {
  try {
    return JSON.parse(fs.readFileSync(path.join(home, DISCOVERY_FILE), 'utf8')) as Discovery;
  } catch (error) {
    const missing = hasCode(error, 'ENOENT', 'ENOTDIR');
    if (missing || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether the server answers to its token: a port or a pid alone may be somebody else's by now. */
async function probe(discovery: Discovery): Promise<ServerStatus | undefined> {
  if (!isAlive(discovery.pid)) return undefined;
  try {
    const response = await fetch(`http://127.0.0.1:${discovery.port}${API}/server`, {
      headers: { authorization: `Bearer ${discovery.token}` },
      signal: AbortSignal.timeout(PROBE_TIMEOUT),
    });
    return response.ok ? ((await response.json()) as ServerStatus) : undefined;
  } catch (error) {
    // Refused, reset, too slow: not a living server, which is what was asked.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function requireCompatible(discovery: Discovery): Discovery {
  if (discovery.apiVersion === API_VERSION) return discovery;
  throw new TrainyardError(
    'SERVER_INCOMPATIBLE',
    `The running Trainyard server (${discovery.version}) is not compatible with this version (${VERSION}).`,
    { hint: 'Update Trainyard here, and reload the window.' },
  );
}
