import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import path from 'node:path';

/** Of a server that was started in `folder`. */
export const storeFile = (folder: string): string => path.join(folder, 'mlflow.db');

/**
 * MLflow's own server: a process, at the head of a group of its own, with a SQLite store in `folder`.
 * @param python a program whose packages have MLflow
 */
export function spawnMlflow(
  python: string,
  folder: string,
  port: number,
  { args = [], env, stdio }: { args?: readonly string[]; env: NodeJS.ProcessEnv; stdio: StdioOptions },
): ChildProcess {
  return spawn(
    python,
    [
      ...['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port)],
      ...['--backend-store-uri', `sqlite:///${storeFile(folder)}`],
      ...['--artifacts-destination', path.join(folder, 'artifacts')],
      ...args,
    ],
    {
      cwd: folder,
      env: { ...env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
      stdio,
      detached: true,
    },
  );
}
