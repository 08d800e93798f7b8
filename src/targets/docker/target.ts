import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { formatBytes } from '../../base/format.js';
import { type JobSpec, nameOfInterpreter, programOf } from '../../job/spec.js';
import type { Machine } from '../../workspace/types.js';
import type { TargetContext } from '../context.js';
import { bound, outputPlaces } from '../shared/bindings.js';
import { collectOutputs, type CodePlace } from '../shared/checkouts/collect.js';
import { checkedOut, Slots } from '../shared/checkouts/slots.js';
import { storesIn } from '../shared/checkouts/stores.js';
import { environmentElsewhere, TRACKING } from '../shared/environment.js';
import { readGpus } from '../shared/gpu.js';
import { readJson, writeJson } from '../shared/json-file.js';
import { readAt } from '../shared/read-at.js';
import { buildProgress, type Starting, Starts } from '../shared/starts.js';
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
import { containerOptions, type Person, usualVariables } from './container.js';
import { BuiltImages } from './build.js';
import { DiskUse } from './disk-use.js';
import { type ContainerState, endedStatus, timeOf } from './ended.js';
import { type Endpoint, findEndpoint } from './endpoint.js';
import { Engine, EngineError, isConflict } from './engine.js';
import { copyLog, engineOutput } from './engine-log.js';
import { entryOf, isShellName, NOT_TOLD } from './entry.js';
import { type EndingFile, FILES, type PlaceFile } from './files.js';
import { findImage, type Image, problemWithImage, pullImage } from './images.js';
import { type Bind, joinInputs } from './inputs.js';
import { findLeftovers, removeLeftovers } from './leftovers.js';
import { problemsWith } from './limits.js';
import { codePlace, containerName, INSIDE, keptImage } from './names.js';
import { type DockerSettings, readSettings } from './settings.js';
import { StatsMeter } from './stats.js';
import { Watch } from './watch.js';
import { problemWithWay, Ways } from './way.js';

/** Bytes of a log that are read at once. */
const LOG_CHUNK = 256 * 1024;
/** Bytes of the end of a log in which the cause of a failure is looked for. */
const LOG_END = 8 * 1024;
/** Milliseconds in which a container that was told nothing ends. */
const UNTOLD_FOR = 3_000;

const NAME_ONE = 'Name one with --image, or in the setting trainyard.docker.image.';

export interface DockerOptions extends TargetContext {
  /** The program and arguments that run a watcher; default: the bundle beside this one. */
  watcher?: readonly string[];
}

/** An engine, and what this server has set up there. */
interface Side {
  engine: Engine;
  ways: Ways;
  /** Jobs that a server before this one started log to the addresses that they know. */
  isRestored: boolean;
}

/** The log of a job, as it is copied from the engine. */
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
  /** Makes images of environments. */
  readonly environments: BuiltImages;
  private readonly meter = new StatsMeter();
  private readonly sides = new Map<string, Side>();
  /** By the run's id. */
  private readonly starts = new Starts();
  private readonly copying = new Map<string, Copying>();
  private readonly disk = new DiskUse();
  /** By the ids of images: whether they have a shell. */
  private readonly shells = new Map<string, boolean>();
  private readonly closing = new AbortController();

  constructor(options: DockerOptions) {
    this.options = options;
    this.checkouts = new Slots(path.join(options.home, 'docker'), options.log);
    this.environments = new BuiltImages(options.home, () => this.current().engine);
    this.watch = new Watch(options.home, options.watcher ?? bundledWatcher());
  }

  async describe(): Promise<TargetDescription> {
    const { name, kind } = this;
    const { engine } = this.current();
    const info = await engine.info();
    const problem = problemWithWay(info);
    const used = this.disk.of(engine);
    const gpus = info.hasGpus ? (await readGpus()).map((gpu) => gpu.name) : [];
    const detail = [`${info.cores} cores, ${formatBytes(info.memoryBytes)}`, ...gpus].join(', ');
    const facts = [
      { label: 'Engine', value: `${info.title}, ${engine.endpoint.host}` },
      { label: 'Images', value: String(info.images) },
      ...(used === undefined ? [] : [{ label: 'On disk', value: formatBytes(used) }]),
    ];
    return {
      ...{ name, kind, label: info.title, detail, facts },
      ready: problem === undefined,
      ...(problem !== undefined && { problem }),
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
    const way = problemWithWay(info);
    const image = imageNamed(environment, settings);
    const problems = [
      ...(way === undefined ? [] : [way]),
      ...(image === undefined && environment?.kind !== 'defined'
        ? [`A job in a container needs an image. ${NAME_ONE}`]
        : []),
      ...problemsWith(spec.resources, info),
      ...(spec.debug ? ['A job in a container cannot be debugged yet. Debug it on the target “local”.'] : []),
      ...settings.mounts
        .filter(({ source }) => !fs.existsSync(source))
        .map(({ source }) => `The folder ${source} of the setting trainyard.docker.mounts does not exist.`),
    ];
    const missing =
      environment?.kind === 'defined'
        ? await this.environments.problemWith(environment)
        : image === undefined
          ? undefined
          : await problemWithImage(engine, image);
    return missing === undefined ? problems : [...problems, missing];
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
      await this.startIn(side, { job, folder, secrets, settings, starting });
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
    const container = await this.inspect(engine, id);
    if (!container) return true;
    const isUnstarted = container.Status === 'created' || isUntold(container, folder);
    if (isUnstarted) await this.remove(engine, id);
    return isUnstarted;
  }

  /** What was created for a job that will never run. */
  private async removeFailed(id: string, folder: string): Promise<void> {
    const place = placeIn(folder);
    if (place) await this.remove(this.sideOf(place.endpoint).engine, id);
  }

  private async startIn(
    { engine, ways }: Side,
    parts: {
      job: Job;
      folder: string;
      secrets: Readonly<Record<string, string>>;
      settings: DockerSettings;
      starting: Starting;
    },
  ): Promise<void> {
    const { job, folder, secrets, settings, starting } = parts;
    const { home, revive } = this.options;
    const info = await engine.info();
    const log = path.join(folder, FILES.log);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!fs.existsSync(log)) fs.writeFileSync(log, '', { mode: 0o600 });
    const name = await this.imageOf(job, { settings, starting, log });
    const [image, way] = await Promise.all([
      this.image(engine, name, starting),
      ways.of(job.network ?? 'on'),
    ]);
    const { root, workingFolder } = job.code;
    const code = codePlace(root, job.id);
    const person = thisPerson();
    for (const below of [FILES.home, ...job.outputs.map((output) => path.join(FILES.output, output.path))])
      fs.mkdirSync(path.join(folder, below), { recursive: true, mode: 0o700 });
    const place: PlaceFile = {
      endpoint: engine.endpoint,
      ...{ root, workingFolder, image: name },
      program: [...(job.launcher ?? []), ...job.command][0] ?? '',
      ...(job.resources?.memory !== undefined && { memoryLimit: job.resources.memory }),
      timeout: job.timeout,
      engineLogs: false,
      logStart: fs.statSync(log).size,
      hasGpus: (job.resources?.gpus ?? 0) !== 0,
      notes: [],
    };
    writeJson(folder, FILES.place, place);
    const slot = await checkedOut(this.checkouts, job.id, job.code.snapshot);
    const inputs = joinInputs(job.inputs, {
      ...{ root, code, checkout: slot.folder },
      home: fs.realpathSync(home),
      readOnly: !settings.writableInputs,
    });
    fs.mkdirSync(path.join(slot.folder, workingFolder), { recursive: true });
    const data = job.data.map((one) => ({ ...one, at: insideOf(one.name, one.source) }));
    const { words, variables } = bound(
      job,
      Object.fromEntries(data.map(({ name: input, at }) => [input, at])),
      outputPlaces(job, INSIDE.output, path.posix),
    );
    const given = job.environment?.kind === 'defined' ? job.environment.definition.variables : undefined;
    const own = { ...given, ...job.variables.own };
    const { [TRACKING]: tracking, ...others } = environmentElsewhere(
      { ...job, variables: { ...job.variables, own } },
      { outputs: variables },
    );
    const hasOwn = TRACKING in own;
    const ofJob: Record<string, string> = hasOwn ? { ...others, [TRACKING]: tracking as string } : others;
    /** The address of the server is known once the container is there, with some engines. */
    const toTell = async () => (hasOwn ? secrets : { [TRACKING]: await way.trackingUrl(), ...secrets });
    const env = {
      ...usualVariables(person, {
        caches: settings.caches,
        known: new Set([...image.variables, ...Object.keys(ofJob), ...Object.keys(secrets)]),
      }),
      ...ofJob,
    };
    const binds: Bind[] = [
      { source: slot.folder, target: code, readOnly: false },
      { source: path.join(folder, FILES.output), target: INSIDE.output, readOnly: false },
      { source: path.join(folder, FILES.home), target: INSIDE.home, readOnly: false },
      ...inputs.binds,
      ...data.map(({ source, at }) => ({ source, target: at, readOnly: true })),
      ...(settings.caches ? [this.cacheBind()] : []),
      ...settings.mounts,
    ];
    const all = [...(words.launcher ?? []), ...inImage(job, words.command)];
    const create = async (hasShell: boolean) => {
      const told = hasShell ? {} : await toTell();
      const entry = hasShell ? entryOf(all, INSIDE.log) : undefined;
      const options = containerOptions({
        ...{ job, folder, home, engine: info, person, image: name, network: way },
        cwd: path.posix.join(code, workingFolder),
        isTold: hasShell,
        ...(entry
          ? { entrypoint: entry.entrypoint, command: entry.command, env }
          : { entrypoint: all.slice(0, 1), command: all.slice(1), env: { ...env, ...told } }),
        binds: hasShell
          ? [...binds, { source: path.join(folder, FILES.log), target: INSIDE.log, readOnly: false }]
          : binds,
      });
      return engine.call((docker) => docker.createContainer(options)).then(() => entry);
    };
    let entry = await create(this.shells.get(image.id) ?? true);
    if (entry && !(await this.hasShell(engine, job.id, image.id))) {
      await this.remove(engine, job.id);
      entry = await create(false);
    }
    const hidden = Object.keys(secrets).filter((secret) => !isShellName(secret));
    if (!entry) place.notes.push(...notesWithoutShell(Object.keys(secrets)));
    if (entry && hidden.length > 0)
      throw new TrainyardError(
        'TARGET_FAILED',
        `These names of secrets cannot be used in a container: ${hidden.join(', ')}.`,
        {
          hint: 'Use letters, digits and underscores in the names of secrets.',
        },
      );
    if (inputs.leftOut.length > 0)
      place.notes.push(`These paths beside the code are not in the container: ${shortList(inputs.leftOut)}.`);
    if (!entry || place.notes.length > 0) writeJson(folder, FILES.place, { ...place, engineLogs: !entry });
    if (isThere(folder, FILES.cancel)) return this.remove(engine, job.id);
    this.watch.ensure(engine.endpoint, revive?.());
    const stdin = entry && (await this.attach(engine, job.id));
    await engine.call((docker) => docker.getContainer(containerName(job.id)).start());
    if (entry && stdin) await tell(stdin, entry.tell(await toTell(), job.umask));
    fs.writeFileSync(path.join(folder, FILES.told), '', { mode: 0o600 });
    this.options.log.debug({ runId: job.id, image: name }, 'a container was started');
  }

  /** The image of a job's environment, which is built first where it has to be: what the build prints is the top of the log. */
  private async imageOf(
    { environment }: Job,
    { settings, starting, log }: { settings: DockerSettings; starting: Starting; log: string },
  ): Promise<string> {
    const image = imageNamed(environment, settings);
    if (image !== undefined) return image;
    if (environment?.kind !== 'defined')
      throw new TrainyardError('TARGET_FAILED', 'A job in a container needs an image.', { hint: NAME_ONE });
    const found = await this.environments.find(environment);
    if (found) return found.at;
    starting.why = 'Building its environment';
    const built = await this.environments.build(environment, buildProgress(starting, log));
    delete starting.why;
    return built.at;
  }

  private async image(engine: Engine, name: string, starting: Starting): Promise<Image> {
    const found = await findImage(engine, name);
    if (found) return found;
    starting.why = `Pulling ${name}`;
    await pullImage(engine, name, {
      onProgress: (words) => (starting.why = `Pulling ${name}, ${words}`),
      signal: starting.abort.signal,
    });
    delete starting.why;
    const pulled = await findImage(engine, name);
    if (pulled) return pulled;
    throw new TrainyardError('TARGET_FAILED', `The image “${name}” was pulled, but the engine does not have it.`);
  }

  private cacheBind(): Bind {
    const source = this.caches();
    fs.mkdirSync(source, { recursive: true, mode: 0o700 });
    return { source, target: INSIDE.caches, readOnly: false };
  }

  /** The folder for what programs have downloaded. */
  private caches(): string {
    return path.join(this.options.home, 'docker', 'caches');
  }

  private async hasShell(engine: Engine, id: string, imageId: string): Promise<boolean> {
    const known = this.shells.get(imageId);
    if (known !== undefined) return known;
    const found = await engine.find((docker) =>
      docker.getContainer(containerName(id)).infoArchive({ path: '/bin/sh' }),
    );
    this.shells.set(imageId, found !== undefined);
    return found !== undefined;
  }

  private attach(engine: Engine, id: string): Promise<NodeJS.ReadWriteStream> {
    const options = { stream: true, stdin: true, stdout: false, stderr: false, hijack: true };
    return engine.call((docker) => docker.getContainer(containerName(id)).attach(options));
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
    if (!container) return this.goneOf(id, folder);
    if (container.Status === 'created' || isUntold(container, folder)) return { state: 'planned' };
    if (container.Running) {
      this.watch.ensure(place.endpoint, this.options.revive?.());
      if (!side.isRestored) await side.ways.restore();
      side.isRestored = true;
      if (place.engineLogs) this.copy(side.engine, id, folder, place);
      const startedAt = timeOf(container.StartedAt) ?? Date.now();
      const isNew = !isThere(folder, FILES.told) && Date.now() - startedAt < UNTOLD_FOR;
      return isNew ? { state: 'starting' } : { state: 'running', startedAt };
    }
    return this.endOf(side.engine, { id, folder, place, container });
  }

  /** A container that is gone, and that nobody here removed. */
  private goneOf(id: string, folder: string): TargetStatus {
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
    this.meter.forget(id);
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
      const copy = this.copy(engine, id, folder, place);
      if (!copy.isDone)
        return copy.error === undefined
          ? { state: 'running', startedAt: timeOf(container.StartedAt) ?? Date.now() }
          : { state: 'unreachable', why: `Its log cannot be copied: ${messageOf(copy.error)}` };
    } else if (container.ExitCode !== 0) {
      // What was said before the output led to the file: by the shell, or by the engine.
      const said = await engineOutput(engine, id);
      if (said.length > 0) await fs.promises.appendFile(log, said);
    }
    const size = fs.statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    const tail = (await readAt(log, Math.max(0, size - LOG_END), LOG_END)).toString();
    const ended = endedStatus(container, place, readJson<EndingFile>(folder, FILES.ending), tail);
    writeJson(folder, FILES.exit, ended);
    this.meter.forget(id);
    return ended;
  }

  /** Begins to copy the log, where that is not done yet. */
  private copy(engine: Engine, id: string, folder: string, { logStart: start }: PlaceFile): Copying {
    const known = this.copying.get(id);
    if (known && (known.isDone || known.error === undefined)) return known;
    const copying: Copying = { isDone: false };
    this.copying.set(id, copying);
    copyLog(engine, id, { file: path.join(folder, FILES.log), start }, this.closing.signal).then(
      () => (copying.isDone = !this.closing.signal.aborted),
      (error: unknown) => (copying.error = error),
    );
    return known ?? copying;
  }

  log(handle: Handle, from: number): Promise<Uint8Array> {
    return readAt(path.join(folderOf(handle), FILES.log), from, LOG_CHUNK);
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
    this.meter.forget(id);
    this.copying.delete(id);
    if (!place) return;
    const exit = readJson<EndedStatus>(folder, FILES.exit);
    const isKept = this.settings().keepFailed && exit?.cause === 'exit' && exit.exitCode !== 0;
    if (isKept) {
      // With all that is mounted in it.
      fs.writeFileSync(path.join(folder, FILES.kept), '', { mode: 0o600 });
      return;
    }
    await this.remove(this.sideOf(place.endpoint).engine, id);
    fs.rmSync(path.join(folder, FILES.home), { recursive: true, force: true });
    this.checkouts.release(id, place.root);
  }

  recover(handles: readonly Handle[]): void {
    const needed = new Set(handles.map(idOf));
    this.checkouts.recover((id) => needed.has(id) || isThere(this.options.jobFolder(id), FILES.kept));
  }

  async usage(handles: readonly Handle[]): Promise<(Usage | undefined)[]> {
    const places = handles.map((handle) => placeIn(folderOf(handle)));
    const gpus = places.some((place) => place?.hasGpus)
      ? (await readGpus()).map(({ name: _, ...gpu }) => gpu)
      : [];
    return Promise.all(
      handles.map(async (handle, i) => {
        const place = places[i];
        const usage = place && (await this.meter.usage(this.sideOf(place.endpoint).engine, idOf(handle)));
        return usage && { ...usage, ...(place.hasGpus && { gpus }) };
      }),
    );
  }

  async machine(handle: Handle): Promise<Machine | undefined> {
    const place = placeIn(folderOf(handle));
    if (!place) return undefined;
    const info = await this.sideOf(place.endpoint).engine.info();
    const gpus = place.hasGpus ? (await readGpus()).map(({ name }) => name) : [];
    return {
      host: info.host,
      system: `${info.title} on ${info.system}`,
      processor: info.isVirtual ? '' : (os.cpus()[0]?.model.trim() ?? ''),
      cores: info.cores,
      memoryBytes: info.memoryBytes,
      ...(gpus.length > 0 && { gpus }),
    };
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
    return findLeftovers(this.current().engine, { home, active: ids, caches: this.caches() });
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
    await removeLeftovers(engine, ids, { caches: this.caches(), onRemoved });
    this.disk.forget(engine);
  }

  /** In a container that runs; of one that was kept, in a copy with the same folders. */
  async shell(handle: Handle): Promise<ShellCommand | undefined> {
    const [id, folder] = [idOf(handle), folderOf(handle)];
    const place = placeIn(folder);
    if (!place || place.engineLogs) return undefined;
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
    const side: Side = { engine, ways: new Ways(this.options, engine), isRestored: false };
    this.sides.set(key, side);
    return side;
  }

  private async inspect(engine: Engine, id: string): Promise<ContainerState | undefined> {
    const found = await engine.find((docker) => docker.getContainer(containerName(id)).inspect());
    return found?.State;
  }

  private async remove(engine: Engine, id: string): Promise<void> {
    const options = { force: true, v: true };
    await engine.find((docker) => docker.getContainer(containerName(id)).remove(options));
  }

  private codeOf(id: string, place: PlaceFile | undefined): CodePlace | undefined {
    const slot = place && this.checkouts.of(id, place.root);
    return slot && { slot, root: place.root };
  }
}

function imageNamed(environment: JobEnvironment | undefined, { image }: DockerSettings): string | undefined {
  if (environment?.kind === 'image') return environment.image;
  if (environment?.kind === 'defined') return undefined;
  return image === '' ? undefined : image;
}

/** An interpreter of this machine has another name there: `python3.11` is Python. */
function inImage({ environment }: Job, command: readonly string[]): readonly string[] {
  const [program = '', ...args] = command;
  const isOfMachine =
    environment?.kind === 'interpreter' && programOf({ command, environment }) === environment.path;
  if (!isOfMachine) return command;
  const name = nameOfInterpreter(environment.path);
  return [/^python[\d.]*$/.test(name) ? 'python' : name || program, ...args];
}

function thisPerson(): Person {
  const { username: name } = os.userInfo();
  const [user, group] = [process.getuid?.(), process.getgid?.()];
  if (user === undefined || group === undefined) return { name };
  return { name, ids: { user, group, groups: process.getgroups?.() ?? [] } };
}

/** A file keeps its name, which programs may read its kind from. */
function insideOf(name: string, source: string): string {
  const isFile = fs.statSync(source, { throwIfNoEntry: false })?.isFile();
  return path.posix.join(INSIDE.inputs, name, ...(isFile ? [path.basename(source)] : []));
}

/** Whether the container ended, or is about to, because nobody told it what to run. */
function isUntold({ Running, ExitCode }: ContainerState, folder: string): boolean {
  return !Running && ExitCode === NOT_TOLD && !isThere(folder, FILES.told);
}

async function tell(stdin: NodeJS.ReadWriteStream, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stdin.once('error', reject);
    stdin.end(text, () => resolve());
  });
  // Nobody reads what the other side sends.
  stdin.resume();
}

function notesWithoutShell(secrets: readonly string[]): string[] {
  return [
    'Its image has no /bin/sh, so the engine kept its output first.' +
      (secrets.length > 0
        ? ` Anyone who may use the engine could read its secrets (${secrets.join(', ')}) until its container was removed.`
        : ''),
  ];
}

function shortList(names: readonly string[]): string {
  return names.length > 5 ? [...names.slice(0, 5), '…'].join(', ') : names.join(', ');
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

function placeIn(folder: string): PlaceFile | undefined {
  return readJson<PlaceFile>(folder, FILES.place);
}

function isThere(folder: string, name: string): boolean {
  return fs.existsSync(path.join(folder, name));
}

const folderOf = (handle: Handle) => String(handle['folder']);
const idOf = (handle: Handle) => String(handle['id']);

function bundledWatcher(): string[] {
  return [process.execPath, path.join(path.dirname(fileURLToPath(import.meta.url)), 'watcher.js')];
}
