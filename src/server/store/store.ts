import type { Lifecycle, RunPart } from '../../workspace/types.js';
import type { Artifacts } from './artifacts.js';
import type { Experiments } from './experiments.js';
import type { Jobs } from './jobs.js';
import type { Metrics } from './metrics.js';
import type { Models } from './models.js';
import type { Runs } from './runs.js';

/** Told after the commit that made it true. */
export type StoreChange =
  | { type: 'run'; runId: string; experimentId: string; part: RunPart }
  | { type: 'experiments' }
  | { type: 'models' };

export type LifecycleFilter = Lifecycle | 'all';

/**
 * The local workspace on disk: one SQLite file in WAL mode and a folder of content-addressed objects.
 * One process has it at a time. Reads are plain calls; every change goes through `write`.
 */
export declare class Store {
  readonly folder: string;
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly metrics: Metrics;
  readonly artifacts: Artifacts;
  readonly models: Models;
  readonly jobs: Jobs;

  /**
   * Opens or creates the store in `folder`.
   * @throws TrainyardError STORE_NEWER | STORE_CORRUPT (the files are left as they are) | CONFLICT (another process has it)
   */
  static open(folder: string): Store;

  /**
   * Runs `change` inside a transaction that is shared with the other changes of this turn of the event loop, and
   * resolves once it is durable. A change that throws is undone alone; the promise rejects with what it threw.
   */
  write<T>(change: () => T): Promise<T>;

  onChange(listener: (change: StoreChange) => void): () => void;
  /** Bytes on disk, objects included. */
  size(): number;
  /** Waits for writes under way and closes. */
  close(): Promise<void>;
}
