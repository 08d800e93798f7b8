import { spawn } from 'node:child_process';
import process from 'node:process';
import type { Revive } from '../context.js';

const REVIVE_EVERY = 3_000;

/** Starts the server again when it is gone: the script wants to log to it. One that lives makes the new one end. */
export function keepAlive({ url, command: [program = '', ...args], env }: Revive): void {
  let failures = 0;
  let wait = 0;
  setInterval(() => {
    fetch(url, { signal: AbortSignal.timeout(REVIVE_EVERY) }).then(
      () => void (failures = 0),
      () => {
        if (wait-- > 0) return;
        // Each start that did not help makes the next one wait longer, up to about a minute.
        wait = Math.min(2 ** failures++, 20);
        const server = spawn(program, args, {
          detached: true,
          stdio: 'ignore',
          windowsHide: true,
          env: { ...process.env, ...env },
        });
        server.once('error', () => undefined);
        server.unref();
      },
    );
  }, REVIVE_EVERY);
}
