import net from 'node:net';

/** The first lines of a request, with their end. */
export function requestHead(
  { port, token }: { port: number; token: string },
  method: string,
  target: string,
  ...headers: string[]
): string {
  const own = [`Host: 127.0.0.1:${port}`, `Authorization: Bearer ${token}`];
  return [`${method} ${target} HTTP/1.1`, ...own, ...headers, '', ''].join('\r\n');
}

/** Sends bytes as they are, for what a decent client would not send, and returns all that comes back. */
export function raw(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request));
    socket.setTimeout(5000, () => socket.destroy(new Error(`no answer to ${request.slice(0, 80)}`)));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
  });
}
