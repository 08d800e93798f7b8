import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FileContent, OutputSink } from '../../targets/target.js';
import { checkArtifactPath } from '../store/artifact-path.js';
import type { FileToKeep } from '../store/artifacts.js';
import type { Store } from '../store/store.js';
import { EVENT_FILE } from '../tensorboard/find.js';
import { UnreachableError } from './contact.js';

/** Where in a run the files of its job are. */
const OUTPUTS = 'outputs/';
/** Files that are listed in one change of the store. */
const BATCH = 256;
/** Bytes of files that are held in memory until a batch is full. */
const MOST_HELD = 32 * 1024 * 1024;
/** Larger files are written as they come. */
const LARGE = 1024 * 1024;

export interface LostFile {
  file: string;
  error: unknown;
}

/** Keeps what a target hands over as files of a run under `outputs/`. A file replaces itself, so all of it may come again. */
export class Outputs implements OutputSink {
  /** What could not be kept, and why. */
  readonly failed: LostFile[] = [];
  /** Whether there were event files among them, which are in the folder for those. */
  hasEvents = false;
  private readonly store: Store;
  private readonly runId: string;
  private readonly events: string | undefined;
  private batch: FileToKeep[] = [];
  private held = 0;
  private done = 0;
  private total = 0;

  /** @param events folder that gets a copy of event files that come as bytes; undefined: they were read already */
  constructor(store: Store, runId: string, events: string | undefined) {
    this.store = store;
    this.runId = runId;
    this.events = events;
  }

  expect(count: number): void {
    this.total = count;
  }

  lost(file: string, error: unknown): void {
    this.failed.push({ file, error });
  }

  /** @throws UnreachableError when the bytes end before their end */
  async file(name: string, content: FileContent): Promise<void> {
    const target = `${OUTPUTS}${name}`;
    try {
      checkArtifactPath(target);
    } catch (error) {
      this.lost(name, error);
      return;
    }
    if (this.events !== undefined && EVENT_FILE.test(path.posix.basename(name)))
      return this.eventFile(path.join(this.events, name), target, content);
    await this.keep(target, content);
  }

  /** Keeps what is left of the last batch. */
  async flush(): Promise<void> {
    const files = this.batch;
    this.batch = [];
    this.held = 0;
    if (files.length === 0) return;
    const refused = await this.store.artifacts.putFiles(`runs/${this.runId}`, files, (done) =>
      this.tell(this.done + done),
    );
    this.done += files.length;
    for (const { path: target, error } of refused) this.lost(target.slice(OUTPUTS.length), error);
  }

  private async keep(target: string, content: FileContent): Promise<void> {
    if ('file' in content) this.batch.push({ path: target, file: content.file });
    else {
      const { bytes, rest } = await firstOf(content instanceof Uint8Array ? one(content) : told(content));
      if (rest) return this.keepLarge(target, bytes, rest);
      this.batch.push({ path: target, content: bytes });
      this.held += bytes.length;
    }
    if (this.batch.length >= BATCH || this.held >= MOST_HELD) await this.flush();
  }

  private async keepLarge(target: string, first: Uint8Array, rest: AsyncIterator<Uint8Array>): Promise<void> {
    try {
      await this.store.artifacts.put(`runs/${this.runId}`, target, joined(first, rest));
    } catch (error) {
      if (error instanceof UnreachableError) throw error;
      this.lost(target.slice(OUTPUTS.length), error);
    }
    this.done++;
    await this.store.write(() => this.tell(this.done));
  }

  private async eventFile(file: string, target: string, content: FileContent): Promise<void> {
    this.hasEvents = true;
    try {
      await fs.promises.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
      if ('file' in content) await fs.promises.copyFile(content.file, file);
      else
        await pipeline(
          content instanceof Uint8Array ? one(content) : told(content),
          fs.createWriteStream(file, { mode: 0o600 }),
        );
    } catch (error) {
      if (error instanceof UnreachableError) throw error;
      this.lost(target.slice(OUTPUTS.length), error);
      return;
    }
    await this.keep(target, { file });
  }

  /** For use inside a change. */
  private tell(done: number): void {
    this.store.jobs.update(this.runId, { collected: { done, total: Math.max(this.total, done) } });
  }
}

/** What goes wrong with these bytes went wrong at the target. */
async function* told(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    throw new UnreachableError(error);
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** The first bytes, and what comes after them when the file is large. */
async function firstOf(
  content: AsyncGenerator<Uint8Array>,
): Promise<{ bytes: Uint8Array; rest?: AsyncIterator<Uint8Array> }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await content.next();
    if (done) return { bytes: Buffer.concat(chunks) };
    chunks.push(value);
    size += value.length;
    if (size > LARGE) return { bytes: Buffer.concat(chunks), rest: content };
  }
}

async function* joined(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
