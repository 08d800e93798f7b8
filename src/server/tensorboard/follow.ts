import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import type { EventFileRecord } from '../store/event-files.js';
import type { MetricPoint } from '../store/metrics.js';
import type { Store } from '../store/store.js';
import { pictureType, type Summary } from './event.js';
import { findEventFiles, type FoundFile, type SearchRoot } from './find.js';
import { fileName, keyOf, prefixOf } from './names.js';
import { NO_FURTHER, readEvents, type Stretch } from './read.js';
import { Writers } from './writer.js';

/** Where a run may write event files. */
export interface EventSource {
  runId: string;
  roots: readonly SearchRoot[];
  /** Older files are not the run's. ms since the epoch */
  since: number;
}

/** Characters of a param's value, as MLflow limits them. */
const LONGEST_PARAM = 6000;

/** What a look at the event files of a run found wrong, for people. */
export interface Findings {
  /** What is damaged or could not be kept; each file tells once, ever. */
  faults: string[];
  /** Files that could not be read this time. */
  unread: string[];
}

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

  /** Reads what is new in the files of a run. @throws TrainyardError of the store; a file hinders no other */
  async read(source: EventSource): Promise<Findings> {
    const findings: Findings = { faults: [], unread: [] };
    const known = this.store.eventFiles.of(source.runId);
    let writers: Writers | undefined;
    for (const file of await findEventFiles(source.roots, source.since)) {
      const record = known.get(file.path);
      if (record && (record.offset === NO_FURTHER || record.offset === file.size)) continue;
      if (!record && file.shared && this.isOfOther(source.runId, file.path, (writers ??= new Writers())))
        continue;
      try {
        const fault = await this.readFile(source.runId, file, record);
        if (fault !== undefined) findings.faults.push(fault);
      } catch (error) {
        if (TrainyardError.is(error)) throw error;
        if (!hasCode(error, 'ENOENT'))
          findings.unread.push(`${file.path} could not be read: ${messageOf(error)}`);
      }
    }
    return findings;
  }

  /** @returns what was found wrong with the file for the first time */
  private async readFile(
    runId: string,
    file: FoundFile,
    record: EventFileRecord | undefined,
  ): Promise<string | undefined> {
    // A file that is shorter than what was read of it was written anew.
    const from = record && record.offset <= file.size ? record.offset : 0;
    let fault = record?.fault;
    for await (const stretch of readEvents(file.path, from)) {
      const { points, params, files } = harvest(file, stretch);
      const [damage] = stretch.faults;
      const wrong = [
        ...(damage ? [`${file.path} holds ${damage}.`] : []),
        ...(await this.keepFiles(runId, files)),
      ];
      if (wrong.length > 0) this.log.warn({ runId, file: file.path, wrong }, 'event file not kept whole');
      fault ??= wrong[0];
      await this.store.write(() => {
        this.store.metrics.append(runId, points);
        this.keepParams(runId, params);
        this.store.eventFiles.set(runId, { path: file.path, offset: stretch.offset, fault });
      });
    }
    return record?.fault === undefined ? fault : undefined;
  }

  /** Runs at the same time may write below one folder. */
  private isOfOther(runId: string, path: string, writers: Writers): boolean {
    if (this.store.eventFiles.isOfOther(runId, path)) return true;
    const writer = writers.of(path, runId);
    // One that is closed already belongs to whom the others around it belong.
    return writer === 'other' || (writer === 'nobody' && this.store.eventFiles.isAmongOthers(runId, path));
  }

  /**
   * To be called before the offset is written: names are made from the events, so that one that comes again replaces
   * itself. @returns what the store does not take, for people
   */
  private async keepFiles(runId: string, files: Harvest['files']): Promise<string[]> {
    const refused: string[] = [];
    for (const { name, content } of files)
      try {
        await this.store.artifacts.put(`runs/${runId}`, name, content);
      } catch (error) {
        // A script may have logged a file by the name of the folder.
        if (!TrainyardError.is(error, 'BAD_REQUEST')) throw error;
        refused.push(`${name} was not kept: ${error.message}`);
      }
    return refused;
  }

  /** The first value of a param stays. */
  private keepParams(runId: string, params: Record<string, string>): void {
    if (Object.keys(params).length === 0) return;
    const there = this.store.runs.full(runId)?.params ?? {};
    const fresh = Object.entries(params).filter(([key]) => !Object.hasOwn(there, key));
    if (fresh.length > 0) this.store.runs.logParams(runId, Object.fromEntries(fresh));
  }
}

function harvest({ path, folder }: FoundFile, { events }: Stretch): Harvest {
  const prefix = prefixOf(folder);
  const all: Omit<Harvest, 'params'> = { points: [], files: [] };
  // A name may be "__proto__".
  const params = new Map<string, string>();
  for (const { step, timestamp, summaries } of events)
    for (const [i, summary] of summaries.entries()) {
      if (summary.kind === 'hparams') {
        for (const [name, value] of Object.entries(summary.params))
          params.set(keyOf('', name), value.slice(0, LONGEST_PARAM));
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
  return { ...all, params: Object.fromEntries(params) };
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
