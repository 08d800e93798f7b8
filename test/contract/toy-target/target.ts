import { randomUUID } from 'node:crypto';
import type { OpenTargets } from '../../../src/targets/context.js';
import { wordsOf } from '../../../src/job/spec.js';
import { environmentElsewhere } from '../../../src/targets/shared/environment.js';
import type {
  Collected,
  Handle,
  Job,
  OutputSink,
  Target,
  TargetStatus,
} from '../../../src/targets/target.js';
import type { Connection } from './connection.js';
import { CANCEL, COLLECT, LAUNCH, LOG, RELEASE, STATUS, UPLOAD } from './scripts.js';

/** A machine behind a bad line: it has a disk of its own, and every third call is dropped. */
export class ToyTarget implements Target {
  readonly kind = 'toy';
  readonly name = 'toy';
  readonly pollEvery = 200;
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  async describe() {
    const { name, kind } = this;
    const detail = (await this.connection.call('uname -s', [])).toString().trim();
    return { name, kind, label: 'A toy', detail, ready: true };
  }

  slots(): number {
    return 2;
  }

  async validate({ command: [program = ''] }: { command: readonly string[] }): Promise<string[]> {
    return program.endsWith('.exe') ? [`${program} is a program of Windows.`] : [];
  }

  plan({ id }: Job): Handle {
    return { id };
  }

  async start(job: Job, handle: Handle, secrets: Readonly<Record<string, string>>): Promise<void> {
    const id = String(handle['id']);
    const attempt = randomUUID();
    await this.connection.call(UPLOAD, [id, attempt], job.code.archive());
    const variables = { ...environmentElsewhere(job, { outputs: {} }), ...secrets };
    const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
    const settings = [job.code.workingFolder || '.', String(Math.ceil(job.timeout)), String(job.grace)];
    await this.connection.call(LAUNCH, [id, attempt, ...settings, ...wordsOf(job)], lines.join(''));
  }

  async status(handles: readonly Handle[]): Promise<TargetStatus[]> {
    if (handles.length === 0) return [];
    const told = await this.connection.call(
      STATUS,
      handles.map(({ id }) => String(id)),
    );
    return told.toString().trimEnd().split('\n').map(statusIn);
  }

  log({ id }: Handle, from: number): Promise<Buffer> {
    return this.connection.call(LOG, [String(id), String(from)]);
  }

  async cancel({ id }: Handle): Promise<void> {
    await this.connection.call(CANCEL, [String(id)]);
  }

  async collect({ id }: Handle, sink: OutputSink): Promise<Collected> {
    const bytes = new Bytes(this.connection.stream(COLLECT, [String(id)]));
    for (let line = await bytes.line(); line !== undefined; line = await bytes.line()) {
      const [size = '', ...path] = line.split(' ');
      await sink.file(path.join(' '), bytes.take(Number(size)));
    }
    return {};
  }

  async release({ id }: Handle): Promise<void> {
    await this.connection.call(RELEASE, [String(id)]);
  }
}

/** For a line of a registry. */
export function toyKind(connection: Connection) {
  const open: OpenTargets = () => [new ToyTarget(connection)];
  return { kind: 'toy', load: () => Promise.resolve({ open }) };
}

function statusIn(line: string): TargetStatus {
  const [state, ...words] = line.split(' ');
  if (state === 'running') return { state, startedAt: Number(words[0]) };
  if (state !== 'ended') return { state: state as 'planned' | 'starting' };
  const [code = NaN, endedAt = NaN, startedAt = NaN] = words.slice(0, 3).map(Number);
  const cause = words[3] as 'exit' | 'cancelled' | 'timeout' | 'lost';
  return { state, exitCode: cause === 'lost' ? null : code, endedAt, startedAt, cause };
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** Lines and stretches of a stream. */
class Bytes {
  private readonly source: AsyncIterator<Buffer>;
  private rest = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** undefined: the stream is at its end. */
  async line(): Promise<string | undefined> {
    let end: number;
    while ((end = this.rest.indexOf('\n')) < 0) if (!(await this.more())) return undefined;
    const line = this.rest.subarray(0, end).toString();
    this.rest = this.rest.subarray(end + 1);
    return line;
  }

  async *take(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0;) {
      if (this.rest.length === 0 && !(await this.more()))
        throw new Error('toy: the stream ended within a file');
      const chunk = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(chunk.length);
      left -= chunk.length;
      yield chunk;
    }
  }

  private async more(): Promise<boolean> {
    const { done, value } = await this.source.next();
    if (done) return false;
    this.rest = Buffer.concat([this.rest, value]);
    return true;
  }
}
