/** How a job becomes a container that runs. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { formatBytes } from '../../base/format.js';
import { underDebugger } from '../../job/debug.js';
import { nameOfInterpreter, programOf, type Runnable } from '../../job/spec.js';
import type { TargetContext } from '../context.js';
import { bound, outputPlaces } from '../shared/bindings.js';
import { checkedOut, type Slots } from '../shared/checkouts/slots.js';
import { debuggerVariables } from '../shared/debugger.js';
import { environmentElsewhere, TRACKING } from '../shared/environment.js';
import { writeJson } from '../shared/json-file.js';
import { buildProgress, type Starting } from '../shared/starts.js';
import type { Job, JobEnvironment } from '../target.js';
import { type BuiltImages, imageOf as imageOfEnvironment } from './build.js';
import { isBuilt } from './build-file.js';
import { containerOptions, ownerOf, type Person, usualVariables } from './container.js';
import type { Engine } from './engine.js';
import { entryOf, isShellName } from './entry.js';
import { FILES, isThere, type PlaceFile } from './files.js';
import { findImage, type Image, pullImage } from './images.js';
import { type Bind, joinInputs } from './inputs.js';
import { codePlace, containerName, INSIDE } from './names.js';
import { homeId } from './machine.js';
import { type Owner, type Parcel, sendFiles } from './parcels.js';
import { provideDebugpy, pythonPath, setUpPython } from './python.js';
import type { DockerSettings } from './settings.js';
import type { Watch } from './watch.js';
import type { Way, Ways } from './way.js';

export const NAME_ONE = 'Name one with --image, or in the setting trainyard.docker.image.';

/** An engine, and what this server has set up there. */
export interface Side {
  engine: Engine;
  ways: Ways;
}

/** What starts share with the rest of the target. */
interface Shared {
  checkouts: Slots;
  environments: BuiltImages;
  watch: Watch;
}

export class Starter {
  private readonly options: TargetContext;
  private readonly checkouts: Slots;
  private readonly environments: BuiltImages;
  private readonly watch: Watch;
  /** By the ids of images: whether they have a shell. */
  private readonly shells = new Map<string, boolean>();

  constructor(options: TargetContext, { checkouts, environments, watch }: Shared) {
    this.options = options;
    this.checkouts = checkouts;
    this.environments = environments;
    this.watch = watch;
  }

  async start(
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
      ...(!info.isLocal && { isApart: true }),
      notes: [],
    };
    writeJson(folder, FILES.place, place);
    const [slot, image, way] = await together([
      checkedOut(this.checkouts, job.id, job.code.snapshot),
      this.image(engine, name, starting),
      ways.of(job.network ?? 'on', job.id),
    ]);
    const inputs = joinInputs(job.inputs, {
      ...{ root, code, checkout: slot.folder },
      home: fs.realpathSync(home),
      readOnly: !settings.writableInputs,
      isApart: !info.isLocal,
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
    const { debug } = job;
    const debugpy = debug?.debugpy === undefined ? undefined : await provideDebugpy(home, debug.debugpy);
    const ofJob: Record<string, string> = {
      ...others,
      ...(hasOwn && { [TRACKING]: tracking as string }),
      ...(info.isLocal && {
        PYTHONPATH: pythonPath(others['PYTHONPATH'] ?? image.variables.get('PYTHONPATH')),
      }),
      ...(debug && debuggerVariables(debugpy)),
    };
    /** The address of the server is known once the container is there, with some engines. */
    const toTell = async (isConnected = true) =>
      hasOwn || !isConnected ? secrets : { [TRACKING]: await way.trackingUrl(), ...secrets };
    const hasCaches = settings.caches && info.isLocal;
    const env = {
      ...usualVariables(person, {
        caches: hasCaches,
        known: new Set([...image.variables.keys(), ...Object.keys(ofJob), ...Object.keys(secrets)]),
      }),
      ...ofJob,
    };
    const files: Bind[] = [
      { source: slot.folder, target: code, readOnly: false },
      { source: path.join(folder, FILES.output), target: INSIDE.output, readOnly: false },
      { source: path.join(folder, FILES.home), target: INSIDE.home, readOnly: false },
      ...data.map(({ source, at }) => ({ source, target: at, readOnly: true })),
    ];
    // On another machine, its own folders are mounted, and files of this one are sent.
    const binds: Bind[] = info.isLocal
      ? [
          ...files,
          ...inputs.binds,
          ...(hasCaches ? [this.cacheBind()] : []),
          ...setUpPython(home, folder),
          ...settings.mounts,
          { source: log, target: INSIDE.log, readOnly: false },
        ]
      : [...settings.mounts];
    const command = inImage(job, words.command);
    const all = [...(words.launcher ?? []), ...(debug ? underDebugger(command) : command)];
    const create = async (hasShell: boolean) => {
      const told = hasShell ? {} : await toTell();
      const entry = hasShell ? entryOf(all, info.isLocal ? INSIDE.log : '') : undefined;
      const options = containerOptions({
        ...{ job, folder, home, id: homeId(home), engine: info, person, image: name, network: way },
        cwd: path.posix.join(code, workingFolder),
        isTold: hasShell,
        ...(entry
          ? { entrypoint: entry.entrypoint, command: entry.command, env }
          : { entrypoint: all.slice(0, 1), command: all.slice(1), env: { ...env, ...told } }),
        binds: hasShell ? binds : binds.filter(({ target }) => target !== INSIDE.log),
      });
      return engine.call((docker) => docker.createContainer(options)).then(() => entry);
    };
    let entry = await create(this.shells.get(image.id) ?? true);
    if (entry && !(await this.hasShell(engine, job.id, image.id))) {
      await removeContainer(engine, job.id);
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
    place.engineLogs = !entry || !info.isLocal;
    if (place.engineLogs || place.notes.length > 0) writeJson(folder, FILES.place, place);
    if (!info.isLocal) {
      const parcel = parcelOf(files, inputs.binds, { code, owner: ownerOf(info, person) });
      await this.send(engine, job.id, parcel, starting);
    }
    if (isThere(folder, FILES.cancel)) return removeContainer(engine, job.id);
    this.watch.ensure(engine.endpoint, revive?.());
    const stdin = entry && (await this.attach(engine, job.id));
    await engine.call((docker) => docker.getContainer(containerName(job.id)).start());
    const problem = hasOwn ? undefined : await connect(way, { isTold: entry !== undefined });
    if (problem !== undefined && entry) {
      place.notes.push(problem);
      writeJson(folder, FILES.place, place);
    }
    if (entry && stdin) await tell(stdin, entry.tell(await toTell(problem === undefined), job.umask));
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
    // It comes when the container is made.
    if (!isBuilt(environment.definition)) return imageOfEnvironment(environment);
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
    throw new TrainyardError(
      'TARGET_FAILED',
      `The image “${name}” was pulled, but the engine does not have it.`,
    );
  }

  private async send(engine: Engine, id: string, parcel: Parcel, starting: Starting): Promise<void> {
    const { signal } = starting.abort;
    const onProgress = (bytes: number) => (starting.why = `Sending its files, ${formatBytes(bytes)}`);
    await sendFiles(engine, id, parcel, { signal, onProgress });
    delete starting.why;
  }

  private cacheBind(): Bind {
    const source = cachesIn(this.options.home);
    fs.mkdirSync(source, { recursive: true, mode: 0o700 });
    return { source, target: INSIDE.caches, readOnly: false };
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
}

/** None of them is on its way any more when one has failed. */
async function together<T extends readonly unknown[] | []>(
  all: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  await Promise.allSettled(all);
  return Promise.all(all);
}

/** @returns why it goes on without */
async function connect(
  { connect: open, isOptional = false }: Way,
  { isTold }: { isTold: boolean },
): Promise<string | undefined> {
  try {
    await open?.();
    return undefined;
  } catch (error) {
    // One that is told nothing may have ended already.
    if (isTold && !isOptional) throw error;
    return `It could not log while it ran: ${messageOf(error)} What it printed, its event files and its outputs were read at its end.`;
  }
}

/** What is sent to a machine that does not see this one's disk. Data does not come back with the code: only links to it are there. */
function parcelOf(
  files: readonly Bind[],
  inputs: readonly Bind[],
  { code, owner }: { code: string; owner: Owner },
): Parcel {
  const placed = inputs.map((input) => ({
    ...input,
    target: path.posix.join(INSIDE.project, path.posix.relative(code, input.target)),
  }));
  const links = inputs.map(({ target }, i) => ({ at: target, to: placed[i]?.target ?? '' }));
  return { binds: [...files, ...placed], links, owner };
}

export async function removeContainer(engine: Engine, id: string): Promise<void> {
  const options = { force: true, v: true };
  await engine.find((docker) => docker.getContainer(containerName(id)).remove(options));
}

/** The folder for what programs have downloaded. @param home Trainyard's */
export function cachesIn(home: string): string {
  return path.join(home, 'docker', 'caches');
}

export function imageNamed(
  environment: JobEnvironment | undefined,
  { image }: DockerSettings,
): string | undefined {
  if (environment?.kind === 'image') return environment.image;
  if (environment?.kind === 'defined') return undefined;
  return image === '' ? undefined : image;
}

/** An interpreter of this machine has another name there: `python3.11` is Python. */
export function inImage(
  { environment }: Pick<Runnable, 'environment'>,
  command: readonly string[],
): readonly string[] {
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
