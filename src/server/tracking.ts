import fs from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import process from 'node:process';
import type { FastifyInstance } from 'fastify';
import { hasCode, messageOf, TrainyardError } from '../base/errors.js';
import type { ListenAddress, Listening } from '../targets/listen.js';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
const NAME = /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i;
/** The longest socket path that every system supports, in bytes. */
const LONGEST_PATH = 103;

/** The listener of a request that did not arrive on the loopback address. */
export interface Door {
  /** The allowed values of `Host` there: addresses and names without a port. */
  names: ReadonlySet<string>;
}

const doors = new WeakMap<IncomingMessage, Door>();

/** undefined: the loopback address. */
export function doorOf(request: IncomingMessage): Door | undefined {
  return doors.get(request);
}

export function isCalled(host: string | undefined, names: ReadonlySet<string>): boolean {
  return names.has((host ?? '').replace(/:\d{1,5}$/, '').toLowerCase());
}

export const LOOPBACK_NAMES: ReadonlySet<string> = new Set(LOOPBACK);

/** The addresses besides loopback on which the server listens for programs of jobs. */
export class Tracking {
  private readonly app: FastifyInstance;
  /** With the URLs by which jobs call each. */
  private readonly servers = new Map<Server, readonly string[]>();

  constructor(app: FastifyInstance) {
    this.app = app;
    app.addHook('onClose', () => this.close());
  }

  /** Where jobs call this server, besides its loopback address. */
  urls(): readonly string[] {
    return [...this.servers.values()].flat();
  }

  /** See Listen. */
  async listen(address: ListenAddress): Promise<Listening> {
    const { names = [] } = address;
    for (const name of names) if (!NAME.test(name)) throw wrong(`“${name}” is not the name of a machine.`);
    const own = 'host' in address ? [inUrl(address.host)] : LOOPBACK;
    const door: Door = { names: new Set([...own, ...names].map((name) => name.toLowerCase())) };
    const { createServer } = await import('node:http');
    const isAdmitted = perConnection(address.admits ?? (() => Promise.resolve(true)));
    const server = createServer((request, response) => {
      isAdmitted(request.socket).then(
        (admitted) => {
          if (!admitted) return request.socket.destroy();
          doors.set(request, door);
          this.app.routing(request, response);
        },
        (error: unknown) => {
          this.app.log.error(
            { err: error },
            'could not check whether a program may use an address of the server',
          );
          request.socket.destroy();
        },
      );
    });
    const { headersTimeout, maxConnections, keepAliveTimeout, requestTimeout } = this.app.server;
    Object.assign(server, { headersTimeout, maxConnections, keepAliveTimeout, requestTimeout });
    const close = () => this.end(server);
    if ('listener' in address) {
      server.listen(address.listener);
      this.servers.set(server, []);
      return { url: `http://${own[0]}:${address.port}`, close };
    }
    if ('socket' in address) {
      await bindSocket(server, address.socket);
      this.servers.set(server, []);
      return { close };
    }
    await bind(server, { host: address.host, port: address.port ?? 0 }, address.host);
    const { port } = server.address() as AddressInfo;
    const urls = [...door.names].map((name) => `http://${name}:${port}`);
    this.servers.set(server, urls);
    return { url: `http://${own[0]}:${port}`, close };
  }

  private async close(): Promise<void> {
    await Promise.all([...this.servers.keys()].map((server) => this.end(server)));
  }

  private async end(server: Server): Promise<void> {
    if (!this.servers.delete(server)) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

/** Asks once for each connection. */
function perConnection(admits: (peer: string) => Promise<boolean>): (socket: net.Socket) => Promise<boolean> {
  const answers = new WeakMap<net.Socket, Promise<boolean>>();
  return (socket) => {
    const known = answers.get(socket);
    if (known) return known;
    // An IPv4 address as one of IPv6, as servers that listen on both see it.
    const answer = admits((socket.remoteAddress ?? '').replace(/^::ffff:/, ''));
    answers.set(socket, answer);
    return answer;
  };
}

/** The address as written in a URL and in `Host`. @throws BAD_REQUEST if it is invalid or means all addresses */
function inUrl(host: string): string {
  const family = net.isIP(host);
  if (family === 0 || host.includes('%'))
    throw wrong(`“${host}” is not the address of a machine, such as 172.17.0.1.`);
  const everywhere = new net.BlockList();
  everywhere.addAddress('0.0.0.0');
  everywhere.addAddress('::', 'ipv6');
  if (everywhere.check(host, family === 4 ? 'ipv4' : 'ipv6'))
    throw wrong(`“${host}” stands for every address of this machine, which others could reach.`);
  return new URL(`http://${family === 6 ? `[${host}]` : host}`).hostname;
}

async function bindSocket(server: Server, socket: string): Promise<void> {
  if (process.platform === 'win32')
    throw new TrainyardError('NOT_SUPPORTED', 'On Windows the server does not listen on sockets.', {
      hint: 'Have it listen on an address.',
    });
  if (Buffer.byteLength(socket) > LONGEST_PATH)
    throw wrong(`The path of a socket has at most ${LONGEST_PATH} bytes: ${socket}.`);
  await removeDeadSocket(socket);
  await bind(server, { path: socket }, socket);
  fs.chmodSync(socket, 0o600);
}

/** Removes the socket of a killed server; a socket that answers is kept. @throws CONFLICT for another kind of file */
async function removeDeadSocket(socket: string): Promise<void> {
  const found = fs.lstatSync(socket, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket())
    throw new TrainyardError('CONFLICT', `There is a file at ${socket}, which is not a socket.`, {
      hint: 'Choose another path.',
    });
  const isDead = await new Promise<boolean>((resolve) => {
    const connection = net.connect(socket, () => {
      connection.destroy();
      resolve(false);
    });
    connection.once('error', (error) => resolve(hasCode(error, 'ECONNREFUSED')));
  });
  if (isDead) fs.rmSync(socket, { force: true });
}

async function bind(server: Server, options: net.ListenOptions, named: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    const place = options.port ? `port ${options.port} of ${named}` : named;
    if (hasCode(error, 'EADDRINUSE'))
      throw new TrainyardError('CONFLICT', `Another program listens at ${place}.`, {
        hint: 'End it, or choose another address.',
        cause: error,
      });
    throw wrong(`The server cannot listen at ${place}: ${messageOf(error)}.`, error);
  }
}

function wrong(message: string, cause?: unknown): TrainyardError {
  return new TrainyardError('BAD_REQUEST', message, { cause });
}
