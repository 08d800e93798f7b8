/** Programs that run beside the job in its container. */
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Engine } from './engine.js';
import { Frames } from './engine-log.js';

/** Starts a program as the job's user. @param container its name or id @returns its standard input; what it prints, in frames */
export async function startInside(
  engine: Engine,
  container: string,
  command: readonly string[],
): Promise<Duplex> {
  const options = {
    Cmd: [...command],
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: false,
    Tty: false,
  };
  const exec = await engine.call((docker) => docker.getContainer(container).exec(options));
  return engine.call(() => exec.start({ hijack: true, stdin: true }));
}

/** Runs a program without input. @returns what it prints */
export async function runInside(
  engine: Engine,
  container: string,
  command: readonly string[],
): Promise<string> {
  const stream = await startInside(engine, container, command);
  stream.end();
  return text(payloads(stream));
}

/** What a program prints, without the heads of frames. */
export async function* payloads(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const frames = new Frames();
  for await (const chunk of stream) yield* frames.take(chunk);
}
