/** Listens on the loopback address of a container, whose engine runs as this user. */
import { spawn } from 'node:child_process';
import type net from 'node:net';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { hasCode, TrainyardError } from '../../base/errors.js';

/** Binds to the port, hands what listens to its parent, and ends: two that listen would share the connections. */
const BIND = `const server = require('node:net').createServer();
server.listen(Number(process.argv[1]), '127.0.0.1', () => process.send('', server, () => process.exit()));`;

/**
 * A short-lived process enters the network of the container, binds there, and hands over what listens. Who started the engine
 * owns the user namespace of its containers, so that this needs no other right.
 * @param pid of a process of the container, as this machine counts it
 * @throws TARGET_FAILED
 */
export async function listenInside(pid: number, port: number): Promise<net.Server> {
  const enter = ['--preserve-credentials', '--user', '--net', '--target', String(pid)];
  const child = spawn('nsenter', [...enter, process.execPath, '-e', BIND, String(port)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
  });
  const said = text(child.stderr as Readable);
  return new Promise<net.Server>((resolve, reject) => {
    // Connections wait until somebody takes them: not a turn of the event loop may pass before that.
    child.once('message', (_, listener) => resolve(listener as net.Server));
    child.once('error', (error) =>
      reject(
        hasCode(error, 'ENOENT')
          ? failed('the program nsenter is missing', 'Install util-linux.')
          : failed(error.message),
      ),
    );
    child.once('exit', (code) => {
      if (code !== 0) void said.then((words) => reject(failed(words.trim() || `nsenter ended with ${code}`)));
    });
  });
}

function failed(why: string, hint?: string): TrainyardError {
  return new TrainyardError(
    'TARGET_FAILED',
    `The job’s container cannot be given a way to the server: ${why}.`,
    {
      ...(hint !== undefined && { hint }),
    },
  );
}
