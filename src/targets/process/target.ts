import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { TrainyardError } from '../../base/errors.js';
import type { Handle, PreparedJob, Target, TargetDescription, TargetStatus, Usage } from '../target.js';
import { type ExitFile, FILES, type JobFile, readJson, readProcess, writeJson } from './files.js';
import { isSame } from './identity.js';
import { killGroup } from './kill.js';
import { resolve } from './resolve.js';
import { UsageMeter } from './usage.js';
import { findViewMaker, type ViewMaker } from './view.js';

const START_TIMEOUT = 15_000;

/** A supervisor that was not told yet what to do. */
interface Waiting {
  child: ChildProcess;
  failure?: Error;
  ended: boolean;
}

/** Jobs as processes of this machine, each under a supervisor of its own. All that matters is in the job's folder. */
export class ProcessTarget implements Target {
  readonly name = 'local';
  readonly kind = 'process';
  /** The program and arguments that run a supervisor, less the job's folder. */
  private readonly supervisor: readonly string[];
  private readonly view: string | undefined;
  private readonly meter = new UsageMeter();
  /** By the job's folder. */
  private readonly waiting = new Map<string, Waiting>();
  private maker: Promise<ViewMaker | undefined> | undefined;

  constructor(supervisor: readonly string[], view?: string) {
    this.supervisor = supervisor;
    this.view = view;
  }

  async describe(): Promise<TargetDescription> {
    const gigabytes = Math.round(os.totalmem() / 2 ** 30);
    return {
      name: this.name,
      kind: this.kind,
      label: os.hostname(),
      detail: `${os.availableParallelism()} cores, ${gigabytes} GB`,
      ready: true,
    };
  }

  async canMount(): Promise<boolean> {
    return (await this.viewMaker()) !== undefined;
  }

  private viewMaker(): Promise<ViewMaker | undefined> {
    return (this.maker ??= findViewMaker(this.view));
  }

  plan(job: PreparedJob): Handle {
    return { folder: job.folder, grace: job.grace };
  }

  async start(
    { folder, mounts, launcher, environment, ...job }: PreparedJob,
    _handle: Handle,
    secrets: Record<string, string>,
  ): Promise<void> {
    const command = this.resolve({ launcher, environment, ...job, folder });
    if (!command) return;
    const maker = mounts && (await this.viewMaker());
    const file: JobFile = { ...job, command, ...(mounts && maker && { view: { maker, mounts } }) };
    writeJson(folder, FILES.job, file);
    this.expect(folder);
    const waiting = this.waiting.get(folder) as Waiting;
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

  /** Undefined when an interpreter is missing: the job has ended with that. */
  private resolve(job: PreparedJob): string[] | undefined {
    try {
      return resolve(job, { env: job.env });
    } catch (error) {
      if (!TrainyardError.is(error, 'NO_INTERPRETER')) throw error;
      const { message: reason, hint } = error;
      this.forget(job.folder);
      fs.appendFileSync(path.join(job.folder, FILES.log), `${reason}\n`, { mode: 0o600 });
      const exit: ExitFile = { endedAt: Date.now(), exitCode: null, cause: 'spawn-failed', reason, hint };
      writeJson(job.folder, FILES.exit, exit);
      return undefined;
    }
  }

  expect(folder: string): void {
    if (this.waiting.has(folder)) return;
    const [program = '', ...args] = this.supervisor;
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
  }

  forget(folder: string): void {
    // Told nothing, it ends.
    this.waiting.get(folder)?.child.stdin?.end();
    this.waiting.delete(folder);
  }

  async status(handle: Handle): Promise<TargetStatus> {
    const folder = String(handle['folder']);
    const supervisor = readProcess(folder, FILES.supervisor);
    const supervised = supervisor !== undefined && (await isSame(supervisor.pid, supervisor.identity));
    const job = readProcess(folder, FILES.process);
    const running = job !== undefined && (await isSame(job.pid, job.identity));
    // Read last: a supervisor that was alive a moment ago may have written it since.
    const exit = readJson<ExitFile>(folder, FILES.exit);
    if (exit) return { state: 'ended', ...exit };
    if (job && (running || supervised)) return { state: 'running', startedAt: job.startedAt };
    if (!supervisor) return { state: 'planned' };
    if (supervised) return { state: 'starting' };
    return {
      state: 'ended',
      startedAt: job?.startedAt,
      endedAt: Date.now(),
      exitCode: null,
      cause: fs.existsSync(path.join(folder, FILES.cancel)) ? 'cancelled' : 'lost',
      reason: 'Its supervisor was killed, so the exit code is not known.',
    };
  }

  async cancel(handle: Handle): Promise<void> {
    const folder = String(handle['folder']);
    let unwritten: unknown;
    try {
      fs.writeFileSync(path.join(folder, FILES.cancel), '', { mode: 0o600 });
    } catch (error) {
      unwritten = error;
    }
    const supervisor = readProcess(folder, FILES.supervisor);
    if (supervisor && (await isSame(supervisor.pid, supervisor.identity))) {
      // On a full disk there is no file; a signal says the same where there are signals.
      if (unwritten === undefined) return;
      if (process.platform !== 'win32') {
        process.kill(supervisor.pid, 'SIGTERM');
        return;
      }
    }
    if (unwritten !== undefined) throw unwritten;
    // Nobody is left to see the file.
    const job = readProcess(folder, FILES.process);
    if (!job || !(await isSame(job.pid, job.identity))) return;
    killGroup(job.pid, 'SIGTERM');
    setTimeout(
      () => {
        void isSame(job.pid, job.identity).then((same) => same && killGroup(job.pid, 'SIGKILL'));
      },
      Number(handle['grace']) * 1000,
    ).unref();
  }

  async usage(handle: Handle): Promise<Usage | undefined> {
    const job = readProcess(String(handle['folder']), FILES.process);
    return job && this.meter.measure(job.pid);
  }
}
