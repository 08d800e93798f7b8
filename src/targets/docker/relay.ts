/**
 * Leads the programs in a container to the server, wherever the engine is: a small program beside the job listens on loopback
 * there, and its connections come here by the engine's own connection to it.
 */
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { once } from 'node:events';
import { messageOf, TrainyardError } from '../../base/errors.js';
import type { Engine } from './engine.js';
import { payloads, startInside } from './inside.js';
import { containerName } from './names.js';

/**
 * Arguments: the port. Frames go both ways: the number of a connection and a length, four bytes each, then so many bytes. A
 * length of 0 is the end of a connection; that of number 0 says that it listens.
 */
const RELAY = `import os, socket, struct, sys, threading

lock = threading.Lock()
peers = {}


def send(number, data=b''):
    data = struct.pack('>II', number, len(data)) + data
    with lock:
        while data:
            data = data[os.write(1, data):]


def pump(number, peer):
    try:
        for data in iter(lambda: peer.recv(65536), b''):
            send(number, data)
    except OSError:
        pass
    send(number)


def accept():
    number = 0
    while True:
        peer, _ = door.accept()
        number += 1
        peers[number] = peer
        threading.Thread(target=pump, args=(number, peer), daemon=True).start()


door = socket.socket()
door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
door.bind(('127.0.0.1', int(sys.argv[1])))
door.listen(128)
threading.Thread(target=accept, daemon=True).start()
send(0)
given = os.fdopen(0, 'rb')
while True:
    head = given.read(8)
    if len(head) < 8:
        break
    number, length = struct.unpack('>II', head)
    data = given.read(length)
    peer = peers.get(number)
    if peer is None:
        continue
    try:
        if length:
            peer.sendall(data)
        else:
            del peers[number]
            peer.shutdown(socket.SHUT_RDWR)
            peer.close()
    except OSError:
        pass
os._exit(0)
`;

/** Whatever Python the image has. */
const START = 'p=$(command -v python3 || command -v python) && exec "$p" -I -S -u -c "$1" "$2"';

export interface Relay {
  /** Settles when it has ended: with its container, or with the connection to the engine. */
  ended: Promise<void>;
  close(): Promise<void>;
}

/**
 * @param port of loopback in the container
 * @param server port of loopback on this machine
 * @throws TARGET_FAILED when the image has no Python
 */
export async function openRelay(
  engine: Engine,
  runId: string,
  { port, server }: { port: number; server: number },
): Promise<Relay> {
  const command = ['/bin/sh', '-c', START, 'sh', RELAY, String(port)];
  const stream = await startInside(engine, containerName(runId), command);
  const frames = framesOf(payloads(stream));
  let why = 'its image has no Python';
  const first = await frames.next().catch((error: unknown) => {
    why = messageOf(error);
    return { done: true as const, value: undefined };
  });
  if (first.done) {
    stream.destroy();
    throw new TrainyardError('TARGET_FAILED', `The job cannot be led to the server: ${why}.`);
  }
  const connections = new Map<number, net.Socket>();
  const ended = lead(frames, { stream, connections, server }).finally(() => {
    for (const connection of connections.values()) connection.destroy();
    stream.destroy();
  });
  return {
    ended,
    close: async () => {
      stream.destroy();
      // How it ends is the business of who waits for that.
      await ended.catch(() => undefined);
    },
  };
}

interface Frame {
  number: number;
  data: Buffer;
}

async function lead(
  frames: AsyncGenerator<Frame>,
  { stream, connections, server }: { stream: Duplex; connections: Map<number, net.Socket>; server: number },
): Promise<void> {
  for await (const { number, data } of frames) {
    let connection = connections.get(number);
    if (!connection && data.length > 0) {
      connection = net.connect(server, '127.0.0.1');
      connections.set(number, connection);
      answer(connection, number, stream, () => connections.delete(number));
    }
    if (!connection) continue;
    if (data.length === 0) connection.end();
    // A server that is slow slows the job down, and nothing piles up here.
    else if (!connection.write(data) && !connection.destroyed)
      await Promise.race([once(connection, 'drain'), once(connection, 'close')]).catch(() => undefined);
  }
}

/** Sends back what the server says. */
function answer(connection: net.Socket, number: number, stream: Duplex, forget: () => void): void {
  connection.on('data', (data: Buffer) => {
    if (stream.write(frame(number, data))) return;
    connection.pause();
    stream.once('drain', () => connection.resume());
  });
  // The end of the connection says it.
  connection.on('error', () => connection.destroy());
  connection.on('close', () => {
    forget();
    if (stream.writable) stream.write(frame(number, Buffer.alloc(0)));
  });
}

export function frame(number: number, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(number, 0);
  head.writeUInt32BE(data.length, 4);
  return Buffer.concat([head, data]);
}

/** However they are cut into chunks. */
export async function* framesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 8) {
      const end = 8 + rest.readUInt32BE(4);
      if (rest.length < end) break;
      yield { number: rest.readUInt32BE(0), data: rest.subarray(8, end) };
      rest = rest.subarray(end);
    }
  }
}
