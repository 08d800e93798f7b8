/** What the engine is asked to create for a job. Pure. */
import path from 'node:path';
import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode';
import type { Job } from '../target.js';
import type { EngineInfo } from './engine.js';
import type { Bind } from './inputs.js';
import { limitsOf } from './limits.js';
import { containerName, INSIDE, LABELS } from './names.js';
import type { Owner } from './parcels.js';

/** Who a job's processes are, as this machine knows the person. */
export interface Person {
  name: string;
  /** undefined on Windows. */
  ids?: { user: number; group: number; groups: readonly number[] };
}

export interface ContainerParts {
  job: Job;
  folder: string;
  home: string;
  /** Of the home. */
  id: string;
  engine: EngineInfo;
  person: Person;
  image: string;
  entrypoint: readonly string[];
  command: readonly string[];
  /** Whether it reads its standard input at its start. */
  isTold: boolean;
  env: Readonly<Record<string, string>>;
  /** Absolute in the container. */
  cwd: string;
  binds: readonly Bind[];
  network: { mode: string; extraHosts?: readonly string[] };
}

export function containerOptions(parts: ContainerParts): ContainerCreateOptions {
  const {
    job,
    folder,
    home,
    id,
    engine,
    person,
    image,
    entrypoint,
    command,
    isTold,
    env,
    cwd,
    binds,
    network,
  } = parts;
  const { user, ...namespace } = userOf(engine, person);
  const host: HostConfig = {
    ...limitsOf(job.resources),
    ...namespace,
    Init: true,
    Mounts: binds.map(mountOf),
    NetworkMode: network.mode,
    ...(network.extraHosts && { ExtraHosts: [...network.extraHosts] }),
    // On the network that jobs share with the server, none can take the address of another.
    CapDrop: ['NET_RAW'],
    SecurityOpt: ['no-new-privileges', ...(engine.hasSelinux ? ['label=disable'] : [])],
    // What the engine is set up to use may keep a part of the output only, send it elsewhere, or change bytes that are no UTF-8.
    LogConfig: engine.isPodman
      ? { Type: 'k8s-file', Config: {} }
      : { Type: 'local', Config: { 'max-size': '1000t', 'max-file': '1', compress: 'false' } },
  };
  return {
    name: containerName(job.id),
    Image: image,
    ...(user !== undefined && { User: user }),
    Entrypoint: [...entrypoint],
    Cmd: [...command],
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    WorkingDir: cwd,
    Labels: {
      [LABELS.run]: job.id,
      [LABELS.home]: home,
      [LABELS.id]: id,
      [LABELS.folder]: folder,
      [LABELS.timeout]: String(job.timeout),
      [LABELS.grace]: String(job.grace),
    },
    OpenStdin: isTold,
    StdinOnce: isTold,
    AttachStdin: isTold,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    HostConfig: host,
  };
}

/** So that what a job writes is the person's. */
function userOf(
  engine: EngineInfo,
  { ids }: Person,
): { user?: string } & Pick<HostConfig, 'UsernsMode' | 'GroupAdd'> {
  if (!ids) return {};
  // There the person is root inside, and root inside is nobody but the person.
  if (engine.isRootless) return { user: '0:0' };
  const { user, group, groups } = ids;
  // There nothing is the person's by a number.
  if (!engine.isLocal) return { user: `${user}:${group}` };
  return {
    user: `${user}:${group}`,
    GroupAdd: groups.filter((id) => id !== group).map(String),
    ...(engine.isRemapped && { UsernsMode: 'host' }),
  };
}

/** Whose files have to be that the job may change. */
export function ownerOf(engine: EngineInfo, person: Person): Owner {
  const [uid, gid] = userOf(engine, person).user?.split(':').map(Number) ?? [];
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

function mountOf({ source, target, readOnly }: Bind): MountSettings {
  return { Type: 'bind', Source: source, Target: target, ...(readOnly && { ReadOnly: true }) };
}

const CACHES: Readonly<Record<string, string>> = {
  PIP_CACHE_DIR: 'pip',
  HF_HOME: 'huggingface',
  TORCH_HOME: 'torch',
};

/** What programs of a container are told of it, where neither the image nor the job says it. @param known variables that are set */
export function usualVariables(
  person: Person,
  { caches, known }: { caches: boolean; known: ReadonlySet<string> },
): Record<string, string> {
  const usual = {
    HOME: INSIDE.home,
    // A container does not know its user by name, and programs ask for it.
    USER: person.name,
    LOGNAME: person.name,
    // Signals reach all processes of the job, as on this machine, and not only the first.
    TINI_KILL_PROCESS_GROUP: '1',
    // MLflow's client looks for git, and most images have none; it would say so in forty lines.
    GIT_PYTHON_REFRESH: 'quiet',
    ...(caches &&
      Object.fromEntries(
        Object.entries(CACHES).map(([name, folder]) => [name, path.posix.join(INSIDE.caches, folder)]),
      )),
  };
  const own = Object.entries(usual).filter(([name]) => name === 'HOME' || !known.has(name));
  return Object.fromEntries(own);
}
