/** The connection to a Docker engine. Whatever calls it hears in plain words what is wrong. */
import type http from 'node:http';
import process from 'node:process';
import type Docker from 'dockerode';
import type { DockerOptions } from 'dockerode';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import { connectionOf, type Endpoint, isLocal } from './endpoint.js';
import { sshPlace, sshProblem } from './ssh.js';

/** Milliseconds for which what the engine is stays known. */
const INFO_FOR = 60_000;

/** What matters of an engine. */
export interface EngineInfo {
  /** e.g. 'Docker 28.2.2', 'Podman 4.3.1' */
  title: string;
  isPodman: boolean;
  /** It runs without root: the person is root in its containers. */
  isRootless: boolean;
  /** Of its version. */
  major: number;
  /** Ids in containers are others than on the machine. */
  isRemapped: boolean;
  hasSelinux: boolean;
  /** It runs in a virtual machine of its own, as Docker Desktop and Colima do. */
  isVirtual: boolean;
  /** Its folders are those of this machine. */
  isLocal: boolean;
  cores: number;
  memoryBytes: number;
  host: string;
  system: string;
  /** Limits that this machine cannot keep. */
  cannotLimit: readonly ('cpus' | 'memory')[];
  hasGpus: boolean;
  images: number;
}

type Version = Awaited<ReturnType<Docker['version']>> & { Components?: { Name: string; Version?: string }[] };

export class Engine {
  readonly endpoint: Endpoint;
  private client: Promise<Docker> | undefined;
  private agent: http.Agent | undefined;
  private known: { at: number; info: Promise<EngineInfo> } | undefined;

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }

  /** @throws TARGET_UNREACHABLE when the engine does not answer | EngineError when it refuses */
  async call<T>(what: (docker: Docker) => Promise<T>): Promise<T> {
    try {
      return await what(await (this.client ??= this.connect()));
    } catch (error) {
      throw this.inWords(error);
    }
  }

  /** The same; undefined for what is not there (404). */
  async find<T>(what: (docker: Docker) => Promise<T>): Promise<T | undefined> {
    try {
      return await this.call(what);
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Known for a minute, and asked again after an error. */
  info(): Promise<EngineInfo> {
    if (this.known && Date.now() - this.known.at < INFO_FOR) return this.known.info;
    const info = this.ask();
    this.known = { at: Date.now(), info };
    info.catch(() => (this.known = undefined));
    return info;
  }

  /** Ends the connections that it keeps for later. */
  close(): void {
    this.agent?.destroy();
  }

  private async connect(): Promise<Docker> {
    try {
      const options = (await connectionOf(this.endpoint)) as DockerOptions & { agent?: http.Agent };
      this.agent = options.agent;
      const { default: Client } = await import('dockerode');
      return new Client(options);
    } catch (error) {
      // What is configured may be put right.
      this.client = undefined;
      throw error;
    }
  }

  private async ask(): Promise<EngineInfo> {
    const [info, version] = await this.call((docker) =>
      Promise.all([docker.info() as Promise<DockerInfo>, docker.version() as Promise<Version>]),
    );
    const isPodman = (version.Components ?? []).some(({ Name }) => /podman/i.test(Name));
    const security = info.SecurityOptions ?? [];
    const has = (name: string) => security.some((option) => option.split(',').includes(`name=${name}`));
    const isRootless = info.Rootless === true || has('rootless');
    const delegated = isPodman && isRootless ? await this.delegated() : undefined;
    const can = (said: boolean | undefined, controller: string) =>
      said !== false && (delegated === undefined || delegated.includes(controller));
    const cannotLimit = [
      ...(can(info.CpuCfsQuota, 'cpu') ? [] : (['cpus'] as const)),
      ...(can(info.MemoryLimit, 'memory') ? [] : (['memory'] as const)),
    ];
    return {
      title: `${isPodman ? 'Podman' : 'Docker'} ${version.Version}`,
      isPodman,
      isRootless,
      major: Number.parseInt(version.Version, 10),
      isRemapped: has('userns'),
      hasSelinux: has('selinux'),
      isVirtual:
        info.OperatingSystem === 'Docker Desktop' ||
        (isLocal(this.endpoint) &&
          (process.platform !== 'linux' || /\.(colima|docker\/desktop)\//.test(this.endpoint.host))),
      isLocal: isLocal(this.endpoint),
      cores: info.NCPU,
      memoryBytes: info.MemTotal,
      host: info.Name,
      system: `${info.OperatingSystem}, ${info.KernelVersion}`,
      cannotLimit,
      hasGpus:
        Object.keys(info.Runtimes ?? {}).some((name) => /nvidia/.test(name)) ||
        ((info.CDISpecDirs ?? []).length > 0 &&
          (info.DiscoveredDevices ?? []).some(({ ID }) => /gpu/.test(ID))),
      images: info.Images,
    };
  }

  /**
   * The controllers of control groups that a rootless Podman may use. Its interface that is Docker's tells those of the machine.
   * https://docs.podman.io/en/latest/_static/api.html#tag/system/operation/SystemInfoLibpod
   */
  private async delegated(): Promise<readonly string[]> {
    const options = {
      ...{ path: '/v4.0.0/libpod/info', method: 'GET' },
      statusCodes: { 200: true, 500: 'server error' },
    };
    const { host } = await this.call(
      (docker) =>
        new Promise<LibpodInfo>((resolve, reject) => {
          const done = (error: unknown, info: unknown) =>
            error ? reject(error as Error) : resolve(info as LibpodInfo);
          docker.modem.dial(options, done);
        }),
    );
    return host.cgroupVersion === 'v2' ? (host.cgroupControllers ?? []) : [];
  }

  private inWords(error: unknown): unknown {
    const { host, source } = this.endpoint;
    if (TrainyardError.is(error) || error instanceof EngineError) return error;
    const status = statusOf(error);
    if (status !== undefined && !isOfOtherProtocol(error))
      return new EngineError(status, answerOf(error), error);
    this.known = undefined;
    const place =
      host.replace(/^(unix|npipe):\/\//, '') + (source === undefined ? '' : `, named by ${source}`);
    const ssh = sshPlace(host);
    const problem = ssh && sshProblem(error, ssh);
    const unreachable = (message: string, hint: string) =>
      new TrainyardError('TARGET_UNREACHABLE', message, { hint, cause: error });
    if (problem) return unreachable(problem.message, problem.hint);
    if (error instanceof Error && isOfTls(error))
      return unreachable(
        `The Docker engine is not trusted, or does not trust you (${place}): ${messageOf(error)}.`,
        'Check ca.pem, cert.pem and key.pem in DOCKER_CERT_PATH or in the context, and the name in the address.',
      );
    if (isOfOtherProtocol(error))
      return unreachable(
        `The Docker engine speaks another protocol (${place}).`,
        'Set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH if it wants TLS, and leave them out if it does not.',
      );
    if (hasCode(error, 'EACCES', 'EPERM'))
      return unreachable(`You are not allowed to use the Docker engine (${place}).`, MAY_NOT);
    if (hasCode(error, 'ENOENT', 'ECONNREFUSED'))
      return unreachable(`The Docker engine is not running (${place}).`, startHint(source));
    if (hasCode(error, 'ENOTFOUND', 'EHOSTUNREACH', 'ETIMEDOUT', 'EAI_AGAIN'))
      return unreachable(`The Docker engine was not found (${place}).`, 'Check the network and the address.');
    return unreachable(
      `The Docker engine does not answer (${place}): ${messageOf(error)}.`,
      'Check that it is running.',
    );
  }
}

/** The engine answered, and refuses. */
export class EngineError extends Error {
  readonly status: number;

  constructor(status: number, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'EngineError';
    this.status = status;
  }
}

/** Something by that name is there already, or being made. */
export function isConflict(error: unknown): boolean {
  return error instanceof EngineError && error.status === 409;
}

/** What dockerode has no types for. */
interface DockerInfo {
  /** Podman's. */
  Rootless?: boolean;
  SecurityOptions?: string[];
  CpuCfsQuota?: boolean;
  MemoryLimit?: boolean;
  OperatingSystem: string;
  KernelVersion: string;
  NCPU: number;
  MemTotal: number;
  Name: string;
  Images: number;
  Runtimes?: Record<string, unknown>;
  CDISpecDirs?: string[];
  DiscoveredDevices?: { ID: string }[];
}

interface LibpodInfo {
  host: { cgroupVersion: string; cgroupControllers?: string[] | null };
}

const MAY_NOT =
  process.platform === 'linux'
    ? 'Add yourself to its group: sudo usermod -aG docker $USER. Then log out and in again.'
    : 'Check the permissions of its socket.';

function startHint(source: string | undefined): string {
  const start =
    process.platform === 'linux'
      ? 'Start it: sudo systemctl start docker.'
      : 'Start Docker Desktop or Colima.';
  return source === undefined ? `${start} If there is none, install Docker or Podman.` : start;
}

/** Of a certificate: ours, or that of the engine. */
function isOfTls(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_TLS|^ERR_SSL_(TLS|SSL)V?|ALERT/.test(code);
}

/** One side speaks TLS, and the other does not. */
function isOfOtherProtocol(error: unknown): boolean {
  return /wrong version number|packet length too long|HTTP request to an HTTPS server|Parse Error: Expected HTTP/.test(
    `${messageOf(error)} ${answerOf(error)}`,
  );
}

function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** The engine's own words. */
function answerOf(error: unknown): string {
  const json =
    error instanceof Error && 'json' in error ? (error.json as { message?: unknown } | null) : null;
  const said =
    typeof json?.message === 'string' ? json.message : messageOf(error).replace(/^\(HTTP code \d+\) /, '');
  return said.trim();
}
