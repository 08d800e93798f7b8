import { type Goal, goalOfName } from '../../src/base/goal.js';
import type { Goals } from '../../src/panels/table-messages.js';

export type { Goal };

/** What a metric is to be: as a person said, else as far as its name says. */
export function goalOf(metric: string, said: Goals = {}): Goal {
  return said[`metric:${metric}`] ?? goalOfName(metric);
}
