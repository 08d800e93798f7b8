import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import { underDebugger } from '../../job/debug.js';
import { formatBytes } from '../../base/format.js';
import type { JobSpec } from '../../job/spec.js';
import type { DebugWish, JobPython, Machine } from '../../workspace/types.js';
import type { TargetContext } from '../context.js';
import { bound, outputPlaces } from '../shared/bindings.js';
import { debuggerVariables, haveDebugger, pythonsIn } from '../shared/debugger.js';
import { environmentHere, secretsHere } from '../shared/environment.js';
import { readAt } from '../shared/read-at.js';
import { buildProgress, type Starting, Starts } from '../shared/starts.js';
import type {
  Collected,
  EventFolder,
  Handle,
  Job,
  JobEnvironment,
  OutputSink,
  Target,
  TargetDescription,
  TargetStatus,
  Usage,
} from '../target.js';
import { prepareFolders } from './checkout.js';
import { noteRoot, reachOf } from './debugger.js';
import { BESIDE, type CodePlace, collectOutputs } from '../shared/checkouts/collect.js';
import {
  type ExitFile,
  FILES,
  type JobFile,
  type PlaceFile,
  readJson,
  readProcess,
  writeJson,
} from './files.js';
import { foldersIn, type JobFolders } from './folders.js';
import { readGpus } from '../shared/gpu.js';
import { readMachine } from './machine.js';
import { outsideCode } from './outside-code.js';
import { KeptEnvironments } from './environments/kept.js';
import { inEnvironment } from './environments/in-environment.js';
import { problemsHere } from './problems.js';
import { resolve } from './resolve.js';
import { rootOf, Slots } from '../shared/checkouts/slots.js';
import { endJob, stateOf } from './state.js';
import { storesIn } from '../shared/checkouts/stores.js';
import { Supervisors } from './supervisors.js';
import { madeAround } from '../shared/checkouts/surroundings.js';
import { UsageMeter } from './usage.js';
import { findViewMaker, type ViewMaker } from './view.js';

/** Bytes of a log that are read at once. */
const LOG_CHUNK = 256 * 1024;
/** Milliseconds in which a supervisor that a server before this one started may still come up. */
const LATE_START = 5_000;

export interface ProcessOptions extends Pick<
  TargetContext,
  'home' | 'log' | 'settings' | 'jobFolder' | 'revive'
> {
  /** The program and arguments that run a supervisor; default: the bundle beside this one. */
  supervisor?: readonly string[];
  /** How processes get a view of the files of their own, see VIEW_VARIABLE; default: the first way that works. */
  view?: string;
}

/**
 * Jobs as processes of this machine, each under a supervisor of its own, in a checkout that is kept for the next. All that
 * matters is in the job's folder; its handle names that.
 */
export class ProcessTarget implements Target {
  readonly name = 'local';
  readonly kind = 'process';
  readonly pollEvery = 300;
  readonly writesLog = true;
  private readonly options: ProcessOptions;
  private readonly supervisors: Supervisors;
  private readonly checkouts: Slots;
  readonly environments: KeptEnvironments;
  private readonly meter = new UsageMeter();
  /** By the job's folder. */
  private readonly starts = new Starts();
  private readonly openedAt = Date.now();
  private maker: Promise<ViewMaker | undefined> | undefined;

  constructor(options: ProcessOptions) {
    this.options = options;
    this.supervisors = new Supervisors(options.supervisor ?? bundledSupervisor());
    this.checkouts = new Slots(options.home, options.log);
    this.environments = new KeptEnvironments(options.home, options.log);
  }

  async describe(): Promise<TargetDescription> {
    const gpus = (await readGpus()).map(({ name }) => name);
    return {
      name: this.name,
      kind: this.kind,
      label: os.hostname(),
      detail: [`${os.availableParallelism()} cores, ${formatBytes(os.totalmem())}`, ...gpus].join(', '),
      ready: true,
    };
  }

  slots(): number {
    return this.options.settings().parallelJobs;
  }

  /** What else is wrong with a job here shows in its folder when it starts. */
  async validate(spec: JobSpec, environment: JobEnvironment | undefined): Promise<string[]> {
    const problem = environment?.kind === 'defined' && (await this.environments.problemWith(environment));
    return [...problemsHere(spec, environment), ...(problem ? [problem] : [])];
  }

  plan({ id, grace }: Job): Handle {
    return { folder: this.options.jobFolder(id), grace };
  }

  expect(id: string): void {
    this.supervisors.expect(this.options.jobFolder(id));
  }

  forget(id: string): void {
    this.supervisors.forget(this.options.jobFolder(id));
  }

  start(job: Job, handle: Handle, secrets: Readonly<Record<string, string>>): Promise<void> {
    const folder = folderOf(handle);
    return this.starts.begin(folder, (starting) => this.startOnce(job, folder, secrets, starting));
  }

  private async startOnce(
    job: Job,
    folder: string,
    secrets: Readonly<Record<string, string>>,
    starting: Starting,
  ): Promise<void> {
    const isThere = (name: string) => fs.existsSync(path.join(folder, name));
    if ([FILES.supervisor, FILES.exit, FILES.cancel].some(isThere)) return;
    try {
      this.supervisors.expect(folder);
      const file = await this.prepare(await this.withEnvironment(job, folder, starting), folder);
      if (isThere(FILES.cancel)) return this.supervisors.forget(folder);
      await this.supervisors.launch(folder, file, secretsHere(job, secrets));
    } catch (error) {
      this.supervisors.forget(folder);
      if (TrainyardError.is(error, 'CANCELLED') && isThere(FILES.cancel)) return;
      if (TrainyardError.is(error, 'NO_INTERPRETER')) return endUnstarted(folder, error);
      if (TrainyardError.is(error)) throw error;
      // Nothing runs that was not launched, so this is no question of who knows.
      throw new TrainyardError('TARGET_FAILED', messageOf(error), { cause: error });
    }
  }

  /** The job with an interpreter in place of an environment that is defined, which is built first where it has to be. */
  private async withEnvironment(job: Job, folder: string, starting: Starting): Promise<Job> {
    const { environment } = job;
    if (environment?.kind !== 'defined') return job;
    const { at } =
      (await this.environments.find(environment)) ??
      (await this.environments.build(environment, buildProgress(starting, path.join(folder, FILES.log))));
    delete starting.why;
    const { variables: given = {} } = environment.definition;
    const variables = { ...job.variables, own: { ...given, ...job.variables.own } };
    return { ...job, variables, environment: { kind: 'interpreter', path: at } };
  }

  private async prepare(job: Job, folder: string): Promise<JobFile> {
    const { home, revive } = this.options;
    const { root, workingFolder } = job.code;
    const folders = foldersIn(folder);
    const place: PlaceFile = { root, workingFolder, inputs: job.inputs.map((input) => input.path) };
    writeJson(folder, FILES.place, place);
    const sources = Object.fromEntries(job.data.map(({ name, source }) => [name, source]));
    const { words, variables: bindings } = bound(job, sources, outputPlaces(job, folders.output, path));
    const plain = environmentHere(job, { outputs: bindings, ceilings: [home, path.dirname(root)] });
    const env = inEnvironment({ ...job, ...words }, plain, this.environments.root);
    const invoked = resolve({ ...job, ...words }, { env });
    const command = job.debug ? underDebugger(invoked) : invoked;
    const maker = await this.viewMaker();
    for (const { path: name } of job.outputs)
      fs.mkdirSync(path.join(folders.output, name), { recursive: true, mode: 0o700 });
    const {
      root: seen,
      cwd,
      mounts,
      variables,
    } = await prepareFolders(this.checkouts, {
      job,
      folders,
      env,
      home,
      canMount: maker !== undefined,
    });
    noteRoot(folder, seen);
    return {
      id: job.id,
      cwd,
      command,
      env: { ...env, ...variables, ...(job.debug && debuggerVariables(job.debug.debugpy)) },
      ...(job.umask !== undefined && { umask: job.umask }),
      timeout: job.timeout,
      grace: job.grace,
      ...(revive && { revive: revive() }),
      ...(mounts && maker && { view: { maker, mounts } }),
    };
  }

  private viewMaker(): Promise<ViewMaker | undefined> {
    return (this.maker ??= findViewMaker(this.options.view));
  }

  status(handles: readonly Handle[]): Promise<TargetStatus[]> {
    return Promise.all(handles.map((handle) => this.statusOf(folderOf(handle))));
  }

  private async statusOf(folder: string): Promise<TargetStatus> {
    let status: TargetStatus;
    try {
      status = await stateOf(folder);
    } catch (error) {
      return { state: 'unreachable', why: messageOf(error) };
    }
    if (status.state !== 'planned') return status;
    // A server that was killed may have told a supervisor what to run, and that is on its way.
    const isLate = Date.now() - this.openedAt < LATE_START && fs.existsSync(path.join(folder, FILES.job));
    return this.starts.statusOf(folder) ?? (isLate ? { state: 'starting' } : status);
  }

  log(handle: Handle, from: number): Promise<Uint8Array> {
    return readAt(foldersIn(folderOf(handle)).log, from, LOG_CHUNK);
  }

  async cancel(handle: Handle): Promise<void> {
    await endJob(folderOf(handle), Number(handle['grace']));
    this.starts.abort(folderOf(handle));
  }

  async collect(handle: Handle, sink: OutputSink): Promise<Collected> {
    try {
      return await this.collectFrom(foldersIn(folderOf(handle)), sink);
    } catch (error) {
      if (TrainyardError.is(error)) throw error;
      throw new TrainyardError('TARGET_FAILED', messageOf(error), { cause: error });
    }
  }

  private async collectFrom(folders: JobFolders, sink: OutputSink): Promise<Collected> {
    const code = this.codeOf(folders);
    await collectOutputs(code, folders.output, sink);
    const { workingFolder = '' } = readJson<PlaceFile>(folders.root, FILES.place) ?? {};
    const isBeside = code !== undefined && madeAround(code.slot, code.root).length > 0;
    return {
      notes: isBeside ? [`Files that it wrote beside its code folder are under outputs/${BESIDE}.`] : [],
      stores: storesIn(folders.code, ['', workingFolder]),
      outsideCode: code ? outsideCode(folders.root, code.root, code.slot) : [],
    };
  }

  async release(handle: Handle): Promise<void> {
    const folders = foldersIn(folderOf(handle));
    const root = this.rootOf(folders);
    this.supervisors.forget(folders.root);
    fs.rmSync(folders.code, { recursive: true, force: true });
    if (root !== undefined) this.checkouts.release(idOf(folders), root);
  }

  recover(handles: readonly Handle[]): void {
    const needed = new Set(handles.map((handle) => idOf(foldersIn(folderOf(handle)))));
    this.checkouts.recover((id) => needed.has(id));
    // Tried now, it is known when the first job comes.
    void this.viewMaker();
  }

  async usage(handles: readonly Handle[]): Promise<(Usage | undefined)[]> {
    const gpus = (await readGpus()).map(({ name: _, ...gpu }) => gpu);
    return Promise.all(
      handles.map(async (handle) => {
        const job = readProcess(folderOf(handle), FILES.process);
        const usage = job && (await this.meter.measure(job.pid));
        return usage && { ...usage, gpus };
      }),
    );
  }

  machine(): Promise<Machine> {
    return readMachine();
  }

  async pythons(handle: Handle): Promise<JobPython[]> {
    const { folder, living } = reachOf(folderOf(handle));
    return (await living(pythonsIn(folder))).map(({ pid, command }) => ({ pid, command }));
  }

  debug(handle: Handle, wish: DebugWish): Promise<void> {
    return haveDebugger(reachOf(folderOf(handle)), wish);
  }

  /** What git ignores is joined to the code; scripts like to write there. */
  async eventFolders(handle: Handle): Promise<EventFolder[]> {
    const folders = foldersIn(folderOf(handle));
    const place = readJson<PlaceFile>(folders.root, FILES.place);
    const shared = (place?.inputs ?? []).flatMap((name): EventFolder[] => {
      // Not from the checkout: there the script may have put another link in its place.
      const folder = realFolder(path.join(place?.root ?? '', name));
      return folder === undefined ? [] : [{ folder, as: name, shared: true }];
    });
    return [
      { folder: realFolder(folders.code) ?? folders.code, as: '', shared: false },
      { folder: folders.output, as: 'output', shared: false },
      ...shared,
    ];
  }

  async close(): Promise<void> {
    await this.checkouts.settled();
  }

  /** undefined: the job has no checkout, or it is gone. */
  private codeOf(folders: JobFolders): CodePlace | undefined {
    const root = this.rootOf(folders);
    const slot = root === undefined ? undefined : this.checkouts.of(idOf(folders), root);
    return slot && root !== undefined ? { slot, root } : undefined;
  }

  /** The person's folder. */
  private rootOf(folders: JobFolders): string | undefined {
    const place = readJson<PlaceFile>(folders.root, FILES.place);
    if (place) return place.root;
    // A job that an earlier version started.
    const checkout = realFolder(folders.code);
    return checkout === undefined ? undefined : rootOf(this.options.home, checkout);
  }
}

function folderOf(handle: Handle): string {
  return String(handle['folder']);
}

function idOf({ root }: JobFolders): string {
  return path.basename(root);
}

/** The job has ended, as one whose program the system did not find. */
function endUnstarted(folder: string, { message: reason, hint }: TrainyardError): void {
  fs.appendFileSync(path.join(folder, FILES.log), `${reason}\n`, { mode: 0o600 });
  const exit: ExitFile = { endedAt: Date.now(), exitCode: null, cause: 'spawn-failed', reason, hint };
  writeJson(folder, FILES.exit, exit);
}

function realFolder(name: string): string | undefined {
  try {
    return fs.realpathSync(name);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES')) return undefined;
    throw error;
  }
}

function bundledSupervisor(): string[] {
  return [process.execPath, path.join(path.dirname(fileURLToPath(import.meta.url)), 'supervisor.js')];
}
