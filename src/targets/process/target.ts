import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { TrainyardError } from '../../base/errors.js';
import type { Handle, PreparedJob, Target, TargetDescription, TargetStatus, Usage } from '../target.js';
import { type ExitFile, FILES, type JobFile, type ProcessFile, readJson, writeJson } from './files.js';
import { isSame } from './identity.js';
import { killGroup } from './kill.js';
import { UsageMeter } from './usage.js';
import { findViewMaker, type ViewMaker } from './view.js';

const START_TIMEOUT = 15_000;

/** Jobs as processes of this machine, each under a supervisor of its own. All that matters is in the job's folder. */
export class ProcessTarget implements Target {
  readonly name = 'local';
  readonly kind = 'process';
  /** The program and arguments that run a supervisor, less the job's folder. */
  private readonly supervisor: readonly string[];
  private readonly view: string | undefined;
  private readonly meter = new UsageMeter();
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
    { folder, mounts, ...job }: PreparedJob,
    _handle: Handle,
    secrets: Record<string, string>,
  ): Promise<void> {
    const maker = mounts && (await this.viewMaker());
    const file: JobFile = { ...job, ...(mounts && maker && { view: { maker, mounts } }) };
    writeJson(folder, FILES.job, file);
    const [program = '', ...args] = this.supervisor;
    let failure: Error | undefined;
    let ended = false;
    const errors = fs.openSync(path.join(folder, 'supervisor.log'), 'a', 0o600);
    const child = spawn(program, [...args, folder], {
      cwd: folder,
      detached: true,
      windowsHide: true,
      stdio: ['pipe', 'ignore', errors],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    fs.closeSync(errors);
    child.once('error', (error) => (failure = error));
    child.once('exit', () => (ended = true));
    child.stdin?.on('error', (error) => (failure = error));
    child.stdin?.end(JSON.stringify(secrets));
    child.unref();
    for (const end = Date.now() + START_TIMEOUT; Date.now() < end && !failure; await sleep(10)) {
      if (readJson(folder, FILES.supervisor)) return;
      if (ended) break;
    }
    throw new TrainyardError('TARGET_FAILED', 'The job could not be started.', {
      hint: `See ${path.join(folder, 'supervisor.log')}.`,
      cause: failure,
    });
  }

  async status(handle: Handle): Promise<TargetStatus> {
    const folder = String(handle['folder']);
    const supervisor = readJson<ProcessFile>(folder, FILES.supervisor);
    const supervised = supervisor !== undefined && (await isSame(supervisor.pid, supervisor.identity));
    const job = readJson<ProcessFile>(folder, FILES.process);
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
    fs.writeFileSync(path.join(folder, FILES.cancel), '', { mode: 0o600 });
    const supervisor = readJson<ProcessFile>(folder, FILES.supervisor);
    if (supervisor && (await isSame(supervisor.pid, supervisor.identity))) return;
    // Nobody is left to see the file.
    const job = readJson<ProcessFile>(folder, FILES.process);
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
    const job = readJson<ProcessFile>(String(handle['folder']), FILES.process);
    return job && this.meter.measure(job.pid);
  }
}
