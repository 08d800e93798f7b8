/**
 * What the local server and its clients agree on. Small on purpose: it is part of the extension's bundle.
 *
 * Routes, all below API, all with `Authorization: Bearer <token>`, JSON unless said otherwise,
 * errors as `{ error: ErrorData }` with the status of its code:
 *
 *   GET    /server                        → ServerStatus
 *   POST   /server/shutdown               → {}            the server stops; jobs continue
 *   GET    /settings                      → ServerSettings
 *   PUT    /settings  Partial<ServerSettings> → ServerSettings
 *   GET    /events                        → SSE, `data:` is a WorkspaceEvent
 *   GET    /experiments?lifecycle=        → { experiments: Experiment[] }   active ones unless said otherwise
 *   POST   /experiments/:id/delete        → {}            with its runs
 *   POST   /experiments/:id/restore       → {}            with its runs
 *   GET    /purge?before=                 → Purgeable
 *   POST   /purge         { before }      → PurgeStep     to be asked again until it is done
 *   POST   /runs/search        RunQuery   → RunPage
 *   GET    /runs/:id                      → Run           with inputs, models and environment
 *   PATCH  /runs/:id   { name?, tags?: Record<string, string | null> } → Run
 *   POST   /runs/delete   { runIds }      → {}
 *   POST   /runs/undelete { runIds }      → {}
 *   POST   /jobs          SubmitRequest   → Run
 *   GET    /runs/:id/spec                 → JobSpec       the job of the run, as it can be submitted again
 *   POST   /runs/:id/cancel               → {}
 *   POST   /runs/:id/end                  → {}            a run that is no job
 *   POST   /runs/:id/patterns { patterns: MetricPattern[] } → {}  more metrics to be read from the output of a job
 *   POST   /runs/:id/outputs              → { problems: string[] }  registers and copies the outputs of a job once more
 *   GET    /runs/:id/log?from=&follow=1   → text/plain stream; a negative `from` counts from the end
 *   GET    /runs/:id/files?folder=        → { files: RunFile[] }
 *   GET    /runs/:id/file?path=           → octet-stream
 *   GET    /runs/:id/code?folder=         → { files: RunFile[] }
 *   GET    /runs/:id/code-file?path=      → octet-stream
 *   GET    /runs/:id/diff?other=<id>|folder → CodeDiff
 *   POST   /runs/:id/restore { folder }   → {}
 *   POST   /points { series: PointsRequest[], maxPoints } → octet-stream, see encodePoints
 *   GET    /models?kind=&name=&limit=&page= → ModelPage
 *   POST   /models/register RegisterRequest → { version }
 *   GET    /models/versions?name=         → { versions: Model['versions'] }
 *   POST   /models/alias  AliasRequest    → {}            without a version it is taken away
 *   GET    /data?name=&archived=1         → { data: DataAsset[] }
 *   POST   /data          NewDataAsset    → DataAsset
 *   GET    /data/version?name=&version=   → DataAsset     without a version: the newest
 *   POST   /data/archive  ArchiveRequest  → {}
 *   GET    /datastores                    → { datastores: Datastore[] }
 *   POST   /datastores    NewDatastore    → Datastore
 *   GET    /datastores/:name              → Datastore
 *   DELETE /datastores/:name              → {}            what is in it stays
 *   POST   /datastores/secrets DatastoreSecretsRequest → {}  kept in memory only
 *   GET    /environments?name=&archived=1 → { environments: EnvironmentVersion[] }
 *   POST   /environments  NewEnvironment  → EnvironmentVersion
 *   GET    /environments/version?name=&version= → EnvironmentVersion  `latest`: the newest
 *   GET    /environments/runs?name=&version= → { runs: Run[] }
 *   POST   /environments/archive ArchiveRequest → {}
 *   POST   /environments/build { name, version, target } → lines of JSON, each a BuildLine, the last `built` or `error`
 *   POST   /lineage { ids, direction: 'up' | 'down' } → LineageGraph  the nodes and what is one step from them
 *   GET    /compute                       → { compute: Compute[] }
 *   GET    /compute/:name/leftovers       → { leftovers: Leftover[] }
 *   POST   /compute/:name/prune { ids }   → { removed: Leftover[] }  those that are still there
 *   GET    /runs/:id/shell                → ShellCommand
 *   GET    /runs/:id/pythons              → { pythons: JobPython[] }
 *   POST   /runs/:id/debugger DebugWish   → JobDebugger   it listens now, or did before
 */
import type { ErrorData } from '../../base/errors.js';
import type { JobSpec } from '../../job/spec.js';
import type { BuildEvent, BuiltOn, ModelSource, Points, Run } from '../types.js';

export const API = '/api/trainyard/v1';
/** Raised when a client of one version can no longer talk to a server of the other. */
export const API_VERSION = 2;

/** `<home>/server.json`, mode 0600. Port and token outlive a server, so that running scripts find the next one. */
export interface Discovery {
  pid: number;
  port: number;
  token: string;
  version: string;
  apiVersion: number;
  startedAt: number;
}
export const DISCOVERY_FILE = 'server.json';
/**
 * Tells a server that is started which one it replaces: the `startedAt` that was found, or nothing. One that finds
 * another by then came too late, and goes.
 */
export const REPLACES_VARIABLE = 'TRAINYARD_REPLACES';

/** `server.js store <verb>` does this instead of serving, and prints `{ result }` or `{ error: ErrorData }`. */
export type StoreVerb = 'verify' | 'recover' | 'reset';

export interface StoreVerification {
  /** What is wrong with the database; null: nothing. */
  database: string | null;
  objects: number;
  bytes: number;
  /** SHA-256 of contents that are not what they were. */
  damaged: string[];
  /** Those that runs name and that are not there. */
  missing: string[];
  /** How many no run names. */
  unnamed: number;
}

export interface StoreRecovery {
  /** What the database is made of now: itself, its second copy, the rows of it that could be read, or nothing. */
  from: 'database' | 'copy' | 'rows' | 'nothing';
  runs: number;
  /** Jobs that only their folders told of. */
  jobs: number;
  /** Changes that were made and are not in it, as far as is known; null: nobody knows how many. */
  lostChanges: number | null;
  /** When the last change was made that is in it, in ms since the epoch. */
  lastChangeAt: number | null;
  /** Objects that no run named; they are files of the run `filesRun` now. */
  unnamedObjects: number;
  filesRun: string | null;
  /** SHA-256 of contents that runs name and that are not there. */
  missingObjects: string[];
  /** The folder that has the files that were there before. */
  setAside: string | null;
}

export interface StoreReset {
  /** The folder that has all that was there before; null: there was nothing. */
  setAside: string | null;
}

/** A run as the server sends it, which does not know what its workspace is called. */
export type ServedRun = Omit<Run, 'workspace'>;

export interface ServedPage {
  runs: ServedRun[];
  nextPage?: string;
}

/** Of a log: where what is sent begins, in bytes from its start. */
export const LOG_FROM_HEADER = 'trainyard-log-from';

export interface AliasRequest {
  /** Of the registered model. */
  name: string;
  alias: string;
  /** Absent: the alias is taken away. */
  version?: string;
}

/** Of versions of data, or of an environment. */
export interface ArchiveRequest {
  name: string;
  /** Absent: all of them. */
  version?: string;
  archived: boolean;
}

export interface DatastoreSecretsRequest {
  /** By the names of the datastores. */
  secrets: Record<string, string>;
}

/** `alive` comes while a build says nothing. */
export type BuildLine =
  BuildEvent | { type: 'alive' } | { type: 'built'; built: BuiltOn } | { type: 'error'; error: ErrorData };

export interface RegisterRequest {
  name: string;
  model: ModelSource;
}

export interface SubmitRequest {
  spec: JobSpec;
  secrets?: Record<string, string>;
  largeFiles?: 'include' | 'leave-out';
  /** Variables of the submitter's environment that the process starts from. The server writes few of them down. */
  baseEnv: Record<string, string>;
  /** The submitter's: the job runs under it, and so does what is written into their repository. */
  umask?: number;
}

interface FrameHeader {
  series: { runId: string; key: string; total: number; reduced: boolean; count: number }[];
}

/**
 * Frame: uint32 LE length of the header, the header (JSON, padded with spaces to a multiple of 8 including the
 * length), then for each series steps, times and values as Float64 LE arrays of `count`.
 * @returns its bytes in parts; those of the columns are views
 */
export function encodePoints(points: readonly Points[]): Uint8Array[] {
  const header: FrameHeader = {
    series: points.map(({ runId, key, total, reduced, steps }) => ({
      runId,
      key,
      total,
      reduced,
      count: steps.length,
    })),
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(Math.ceil((4 + json.length) / 8) * 8).fill(0x20);
  new DataView(start.buffer).setUint32(0, start.length - 4, true);
  start.set(json, 4);
  const columns = points.flatMap(({ steps, times, values }) => [steps, times, values]);
  return [start, ...joinNeighbours(columns)];
}

/** Columns that lie side by side in memory are sent in one piece. */
function joinNeighbours(columns: readonly Float64Array[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (const { buffer, byteOffset, byteLength } of columns) {
    const before = parts.at(-1);
    if (before?.buffer === buffer && before.byteOffset + before.byteLength === byteOffset)
      parts[parts.length - 1] = new Uint8Array(buffer, before.byteOffset, before.byteLength + byteLength);
    else parts.push(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return parts;
}

/** The arrays are views on `buffer`, which must hold one whole frame from its start. */
export function decodePoints(buffer: ArrayBuffer): Points[] {
  const headerBytes = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, headerBytes))) as FrameHeader;
  let at = 4 + headerBytes;
  const column = (count: number) => {
    const view = new Float64Array(buffer, at, count);
    at += count * 8;
    return view;
  };
  return header.series.map(({ runId, key, total, reduced, count }) => ({
    runId,
    key,
    total,
    reduced,
    steps: column(count),
    times: column(count),
    values: column(count),
  }));
}
