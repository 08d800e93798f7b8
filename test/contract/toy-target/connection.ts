import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { hasCode } from '../../../src/base/errors.js';

/** Stands for `ssh host sh -c …`: nothing but words, bytes in and bytes out reaches the other side. Every third call is dropped. */
export class Connection {
  private readonly folder: string;
  private calls = 0;
  /** Off: no call arrives, as when the cable is out. */
  isUp = true;

  /** @param folder that only the other side knows */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Runs a script there. @throws Error when the connection is lost, at times after the script has run */
  async call(script: string, args: readonly string[], input: Readable | string = ''): Promise<Buffer> {
    const fate = this.fate();
    if (fate === 'lost on the way') throw reset();
    const child = this.spawn(script, args);
    const sent = pipeline(Readable.from(input), child.stdin).catch((error: unknown) => error);
    const [answer, said] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
    const failure = await sent;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    // A script need not read all that it gets.
    if (failure !== undefined && !hasCode(failure, 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE')) throw failure;
    if (child.exitCode !== 0) throw new Error(`exit ${child.exitCode}: ${said.toString()}`);
    if (fate === 'lost on the way back') throw reset();
    return answer;
  }

  /** The same, with an answer that is read as it comes. */
  async *stream(script: string, args: readonly string[]): AsyncGenerator<Buffer> {
    const fate = this.fate();
    if (fate === 'lost on the way') throw reset();
    const child = this.spawn(script, args);
    child.stdin.end();
    try {
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        yield fate === 'lost on the way back' ? chunk.subarray(0, chunk.length / 2) : chunk;
        if (fate === 'lost on the way back') throw reset();
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      if (child.exitCode !== 0) throw new Error(`exit ${child.exitCode}`);
    } finally {
      child.kill();
    }
  }

  private fate(): 'arrives' | 'lost on the way' | 'lost on the way back' {
    this.calls++;
    if (!this.isUp) return 'lost on the way';
    if (this.calls % 3 !== 0) return 'arrives';
    return this.calls % 2 === 0 ? 'lost on the way' : 'lost on the way back';
  }

  private spawn(script: string, args: readonly string[]) {
    return spawn('/bin/sh', ['-c', script, 'sh', ...args], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], HOME: this.folder },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }
}

function reset(): Error {
  return Object.assign(new Error('toy: connection reset'), { code: 'ECONNRESET' });
}
