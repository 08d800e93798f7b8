import type { JobSpec } from '../../job/spec.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { Handle } from '../../targets/target.js';
import type { RunState } from '../../workspace/types.js';

/** A job is the run that Trainyard itself starts; it has the run's id. */
export interface JobRecord {
  runId: string;
  spec: JobSpec;
  state: RunState;
  /** Environment that the process starts from; secrets are never in it. */
  baseEnv: Record<string, string>;
  /** Names of the secrets it needs; their values are in memory only. */
  secretNames: string[];
  cancelRequested: boolean;
  snapshot?: Snapshot;
  handle?: Handle;
  exitCode: number | null;
  reason?: string;
  queuedAt: number;
  startedAt?: number;
  endedAt?: number;
}

/** Changing methods are for use inside Store.write. */
export declare class Jobs {
  create(fields: Pick<JobRecord, 'runId' | 'spec' | 'baseEnv' | 'secretNames' | 'queuedAt'>): JobRecord;
  get(runId: string): JobRecord | undefined;
  /** Those of the given runs that are jobs. */
  of(runIds: readonly string[]): Map<string, JobRecord>;
  /** In the order they were queued. */
  active(): JobRecord[];
  update(runId: string, fields: Partial<Omit<JobRecord, 'runId' | 'spec' | 'queuedAt'>>): JobRecord;
}
