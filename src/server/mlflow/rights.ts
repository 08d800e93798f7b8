import type { JobScope } from '../jobs/scope.js';
import type { Store } from '../store/store.js';
import { WHAT_A_JOB_MAY } from '../who.js';
import { MlflowError } from './errors.js';
import { lineageOf } from './lineage.js';
import { versionNumber } from './lookup.js';
import { findArtifact } from './paths.js';
import { keptPath } from './sources.js';

/** What a job may call an endpoint for: its token logs to its own runs and to what belongs to them, and to nothing else. */

/** @template I the fields of a request that it looks at */
export interface Right<I> {
  /** For docs/mlflow-protocol.md: what a job may call it for. */
  words: string;
  /** What is not there passes: the handler says so. @throws PERMISSION_DENIED */
  require: (input: I, job: JobScope, store: Store) => void;
}

function refuse(what: string): MlflowError {
  return new MlflowError(
    'PERMISSION_DENIED',
    `The token of a job cannot write to ${what}. ${WHAT_A_JOB_MAY}`,
  );
}

function requireRun(id: string, job: JobScope, store: Store): void {
  if (!job.hasRun(id) && store.runs.get(id)) throw refuse(`run ${id}, which it did not begin`);
}

function requireModel(id: string, job: JobScope, store: Store): void {
  const model = store.models.logged(id);
  if (model && !job.hasModel(model)) throw refuse(`logged model ${id}, which is of another run`);
}

/** What is known of a model may come from runs beside the one that made it, such as one that evaluates it. */
function requireModelOfExperiment(id: string, job: JobScope, store: Store): void {
  const model = store.models.logged(id);
  if (model && !job.hasModel(model) && !job.hasExperiment(model.experimentId))
    throw refuse(`logged model ${id}, which is in another experiment`);
}

/** `named`: a path of the artifact proxy */
function requireArtifact(named: string, job: JobScope, store: Store): void {
  const { owner, path } = findArtifact(store, named) ?? { owner: '', path: '' };
  const [kind, id = ''] = owner.split('/');
  if (kind === 'runs') requireRun(id, job, store);
  if (kind === 'models') requireModel(id, job, store);
  // Nobody knows whose a trace is. A file of a new one is there for the first time.
  if (kind === 'traces' && store.artifacts.stat(owner, path))
    throw refuse(`trace ${id}, which is there already`);
}

export const ITS_RUNS: Right<{ run_id: string }> = {
  words: 'its runs',
  require: ({ run_id: id }, job, store) => requireRun(id, job, store),
};

interface Points {
  run_id: string;
  model_id?: string;
  metrics?: readonly { model_id?: string }[];
}

export const ITS_POINTS: Right<Points> = {
  words: 'its runs, models of its experiment',
  require: ({ run_id: id, ...point }, job, store) => {
    requireRun(id, job, store);
    const models = [point, ...(point.metrics ?? [])].map(({ model_id: model }) => model);
    for (const model of new Set(models)) if (model) requireModelOfExperiment(model, job, store);
  },
};

export const ITS_ARTIFACTS: Right<{ '*': string }> = {
  words: 'its runs and models, new traces',
  require: ({ '*': named }, job, store) => requireArtifact(named, job, store),
};

export const NEW_MODEL: Right<{ source_run_id?: string }> = {
  words: 'its runs',
  require: ({ source_run_id: id }, job, store) => {
    if (id) requireRun(id, job, store);
  },
};

export const ITS_MODELS: Right<{ model_id: string }> = {
  words: 'its models',
  require: ({ model_id: id }, job, store) => requireModel(id, job, store),
};

export const MODELS_OF_ITS_EXPERIMENT: Right<{ model_id: string }> = {
  words: 'models of its experiment',
  require: ({ model_id: id }, job, store) => requireModelOfExperiment(id, job, store),
};

/** A version names the run, the logged model or the files that it comes from. */
export const NEW_VERSION: Right<{ source: string; run_id?: string; model_id?: string }> = {
  words: 'its runs and models',
  require: (input, job, store) => {
    const { source, runId, modelId } = lineageOf(store, input);
    if (!runId && !modelId) throw refuse(`the registry: ${source} is of no run that it began`);
    if (runId) requireRun(runId, job, store);
    if (modelId) requireModel(modelId, job, store);
    const kept = keptPath(source);
    if (kept !== undefined) requireArtifact(kept, job, store);
  },
};

export const ITS_VERSIONS: Right<{ name: string; version: string }> = {
  words: 'versions of its runs and models',
  require: ({ name, version: number }, job, store) => {
    const version = store.models.version(name, versionNumber(number));
    if (!version) return;
    const model = store.models.logged(version.modelId);
    if (version.runId ? !job.hasRun(version.runId) : !model || !job.hasModel(model))
      throw refuse(`version ${number} of ${name}, which does not come from it`);
  },
};
