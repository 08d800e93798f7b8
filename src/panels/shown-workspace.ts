import type { ErrorData } from '../base/errors.js';
import type { Facet } from '../workspace/facets.js';

/** A workspace of which a panel shows something. */
export interface ShownWorkspace {
  id: string;
  label: string;
  /** Facets that it does not have; absent: all are there. */
  lacks?: Facet[];
  /** It has not answered yet. */
  isPending?: true;
  /** Why its runs could not be read. */
  problem?: ErrorData;
}

/** Whether its runs are missing: it has failed, or not answered yet. */
export function lacksRuns({ problem, isPending }: ShownWorkspace): boolean {
  return problem !== undefined || isPending === true;
}
