import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { MetricPoint } from '../store/metrics.js';
import type { Store } from '../store/store.js';
import { pictureType, type Summary } from './event.js';
import { findEventFiles, type FoundFile, type SearchRoot } from './find.js';
import { fileName, keyOf, prefixOf } from './names.js';
import { NO_FURTHER, readEvents, type Stretch } from './read.js';
import { writerOf } from './writer.js';

/** Where a run may write event files. */
export interface EventSource {
  runId: string;
  roots: readonly SearchRoot[];
  /** Older files are not the run's. ms since the epoch */
  since: number;
}

/** Characters of a param's value, as MLflow limits them. */
const LONGEST_PARAM = 6000;

/** What a stretch of events comes to in the store. */
interface Harvest {
  points: MetricPoint[];
  params: Record<string, string>;
  files: { name: string; content: Uint8Array }[];
}

/**
 * Turns the event files that runs write into their metrics, params and files. How far a file was read is written in
 * the same change as its points, so that each is read once, whatever is killed in between.
 */
export class EventFollower {
  private readonly store: Store;
  private readonly log: Logger;

  constructor(store: Store, log: Logger) {
    this.store = store;
    this.log = log;
  }

  /** Reads what is new in the files of a run. @returns what was found damaged for the first time, for people */
  async read(source: EventSource): Promise<string[]> {
    const { runId } = source;
    const known = this.store.eventFiles.of(runId);
    const faults: string[] = [];
    for (const file of await findEventFiles(source.roots, source.since)) {
      const record = known.get(file.path);
      if (record ? record.offset === NO_FURTHER || record.offset === file.size : this.isOfOther(runId, file))
        continue;
      // A file that is shorter than what was read of it was written anew.
      const from = record && record.offset <= file.size ? record.offset : 0;
      let fault = record?.fault;
      for await (const stretch of readEvents(file.path, from)) {
        const [first] = stretch.faults;
        if (first && !fault) {
          fault = `${file.path} holds ${first}.`;
          faults.push(fault);
          this.log.warn({ runId, file: file.path, faults: stretch.faults }, 'event file damaged');
        }
        await this.keep(runId, file, stretch, fault);
      }
    }
    return faults;
  }

  /** Runs at the same time may write below one folder. */
  private isOfOther(runId: string, { path, shared }: FoundFile): boolean {
    if (!shared) return false;
    if (this.store.eventFiles.isOfOther(runId, path)) return true;
    const writer = writerOf(path, runId);
    // One that is closed already belongs to whom the others around it belong.
    return writer === 'other' || (writer === 'nobody' && this.store.eventFiles.isAmongOthers(runId, path));
  }

  private async keep(runId: string, file: FoundFile, stretch: Stretch, fault?: string): Promise<void> {
    const { points, params, files } = harvest(file, stretch);
    // Before the offset: names are made from the events, so that one that comes again replaces itself.
    for (const { name, content } of files) await this.store.artifacts.put(`runs/${runId}`, name, content);
    await this.store.write(() => {
      this.store.metrics.append(runId, points);
      this.keepParams(runId, params);
      this.store.eventFiles.set(runId, { path: file.path, offset: stretch.offset, fault });
    });
  }

  /** The first value of a param stays. */
  private keepParams(runId: string, params: Record<string, string>): void {
    if (Object.keys(params).length === 0) return;
    const there = this.store.runs.full(runId)?.params ?? {};
    const fresh = Object.entries(params).filter(([key]) => !(key in there));
    if (fresh.length > 0) this.store.runs.logParams(runId, Object.fromEntries(fresh));
  }
}

function harvest({ path, folder }: FoundFile, { events }: Stretch): Harvest {
  const prefix = prefixOf(folder);
  const all: Harvest = { points: [], params: {}, files: [] };
  for (const { step, timestamp, summaries } of events)
    for (const [i, summary] of summaries.entries()) {
      if (summary.kind === 'hparams') {
        for (const [name, value] of Object.entries(summary.params))
          all.params[keyOf('', name)] = value.slice(0, LONGEST_PARAM);
        continue;
      }
      const key = keyOf(prefix, summary.tag);
      if (summary.kind === 'scalar') {
        all.points.push({ key, value: summary.value, timestamp, step });
        continue;
      }
      const id = createHash('sha256')
        .update(`${path}\0${summary.tag}\0${step}\0${timestamp}\0${i}`)
        .digest('hex');
      all.files.push(toFile(summary, { key, step, timestamp, id: id.slice(0, 12) }));
    }
  return all;
}

function toFile(
  summary: Extract<Summary, { kind: 'image' | 'text' }>,
  event: { key: string; step: number; timestamp: number; id: string },
): { name: string; content: Uint8Array } {
  if (summary.kind === 'text')
    return { name: fileName('text', { ...event, extension: 'md' }), content: Buffer.from(summary.text) };
  const extension = pictureType(summary.image) ?? 'bin';
  return { name: fileName('images', { ...event, extension }), content: summary.image };
}
