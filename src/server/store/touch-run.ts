import type { RunPart } from '../../workspace/types.js';
import type { Database } from './sql.js';
import type { StoreChange } from './store.js';

/** Reports a change of a run; nothing if there is no such run. For use inside a change. */
export function touchRun(
  db: Database,
  touch: (change: StoreChange) => void,
  runId: string,
  part: RunPart,
): void {
  const run = db.get<{ experiment_id: number }>('SELECT experiment_id FROM runs WHERE id = ?', runId);
  if (run) touch({ type: 'run', runId, experimentId: String(run.experiment_id), part });
}
