/** Where the engine is: by the setting, or as Docker's own command finds it, or at one of the usual places. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { DockerOptions } from 'dockerode';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';

export interface Endpoint {
  /** As DOCKER_HOST has it: `unix:///var/run/docker.sock`. */
  host: string;
  /** What named it, for people; undefined: nothing did, it is a usual place. */
  source?: string;
  /** Folder of ca.pem, cert.pem and key.pem, for TLS. */
  certificates?: string;
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
      ? { host: setting, source, ...certificatesOf(env, setting) }
      : contextNamed(setting, source, here);
  }
  const host = env['DOCKER_HOST'];
  if (host) return { host, source: 'DOCKER_HOST', ...certificatesOf(env, host) };
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
export function connectionOf({ host, certificates }: Endpoint): DockerOptions {
  const none = { host: undefined, port: undefined, username: undefined, ca: undefined, cert: undefined };
  const socket = /^(?:unix|npipe):\/\/(.+)$/.exec(host)?.[1];
  if (socket !== undefined)
    return { ...none, key: undefined, protocol: 'http', socketPath: socket } as DockerOptions;
  const url = urlOf(host);
  if (url === undefined || !/^(tcp|https?):$/.test(url.protocol) || url.hostname === '')
    throw new TrainyardError('TARGET_UNREACHABLE', `“${host}” is not an address of a Docker engine.`, {
      hint: 'An address is like unix:///var/run/docker.sock or tcp://host:2376.',
    });
  const isSecure = certificates !== undefined || url.protocol === 'https:';
  return {
    ...none,
    key: undefined,
    host: url.hostname,
    port: url.port || (isSecure ? '2376' : '2375'),
    protocol: isSecure ? 'https' : 'http',
    ...(certificates !== undefined && readCertificates(certificates)),
  } as DockerOptions;
}

function readCertificates(folder: string): Pick<DockerOptions, 'ca' | 'cert' | 'key'> {
  const read = (name: string) => {
    try {
      return fs.readFileSync(path.join(folder, name), 'utf8');
    } catch (error) {
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
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

function isAddress(text: string): boolean {
  return /^[a-z]+:\/\//.test(text);
}

function urlOf(text: string): URL | undefined {
  const address = isAddress(text) ? text : `tcp://${text}`;
  return URL.canParse(address) ? new URL(address) : undefined;
}

function certificatesOf(env: Surroundings['env'], host: string): Pick<Endpoint, 'certificates'> {
  if (!/^(tcp|https):/.test(host)) return {};
  const folder = env['DOCKER_CERT_PATH'];
  return folder && env['DOCKER_TLS_VERIFY'] ? { certificates: folder } : {};
}

function configFolder({ env, userHome }: Surroundings): string {
  return env['DOCKER_CONFIG'] || path.join(userHome, '.docker');
}

function currentContext(here: Surroundings): string | undefined {
  return readConfig<{ currentContext?: string }>(path.join(configFolder(here), 'config.json'))
    ?.currentContext;
}

interface ContextFile {
  Endpoints?: { docker?: { Host?: string } };
}

function contextNamed(name: string, source: string, here: Surroundings): Endpoint {
  if (name === 'default') return findEndpoint('', { ...here, env: {} });
  const folder = createHash('sha256').update(name).digest('hex');
  const contexts = path.join(configFolder(here), 'contexts');
  const host = readConfig<ContextFile>(path.join(contexts, 'meta', folder, 'meta.json'))?.Endpoints?.docker
    ?.Host;
  if (!host)
    throw new TrainyardError(
      'TARGET_UNREACHABLE',
      `There is no Docker context “${name}”, which ${source} names.`,
      {
        hint: 'List the contexts with: docker context ls',
      },
    );
  const tls = path.join(contexts, 'tls', folder, 'docker');
  return { host, source, ...(here.exists(path.join(tls, 'key.pem')) && { certificates: tls }) };
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
