import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { pino, type Logger } from 'pino';
import { hasCode, messageOf, TrainyardError } from '../base/errors.js';
import { VERSION } from '../base/version.js';
import {
  API_VERSION,
  DISCOVERY_FILE,
  REPLACES_VARIABLE,
  type Discovery,
} from '../workspace/local/contract.js';
import type { ServerStatus } from '../workspace/types.js';
import { TARGET_KINDS } from '../targets/registry.js';
import { Targets } from '../targets/targets.js';
import { EventHub } from './api/events.js';
import { writeFileAtomic } from '../base/write-file.js';
import { foldersOf } from './jobs/folders.js';
import { JobService } from './jobs/service.js';
import { LogFile } from './log-file.js';
import { Purger } from './purger.js';
import { maintain } from './maintenance.js';
import { Settings } from './settings.js';
import { Store } from './store/store.js';

/** The most milliseconds between two calls of an external program with an open run. */
const LONGEST_SILENCE = 24 * 60 * 60_000;

/** The local workspace server: a separate process, one per home. */
async function main(home: string): Promise<void> {
  fs.mkdirSync(home, { recursive: true, mode: 0o700 });
  process.umask(0o077);
  const log = openLog(home);
  process.on('uncaughtException', (error) => fail(log, error));
  process.on('unhandledRejection', (error) => fail(log, error));

  let store: Store;
  try {
    store = Store.open(path.join(home, 'store'), (error) =>
      log.error({ err: error }, 'the follow-up of a change failed, such as the second copy of the store'),
    );
  } catch (error) {
    if (!TrainyardError.is(error, 'CONFLICT')) throw error;
    log.info('another server uses this home; nothing to do');
    return;
  }
  const before = readDiscovery(home);
  const expected = process.env[REPLACES_VARIABLE];
  if (expected !== undefined && expected !== String(before?.startedAt ?? '')) {
    log.info('another server has run here since this one was requested; nothing to do');
    await store.close();
    return;
  }
  delete process.env[REPLACES_VARIABLE];
  const settings = new Settings(home);
  const token = before?.token ?? randomBytes(32).toString('base64url');
  const context = { store, home, version: VERSION, token, log };
  const events = new EventHub(store);
  const startedAt = Date.now();
  let lastRequest = startedAt;
  let url = '';

  const jobs = new JobService({
    store,
    home,
    log,
    targets: new Targets(TARGET_KINDS, {
      home,
      log,
      settings: () => settings.current,
      jobFolder: (id) => foldersOf(home, id).root,
      revive: () => ({
        url: `${url}/health`,
        command: [process.execPath, ...process.execArgv, fileURLToPath(import.meta.url)],
        env: { TRAINYARD_HOME: home, ELECTRON_RUN_AS_NODE: '1' },
      }),
      listen: (address) => app.tracking.listen(address),
    }),
    // Known once the port is bound, which is before any job is looked at.
    serverUrl: () => url,
    otherUrls: () => app.tracking.urls(),
    token,
    settings: () => settings.current,
  });
  const status = (): ServerStatus => ({
    pid: process.pid,
    version: VERSION,
    apiVersion: API_VERSION,
    url,
    home,
    startedAt,
    node: process.version,
    storeBytes: store.size(),
    experiments: store.experiments.all().length,
    runs: store.runs.count(),
    ...jobs.activeCount(),
    memoryBytes: process.memoryUsage.rss(),
  });
  const purger = new Purger(store, home, log);
  // Not for `store verify` and similar commands.
  const { createApp } = await import('./app.js');
  const app = await createApp(context, {
    jobs,
    purger,
    events,
    settings,
    status,
    shutdown: () => void stop('asked to'),
  });
  app.addHook('onRequest', async () => void (lastRequest = Date.now()));
  const port = await listen(app, before?.port);
  url = `http://127.0.0.1:${port}`;
  await jobs.recover();
  const discovery: Discovery = {
    pid: process.pid,
    port,
    token,
    version: VERSION,
    apiVersion: API_VERSION,
    startedAt,
  };
  writeFileAtomic(path.join(home, DISCOVERY_FILE), JSON.stringify(discovery));
  log.info({ url, version: VERSION, pid: process.pid }, 'server started');
  purger
    .clean()
    .catch((error: unknown) => log.error({ err: error }, 'files of purged runs could not be removed'));
  const sweeping = new AbortController();
  store.artifacts
    .sweep(sweeping.signal)
    .then((missing = []) => {
      if (missing.length > 0)
        log.error({ missing }, 'contents that runs refer to are missing from the store');
    })
    .catch((error: unknown) => log.error({ err: error }, 'unreferenced files could not be moved away'));

  let stopping = false;
  async function stop(why: string): Promise<void> {
    if (stopping) return;
    stopping = true;
    log.info({ why }, 'server stops; jobs continue');
    sweeping.abort();
    events.close();
    await jobs.close();
    await app.close();
    await store.close();
    log.flush();
    process.exit(0);
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  setInterval(() => {
    const { running, queued, collecting } = jobs.activeCount();
    const idle = events.listenerCount === 0 && running + queued + collecting === 0;
    // Also if the home was removed: nobody can find this server any more.
    if (readDiscovery(home)?.startedAt !== startedAt) void stop('no longer the server of this home');
    const silent = Date.now() - lastRequest;
    if (!idle || silent < settings.current.idleExit * 60_000) return;
    if (silent > LONGEST_SILENCE || !store.runs.isAnyRunning()) void stop('idle');
  }, 5_000);
}

function openLog(home: string): Logger {
  const folder = path.join(home, 'logs');
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = new LogFile(folder, 'server.log');
  return pino({ level: process.env['TRAINYARD_LOG'] ?? 'info', base: { pid: process.pid } }, file);
}

/** The crash is reported where `ensureServer` reads it (stderr is boot.log) and in the log. */
function fail(log: Logger, error: unknown): void {
  log.fatal({ err: error }, 'server failed');
  process.stderr.write(
    TrainyardError.is(error)
      ? `${error.code}: ${error.message}${error.hint ? ` ${error.hint}` : ''}\n`
      : `${messageOf(error)}\n`,
  );
  // The log is a stream; give it a moment to reach the disk.
  setTimeout(() => process.exit(1), 100);
}

function readDiscovery(home: string): Discovery | undefined {
  const file = path.join(home, DISCOVERY_FILE);
  if (!fs.existsSync(file)) return undefined;
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Discovery;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // it is written anew
    throw error;
  }
}

/** The port of the previous server if it is free, since running scripts use it. */
async function listen(app: FastifyInstance, wanted: number | undefined): Promise<number> {
  for (const port of wanted === undefined ? [0] : [wanted, 0]) {
    try {
      await app.listen({ host: '127.0.0.1', port });
      break;
    } catch (error) {
      const taken = hasCode(error, 'EADDRINUSE');
      if (!taken || port === 0) throw error;
    }
  }
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

const home = path.resolve(process.env['TRAINYARD_HOME'] || path.join(os.homedir(), '.trainyard'));
const [kind, verb = ''] = process.argv.slice(2);
await (kind === 'store' ? maintain(home, verb) : main(home));
