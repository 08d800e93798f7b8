import type { Experiment } from '../../workspace/types.js';
import type { LifecycleFilter } from './store.js';

export interface ExperimentRecord extends Experiment {
  artifactLocation: string;
}

export interface ExperimentSearch {
  filter?: string;
  orderBy?: string[];
  lifecycle: LifecycleFilter;
  /** 1..50000 */
  limit: number;
  page?: string;
}

/** Changing methods are for use inside Store.write. Ids are decimal strings; experiment '0' is "Default". */
export declare class Experiments {
  /** @throws CONFLICT when the name is taken, by a deleted experiment too */
  create(fields: { name: string; artifactLocation?: string; tags?: Record<string, string>; now?: number }): ExperimentRecord;
  get(id: string): ExperimentRecord | undefined;
  byName(name: string): ExperimentRecord | undefined;
  all(lifecycle?: LifecycleFilter): ExperimentRecord[];
  search(query: ExperimentSearch): { experiments: ExperimentRecord[]; nextPage?: string };
  /** @throws NOT_FOUND | CONFLICT */
  rename(id: string, name: string): void;
  /** Its runs go with it. @throws NOT_FOUND when it is not active */
  delete(id: string): void;
  /** @throws NOT_FOUND when it is not deleted */
  restore(id: string): void;
  setTag(id: string, key: string, value: string): void;
  /** @returns false when there was no such tag */
  deleteTag(id: string, key: string): boolean;
}
