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
import { keepAlive } from '../shared/revive.js';
import { type ExitFile, FILES, type JobFile, readJson, writeJson, writeJsonOnce } from './files.js';
import { identityOf } from './identity.js';
import { endProcessesOf, groupExists, killGroup } from './kill.js';
import { inView, NOT_FOUND, NOT_RUNNABLE } from './view.js';

const TICK = 200;
/** Milliseconds between tries to write a file. */
const LONGEST_WAIT = 5_000;

async function main(folder: string): Promise<void> {
  // Ending is asked for by the cancel file or by this signal; either way the job is ended first.
  let cancelled = false;
  process.on('SIGTERM', () => (cancelled = true));
  process.on('SIGHUP', () => undefined);
  process.on('SIGINT', () => undefined);

  const told = await text(process.stdin);
  // Nothing: the job is not to be started, or the server has ended.
  if (told === '') return;
  const secrets = JSON.parse(told) as Record<string, string>;
  const job = readJson<JobFile>(folder, FILES.job);
  if (!job) throw new Error(`${folder} holds no job.`);
  const self = { pid: process.pid, identity: (await identityOf(process.pid)) ?? '', startedAt: Date.now() };
  if (!writeJsonOnce(folder, FILES.supervisor, self)) return;

  const log = fs.openSync(path.join(folder, FILES.log), 'a', 0o600);
  const [program = ''] = job.command;
  const launch = launchOf(folder, job, { ...job.env, ...secrets });
  const startedAt = Date.now();
  const end = async (exit: Omit<ExitFile, 'startedAt' | 'endedAt'>): Promise<never> => {
    const file: ExitFile = { startedAt, endedAt: Date.now(), ...exit };
    await untilWritten(() => writeJson(folder, FILES.exit, file));
    process.exit(0);
  };
  const spawnFailed = (error: unknown): void => {
    const missing = hasCode(error, 'ENOENT');
    const reason = missing
      ? `${job.view || fs.existsSync(job.cwd) ? program : `The working folder ${job.cwd}`} was not found.`
      : `${program} could not be started: ${messageOf(error)}`;
    void untilWritten(() => fs.writeSync(log, `${reason}\n`)).then(() =>
      end({ exitCode: null, cause: 'spawn-failed', reason }),
    );
  };
  let child: ChildProcess;
  // What this process writes is private; what the job writes is the person's.
  const own = process.umask(job.umask ?? process.umask());
  try {
    child = spawn(launch.program, launch.args, {
      cwd: launch.cwd,
      env: launch.env,
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
    // A job that was ended could not see to what it had started in sessions of their own.
    const forced = cause !== 'exit' || signal !== null;
    const runId = job.env['TRAINYARD_RUN_ID'];
    if (forced && runId) await endProcessesOf(runId, Math.min(killAt, Date.now() + job.grace * 1000), TICK);
    if (job.view && cause === 'exit' && !signal && !fs.existsSync(path.join(folder, FILES.entered))) {
      spawnFailed(viewError(exitCode));
      return;
    }
    const reason = {
      timeout: `It ran longer than its limit of ${job.timeout} s.`,
      exit: signal ? `It was ended by ${signal}.` : undefined,
    }[cause as string];
    await end({ exitCode, ...(signal && { signal }), cause, ...(reason && { reason }) });
  };
  child.once('exit', (exitCode, signal) => void ended(exitCode, signal));
  const identity = (await identityOf(pid)) ?? '';
  await untilWritten(() => writeJson(folder, FILES.process, { pid, identity, startedAt }));
}

/** A disk that is full has room again some time, and nobody else knows what is to be written. */
async function untilWritten(write: () => void): Promise<void> {
  for (let wait = 100; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    try {
      write();
      return;
    } catch {
      await sleep(wait);
    }
  }
}

/** What to spawn, and where: in a view of its own the process goes to its folder itself. */
function launchOf(
  folder: string,
  { command, cwd, view }: JobFile,
  env: Record<string, string>,
): { program: string; args: string[]; cwd: string; env: Record<string, string> } {
  if (!view) return { program: command[0] ?? '', args: command.slice(1), cwd, env };
  const entered = path.join(folder, FILES.entered);
  const inside = inView(view.maker, { mounts: view.mounts, cwd, entered }, command, env);
  return { program: inside.command[0] ?? '', args: inside.command.slice(1), cwd: folder, env: inside.env };
}

/** Why a process in a view of its own did not come to run its program, in the system's words. */
function viewError(exitCode: number | null): Error {
  if (exitCode === NOT_FOUND) return Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
  if (exitCode === NOT_RUNNABLE) return new Error('EACCES: it is not a program that you may run');
  return new Error('the folders of the job could not be put in their places; its log says why');
}

await main(process.argv[2] ?? '');
