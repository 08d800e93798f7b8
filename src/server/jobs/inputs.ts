import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { formatBytes, formatShare } from '../../base/format.js';
import type { DataInput, JobSpec } from '../../job/spec.js';
import type { JobData } from '../../targets/target.js';
import { DataCache } from '../data/cache.js';
import type { CachedData } from '../data/cache-folder.js';
import type { Progress } from '../data/download.js';
import { hashUnlessLarge } from '../data/hash.js';
import { locate, type Places } from '../data/locate.js';
import { checkTable } from '../data/mltable.js';
import { placeOf } from '../data/pin.js';
import { patiently } from '../datastores/patiently.js';
import type { DatastoreSecrets } from '../datastores/secrets.js';
import type { DatasetInput } from '../store/full-runs.js';
import type { JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import { WaitingWords } from './waiting-words.js';

/** Of a dataset's digest, as MLflow has it. */
const LONGEST_DIGEST = 36;

export interface JobInputsOptions {
  store: Store;
  home: string;
  log: Logger;
  /** Of datastores. */
  secrets: DatastoreSecrets;
  /** Bytes of downloaded data that are kept. */
  limit: () => number;
  /** The data of a job is here, or cannot be had. */
  onReady: () => void;
}

type ReadingJob = Pick<JobRecord, 'runId' | 'spec'>;

interface Preparation {
  data: Promise<JobData[]>;
  isSettled: boolean;
  controller: AbortController;
}

/** The data that jobs read: got before they start, without taking the place of jobs that could. */
export class JobInputs {
  private readonly options: JobInputsOptions;
  private readonly places: Places;
  private readonly cache: DataCache;
  private readonly preparations = new Map<string, Preparation>();
  private closed = false;

  constructor(options: JobInputsOptions) {
    this.options = options;
    const { store, secrets, home, limit } = options;
    this.places = { store, secrets };
    const folder = path.join(home, 'data');
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.cache = new DataCache({ folder, limit, isActive: (runId) => store.jobs.isActive(runId) });
  }

  /** Before anything is kept of a job. @throws BAD_REQUEST | NOT_FOUND | UNAUTHENTICATED */
  check({ inputs = {} }: JobSpec): void {
    for (const [name, input] of Object.entries(inputs)) {
      const located = locate(this.places, name, input);
      if ('source' in located) located.source.check?.();
    }
  }

  /** Whether a job that waits can be started. The first call begins to get its data. */
  isReady(job: ReadingJob): boolean {
    return !readsData(job) || this.preparationOf(job).isSettled;
  }

  /** @throws TrainyardError when some of it cannot be had */
  of(job: ReadingJob): Promise<JobData[]> {
    return readsData(job) ? this.preparationOf(job).data : Promise.resolve([]);
  }

  /** The job has started, or never will. */
  forget(runId: string): void {
    this.preparations.get(runId)?.controller.abort(ended());
    this.preparations.delete(runId);
  }

  close(): void {
    this.closed = true;
    for (const runId of [...this.preparations.keys()]) this.forget(runId);
    this.cache.close();
  }

  private preparationOf(job: ReadingJob): Preparation {
    const known = this.preparations.get(job.runId);
    if (known) return known;
    const controller = new AbortController();
    const preparation = { data: this.prepare(job, controller.signal), isSettled: false, controller };
    this.preparations.set(job.runId, preparation);
    this.follow(job.runId, preparation);
    return preparation;
  }

  private follow(runId: string, preparation: Preparation): void {
    preparation.data
      .catch((error: unknown) => {
        if (!preparation.controller.signal.aborted)
          this.options.log.warn({ err: error, runId }, 'the data of a job could not be had');
      })
      .finally(() => {
        preparation.isSettled = true;
        if (!this.closed) this.options.onReady();
      });
  }

  private async prepare({ runId, spec }: ReadingJob, signal: AbortSignal): Promise<JobData[]> {
    const { store } = this.options;
    const data: JobData[] = [];
    const datasets: DatasetInput[] = [];
    for (const [name, input] of Object.entries(spec.inputs ?? {})) {
      const { source, dataset } = await this.one(runId, name, input, signal);
      if (input.type === 'mltable') await aboutInput(name, () => checkTable(source));
      data.push({ name, type: input.type, source });
      datasets.push(dataset);
    }
    signal.throwIfAborted();
    await store.write(() => {
      if (!store.jobs.isActive(runId)) return;
      store.runs.addDatasets(runId, datasets);
      if (store.jobs.get(runId)?.waiting !== undefined) store.jobs.update(runId, { waiting: undefined });
    });
    return data;
  }

  private async one(
    runId: string,
    name: string,
    input: DataInput,
    signal: AbortSignal,
  ): Promise<{ source: string; dataset: DatasetInput }> {
    const { store } = this.options;
    const located = locate(this.places, name, input);
    if ('local' in located) {
      const facts = await factsOf(located.local);
      return { source: located.local, dataset: datasetOf(name, input, 'local', located.local, facts) };
    }
    const waiting = new WaitingWords(store, runId, this.options.log);
    const tell = (words: string) => waiting.tell(words);
    const { source } = located;
    const cached = await aboutInput(name, () =>
      patiently(
        () => this.cache.get(source, runId, signal, (progress) => tell(wordsOn(name, progress))),
        ({ message }) => tell(`Waiting for ${name}: ${message}`),
        signal,
      ),
    );
    return { source: cached.path, dataset: datasetOf(name, input, source.kind, source.uri, cached) };
  }
}

function readsData({ spec: { inputs = {} } }: ReadingJob): boolean {
  return Object.keys(inputs).length > 0;
}

/** Names the input in what goes wrong. */
async function aboutInput<T>(name: string, what: () => Promise<T>): Promise<T> {
  try {
    return await what();
  } catch (error) {
    if (!TrainyardError.is(error)) throw error;
    const { code, hint, details } = error;
    throw new TrainyardError(code, `The input ${name}: ${messageOf(error)}`, { hint, details, cause: error });
  }
}

/** “Downloading rows (1.2 of 3 GB)” */
function wordsOn(name: string, { done, total, isWaiting = false }: Progress): string {
  if (isWaiting) return `Waiting for other downloads before ${name}`;
  if (total === undefined) return `Downloading ${name} (${formatBytes(done)})`;
  return `Downloading ${name} (${formatShare(done, total)})`;
}

type Facts = Pick<CachedData, 'bytes' | 'files' | 'etag' | 'sha256'>;

/** Of a file or a folder of this machine; how many files a folder has is not counted. */
async function factsOf(file: string): Promise<Partial<Facts>> {
  const stat = fs.statSync(file);
  if (!stat.isFile()) return {};
  const sha256 = await hashUnlessLarge(file, stat.size);
  return {
    bytes: stat.size,
    files: 1,
    etag: `${stat.size}-${stat.mtimeMs}`,
    ...(sha256 !== undefined && { sha256 }),
  };
}

/** As MLflow's clients write what a run has read. */
function datasetOf(
  name: string,
  input: DataInput,
  kind: string,
  uri: string,
  { bytes, files, etag, sha256 }: Partial<Facts>,
): DatasetInput {
  const place = placeOf(input);
  const called = place?.kind === 'asset' || place?.kind === 'model' ? place : undefined;
  const version = called && 'version' in called.version ? called.version.version : undefined;
  const state = sha256 ?? etag ?? version ?? uri;
  return {
    name: called?.name ?? name,
    digest: digestOf(sha256, state),
    sourceType: kind,
    source: JSON.stringify({ uri }),
    profile: JSON.stringify({
      // Without what signs in at a server.
      ...{
        input: place?.kind === 'http' ? uri : input.path,
        type: input.type,
        version,
        bytes,
        files,
        etag,
        sha256,
      },
    }),
    tags: { 'mlflow.data.context': name },
  };
}

function digestOf(sha256: string | undefined, state: string): string {
  const hash = sha256 ?? createHash('sha256').update(state).digest('hex');
  return hash.slice(0, LONGEST_DIGEST);
}

function ended(): Error {
  return new TrainyardError('CANCELLED', 'The job does not need its data any more.');
}
