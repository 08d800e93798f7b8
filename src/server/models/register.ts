import { TrainyardError } from '../../base/errors.js';
import type { ModelSource } from '../../workspace/types.js';
import type { Store } from '../store/store.js';
import { LONGEST_MODEL_NAME, problemOfModelName } from './name.js';
import { newVersion } from './new-version.js';

/**
 * Creates a version of the registered model `name`, and the model if needed, as MLflow's client would.
 * @throws BAD_REQUEST (name) | NOT_FOUND
 */
export async function register(store: Store, name: string, model: ModelSource): Promise<{ version: string }> {
  checkName(name);
  const { version } = await store.write(() => {
    if (!store.models.registered(name)) store.models.createRegistered({ name });
    return 'modelId' in model
      ? ofLogged(store, name, model.modelId)
      : ofFolder(store, name, model.runId, model.path);
  });
  return { version: String(version) };
}

function ofLogged(store: Store, name: string, modelId: string) {
  const model = store.models.logged(modelId);
  if (model?.lifecycle !== 'active')
    throw new TrainyardError('NOT_FOUND', `There is no logged model ${modelId}.`);
  return newVersion(store, { name, source: `models:/${modelId}` }, model);
}

function ofFolder(store: Store, name: string, runId: string, path: string) {
  const run = store.runs.get(runId);
  if (!run) throw new TrainyardError('NOT_FOUND', `There is no run ${runId}.`);
  if (!store.artifacts.stat(`runs/${runId}`, `${path}/MLmodel`))
    throw new TrainyardError('NOT_FOUND', `The run has no model in ${path}.`);
  return newVersion(store, { name, source: `${run.artifactUri}/${path}`, runId }, undefined);
}

const WORDS = {
  empty: 'The name of the model is empty.',
  separator: 'The name of a model cannot contain “/” or “:”.',
  long: `The name of a model has at most ${LONGEST_MODEL_NAME} characters.`,
  path: 'The name of a model cannot be that of a folder, such as “..”.',
};

function checkName(name: string): void {
  const problem = problemOfModelName(name);
  if (problem === undefined) return;
  throw new TrainyardError('BAD_REQUEST', WORDS[problem], { hint: 'Choose another name.' });
}
