import type { FastifyInstance } from 'fastify';

const ANSWER = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/**
 * Ends requests of whose body nothing has come for so many milliseconds; else each would hold its connection, and what
 * has arrived of a file, as long as the server lives. A body may come as slowly as it likes.
 */
export function endStalled(app: FastifyInstance, milliseconds: number): void {
  app.addHook('onRequest', ({ raw, headers }, _reply, done) => {
    if ('transfer-encoding' in headers || Number(headers['content-length']) > 0) {
      const { socket } = raw;
      raw.setTimeout(milliseconds, () => {
        socket.write(ANSWER);
        socket.destroy();
      });
      // What the server then does with it may take longer.
      raw.once('end', () => socket.setTimeout(0));
    }
    done();
  });
}
