import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { formatBytes } from '../../base/format.js';
import type { JobSpec } from '../../job/spec.js';
import type { DebugWish, JobPython, Machine } from '../../workspace/types.js';
import type { TargetContext } from '../context.js';
import { collectOutputs, type CodePlace } from '../shared/checkouts/collect.js';
import { Slots } from '../shared/checkouts/slots.js';
import { storesIn } from '../shared/checkouts/stores.js';
import { haveDebugger, pythonsIn, type Reach, undebugged } from '../shared/debugger.js';
import { readGpus } from '../shared/gpu.js';
import { readJson, writeJson } from '../shared/json-file.js';
import { readAt } from '../shared/read-at.js';
import { type Starting, Starts } from '../shared/starts.js';
import type {
  Collected,
  EndedStatus,
  EventFolder,
  Handle,
  Job,
  JobEnvironment,
  Leftover,
  OutputSink,
  ShellCommand,
  Target,
  TargetDescription,
  TargetStatus,
  Usage,
} from '../target.js';
import { BuiltImages } from './build.js';
import { debuggerOf, reachOf } from './debugger.js';
import { DiskUse } from './disk-use.js';
import { type ContainerState, endedStatus, timeOf } from './ended.js';
import { type Endpoint, findEndpoint } from './endpoint.js';
import { Engine, EngineError, isConflict } from './engine.js';
import { copyLog, engineOutput } from './engine-log.js';
import { NOT_TOLD } from './entry.js';
import { type EndingFile, FILES, isThere, placeIn, type PlaceFile } from './files.js';
import { problemWithImage } from './images.js';
import { findLeftovers, removeLeftovers } from './leftovers.js';
import { problemsWith } from './limits.js';
import { codePlace, containerName, INSIDE, keptImage } from './names.js';
import { bringFolder } from './parcels.js';
import { problemWithPython } from './programs.js';
import { debuggersIn, provideDebugpy } from './python.js';
import { type DockerSettings, readSettings } from './settings.js';
import { cachesIn, imageNamed, inImage, NAME_ONE, removeContainer, type Side, Starter } from './starter.js';
import { StatsMeter } from './stats.js';
import { Watch } from './watch.js';
import { Ways } from './way.js';

/** Bytes of a log that are read at once. */
const LOG_CHUNK = 256 * 1024;
/** Bytes of the end of a log in which the cause of a failure is looked for. */
const LOG_END = 8 * 1024;
/** Milliseconds in which a container that was told nothing ends. */
const UNTOLD_FOR = 3_000;

export interface DockerOptions extends TargetContext {
  /** The program and arguments that run a watcher; default: the bundle beside this one. */
  watcher?: readonly string[];
}

/** The log of a job, or its files, as they are copied from the engine. */
interface Copying {
  isDone: boolean;
  error?: unknown;
}

/** Jobs as containers of a Docker engine, or of Podman. All state is in the job's folder and in the engine. */
export class DockerTarget implements Target {
  readonly name = 'docker';
  readonly kind = 'docker';
  readonly pollEvery = 300;
  readonly writesLog = true;
  private readonly options: DockerOptions;
  private readonly checkouts: Slots;
  private readonly watch: Watch;
  private readonly starter: Starter;
  /** Makes images of environments. */
  readonly environments: BuiltImages;
  private readonly meter = new StatsMeter();
  private readonly sides = new Map<string, Side>();
  /** By the run's id. */
  private readonly starts = new Starts();
  private readonly copying = new Map<string, Copying>();
  private readonly disk = new DiskUse();
  private readonly closing = new AbortController();

  constructor(options: DockerOptions) {
    this.options = options;
    this.checkouts = new Slots(path.join(options.home, 'docker'), options.log);
    this.environments = new BuiltImages(options.home, () => this.current().engine);
    this.watch = new Watch(options.home, options.watcher ?? bundledWatcher());
    const { checkouts, environments, watch } = this;
    this.starter = new Starter(options, { checkouts, environments, watch });
  }

  async describe(): Promise<TargetDescription> {
    const { name, kind } = this;
    const { engine } = this.current();
    const info = await engine.info();
    const used = this.disk.of(engine);
    const gpus = info.hasGpus && info.isLocal ? (await readGpus()).map((gpu) => gpu.name) : [];
    const detail = [`${info.cores} cores, ${formatBytes(info.memoryBytes)}`, ...gpus].join(', ');
    const facts = [
      { label: 'Engine', value: `${info.title}, ${engine.endpoint.host}` },
      { label: 'Images', value: String(info.images) },
      ...(used === undefined ? [] : [{ label: 'On disk', value: formatBytes(used) }]),
    ];
    return {
      ...{ name, kind, label: info.title, detail, facts },
      ready: true,
    };
  }

  slots(): number {
    const { parallelJobs, targets } = this.options.settings();
    const own = targets?.[this.kind]?.['parallelJobs'];
    return typeof own === 'number' && own > 0 ? own : parallelJobs;
  }

  async validate(spec: JobSpec, environment: JobEnvironment | undefined): Promise<readonly string[]> {
    const settings = this.settings();
    const { engine } = this.current();
    const info = await engine.info();
    const image = imageNamed(environment, settings);
    const problems = [
      ...(image === undefined && environment?.kind !== 'defined'
        ? [`A job in a container needs an image. ${NAME_ONE}`]
        : []),
      ...problemsWith(spec.resources, info),
      ...(spec.debug && !info.isLocal
        ? [`A job on an engine of another machine (${engine.endpoint.host}) cannot be debugged.`]
        : []),
      ...settings.mounts
        .filter(({ source }) => info.isLocal && !fs.existsSync(source))
        .map(({ source }) => `The folder ${source} of the setting trainyard.docker.mounts does not exist.`),
    ];
    const missing =
      environment?.kind === 'defined'
        ? await this.environments.problemWith(environment)
        : image === undefined
          ? undefined
          : await problemWithImage(engine, image);
    const [program = ''] = inImage(spec, spec.command);
    const { home } = this.options;
    const undebuggable =
      spec.debug && image !== undefined
        ? await problemWithPython(engine, image, { program, home })
        : undefined;
    return [...problems, missing, undebuggable].filter((problem) => problem !== undefined);
  }

  plan({ id }: Job): Handle {
    return { id, folder: this.options.jobFolder(id) };
  }

  start(job: Job, handle: Handle, secrets: Readonly<Record<string, string>>): Promise<void> {
    return this.starts.begin(job.id, (starting) => this.startOnce(job, folderOf(handle), secrets, starting));
  }

  private async startOnce(
    job: Job,
    folder: string,
    secrets: Readonly<Record<string, string>>,
    starting: Starting,
  ): Promise<void> {
    if (isThere(folder, FILES.exit) || isThere(folder, FILES.cancel)) return;
    try {
      const settings = this.settings();
      const side = this.sideOf(placeIn(folder)?.endpoint ?? findEndpoint(settings.host));
      if (!(await this.removeUnstarted(side.engine, job.id, folder))) return;
      await this.starter.start(side, { job, folder, secrets, settings, starting });
    } catch (error) {
      if (TrainyardError.is(error, 'CANCELLED') && isThere(folder, FILES.cancel)) return;
      // The next one begins again.
      if (this.closing.signal.aborted) throw new Error('The server is ending.', { cause: error });
      // A conflict is a start of this job that is on its way elsewhere.
      if (TrainyardError.is(error, 'TARGET_UNREACHABLE') || isConflict(error)) throw error;
      await this.removeFailed(job.id, folder);
      if (error instanceof EngineError && isNoProgram(error))
        return endUnstarted(folder, error.message, job.command[0]);
      if (TrainyardError.is(error)) throw error;
      // Nothing runs that was not started, so this is no question of who knows.
      throw new TrainyardError('TARGET_FAILED', messageOf(error), { cause: error });
    }
  }

  /** @returns false: the job runs, or has run */
  private async removeUnstarted(engine: Engine, id: string, folder: string): Promise<boolean> {
    // Before anything is made, its place is written.
    const container = placeIn(folder) && (await this.inspect(engine, id));
    if (!container) return true;
    const isUnstarted = container.Status === 'created' || isUntold(container, folder);
    if (isUnstarted) await removeContainer(engine, id);
    return isUnstarted;
  }

  /** What was created for a job that will never run. */
  private async removeFailed(id: string, folder: string): Promise<void> {
    const place = placeIn(folder);
    if (place) await removeContainer(this.sideOf(place.endpoint).engine, id);
  }

  async status(handles: readonly Handle[]): Promise<readonly TargetStatus[]> {
    return Promise.all(handles.map((handle) => this.statusOf(idOf(handle), folderOf(handle))));
  }

  private async statusOf(id: string, folder: string): Promise<TargetStatus> {
    const exit = readJson<EndedStatus>(folder, FILES.exit);
    if (exit) return exit;
    const starting = this.starts.statusOf(id);
    if (starting) return starting;
    const place = placeIn(folder);
    if (!place) return { state: 'planned' };
    const side = this.sideOf(place.endpoint);
    const container = await this.inspect(side.engine, id);
    if (!container) return this.goneOf(id, folder, place);
    if (container.Status === 'created' || isUntold(container, folder)) return { state: 'planned' };
    if (container.Running) {
      this.watch.ensure(place.endpoint, this.options.revive?.());
      await side.ways.restore(id);
      if (place.engineLogs) this.copy(side.engine, id, folder, place);
      const startedAt = timeOf(container.StartedAt) ?? Date.now();
      const isNew = !isThere(folder, FILES.told) && Date.now() - startedAt < UNTOLD_FOR;
      if (isNew) return { state: 'starting' };
      const listening = debuggerOf(id, folder, place.root);
      return { state: 'running', startedAt, ...(listening && { debugger: listening }) };
    }
    return this.endOf(side.engine, { id, folder, place, container });
  }

  /** A container that is gone, and that nobody here removed. */
  private goneOf(id: string, folder: string, { endpoint }: PlaceFile): TargetStatus {
    if (!isThere(folder, FILES.told)) return { state: 'planned' };
    const ending = readJson<EndingFile>(folder, FILES.ending);
    const ended: EndedStatus = {
      state: 'ended',
      endedAt: Date.now(),
      exitCode: null,
      cause: ending?.why ?? 'lost',
      reason: 'Its container was removed, so the exit code is not known.',
    };
    writeJson(folder, FILES.exit, ended);
    this.unfollow(id, endpoint);
    return ended;
  }

  /** Its end is told when its whole log is here. */
  private async endOf(
    engine: Engine,
    {
      id,
      folder,
      place,
      container,
    }: { id: string; folder: string; place: PlaceFile; container: ContainerState },
  ): Promise<TargetStatus> {
    const log = path.join(folder, FILES.log);
    if (place.engineLogs) {
      const copies = [
        this.copy(engine, id, folder, place),
        ...(place.isApart ? [this.bring(engine, id, folder, place)] : []),
      ];
      for (const { isDone, error } of copies)
        if (!isDone)
          return error === undefined
            ? { state: 'running', startedAt: timeOf(container.StartedAt) ?? Date.now() }
            : { state: 'unreachable', why: `Its log and files cannot be copied: ${messageOf(error)}` };
    } else if (container.ExitCode !== 0) {
      // What was said before the output led to the file: by the shell, or by the engine.
      const said = await engineOutput(engine, id);
      if (said.length > 0) await fs.promises.appendFile(log, said);
    }
    const size = fs.statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    const tail = (await readAt(log, Math.max(0, size - LOG_END), LOG_END)).toString();
    const ended = undebugged(
      path.join(folder, FILES.python),
      endedStatus(container, place, readJson<EndingFile>(folder, FILES.ending), tail),
    );
    writeJson(folder, FILES.exit, ended);
    this.unfollow(id, place.endpoint);
    return ended;
  }

  /** Nothing of it has to be listened to any more. */
  private unfollow(id: string, endpoint: Endpoint): void {
    this.meter.forget(id);
    this.sideOf(endpoint).ways.forget(id);
  }

  /** Begins to copy the log, where that is not done yet. */
  private copy(engine: Engine, id: string, folder: string, { logStart: start }: PlaceFile): Copying {
    return this.begin(`log ${id}`, () =>
      copyLog(engine, id, { file: path.join(folder, FILES.log), start }, this.closing.signal),
    );
  }

  /** The same for what a job that has ended wrote on another machine. */
  private bring(engine: Engine, id: string, folder: string, place: PlaceFile): Copying {
    return this.begin(`files ${id}`, async () => {
      const code = this.codeOf(id, place);
      if (code) await bringFolder(engine, id, { from: codePlace(place.root, id), to: code.slot.folder });
      await bringFolder(engine, id, { from: INSIDE.output, to: path.join(folder, FILES.output) });
    });
  }

  private begin(what: string, copy: () => Promise<void>): Copying {
    const known = this.copying.get(what);
    if (known && (known.isDone || known.error === undefined)) return known;
    const copying: Copying = { isDone: false };
    this.copying.set(what, copying);
    copy().then(
      () => (copying.isDone = !this.closing.signal.aborted),
      (error: unknown) => (copying.error = error),
    );
    return known ?? copying;
  }

  log(handle: Handle, from: number): Promise<Uint8Array> {
    const [id, folder] = [idOf(handle), folderOf(handle)];
    const place = placeIn(folder);
    if (place?.engineLogs && isThere(folder, FILES.told) && !isThere(folder, FILES.exit))
      this.copy(this.sideOf(place.endpoint).engine, id, folder, place);
    return readAt(path.join(folder, FILES.log), from, LOG_CHUNK);
  }

  async cancel(handle: Handle): Promise<void> {
    const [id, folder] = [idOf(handle), folderOf(handle)];
    if (isThere(folder, FILES.exit)) return;
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.writeFileSync(path.join(folder, FILES.cancel), '', { mode: 0o600 });
    this.starts.abort(id);
    const place = placeIn(folder);
    if (place) this.watch.ensure(place.endpoint, this.options.revive?.());
  }

  async collect(handle: Handle, sink: OutputSink): Promise<Collected> {
    const folder = folderOf(handle);
    const place = placeIn(folder);
    try {
      const code = this.codeOf(idOf(handle), place);
      await collectOutputs(code, path.join(folder, FILES.output), sink);
      const stores = code ? storesIn(code.slot.folder, ['', place?.workingFolder ?? '']) : [];
      return { notes: place?.notes ?? [], stores };
    } catch (error) {
      if (TrainyardError.is(error)) throw error;
      throw new TrainyardError('TARGET_FAILED', messageOf(error), { cause: error });
    }
  }

  async release(handle: Handle): Promise<void> {
    const [id, folder] = [idOf(handle), folderOf(handle)];
    const place = placeIn(folder);
    for (const what of ['log', 'files']) this.copying.delete(`${what} ${id}`);
    if (!place) return;
    this.unfollow(id, place.endpoint);
    const exit = readJson<EndedStatus>(folder, FILES.exit);
    const isKept = this.settings().keepFailed && exit?.cause === 'exit' && exit.exitCode !== 0;
    if (isKept) {
      // With all that is mounted in it.
      fs.writeFileSync(path.join(folder, FILES.kept), '', { mode: 0o600 });
      return;
    }
    await removeContainer(this.sideOf(place.endpoint).engine, id);
    fs.rmSync(path.join(folder, FILES.home), { recursive: true, force: true });
    this.checkouts.release(id, place.root);
  }

  recover(handles: readonly Handle[]): void {
    const needed = new Set(handles.map(idOf));
    this.checkouts.recover((id) => needed.has(id) || isThere(this.options.jobFolder(id), FILES.kept));
  }

  async usage(handles: readonly Handle[]): Promise<(Usage | undefined)[]> {
    const places = handles.map((handle) => placeIn(folderOf(handle)));
    const gpus = places.some((place) => place?.hasGpus && !place.isApart)
      ? (await readGpus()).map(({ name: _, ...gpu }) => gpu)
      : [];
    return Promise.all(
      handles.map(async (handle, i) => {
        const place = places[i];
        const usage = place && (await this.meter.usage(this.sideOf(place.endpoint).engine, idOf(handle)));
        return usage && { ...usage, ...(place.hasGpus && !place.isApart && { gpus }) };
      }),
    );
  }

  async machine(handle: Handle): Promise<Machine | undefined> {
    const place = placeIn(folderOf(handle));
    if (!place) return undefined;
    const info = await this.sideOf(place.endpoint).engine.info();
    const gpus = place.hasGpus && !place.isApart ? (await readGpus()).map(({ name }) => name) : [];
    return {
      host: info.host,
      system: `${info.title} on ${info.system}`,
      processor: info.isVirtual || place.isApart ? '' : (os.cpus()[0]?.model.trim() ?? ''),
      cores: info.cores,
      memoryBytes: info.memoryBytes,
      ...(gpus.length > 0 && { gpus }),
    };
  }

  async pythons(handle: Handle): Promise<JobPython[]> {
    const { folder, living } = this.reach(handle);
    return (await living(pythonsIn(folder))).map(({ pid, command }) => ({ pid, command }));
  }

  async debug(handle: Handle, { debugpy, ...wish }: DebugWish): Promise<void> {
    const provided = debugpy === undefined ? undefined : await provideDebugpy(this.options.home, debugpy);
    await haveDebugger(this.reach(handle), { ...wish, ...(provided !== undefined && { debugpy: provided }) });
  }

  private reach(handle: Handle): Reach {
    const [id, folder] = [idOf(handle), folderOf(handle)];
    const place = placeIn(folder);
    if (!place) throw new TrainyardError('NOT_RUNNING', 'Its container has not started.');
    if (place.isApart)
      throw new TrainyardError(
        'NOT_SUPPORTED',
        `A job on an engine of another machine (${place.endpoint.host}) cannot be debugged.`,
        { hint: 'Run it on an engine of this machine, or on the target “local”.' },
      );
    return reachOf(this.sideOf(place.endpoint).engine, id, folder);
  }

  async eventFolders(handle: Handle): Promise<EventFolder[]> {
    const folder = folderOf(handle);
    const code = this.codeOf(idOf(handle), placeIn(folder));
    return [
      ...(code ? [{ folder: code.slot.folder, as: '', shared: false }] : []),
      { folder: path.join(folder, FILES.output), as: 'output', shared: false },
    ];
  }

  leftovers(active: readonly Handle[]): Promise<Leftover[]> {
    const { home } = this.options;
    const ids = new Set(active.map(idOf));
    return findLeftovers(this.current().engine, { home, active: ids, folders: this.folders() });
  }

  private folders() {
    const { home } = this.options;
    return { caches: cachesIn(home), debuggers: debuggersIn(home) };
  }

  async prune(ids: readonly string[]): Promise<void> {
    const onRemoved = (id: string) => {
      const folder = this.options.jobFolder(id);
      const place = placeIn(folder);
      fs.rmSync(path.join(folder, FILES.kept), { force: true });
      fs.rmSync(path.join(folder, FILES.home), { recursive: true, force: true });
      if (place) this.checkouts.release(id, place.root);
    };
    const { engine } = this.current();
    await removeLeftovers(engine, ids, { folders: this.folders(), onRemoved });
    this.disk.forget(engine);
  }

  /** In a container that runs; of one that was kept, in a copy with the same folders. */
  async shell(handle: Handle): Promise<ShellCommand | undefined> {
    const [id, folder] = [idOf(handle), folderOf(handle)];
    const place = placeIn(folder);
    if (!place || (place.engineLogs && !place.isApart)) return undefined;
    const { engine } = this.sideOf(place.endpoint);
    const container = await this.inspect(engine, id);
    const env = {
      DOCKER_HOST: place.endpoint.host,
      ...(place.endpoint.certificates !== undefined && {
        DOCKER_CERT_PATH: place.endpoint.certificates,
        DOCKER_TLS_VERIFY: '1',
      }),
    };
    const name = containerName(id);
    if (container?.Running) return { command: ['docker', 'exec', '-it', name, '/bin/sh'], env };
    if (!container || !isThere(folder, FILES.kept)) return undefined;
    const image = keptImage(id);
    const [repo = '', tag = ''] = image.split(':');
    await engine.call((docker) => docker.getContainer(name).commit({ repo, tag }));
    const options = ['--rm', '-it', '--volumes-from', name, '--entrypoint', '/bin/sh'];
    return { command: ['docker', 'run', ...options, image], env };
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.starts.abortAll();
    this.meter.close();
    await Promise.all([...this.sides.values()].map(({ ways }) => ways.close()));
    for (const { engine } of this.sides.values()) engine.close();
    await this.checkouts.settled();
  }

  private settings(): DockerSettings {
    return readSettings(this.options.settings().targets?.[this.kind]);
  }

  /** Where new jobs go. */
  private current(): Side {
    return this.sideOf(findEndpoint(this.settings().host));
  }

  private sideOf(endpoint: Endpoint): Side {
    const key = `${endpoint.host} ${endpoint.certificates ?? ''}`;
    const known = this.sides.get(key);
    if (known) return known;
    const engine = new Engine(endpoint);
    const side: Side = { engine, ways: new Ways(this.options, engine) };
    this.sides.set(key, side);
    return side;
  }

  private async inspect(engine: Engine, id: string): Promise<ContainerState | undefined> {
    const found = await engine.find((docker) => docker.getContainer(containerName(id)).inspect());
    return found?.State;
  }

  private codeOf(id: string, place: PlaceFile | undefined): CodePlace | undefined {
    const slot = place && this.checkouts.of(id, place.root);
    return slot && { slot, root: place.root };
  }
}

/** Whether the container ended, or is about to, because nobody told it what to run. */
function isUntold({ Running, ExitCode }: ContainerState, folder: string): boolean {
  return !Running && ExitCode === NOT_TOLD && !isThere(folder, FILES.told);
}

/** The engine found no program to start. */
function isNoProgram({ status, message }: EngineError): boolean {
  return (
    (status === 400 || status === 404 || status === 500) &&
    /executable file not found|no such file or directory|permission denied|not a directory/i.test(message) &&
    /exec|runc|crun|OCI/i.test(message)
  );
}

/** The job has ended, as one whose program the system did not find. */
function endUnstarted(folder: string, said: string, program = ''): void {
  const reason = `${program} could not be started in the container: ${said}`;
  fs.appendFileSync(path.join(folder, FILES.log), `${reason}\n`, { mode: 0o600 });
  const exit: EndedStatus = {
    state: 'ended',
    endedAt: Date.now(),
    exitCode: null,
    cause: 'spawn-failed',
    reason,
  };
  writeJson(folder, FILES.exit, exit);
}

const folderOf = (handle: Handle) => String(handle['folder']);
const idOf = (handle: Handle) => String(handle['id']);

function bundledWatcher(): string[] {
  return [process.execPath, path.join(path.dirname(fileURLToPath(import.meta.url)), 'watcher.js')];
}
