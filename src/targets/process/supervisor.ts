/**
 * One for each job, detached: `node supervisor.js <job folder>`, secrets as JSON on standard input. It outlives the
 * server and sees to what must not depend on it: the exit code, the timeout, the cancel, and a server to log to.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, messageOf } from '../../base/errors.js';
import type { Revive } from '../target.js';
import { type ExitFile, FILES, type JobFile, readJson, writeJson, writeJsonOnce } from './files.js';
import { identityOf } from './identity.js';
import { groupExists, killGroup } from './kill.js';

const TICK = 200;
const REVIVE_EVERY = 3_000;

async function main(folder: string): Promise<void> {
  // Ending is asked for by the cancel file or by this signal; either way the job is ended first.
  let cancelled = false;
  process.on('SIGTERM', () => (cancelled = true));
  process.on('SIGHUP', () => undefined);
  process.on('SIGINT', () => undefined);

  const secrets = JSON.parse((await text(process.stdin)) || '{}') as Record<string, string>;
  const job = readJson<JobFile>(folder, FILES.job);
  if (!job) throw new Error(`${folder} holds no job.`);
  const self = { pid: process.pid, identity: (await identityOf(process.pid)) ?? '', startedAt: Date.now() };
  if (!writeJsonOnce(folder, FILES.supervisor, self)) return;

  const log = fs.openSync(path.join(folder, FILES.log), 'a', 0o600);
  const [program = '', ...args] = job.command;
  const startedAt = Date.now();
  const end = (exit: Omit<ExitFile, 'startedAt' | 'endedAt'>): void => {
    writeJson(folder, FILES.exit, { startedAt, endedAt: Date.now(), ...exit });
    process.exit(0);
  };
  const spawnFailed = (error: unknown): void => {
    const missing = hasCode(error, 'ENOENT');
    const reason = missing
      ? `${fs.existsSync(job.cwd) ? program : `The working folder ${job.cwd}`} was not found.`
      : `${program} could not be started: ${messageOf(error)}`;
    fs.writeSync(log, `${reason}\n`);
    end({ exitCode: null, cause: 'spawn-failed', reason });
  };
  let child: ChildProcess;
  // What this process writes is private; what the job writes is the person's.
  const own = process.umask(job.umask ?? process.umask());
  try {
    child = spawn(program, args, {
      cwd: job.cwd,
      env: { ...job.env, ...secrets },
      // Both streams share one open file: their order is kept and nobody has to be there to read them.
      stdio: ['ignore', log, log],
      detached: true,
      windowsHide: true,
    });
  } catch (error) {
    // Some errors are told this way, such as arguments that are too long.
    spawnFailed(error);
    return;
  } finally {
    process.umask(own);
  }
  child.once('error', spawnFailed);
  const { pid } = child;
  if (pid === undefined) return;

  let cause: ExitFile['cause'] = 'exit';
  let killAt = Infinity;
  const stop = (why: 'cancelled' | 'timeout'): void => {
    if (killAt !== Infinity) return;
    cause = why;
    killAt = Date.now() + job.grace * 1000;
    killGroup(pid, 'SIGTERM');
  };
  const deadline = job.timeout > 0 ? startedAt + job.timeout * 1000 : Infinity;
  const ticker = setInterval(() => {
    if (cancelled || fs.existsSync(path.join(folder, FILES.cancel))) stop('cancelled');
    if (Date.now() >= deadline) stop('timeout');
    if (Date.now() >= killAt) killGroup(pid, 'SIGKILL');
  }, TICK);
  if (job.revive) keepAlive(job.revive);

  const ended = async (exitCode: number | null, signal: NodeJS.Signals | null): Promise<void> => {
    // What the job has started may use the grace time as well.
    while (cause !== 'exit' && Date.now() < killAt && groupExists(pid)) await sleep(TICK);
    clearInterval(ticker);
    // Children that it left behind would hold its GPU and go on writing.
    killGroup(pid, 'SIGKILL');
    const reason = {
      timeout: `It ran longer than its limit of ${job.timeout} s.`,
      exit: signal ? `It was ended by ${signal}.` : undefined,
    }[cause as string];
    end({ exitCode, ...(signal && { signal }), cause, ...(reason && { reason }) });
  };
  child.once('exit', (exitCode, signal) => void ended(exitCode, signal));
  const identity = (await identityOf(pid)) ?? '';
  writeJson(folder, FILES.process, { pid, identity, startedAt });
}

/** Starts the server again when it is gone: the script wants to log to it. One that lives makes the new one end. */
function keepAlive({ url, command: [program = '', ...args], env }: Revive): void {
  let failures = 0;
  let wait = 0;
  setInterval(() => {
    fetch(url, { signal: AbortSignal.timeout(REVIVE_EVERY) }).then(
      () => void (failures = 0),
      () => {
        if (wait-- > 0) return;
        // Each start that did not help makes the next one wait longer, up to about a minute.
        wait = Math.min(2 ** failures++, 20);
        const server = spawn(program, args, {
          detached: true,
          stdio: 'ignore',
          windowsHide: true,
          env: { ...process.env, ...env },
        });
        server.once('error', () => undefined);
        server.unref();
      },
    );
  }, REVIVE_EVERY);
}

await main(process.argv[2] ?? '');
