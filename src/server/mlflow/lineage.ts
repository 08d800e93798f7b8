import type { Store } from '../store/store.js';
import { loggedModelId, notBeside, sourceRunId, versionOf } from './sources.js';

/** Where a model version comes from. */

export interface Lineage {
  source: string;
  runId: string | undefined;
  modelId: string | undefined;
}

/**
 * The run that a version comes from; scripts for MLflow 2 need not name it beside the source.
 * @throws INVALID_PARAMETER_VALUE when the source is of another one
 */
function runOf(store: Store, source: string, named: string | undefined): string | undefined {
  const id = sourceRunId(store, source);
  if (named && id !== undefined && named !== id) throw notBeside(source, 'run_id');
  return named || (id !== undefined && store.runs.get(id) ? id : undefined);
}

/** A copied version comes from the same run and logged model. */
export function lineageOf(
  store: Store,
  { source, run_id: runId, model_id: modelId }: { source: string; run_id?: string; model_id?: string },
): Lineage {
  const ofModel = loggedModelId(source);
  if (!source.startsWith('models:') || ofModel !== undefined)
    return { source, runId: runOf(store, source, runId), modelId: modelId || ofModel };
  const copied = versionOf(store, source);
  return {
    source: `models:/${copied.name}/${copied.version}`,
    runId: runId || copied.runId,
    modelId: modelId || copied.modelId,
  };
}
