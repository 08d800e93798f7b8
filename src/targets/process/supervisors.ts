import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { TrainyardError } from '../../base/errors.js';
import { FILES, type JobFile, writeJson } from './files.js';

const START_TIMEOUT = 15_000;

/** A supervisor that was not told yet what to do. */
interface Waiting {
  child: ChildProcess;
  failure?: Error;
  ended: boolean;
}

/** Starts the supervisors of jobs, ahead of time where it can: a process takes a while to come up. */
export class Supervisors {
  /** The program and arguments that run a supervisor, less the job's folder. */
  private readonly command: readonly string[];
  /** By the job's folder. */
  private readonly waiting = new Map<string, Waiting>();

  constructor(command: readonly string[]) {
    this.command = command;
  }

  /** Makes the folder of a job, and has a supervisor wait there. */
  expect(folder: string): void {
    this.get(folder);
  }

  /** Told nothing, it ends. */
  forget(folder: string): void {
    this.waiting.get(folder)?.child.stdin?.end();
    this.waiting.delete(folder);
  }

  /** Resolves once the job is supervised. @throws TARGET_FAILED; then nothing was started */
  async launch(folder: string, job: JobFile, secrets: Readonly<Record<string, string>>): Promise<void> {
    writeJson(folder, FILES.job, job);
    const waiting = this.get(folder);
    this.waiting.delete(folder);
    waiting.child.stdin?.end(JSON.stringify(secrets));
    for (const end = Date.now() + START_TIMEOUT; Date.now() < end && !waiting.failure; await sleep(10)) {
      if (fs.existsSync(path.join(folder, FILES.supervisor))) return;
      if (waiting.ended) break;
    }
    // One that is only slow must not start what is said to have failed.
    waiting.child.kill('SIGKILL');
    throw new TrainyardError('TARGET_FAILED', 'The job could not be started.', {
      hint: `See ${path.join(folder, 'supervisor.log')}.`,
      cause: waiting.failure,
    });
  }

  private get(folder: string): Waiting {
    const known = this.waiting.get(folder);
    if (known) return known;
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const [program = '', ...args] = this.command;
    const errors = fs.openSync(path.join(folder, 'supervisor.log'), 'a', 0o600);
    const child = spawn(program, [...args, folder], {
      cwd: folder,
      detached: true,
      windowsHide: true,
      stdio: ['pipe', 'ignore', errors],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    fs.closeSync(errors);
    const waiting: Waiting = { child, ended: false };
    child.once('error', (error) => (waiting.failure = error));
    child.once('exit', () => (waiting.ended = true));
    child.stdin?.on('error', (error) => (waiting.failure = error));
    child.unref();
    this.waiting.set(folder, waiting);
    return waiting;
  }
}
