// Moves large bodies over one keep-alive connection. It reads into one buffer and looks at no byte of a body, so that it
// takes several times as much as any of the servers gives: Node's own client would be what is measured.
import { once } from 'node:events';
import net from 'node:net';

const BUFFER = 1024 * 1024;

/** @param {{ port: number, headers: Record<string, string> }} server */
export async function transfers({ port, headers }) {
  let answer = new Answer();
  const socket = net.connect({
    host: '127.0.0.1',
    port,
    noDelay: true,
    onread: {
      buffer: Buffer.allocUnsafe(BUFFER),
      callback(length, buffer) {
        answer.take(buffer.subarray(0, length));
        return true;
      },
    },
  });
  socket.on('error', (error) => answer.fail(error));
  socket.on('close', () => answer.fail(new Error('The server has closed the connection.')));
  await once(socket, 'connect');
  const common = Object.entries({ host: `127.0.0.1:${port}`, ...headers });

  return {
    /** @param {{ bytes: number, parts: Iterable<Buffer> }} body @returns bytes of the answer's body */
    async transfer(method, at, body) {
      answer = new Answer();
      const { ended } = answer;
      const lines = body ? [...common, ['content-length', body.bytes]] : common;
      socket.write(
        `${method} ${at} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
      );
      for (const part of body?.parts ?? []) if (!socket.write(part)) await once(socket, 'drain');
      const { status, received } = await ended;
      if (status !== 200 && status !== 204) throw new Error(`${method} ${at}: ${status}`);
      return received;
    },
    close: () => socket.destroy(),
  };
}

/** An answer of HTTP/1.1 as it arrives: a head, then a body of known length or of chunks. */
class Answer {
  #line = '';
  #status = 0;
  #isChunked = false;
  /** Bytes that are passed over: of the body, or of a chunk and its end. */
  #left = 0;
  #received = 0;

  constructor() {
    this.ended = new Promise((resolve, reject) => {
      this.end = () => resolve({ status: this.#status, received: this.#received });
      this.fail = reject;
    });
    // Nobody may be waiting when a connection is closed.
    this.ended.catch(() => undefined);
  }

  take(bytes) {
    let at = 0;
    while (at < bytes.length) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, bytes.length - at);
        this.#left -= passed;
        at += passed;
        if (this.#left === 0 && !this.#isChunked) this.end();
        continue;
      }
      const end = bytes.indexOf('\n', at);
      this.#line += bytes.latin1Slice(at, end < 0 ? bytes.length : end + 1);
      if (end < 0) return;
      at = end + 1;
      this.#takeLine();
    }
  }

  #takeLine() {
    // The head is one, its lines together.
    if (this.#status === 0) {
      if (!this.#line.endsWith('\r\n\r\n')) return;
      const head = this.#line;
      this.#line = '';
      this.#status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]);
      this.#isChunked = /\r\ntransfer-encoding: *chunked\r\n/i.test(head);
      this.#left = this.#received = Number(/\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1] ?? 0);
      if (this.#left === 0 && !this.#isChunked) this.end();
      return;
    }
    const line = this.#line.trim();
    this.#line = '';
    const size = parseInt(line, 16);
    if (size > 0) {
      this.#received += size;
      this.#left = size + '\r\n'.length;
    } else if (line === '') this.end();
  }
}
