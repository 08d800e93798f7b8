import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import { hasCode, messageOf, TrainyardError } from '../../base/errors.js';
import type { EventFileRecord } from '../store/event-files.js';
import type { Store } from '../store/store.js';
import { pictureType, type Summary } from './event.js';
import { Family, markOf, type NamedPoint } from './family.js';
import { fileAt, findEventFiles, type FoundFile, type SearchRoot } from './find.js';
import { writerOf } from './made-anew.js';
import { fileName, formerPrefixOf, keyOf } from './names.js';
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

/** Problems found while reading the event files of a run, for people. */
export interface Findings {
  /** Damaged data, or data that could not be kept; reported once per file. */
  faults: string[];
  /** Files that could not be read this time. */
  unread: string[];
}

/** Entries checked around event files outside the job's known folders. */
const MOST_AROUND = 5000;

/** A range of events as records of the store, with prefixed names. */
interface Harvest {
  points: NamedPoint[];
  params: Record<string, string>;
  files: NamedFile[];
}

interface NamedFile {
  kind: 'images' | 'text';
  name: string;
  step: number;
  timestamp: number;
  id: string;
  extension: string;
  content: Uint8Array;
}

/** The prefix of the names in one file. */
interface Naming {
  /** Undefined in a run that an earlier version began to read. */
  family: Family | undefined;
  folder: string;
}

/**
 * Turns the event files that runs write into their metrics, params and files. The offset in a file is written in the
 * same transaction as its points, so that each point is read once even if the server is killed.
 */
export class EventFollower {
  private readonly store: Store;
  private readonly log: Logger;

  constructor(store: Store, log: Logger) {
    this.store = store;
    this.log = log;
  }

  /**
   * Reads new data in the files of a run. @throws TrainyardError of the store; a faulty file does not affect the others
   */
  async read(source: EventSource): Promise<Findings> {
    const { runId } = source;
    const findings: Findings = { faults: [], unread: [] };
    const known = this.store.eventFiles.of(runId);
    const writers = new Writers();
    // What an earlier version began to read keeps its names.
    const isFormer = [...known.values()].some(({ folder }) => folder === undefined);
    const family = isFormer ? undefined : new Family(this.store, runId);
    const roots = await withoutLinks(source.roots);
    for (const file of await this.find({ ...source, roots }, known, writers)) {
      const record = known.get(file.path);
      if (record && (record.offset === NO_FURTHER || record.offset === file.size)) continue;
      if (!record && file.shared && this.isOfOther(runId, file.path, writers)) continue;
      try {
        const naming = { family, folder: record?.folder ?? file.folder };
        const fault = await this.readFile(runId, file, record, naming);
        if (fault !== undefined) findings.faults.push(fault);
      } catch (error) {
        if (TrainyardError.is(error)) throw error;
        if (!hasCode(error, 'ENOENT'))
          findings.unread.push(`${file.path} could not be read: ${messageOf(error)}`);
      }
    }
    return findings;
  }

  /** In the job's folders, and wherever its processes have or had files open. */
  private async find(
    { runId, roots, since }: EventSource,
    known: ReadonlyMap<string, EventFileRecord>,
    writers: Writers,
  ): Promise<FoundFile[]> {
    const found = new Map((await findEventFiles(roots, since)).map((file) => [file.path, file]));
    const others = [...new Set([...writers.heldBy(runId), ...known.keys()])].filter(
      (file) => !found.has(file),
    );
    for (const file of others) {
      const there = await fileAt(file, placeOf(path.dirname(file), roots), since);
      if (there) found.set(file, there);
    }
    // A file that was opened and closed between two checks is near others that were not.
    const around = [...new Set(others.map((file) => path.dirname(file)))]
      .map((folder) => placeOf(folder, roots))
      .filter(({ isElsewhere }) => isElsewhere);
    for (const file of await findEventFiles(around, since, MOST_AROUND))
      if (!found.has(file.path)) found.set(file.path, file);
    return [...found.values()].sort((a, b) => path.basename(a.path).localeCompare(path.basename(b.path)));
  }

  /** @returns what was found wrong with the file for the first time */
  private async readFile(
    runId: string,
    file: FoundFile,
    record: EventFileRecord | undefined,
    { family, folder }: Naming,
  ): Promise<string | undefined> {
    // A file shorter than the offset was rewritten.
    const from = record && record.offset <= file.size ? record.offset : 0;
    let fault = record?.fault;
    let createdAt = record?.createdAt;
    for await (const stretch of readEvents(file.path, from)) {
      createdAt ??= stretch.begins ?? stretch.events[0]?.timestamp;
      const { points, params, files } = harvest(file.path, folder, stretch);
      const found = {
        path: folder,
        ...writerOf(path.basename(file.path)),
        createdAt: createdAt ?? 0,
        isSession: Object.keys(params).length > 0,
        isNamed: points.length > 0 || files.length > 0,
      };
      const join = () => {
        if (!family) return formerPrefixOf(folder);
        return found.isNamed || found.isSession ? family.join(found) : '';
      };
      const [damage] = stretch.faults;
      const wrong = [
        ...(damage ? [`${file.path} holds ${damage}.`] : []),
        ...(files.length > 0 ? await this.keepFiles(runId, await this.store.write(join), files) : []),
      ];
      if (wrong.length > 0) this.log.warn({ runId, file: file.path, wrong }, 'event file not kept whole');
      fault ??= wrong[0];
      await this.store.write(() => {
        const prefix = join();
        if (family) family.append(folder, prefix, points);
        else
          this.store.metrics.append(
            runId,
            points.map(({ name, ...point }) => ({ ...point, key: keyOf(prefix, name) })),
          );
        this.keepParams(runId, params);
        const { offset } = stretch;
        this.store.eventFiles.set(runId, {
          path: file.path,
          ...(family && { folder }),
          ...(createdAt !== undefined && { createdAt }),
          offset,
          ...(fault !== undefined && { fault }),
        });
      });
    }
    return record?.fault === undefined ? fault : undefined;
  }

  /** Runs at the same time may write below one folder. */
  private isOfOther(runId: string, path: string, writers: Writers): boolean {
    if (this.store.eventFiles.isOfOther(runId, path)) return true;
    const writer = writers.of(path, runId);
    // A closed file belongs to the owner of the files around it.
    return writer === 'other' || (writer === 'nobody' && this.store.eventFiles.isAmongOthers(runId, path));
  }

  /**
   * Call before the offset is written. Names derive from the events, so a repeated event replaces itself. @returns what
   * the store refuses, for people
   */
  private async keepFiles(runId: string, prefix: string, files: readonly NamedFile[]): Promise<string[]> {
    const refused: string[] = [];
    for (const { kind, content, ...file } of files) {
      const name = fileName(kind, { ...file, key: keyOf(prefix, file.name) });
      try {
        await this.store.artifacts.put(`runs/${runId}`, name, content);
      } catch (error) {
        // A script may have logged a file by the name of the folder.
        if (!TrainyardError.is(error, 'BAD_REQUEST')) throw error;
        refused.push(`${name} was not kept: ${error.message}`);
      }
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

function harvest(file: string, folder: string, { events }: Stretch): Harvest {
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
      const name = keyOf('', summary.tag);
      if (summary.kind === 'scalar') {
        all.points.push({ name, value: summary.value, timestamp, step });
        continue;
      }
      const event = createHash('sha256')
        .update(`${file}\0${summary.tag}\0${step}\0${timestamp}\0${i}`)
        .digest('hex');
      all.files.push({
        ...toFile(summary),
        name,
        step,
        timestamp,
        id: `${markOf(folder)}${event.slice(0, 12)}`,
      });
    }
  return { ...all, params: Object.fromEntries(params) };
}

function toFile(
  summary: Extract<Summary, { kind: 'image' | 'text' }>,
): Pick<NamedFile, 'kind' | 'extension' | 'content'> {
  if (summary.kind === 'text') return { kind: 'text', extension: 'md', content: Buffer.from(summary.text) };
  return { kind: 'images', extension: pictureType(summary.image) ?? 'bin', content: summary.image };
}

/** The name of a folder without links: relative to its root, otherwise its absolute path. */
function placeOf(folder: string, roots: readonly SearchRoot[]): SearchRoot & { isElsewhere: boolean } {
  const root = roots.find((root) => folder === root.folder || folder.startsWith(root.folder + path.sep));
  const parts = path.relative(root?.folder ?? '/', folder).split(path.sep);
  const as = [root?.as ?? '', ...parts].filter(Boolean).join('/');
  return root
    ? { folder, as, shared: root.shared, isElsewhere: false }
    : { folder, as: `/${as}`, shared: true, isElsewhere: true };
}

/** A home may be behind a link, but processes report resolved paths. */
function withoutLinks(roots: readonly SearchRoot[]): Promise<SearchRoot[]> {
  return Promise.all(
    roots.map(async (root) => {
      const folder = await fs.promises.realpath(root.folder).catch((error: unknown) => {
        if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) return root.folder;
        throw error;
      });
      return { ...root, folder };
    }),
  );
}
