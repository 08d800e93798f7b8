import type { Lifecycle, MetricSummary } from '../../workspace/types.js';
import type { LifecycleFilter } from './store.js';

/** What a script says of its run; a job's state is kept beside it (jobs.ts) and wins while the job is active. */
export type RunStatus = 'running' | 'scheduled' | 'finished' | 'failed' | 'killed';

export interface DatasetInput {
  name: string;
  digest: string;
  sourceType: string;
  source: string;
  schema?: string;
  profile?: string;
  tags: Record<string, string>;
}

export interface RunRecord {
  id: string;
  number: number;
  experimentId: string;
  name: string;
  user: string;
  status: RunStatus;
  startTime: number;
  endTime: number | null;
  lifecycle: Lifecycle;
  artifactUri: string;
}

/** A run with everything that a search returns of it. */
export interface FullRun extends RunRecord {
  metrics: Record<string, MetricSummary>;
  params: Record<string, string>;
  tags: Record<string, string>;
  datasets: DatasetInput[];
  modelInputs: string[];
  modelOutputs: { modelId: string; step: number }[];
}

export interface RunSearch {
  experimentIds: string[];
  /** MLflow's grammar; compiled to SQL with bound values. @throws BAD_REQUEST with MLflow's wording */
  filter?: string;
  orderBy?: string[];
  lifecycle: LifecycleFilter;
  /** 1..50000 */
  limit: number;
  page?: string;
  /** Only runs whose job's code stands on this commit (HEAD or snapshot). */
  commit?: string;
}

/** Changing methods are for use inside Store.write. They throw NOT_FOUND for an unknown run. */
export declare class Runs {
  /** @throws NOT_FOUND (experiment) | BAD_REQUEST (experiment is deleted) */
  create(fields: {
    id?: string;
    experimentId: string;
    name?: string;
    user?: string;
    status?: RunStatus;
    startTime: number;
    tags?: Record<string, string>;
  }): RunRecord;
  get(id: string): RunRecord | undefined;
  full(id: string): FullRun | undefined;
  search(query: RunSearch): { runs: FullRun[]; nextPage?: string };
  count(lifecycle?: LifecycleFilter): number;
  /** `name` rewrites the tag mlflow.runName too. */
  update(id: string, fields: { status?: RunStatus; endTime?: number | null; name?: string }): RunRecord;
  setLifecycle(id: string, lifecycle: Lifecycle): void;
  /** The tag mlflow.runName renames the run. */
  setTags(id: string, tags: Record<string, string>): void;
  /** @returns false when there was no such tag */
  deleteTag(id: string, key: string): boolean;
  /** @throws CONFLICT with details `{ key, oldValue, newValue }[]` when one was logged with another value; nothing is written then */
  logParams(id: string, params: Record<string, string>): void;
  addDatasets(id: string, datasets: DatasetInput[]): void;
  addModelInputs(id: string, modelIds: string[]): void;
  addModelOutputs(id: string, outputs: { modelId: string; step: number }[]): void;
}
