import net from 'node:net';

/** Sends bytes as they are, for what a decent client would not send, and returns all that comes back. */
export function raw(
  port: number,
  request: string,
  options: { hangUpAfterMs?: number } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request));
    socket.setTimeout(5000, () => socket.destroy(new Error(`no answer to ${request.slice(0, 80)}`)));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
    if (options.hangUpAfterMs !== undefined) setTimeout(() => socket.destroy(), options.hangUpAfterMs);
  });
}
