import { type Goal, goalOfName } from '../../src/base/goal.js';
import type { Goals } from '../../src/panels/table-messages.js';

export type { Goal };

/** The goal of a metric: as set by a person, or else implied by its name. */
export function goalOf(metric: string, said: Goals = {}): Goal {
  return said[`metric:${metric}`] ?? goalOfName(metric);
}
