import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { JobService } from '../../../src/server/jobs/service.js';
import { foldersOf } from '../../../src/server/jobs/folders.js';
import { isActive, type JobRecord } from '../../../src/server/store/jobs.js';
import { Store } from '../../../src/server/store/store.js';
import { buildScriptJob } from '../../../src/job/build.js';
import type { JobSpec } from '../../../src/job/spec.js';
import type { SubmitRequest } from '../../../src/workspace/local/contract.js';
import type { TargetContext, TargetKind } from '../../../src/targets/context.js';
import { foldersIn, type JobFolders } from '../../../src/targets/process/folders.js';
import { ProcessTarget } from '../../../src/targets/process/target.js';
import { Targets } from '../../../src/targets/targets.js';
import type { ServerSettings } from '../../../src/workspace/types.js';
import { buildSupervisor } from '../../support/supervisor.js';
import { until } from '../../support/until.js';

/** The job service by itself, in this process, over a real store, git project and supervisor. */
export class Scratch {
  readonly root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'trainyard-jobs-')));
  readonly home = path.join(this.root, 'home');
  readonly project = path.join(this.root, 'project');
  readonly settings: ServerSettings = {
    parallelJobs: 2,
    snapshotSizeLimit: 1e8,
    grace: 1,
    idleExit: 15,
    dataCacheLimit: 1e9,
  };
  private supervisor: string[] = [];
  /** Kinds of targets beside that of this machine. */
  private readonly moreKinds: readonly TargetKind[];
  /** Where jobs log. */
  serverUrl = 'http://127.0.0.1:9';
  store!: Store;
  service!: JobService;

  private readonly view: string | undefined;

  constructor(view?: string, moreKinds: readonly TargetKind[] = []) {
    this.view = view;
    this.moreKinds = moreKinds;
  }

  /** @param view how jobs see the files, see VIEW_VARIABLE */
  static async make(view?: string, moreKinds: readonly TargetKind[] = []): Promise<Scratch> {
    const scratch = new Scratch(view, moreKinds);
    fs.mkdirSync(scratch.project);
    scratch.write('README.md', '# A project\n');
    scratch.git('init', '-q', '-b', 'main');
    scratch.git('add', '-A');
    scratch.git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', 'first');
    scratch.supervisor = await buildSupervisor(scratch.root);
    scratch.open();
    return scratch;
  }

  /** A service on the store as the one before left it. */
  open(): void {
    this.store = Store.open(path.join(this.home, 'store'));
    const { home } = this;
    const settings = () => this.settings;
    const log = pino({ level: process.env['TRAINYARD_LOG'] ?? 'silent' });
    const jobFolder = (id: string) => foldersOf(home, id).root;
    const listen = () => Promise.reject(new Error('This server listens nowhere.'));
    this.service = new JobService({
      store: this.store,
      home,
      log,
      targets: new Targets([this.processes(), ...this.moreKinds], { home, log, settings, jobFolder, listen }),
      serverUrl: () => this.serverUrl,
      token: 'the-token',
      settings,
    });
  }

  private processes(): TargetKind {
    const { supervisor, view } = this;
    const open = (context: TargetContext) => [
      new ProcessTarget({ ...context, supervisor, ...(view !== undefined && { view }) }),
    ];
    return { kind: 'process', load: async () => ({ open }) };
  }

  /** Ends the service between two jobs' events, changes the store as a crash may have left it, and starts the next. */
  async restart(crash: (store: Store) => void = () => undefined): Promise<void> {
    await this.shut();
    const store = Store.open(path.join(this.home, 'store'));
    await store.write(() => crash(store));
    await store.close();
    this.open();
    await this.service.recover();
  }

  async shut(): Promise<void> {
    await this.service.close();
    await this.store.close();
  }

  write(name: string, text: string): void {
    fs.mkdirSync(path.dirname(path.join(this.project, name)), { recursive: true });
    fs.writeFileSync(path.join(this.project, name), text);
  }

  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.project, encoding: 'utf8' }).trim();
  }

  /** Submits a shell script. @returns the run's id */
  submit(script: string, more: Partial<JobSpec> = {}, request: Partial<SubmitRequest> = {}): Promise<string> {
    const name = `job${Math.random().toString(36).slice(2)}.sh`;
    this.write(name, script);
    const spec = buildScriptJob({
      script: path.join(this.project, name),
      codeFolder: this.project,
      workingFolder: this.project,
      interpreter: '/bin/bash',
    });
    const baseEnv = { PATH: process.env['PATH'] ?? '' };
    return this.service.submit({ spec: { ...spec, ...more }, baseEnv, ...request });
  }

  job(id: string): JobRecord {
    const job = this.store.jobs.get(id);
    if (!job) throw new Error(`There is no job ${id}.`);
    return job;
  }

  folders(id: string): JobFolders {
    return foldersIn(foldersOf(this.home, id).root);
  }

  running(id: string): Promise<JobRecord> {
    return until('the job to run', () => this.job(id).state === 'running' && this.job(id));
  }

  ended(id: string): Promise<JobRecord> {
    return until('the end of the job', () => !isActive(this.job(id)) && this.job(id));
  }

  log(id: string): string {
    const file = this.service.logFile(id);
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  }

  /** Until the log holds `text`. */
  async logged(id: string, text: string): Promise<void> {
    await until(`the log to hold ${text}`, () => this.log(id).includes(text));
  }

  outputs(id: string): string[] {
    const below = (folder: string): string[] =>
      this.store.artifacts
        .list(`runs/${id}`, folder)
        .flatMap(({ name, isFolder }) => (isFolder ? below(`${folder}/${name}`) : [`${folder}/${name}`]));
    return below('outputs').map((name) => name.slice('outputs/'.length));
  }

  /** A file that tells a process of the job: `supervisor.json` or `process.json`. */
  processFile(id: string, name: 'supervisor' | 'process'): { pid: number; identity: string } {
    const file = path.join(this.folders(id).root, `${name}.json`);
    return JSON.parse(fs.readFileSync(file, 'utf8')) as { pid: number; identity: string };
  }

  async close(): Promise<void> {
    for (const { runId } of this.store.jobs.active()) {
      await this.service.cancel(runId);
      await this.ended(runId);
    }
    await this.shut();
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}
