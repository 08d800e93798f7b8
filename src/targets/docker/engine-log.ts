/** The output of a container as the engine keeps it, for jobs that cannot write it to their file themselves. */
import fs from 'node:fs';
import type { Engine } from './engine.js';
import { containerName } from './names.js';

/**
 * The payloads of frames: a head of 8 bytes, whose last four are the length, then so many bytes of either stream. What the
 * engine has kept is one sequence, so the bytes are the same each time they are read.
 */
export class Frames {
  private head: Buffer = Buffer.alloc(0);
  /** Bytes that are missing of the frame. */
  private left = 0;

  /** @returns the payload that a chunk holds, not copied */
  take(chunk: Buffer): Buffer[] {
    const payload: Buffer[] = [];
    for (let at = 0; at < chunk.length;) {
      if (this.left > 0) {
        const part = chunk.subarray(at, at + this.left);
        payload.push(part);
        this.left -= part.length;
        at += part.length;
        continue;
      }
      const missing = chunk.subarray(at, at + 8 - this.head.length);
      this.head = this.head.length === 0 ? missing : Buffer.concat([this.head, missing]);
      at += missing.length;
      if (this.head.length < 8) {
        // It outlives the chunk.
        this.head = Buffer.from(this.head);
        break;
      }
      this.left = this.head.readUInt32BE(4);
      this.head = Buffer.alloc(0);
    }
    return payload;
  }
}

/**
 * Copies the output into a file until the container has ended. What the file holds already is left out: a server that was killed
 * goes on where the one before it ended.
 * @param start bytes of the file that are not the container's
 */
export async function copyLog(
  engine: Engine,
  runId: string,
  to: { file: string; start: number },
  signal: AbortSignal,
): Promise<void> {
  await follow(engine, runId, to, signal);
  if (signal.aborted) return;
  // An engine may end the stream of a follower before it has sent the last lines. Who asks again gets them.
  const last = await engineOutput(engine, runId);
  if (!(await endsWith(to.file, last))) await follow(engine, runId, to, signal);
}

async function follow(
  engine: Engine,
  runId: string,
  { file, start }: { file: string; start: number },
  signal: AbortSignal,
): Promise<void> {
  const stream = await engine.call((docker) =>
    docker.getContainer(containerName(runId)).logs({ follow: true, stdout: true, stderr: true }),
  );
  const source = stream as NodeJS.ReadableStream & { destroy(): void };
  const stop = () => source.destroy();
  signal.addEventListener('abort', stop, { once: true });
  const handle = await fs.promises.open(file, fs.constants.O_WRONLY | fs.constants.O_CREAT, 0o600);
  try {
    let at = start;
    const size = (await handle.stat()).size;
    const frames = new Frames();
    for await (const chunk of source) {
      let parts = frames.take(chunk as Buffer);
      for (; at < size && parts.length > 0; parts = parts.slice(1)) {
        const [first] = parts as [Buffer];
        const known = Math.min(size - at, first.length);
        at += known;
        if (known < first.length) {
          parts[0] = first.subarray(known);
          break;
        }
      }
      if (parts.length === 0) continue;
      at += await writeAll(handle, parts, at);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await handle.close();
  }
}

async function endsWith(file: string, last: Buffer): Promise<boolean> {
  const handle = await fs.promises.open(file);
  try {
    const { size } = await handle.stat();
    if (size < last.length) return false;
    const { buffer } = await handle.read({
      buffer: Buffer.alloc(last.length),
      position: size - last.length,
    });
    return buffer.equals(last);
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: fs.promises.FileHandle, parts: Buffer[], at: number): Promise<number> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const { bytesWritten } = await handle.writev(parts, at);
  if (bytesWritten === length) return length;
  const rest = Buffer.concat(parts).subarray(bytesWritten);
  for (let done = 0; done < rest.length;)
    done += (await handle.write(rest, done, rest.length - done, at + bytesWritten + done)).bytesWritten;
  return length;
}

/** What the engine has kept of a container that ended, up to 200 lines. */
export async function engineOutput(engine: Engine, runId: string): Promise<Buffer> {
  const kept = await engine.call((docker) =>
    docker.getContainer(containerName(runId)).logs({ follow: false, stdout: true, stderr: true, tail: 200 }),
  );
  return Buffer.concat(new Frames().take(kept));
}
