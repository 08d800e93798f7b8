import type { FastifyInstance } from 'fastify';

const ANSWER = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/**
 * Ends requests whose body has stalled for so many milliseconds. Otherwise each would hold its connection, and a
 * partial file, as long as the server runs. A slow but steady body is fine.
 */
export function endStalled(app: FastifyInstance, milliseconds: number): void {
  app.addHook('onRequest', ({ raw, headers }, _reply, done) => {
    if ('transfer-encoding' in headers || Number(headers['content-length']) > 0) {
      const { socket } = raw;
      raw.setTimeout(milliseconds, () => {
        socket.write(ANSWER);
        socket.destroy();
      });
      // Processing the body may take longer.
      raw.once('end', () => socket.setTimeout(0));
    }
    done();
  });
}
