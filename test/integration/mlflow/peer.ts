import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnMlflow } from '../../support/mlflow-server.js';
import { freePort } from '../../support/tools.js';
import { interpreter, type PythonEnvironment } from './python.js';

export interface Peer {
  port: number;
  close(): Promise<void>;
}

const STARTS_WITHIN_MS = 240_000;

/** MLflow's own server with one worker, and a folder of its own. */
interface PeerOptions {
  /** Default: the newest. */
  python?: PythonEnvironment;
  /** More arguments for `mlflow server`. */
  args?: readonly string[];
  /** More variables. @param folder its own */
  env?: (folder: string) => Record<string, string>;
}

export async function startMlflow({
  python = 'full',
  args = [],
  env = () => ({}),
}: PeerOptions = {}): Promise<Peer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlflow-peer-'));
  const port = await freePort();
  const log = fs.openSync(path.join(folder, 'log'), 'w');
  const child = spawnMlflow(interpreter(python), folder, port, {
    args: ['--workers', '1', ...args],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      NO_PROXY: '127.0.0.1',
      // The workers of its job queue take longer to start than the server.
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      ...env(folder),
    },
    stdio: ['ignore', log, log],
  });
  fs.closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  let isAlive = true;
  void ended.then(() => (isAlive = false));
  const kill = () => {
    if (isAlive && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  process.once('exit', kill);
  const close = async () => {
    kill();
    process.off('exit', kill);
    await ended;
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  for (const end = Date.now() + STARTS_WITHIN_MS; !(await isHealthy(port)); await sleep(100)) {
    if (isAlive && Date.now() < end) continue;
    const said = fs.readFileSync(path.join(folder, 'log'), 'utf8');
    await close();
    throw new Error(`MLflow's server does not start:\n${said}`);
  }
  return { port, close };
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health`)).ok;
  } catch {
    return false;
  }
}

/** Options of a server that asks for a password; needs the environment `server2`. */
export function withPassword(admin: { user: string; password: string }): PeerOptions {
  return {
    python: 'server2',
    args: ['--app-name', 'basic-auth'],
    env: (folder) => {
      const file = path.join(folder, 'basic_auth.ini');
      const lines = [
        '[mlflow]',
        'default_permission = READ',
        `database_uri = sqlite:///${path.join(folder, 'users.db')}`,
        `admin_username = ${admin.user}`,
        `admin_password = ${admin.password}`,
        'authorization_function = mlflow.server.auth:authenticate_request_basic_auth',
      ];
      fs.writeFileSync(file, lines.join('\n'));
      return { MLFLOW_AUTH_CONFIG_PATH: file, MLFLOW_FLASK_SERVER_SECRET_KEY: 'a key of this test' };
    },
  };
}
