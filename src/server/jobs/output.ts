import { setImmediate } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import type { MetricPattern } from '../../job/spec.js';
import { readAt } from '../../targets/shared/read-at.js';
import type { JobRecord, LatePatterns } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import { elsewhereIn } from './elsewhere.js';
import { type Match, matchAll } from './patterns.js';
import { progressIn } from './progress.js';

/** Bytes that are read at once. */
const CHUNK = 256 * 1024;
/** A longer line is not one that a person wrote a pattern for. */
const LONGEST_LINE = 10_000;
/** Ends of lines; a progress bar writes over itself with carriage returns. */
const LINE_END = /[\r\n]/;

/** A job that makes a run on another server for each trial has a list that nobody reads. */
const MOST_ELSEWHERE = 10;

/** Reads what jobs print: metrics, by the patterns of the job, progress bars, and where else they log. */
export class OutputReader {
  private readonly store: Store;
  private readonly ownUrls: () => readonly string[];
  /** Bytes read, when that is further than the store knows: lines with nothing in them are not worth a change. */
  private readonly readTo = new Map<string, number>();
  private readonly slow = new Map<string, Set<string>>();

  constructor(store: Store, ownUrls: () => readonly string[]) {
    this.store = store;
    this.ownUrls = ownUrls;
  }

  /**
   * Reads what is new in the output of a job; with `last`, also a line that has no end.
   * @returns what went wrong for the first time, for people
   */
  async read({ runId, outputRead }: JobRecord, file: string, last: boolean): Promise<string[]> {
    const start = Math.max(outputRead, this.readTo.get(runId) ?? 0);
    const faults = await this.catchUp(runId, file, start);
    const job = this.store.jobs.get(runId);
    for (let at = start; job;) {
      const bytes = await readAt(file, at, CHUNK);
      const end = last && bytes.length < CHUNK ? bytes.length : endOfLines(bytes);
      if (end === 0) break;
      at += end;
      faults.push(...(await this.keep(job, linesIn(bytes, end), at)));
      this.readTo.set(runId, at);
      // A log of gigabytes keeps nobody else waiting.
      await setImmediate();
    }
    return faults;
  }

  /**
   * Reads the output from its start, up to byte `to`, for patterns that came later. Then they are patterns of the job.
   * @param to as far as it was read for the others; of a job that has ended, its size
   * @returns what went wrong, for people
   */
  async catchUp(runId: string, file: string, to: number): Promise<string[]> {
    const faults: string[] = [];
    for (let late: LatePatterns | undefined; (late = this.store.jobs.get(runId)?.late[0]);) {
      const { patterns } = late;
      for (let at = late.read, isDone = false; !isDone;) {
        const bytes = (await readAt(file, at, CHUNK)).subarray(0, Math.max(0, to - at));
        const isLast = at + bytes.length >= to || bytes.length === 0;
        const end = isLast ? bytes.length : endOfLines(bytes);
        at += end;
        isDone = isLast || end === 0;
        const lines = linesIn(bytes, end);
        const { matches, slow } = await matchAll(this.patterns(runId, patterns), lines.map(plain));
        if (isDone || matches.length > 0)
          await this.store.write(() => this.keepLate(runId, matches, isDone ? { to } : { read: at }));
        faults.push(...this.giveUp(runId, slow));
        await setImmediate();
      }
    }
    return faults;
  }

  /** Inside a change. The first of the late ones is the one that is read for. */
  private keepLate(runId: string, matches: readonly Match[], then: { read: number } | { to: number }): void {
    const job = this.store.jobs.get(runId);
    const [first, ...others] = job?.late ?? [];
    // A purge took it.
    if (!job || !first) return;
    if (matches.length > 0) this.append(runId, matches, job.endedAt);
    if ('read' in then) this.store.jobs.update(runId, { late: [{ ...first, read: then.read }, ...others] });
    else
      this.store.jobs.update(runId, {
        spec: { ...job.spec, metrics: [...(job.spec.metrics ?? []), ...first.patterns] },
        late: others,
        // From here on they go with the others.
        outputRead: Math.max(job.outputRead, then.to),
      });
  }

  forget(runId: string): void {
    this.readTo.delete(runId);
    this.slow.delete(runId);
  }

  private async keep({ runId, spec }: JobRecord, lines: readonly string[], at: number): Promise<string[]> {
    const { matches, slow } = await matchAll(this.patterns(runId, spec.metrics ?? []), lines.map(plain));
    const progress = progressIn(lines);
    const addresses = elsewhereIn(lines, this.ownUrls());
    if (matches.length > 0 || progress || addresses.length > 0) {
      await this.store.write(() => {
        if (matches.length > 0) this.append(runId, matches);
        const known = this.store.jobs.get(runId)?.elsewhere ?? [];
        const elsewhere = [...new Set([...known, ...addresses])].slice(0, MOST_ELSEWHERE);
        this.store.jobs.update(runId, {
          outputRead: at,
          ...(progress && { progress }),
          ...(elsewhere.length > known.length && { elsewhere }),
        });
      });
    }
    return this.giveUp(runId, slow);
  }

  /** @returns that for people */
  private giveUp(runId: string, slow: readonly MetricPattern[]): string[] {
    const gaveUp = this.slow.get(runId) ?? new Set();
    for (const { name } of slow) this.slow.set(runId, gaveUp.add(name));
    return slow.map(({ name }) => `The pattern of the metric ${name} takes too long; it was given up.`);
  }

  /**
   * A value without a step of its own is the next of its metric.
   * @param endedAt of a job that has ended: none of its values is newer
   */
  private append(runId: string, matches: readonly Match[], endedAt = Infinity): void {
    const timestamp = Math.min(Date.now(), endedAt);
    const counts = this.store.metrics.summaries(runId);
    const next = new Map(Object.entries(counts).map(([key, { count }]) => [key, count]));
    const points = matches.map(({ name, value, step }) => {
      const count = next.get(name) ?? 0;
      next.set(name, count + 1);
      return { key: name, value, timestamp, step: step ?? count };
    });
    this.store.metrics.append(runId, points);
  }

  private patterns(runId: string, all: readonly MetricPattern[]): MetricPattern[] {
    return all.filter(({ name }) => !this.slow.get(runId)?.has(name));
  }
}

function linesIn(bytes: Buffer, end: number): string[] {
  const lines = bytes.toString('utf8', 0, end).split(LINE_END);
  return lines.filter(Boolean).map((line) => line.slice(0, LONGEST_LINE));
}

/** Patterns are made for what a terminal shows, which is without colours. */
function plain(line: string): string {
  return line.includes('\x1b') ? stripVTControlCharacters(line) : line;
}

/** Where the last whole line ends; a chunk that is one line is taken as it is. */
function endOfLines(bytes: Buffer): number {
  const end = Math.max(bytes.lastIndexOf('\n'), bytes.lastIndexOf('\r')) + 1;
  return end === 0 && bytes.length === CHUNK ? CHUNK : end;
}
