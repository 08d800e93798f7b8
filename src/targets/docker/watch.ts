/** Starts the watcher of an engine's containers, where none is. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Revive } from '../context.js';
import { readJson, writeJson } from '../shared/json-file.js';
import type { Endpoint } from './endpoint.js';

/** In the folder of a watcher: what it is told, and that it is there. */
export const WATCH = 'watch.json';
export const BEAT = 'beat.json';
/** Milliseconds without a beat after which a watcher is gone. */
const SILENCE = 5_000;

export interface WatchFile {
  endpoint: Endpoint;
  home: string;
  revive?: Revive;
}

export interface Beat {
  pid: number;
  startedAt: number;
}

/** Whether another watcher has begun since, or its folder is gone: then this one ends. */
export function isNewer(folder: string, { pid, startedAt }: Beat): boolean {
  const now = readJson<Beat>(folder, BEAT);
  return now?.pid !== pid || now.startedAt !== startedAt;
}

export class Watch {
  private readonly home: string;
  /** The program and arguments that run a watcher, less its folder. */
  private readonly command: readonly string[];
  private startedAt = 0;

  constructor(home: string, command: readonly string[]) {
    this.home = home;
    this.command = command;
  }

  /** Before a container runs, and now and again while one does. */
  ensure(endpoint: Endpoint, revive: Revive | undefined): void {
    const folder = path.join(this.home, 'docker', 'watch', keyOf(endpoint));
    const beat = fs.statSync(path.join(folder, BEAT), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    // One that was just started has not written yet.
    if (Date.now() - Math.max(beat, this.startedAt) < SILENCE) return;
    this.startedAt = Date.now();
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const told: WatchFile = { endpoint, home: this.home, ...(revive && { revive }) };
    writeJson(folder, WATCH, told);
    const [program = '', ...args] = this.command;
    const errors = fs.openSync(path.join(folder, 'watcher.log'), 'w', 0o600);
    const child = spawn(program, [...args, folder], {
      cwd: folder,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'ignore', errors],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    fs.closeSync(errors);
    // It says so in its log, and is started again.
    child.once('error', () => (this.startedAt = 0));
    child.unref();
  }
}

function keyOf({ host }: Endpoint): string {
  return createHash('sha256').update(host).digest('hex').slice(0, 16);
}
