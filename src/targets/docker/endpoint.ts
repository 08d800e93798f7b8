/** Where the engine is: by the setting, or as Docker's own command finds it, or at one of the usual places. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { DockerOptions } from 'dockerode';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import { sshAgent, sshPlace } from './ssh.js';

export interface Endpoint {
  /** As DOCKER_HOST has it: `unix:///var/run/docker.sock`. */
  host: string;
  /** What named it, for people; undefined: nothing did, it is a usual place. */
  source?: string;
  /** Folder of ca.pem, cert.pem and key.pem, for TLS; what is missing there is not used. */
  certificates?: string;
  /** A context says that whoever answers is trusted. */
  skipVerify?: boolean;
}

export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  userHome: string;
  exists: (file: string) => boolean;
  /** Whether the person may talk to a socket that is there. */
  mayUse: (socket: string) => boolean;
}

const HERE: Surroundings = {
  env: process.env,
  platform: process.platform,
  userHome: os.homedir(),
  exists: fs.existsSync,
  mayUse,
};

/**
 * @param setting address or name of a context; empty: none
 * @throws TARGET_UNREACHABLE when what is configured cannot be read
 */
export function findEndpoint(setting = '', here: Surroundings = HERE): Endpoint {
  const { env } = here;
  if (setting !== '') {
    const source = 'the setting trainyard.docker.host';
    return isAddress(setting)
      ? { host: setting, source, ...certificatesOf(here, setting) }
      : contextNamed(setting, source, here);
  }
  const host = env['DOCKER_HOST'];
  if (host) return { host, source: 'DOCKER_HOST', ...certificatesOf(here, host) };
  const context = env['DOCKER_CONTEXT'] || currentContext(here);
  if (context && context !== 'default') return contextNamed(context, `the Docker context “${context}”`, here);
  const usual = usualSockets(here);
  const there = usual.filter(here.exists);
  // A person who may not use the engine of the machine may have one without root.
  const socket = there.find(here.mayUse) ?? there[0] ?? (usual[0] as string);
  return { host: here.platform === 'win32' ? `npipe://${socket}` : `unix://${socket}` };
}

/** Whether containers see the folders of this machine: its socket is here. */
export function isLocal({ host }: Endpoint): boolean {
  return /^(unix|npipe):/.test(host);
}

/**
 * How dockerode connects. Every option is named, because it takes those that are missing from DOCKER_HOST.
 * @throws TARGET_UNREACHABLE
 */
export async function connectionOf({
  host,
  certificates,
  skipVerify = false,
}: Endpoint): Promise<DockerOptions> {
  const none = { host: undefined, port: undefined, username: undefined, ca: undefined, cert: undefined };
  const socket = /^(?:unix|npipe):\/\/(.+)$/.exec(host)?.[1];
  if (socket !== undefined)
    return { ...none, key: undefined, protocol: 'http', socketPath: socket } as DockerOptions;
  const ssh = sshPlace(host);
  // The name is for nobody: all of its connections are ssh's.
  if (ssh)
    return {
      ...none,
      key: undefined,
      protocol: 'http',
      host: 'docker',
      agent: await sshAgent(ssh),
    } as DockerOptions;
  const url = urlOf(host);
  if (url === undefined || !/^(tcp|https?):$/.test(url.protocol) || url.hostname === '')
    throw new TrainyardError('TARGET_UNREACHABLE', `“${host}” is not an address of a Docker engine.`, {
      hint: 'An address is like unix:///var/run/docker.sock, ssh://me@host or tcp://host:2376.',
    });
  const isSecure = certificates !== undefined || skipVerify || url.protocol === 'https:';
  return {
    ...none,
    key: undefined,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (isSecure ? '2376' : '2375'),
    protocol: isSecure ? 'https' : 'http',
    ...(isSecure && {
      agent: await secureAgent({
        ...(certificates !== undefined && readCertificates(certificates)),
        rejectUnauthorized: !skipVerify,
        keepAlive: true,
      }),
    }),
  } as DockerOptions;
}

async function secureAgent(options: https.AgentOptions): Promise<https.Agent> {
  const { Agent } = await import('node:https');
  return new Agent(options);
}

function readCertificates(folder: string): Pick<https.AgentOptions, 'ca' | 'cert' | 'key'> {
  const read = (name: string) => {
    try {
      return fs.readFileSync(path.join(folder, name), 'utf8');
    } catch (error) {
      if (hasCode(error, 'ENOENT') && fs.existsSync(folder)) return undefined;
      throw new TrainyardError(
        'TARGET_UNREACHABLE',
        `Docker’s certificate cannot be read: ${messageOf(error)}.`,
        {
          hint: `Put ca.pem, cert.pem and key.pem into ${folder}.`,
          cause: error,
        },
      );
    }
  };
  const [ca, cert, key] = [read('ca.pem'), read('cert.pem'), read('key.pem')];
  const missing = cert === undefined ? 'cert.pem' : 'key.pem';
  if ((ca === undefined && cert === undefined) || (cert === undefined) !== (key === undefined))
    throw new TrainyardError(
      'TARGET_UNREACHABLE',
      `Docker’s certificate is incomplete: ${missing} is missing.`,
      {
        hint: `Put ca.pem, cert.pem and key.pem into ${folder}.`,
      },
    );
  return { ...(ca && { ca }), ...(cert && { cert, key }) };
}

function isAddress(text: string): boolean {
  return /^[a-z]+:\/\//.test(text);
}

function urlOf(text: string): URL | undefined {
  const address = isAddress(text) ? text : `tcp://${text}`;
  return URL.canParse(address) ? new URL(address) : undefined;
}

/** As Docker's command does: https://docs.docker.com/engine/security/protect-access/ */
function certificatesOf(here: Surroundings, host: string): Pick<Endpoint, 'certificates'> {
  const { DOCKER_CERT_PATH: folder, DOCKER_TLS_VERIFY: verify } = here.env;
  if (!/^(tcp|https):/.test(host) || !verify) return {};
  return { certificates: folder || configFolder(here) };
}

function configFolder({ env, userHome }: Surroundings): string {
  return env['DOCKER_CONFIG'] || path.join(userHome, '.docker');
}

function currentContext(here: Surroundings): string | undefined {
  return readConfig<{ currentContext?: string }>(path.join(configFolder(here), 'config.json'))
    ?.currentContext;
}

interface ContextFile {
  Endpoints?: { docker?: { Host?: string; SkipTLSVerify?: boolean } };
}

function contextNamed(name: string, source: string, here: Surroundings): Endpoint {
  if (name === 'default') return findEndpoint('', { ...here, env: {} });
  const folder = createHash('sha256').update(name).digest('hex');
  const contexts = path.join(configFolder(here), 'contexts');
  const meta = readConfig<ContextFile>(path.join(contexts, 'meta', folder, 'meta.json'));
  const { Host: host, SkipTLSVerify: skipVerify = false } = meta?.Endpoints?.docker ?? {};
  if (!host)
    throw new TrainyardError(
      'TARGET_UNREACHABLE',
      `There is no Docker context “${name}”, which ${source} names.`,
      {
        hint: 'List the contexts with: docker context ls',
      },
    );
  const tls = path.join(contexts, 'tls', folder, 'docker');
  const hasTls = ['ca.pem', 'key.pem'].some((file) => here.exists(path.join(tls, file)));
  return {
    ...{ host, source },
    ...(hasTls && { certificates: tls }),
    ...(skipVerify && /^(tcp|https):/.test(host) && { skipVerify }),
  };
}

function readConfig<T>(file: string): T | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw new TrainyardError(
      'TARGET_UNREACHABLE',
      `Docker’s file ${file} cannot be read: ${messageOf(error)}.`,
      {
        hint: 'Repair it, or name the engine in the setting trainyard.docker.host.',
        cause: error,
      },
    );
  }
}

function mayUse(socket: string): boolean {
  try {
    fs.accessSync(socket, fs.constants.R_OK | fs.constants.W_OK);
    return true;
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'ELOOP')) return false;
    throw error;
  }
}

/** In the order of preference. */
function usualSockets({ env, platform, userHome }: Surroundings): string[] {
  if (platform === 'win32') return ['//./pipe/docker_engine'];
  const runtime = env['XDG_RUNTIME_DIR'];
  const below = (folder: string | undefined, name: string) => (folder ? [path.posix.join(folder, name)] : []);
  return [
    '/var/run/docker.sock',
    ...below(runtime, 'docker.sock'),
    ...below(userHome, '.docker/run/docker.sock'),
    ...below(userHome, '.docker/desktop/docker.sock'),
    ...below(userHome, '.colima/default/docker.sock'),
    ...below(runtime, 'podman/podman.sock'),
    ...below(userHome, '.local/share/containers/podman/machine/podman.sock'),
    '/run/podman/podman.sock',
  ];
}
