import type { SQLInputValue } from 'node:sqlite';
import { TrainyardError } from '../../base/errors.js';
import { type CommandJob, inTodaysShape, type MetricPattern, type StoredSpec } from '../../job/spec.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { Handle } from '../../targets/target.js';
import type {
  FailureCause,
  JobDebugger,
  Machine,
  Progress,
  RunState,
  Unreachable,
} from '../../workspace/types.js';
import type { Database } from './sql.js';
import type { StoreChange } from './store.js';
import { touchRun } from './touch-run.js';

/** A job is a run that Trainyard starts itself. It has the run's id. */
export interface JobRecord {
  runId: string;
  spec: CommandJob;
  state: RunState;
  /** Environment that the process starts from; secrets are never in it. */
  baseEnv: Record<string, string>;
  /** Names of the secrets it needs; their values are in memory only. */
  secretNames: string[];
  /** Names of other variables that were not stored. */
  memoryNames: string[];
  cancelRequested: boolean;
  snapshot?: Snapshot;
  handle?: Handle;
  /** What it waits for at its target, for people. */
  waiting?: string;
  /** While it runs under one. */
  debugger?: JobDebugger;
  /** Its target does not tell how it stands. */
  unreachable?: Unreachable;
  /** It has ended, and some of its files are still to be kept. */
  uncollected: boolean;
  exitCode: number | null;
  reason?: string;
  cause?: FailureCause;
  /** Bytes of its output that were read for metrics. */
  outputRead: number;
  /** Patterns that came later, and are not at `outputRead` yet; in the order they came. */
  late: LatePatterns[];
  progress?: Progress;
  /** How many of its files have been collected so far. */
  collected?: Progress;
  machine?: Machine;
  /** The experiment it was submitted to; its script may choose another for its runs. */
  experimentId: string;
  /** Whether its script has begun the run that was made for it. */
  begun: boolean;
  ranks: RankRuns;
  /** Addresses of other tracking servers and stores that its script logs to. */
  elsewhere: string[];
  /** Python packages and files that it used and that are not in its snapshot: absolute paths. */
  outsideCode: string[];
  queuedAt: number;
  startedAt?: number;
  endedAt?: number;
}

/** Patterns that join those of the job once its output was read for them as far as for the others. */
export interface LatePatterns {
  patterns: MetricPattern[];
  /** Bytes of the output that were read for them. */
  read: number;
}

/** What the ranks of distributed training share. */
export interface RankRuns {
  /** The runs that they began, in the order in which each of them began its own. */
  runs: string[];
  /** How many each rank began. */
  begun: Record<string, number>;
  /** By run: params that another rank than 0 logged first, and which. */
  firstBy: Record<string, [param: string, rank: number][]>;
}

/** Those that it was submitted with, and those that came later. */
export function allPatterns({ spec, late }: Pick<JobRecord, 'spec' | 'late'>): MetricPattern[] {
  return [...(spec.metrics ?? []), ...late.flatMap(({ patterns }) => patterns)];
}

const ACTIVE: readonly RunState[] = ['queued', 'preparing', 'running', 'collecting'];

/** Not ended yet. */
export function isActive({ state }: Pick<JobRecord, 'state'>): boolean {
  return ACTIVE.includes(state);
}

interface JobRow {
  run_id: string;
  spec: string;
  state: RunState;
  base_env: string;
  secret_names: string;
  memory_names: string;
  cancel_requested: number;
  snapshot: string | null;
  handle: string | null;
  waiting: string | null;
  debugger: string | null;
  unreachable: string | null;
  uncollected: number;
  exit_code: number | null;
  reason: string | null;
  cause: string | null;
  output_read: number;
  late: string | null;
  progress: string | null;
  collected: string | null;
  machine: string | null;
  experiment_id: number;
  begun: number;
  ranks: string | null;
  elsewhere: string | null;
  outside_code: string | null;
  queued_at: number;
  started_at: number | null;
  ended_at: number | null;
}

type Changes = Partial<Omit<JobRecord, 'runId' | 'experimentId' | 'queuedAt'>>;

/** How each field is written; one that is not named is not changed. */
const COLUMNS: {
  [K in keyof Changes]-?: (value: NonNullable<Changes[K]> | null) => Record<string, SQLInputValue>;
} = {
  spec: (spec) => ({ spec: JSON.stringify(spec) }),
  state: (state) => ({ state }),
  baseEnv: (env) => ({ base_env: JSON.stringify(env) }),
  secretNames: (names) => ({ secret_names: JSON.stringify(names) }),
  memoryNames: (names) => ({ memory_names: JSON.stringify(names) }),
  cancelRequested: (requested) => ({ cancel_requested: Number(requested) }),
  snapshot: (snapshot) => ({
    snapshot: snapshot && JSON.stringify(snapshot),
    head_commit: snapshot?.head ?? null,
    snapshot_commit: snapshot?.commit ?? null,
  }),
  handle: (handle) => ({ handle: handle && JSON.stringify(handle) }),
  waiting: (why) => ({ waiting: why }),
  debugger: (where) => ({ debugger: where && JSON.stringify(where) }),
  unreachable: (fact) => ({ unreachable: fact && JSON.stringify(fact) }),
  uncollected: (is) => ({ uncollected: Number(is) }),
  exitCode: (code) => ({ exit_code: code }),
  reason: (reason) => ({ reason }),
  cause: (cause) => ({ cause: cause && JSON.stringify(cause) }),
  outputRead: (bytes) => ({ output_read: bytes }),
  late: (late) => ({ late: late && late.length > 0 ? JSON.stringify(late) : null }),
  progress: (progress) => ({ progress: progress && JSON.stringify(progress) }),
  collected: (progress) => ({ collected: progress && JSON.stringify(progress) }),
  machine: (machine) => ({ machine: machine && JSON.stringify(machine) }),
  begun: (begun) => ({ begun: Number(begun) }),
  ranks: (ranks) => ({ ranks: ranks && JSON.stringify(ranks) }),
  elsewhere: (addresses) => ({ elsewhere: addresses && JSON.stringify(addresses) }),
  outsideCode: (paths) => ({ outside_code: paths && JSON.stringify(paths) }),
  startedAt: (time) => ({ started_at: time }),
  endedAt: (time) => ({ ended_at: time }),
};

/** Changing methods are for use inside Store.write. */
export class Jobs {
  private readonly db: Database;
  private readonly touch: (change: StoreChange) => void;

  constructor(db: Database, touch: (change: StoreChange) => void) {
    this.db = db;
    this.touch = touch;
  }

  create(
    fields: Pick<JobRecord, 'runId' | 'spec' | 'baseEnv' | 'secretNames' | 'memoryNames' | 'queuedAt'>,
  ): JobRecord {
    this.db.run(
      `INSERT INTO jobs (run_id, spec, state, base_env, secret_names, memory_names, cancel_requested, queued_at, experiment_id)
       VALUES (?, ?, 'queued', ?, ?, ?, 0, ?, (SELECT experiment_id FROM runs WHERE id = ?))`,
      fields.runId,
      JSON.stringify(fields.spec),
      JSON.stringify(fields.baseEnv),
      JSON.stringify(fields.secretNames),
      JSON.stringify(fields.memoryNames),
      fields.queuedAt,
      fields.runId,
    );
    return this.required(fields.runId);
  }

  get(runId: string): JobRecord | undefined {
    const row = this.db.get<JobRow>('SELECT * FROM jobs WHERE run_id = ?', runId);
    return row && toRecord(row);
  }

  /** Whether the run is a job that has not ended. */
  isActive(runId: string): boolean {
    // Used at each request of a job's script, so it does not read the snapshot.
    const job = this.db.get<Pick<JobRecord, 'state'>>('SELECT state FROM jobs WHERE run_id = ?', runId);
    return job !== undefined && isActive(job);
  }

  /** The experiment that a job was submitted to. */
  experimentOf(runId: string): string | undefined {
    const job = this.db.get<{ experiment_id: number }>(
      'SELECT experiment_id FROM jobs WHERE run_id = ?',
      runId,
    );
    return job && String(job.experiment_id);
  }

  ranksOf(runId: string): RankRuns {
    const job = this.db.get<{ ranks: string | null }>('SELECT ranks FROM jobs WHERE run_id = ?', runId);
    return ranksIn(job?.ranks ?? null);
  }

  /** The job of a run: that whose run it is, or that whose script began it. */
  ofRun(runId: string): JobRecord | undefined {
    return this.ofRuns([runId]).get(runId);
  }

  /** The same for many, by run. */
  ofRuns(runIds: readonly string[]): Map<string, JobRecord> {
    const rows = this.db.all<JobRow & { wanted: string }>(
      `SELECT r.id AS wanted, j.* FROM json_each(?) w CROSS JOIN runs r ON r.id = w.value
       CROSS JOIN jobs j ON j.run_id = coalesce(r.job_id, r.id)`,
      JSON.stringify(runIds),
    );
    return new Map(rows.map((row) => [row.wanted, toRecord(row)]));
  }

  /** Of the jobs that were made last, the last first. */
  latestSnapshots(count: number): Snapshot[] {
    return this.db
      .all<{ snapshot: string }>(
        `SELECT snapshot FROM runs r JOIN jobs j ON j.run_id = r.id WHERE snapshot IS NOT NULL
         ORDER BY r.number DESC LIMIT ?`,
        count,
      )
      .map(({ snapshot }) => JSON.parse(snapshot) as Snapshot);
  }

  /** In the order they were queued. */
  active(): JobRecord[] {
    return this.db
      .all<JobRow>(
        `SELECT * FROM jobs WHERE state IN ('queued', 'preparing', 'running', 'collecting')
         ORDER BY queued_at, run_id`,
      )
      .map(toRecord);
  }

  /** Those that have ended, and some of whose files are still to be kept. */
  uncollected(): JobRecord[] {
    return this.db.all<JobRow>('SELECT * FROM jobs WHERE uncollected = 1').map(toRecord);
  }

  /** Ids of those with patterns that the output was not read for yet. */
  withLate(): string[] {
    const rows = this.db.all<{ run_id: string }>('SELECT run_id FROM jobs WHERE late IS NOT NULL');
    return rows.map(({ run_id }) => run_id);
  }

  /** A field that is there with the value undefined is cleared. @throws NOT_FOUND */
  update(runId: string, fields: Changes): JobRecord {
    const columns: Record<string, SQLInputValue> = {};
    for (const key of Object.keys(fields) as (keyof Changes)[]) {
      const write = COLUMNS[key] as (value: unknown) => Record<string, SQLInputValue>;
      Object.assign(columns, write(fields[key] ?? null));
    }
    const names = Object.keys(columns);
    if (names.length > 0)
      this.db.run(
        `UPDATE jobs SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE run_id = ?`,
        ...Object.values(columns),
        runId,
      );
    touchRun(this.db, this.touch, runId, 'state');
    return this.required(runId);
  }

  private required(runId: string): JobRecord {
    const record = this.get(runId);
    if (!record) throw new TrainyardError('NOT_FOUND', `The run ${runId} is not a job of Trainyard.`);
    return record;
  }
}

function ranksIn(json: string | null): RankRuns {
  return json === null ? { runs: [], begun: {}, firstBy: {} } : (JSON.parse(json) as RankRuns);
}

function toRecord(row: JobRow): JobRecord {
  return {
    runId: row.run_id,
    spec: inTodaysShape(JSON.parse(row.spec) as StoredSpec),
    state: row.state,
    baseEnv: JSON.parse(row.base_env) as Record<string, string>,
    secretNames: JSON.parse(row.secret_names) as string[],
    memoryNames: JSON.parse(row.memory_names) as string[],
    cancelRequested: row.cancel_requested === 1,
    ...(row.snapshot !== null && { snapshot: JSON.parse(row.snapshot) as Snapshot }),
    ...(row.handle !== null && { handle: JSON.parse(row.handle) as Handle }),
    ...(row.waiting !== null && { waiting: row.waiting }),
    ...(row.debugger !== null && { debugger: JSON.parse(row.debugger) as JobDebugger }),
    ...(row.unreachable !== null && { unreachable: JSON.parse(row.unreachable) as Unreachable }),
    uncollected: row.uncollected === 1,
    exitCode: row.exit_code,
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.cause !== null && { cause: JSON.parse(row.cause) as FailureCause }),
    outputRead: row.output_read,
    late: row.late === null ? [] : (JSON.parse(row.late) as LatePatterns[]),
    ...(row.progress !== null && { progress: JSON.parse(row.progress) as Progress }),
    ...(row.collected !== null && { collected: JSON.parse(row.collected) as Progress }),
    ...(row.machine !== null && { machine: JSON.parse(row.machine) as Machine }),
    experimentId: String(row.experiment_id),
    begun: row.begun === 1,
    ranks: ranksIn(row.ranks),
    elsewhere: row.elsewhere === null ? [] : (JSON.parse(row.elsewhere) as string[]),
    outsideCode: row.outside_code === null ? [] : (JSON.parse(row.outside_code) as string[]),
    queuedAt: row.queued_at,
    ...(row.started_at !== null && { startedAt: row.started_at }),
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
  };
}
