/**
 * Leads an editor on this machine to the debugger of a job, which listens on loopback of the container: each connection to a port
 * of 127.0.0.1 here becomes a program in the container that connects there (docs/decisions/0026).
 */
import net from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hasCode } from '../../base/errors.js';
import { listensIn, type ToldDebugger } from '../shared/debugger.js';
import { readJson, writeJson } from '../shared/json-file.js';
import type { Engine } from './engine.js';
import { FILES } from './files.js';
import { payloads, startInside } from './inside.js';

const LOOPBACK = '127.0.0.1';

/** Arguments: the host and the port. From its input to there, and from there to its output. */
const RELAY = `import os, socket, sys, threading

there = socket.create_connection((sys.argv[1], int(sys.argv[2])))


def send():
    for data in iter(lambda: os.read(0, 65536), b''):
        there.sendall(data)
    there.shutdown(socket.SHUT_WR)


threading.Thread(target=send, daemon=True).start()
for data in iter(lambda: there.recv(65536), b''):
    while data:
        data = data[os.write(1, data):]
`;

export interface ForwardFile {
  /** Of 127.0.0.1 on the machine of the server. */
  port: number;
}

/** The forwarded ports of the containers that run. */
export class Forwards {
  private readonly engine: Engine;
  private readonly say: (error: unknown) => void;
  private readonly servers = new Map<string, net.Server>();

  constructor(engine: Engine, say: (error: unknown) => void) {
    this.engine = engine;
    this.say = say;
  }

  /** Opens the port of a container whose debugger listens, unless it is open: the one that it had before, if that is free. */
  see(container: string, folder: string): void {
    if (this.servers.has(container) || !listensIn(path.join(folder, FILES.python))) return;
    const server = net.createServer({ pauseOnConnect: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      // It may be that of another process by now.
      const told = listensIn(path.join(folder, FILES.python));
      if (!told) return socket.destroy();
      this.relay(container, told, socket).catch((error: unknown) => {
        socket.destroy();
        this.say(error);
      });
    });
    this.servers.set(container, server);
    const known = readJson<ForwardFile>(folder, FILES.forward)?.port;
    server.on('error', (error) => {
      if (known !== undefined && hasCode(error, 'EADDRINUSE')) return void server.listen(0, LOOPBACK);
      this.servers.delete(container);
      this.say(error);
    });
    server.on('listening', () => {
      try {
        writeJson(folder, FILES.forward, { port: (server.address() as net.AddressInfo).port });
      } catch (error) {
        this.drop(container);
        this.say(error);
      }
    });
    server.listen(known ?? 0, LOOPBACK);
  }

  /** The container has ended. */
  drop(container: string): void {
    this.servers.get(container)?.close();
    this.servers.delete(container);
  }

  private async relay(container: string, { python, host, port }: ToldDebugger, socket: net.Socket) {
    const command = [python, '-I', '-S', '-c', RELAY, host, String(port)];
    const program = await startInside(this.engine, container, command);
    const gone = () => program.destroy();
    socket.once('close', gone);
    program.once('close', () => socket.destroy());
    const both = [pipeline(socket, program), pipeline(payloads(program), socket)];
    // Either side may leave at any time.
    await Promise.allSettled(both);
  }
}
