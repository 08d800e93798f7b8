import type { ExperimentRecord } from '../store/experiments.js';
import type { LoggedModel, ModelVersionRecord, RegisteredModelRecord } from '../store/models.js';
import type { RunRecord } from '../store/runs.js';
import type { Store } from '../store/store.js';
import { invalid, notFound } from './errors.js';
import { checkModelName } from './validation.js';

/** Records by id. Each function throws with MLflow's wording if the record is missing or in the wrong state. */

export function requireExperiment(store: Store, id: string): ExperimentRecord {
  const experiment = store.experiments.get(id);
  if (experiment) return experiment;
  checkExperimentId(id);
  throw notFound(`No Experiment with id=${id} exists`);
}

export function checkExperimentId(id: string): void {
  if (!/^-?\d+$/.test(id))
    throw invalid(`Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`);
}

export function requireActiveExperiment(store: Store, id: string): ExperimentRecord {
  const experiment = requireExperiment(store, id);
  if (experiment.lifecycle === 'active') return experiment;
  throw invalid(
    `The experiment ${id} must be in the 'active' state. Current state is ${experiment.lifecycle}.`,
  );
}

export function requireRun(store: Store, id: string): RunRecord {
  const run = store.runs.get(id);
  if (run) return run;
  throw notFound(`Run with id=${id} not found`);
}

/** Ended runs may be written to, deleted ones not. */
export function requireActiveRun(store: Store, id: string): RunRecord {
  const run = requireRun(store, id);
  if (run.lifecycle === 'active') return run;
  throw invalid(`The run ${id} must be in the 'active' state. Current state is ${run.lifecycle}.`);
}

export function requireLoggedModel(store: Store, id: string, allowDeleted = false): LoggedModel {
  const model = store.models.logged(id);
  if (model && (allowDeleted || model.lifecycle === 'active')) return model;
  throw notFound(`Logged model with ID '${id}' not found.`);
}

export function requireRegistered(store: Store, name: string): RegisteredModelRecord {
  checkModelName(name);
  const model = store.models.registered(name);
  if (model) return model;
  throw notFound(`Registered Model with name=${name} not found`);
}

export function requireVersion(store: Store, name: string, version: string): ModelVersionRecord {
  checkModelName(name);
  const found = store.models.version(name, versionNumber(version));
  if (found) return found;
  throw notFound(`Model Version (name=${name}, version=${version}) not found`);
}

export function versionNumber(version: string): number {
  const number = Number(version);
  if (/^-?\d+$/.test(version) && Number.isSafeInteger(number)) return number;
  throw invalid(`Parameter 'version' must be an integer, got '${version}'.`);
}

export function newestVersion(store: Store, name: string): ModelVersionRecord | undefined {
  return store.models
    .versions(name)
    .reduce<ModelVersionRecord | undefined>(
      (newest, version) => (newest && newest.version > version.version ? newest : version),
      undefined,
    );
}

/** The version that an alias names; the alias `latest` is always the newest. */
export function requireAliased(store: Store, name: string, alias: string): ModelVersionRecord {
  const { aliases } = requireRegistered(store, name);
  if (alias.toLowerCase() === 'latest') {
    const newest = newestVersion(store, name);
    if (newest) return newest;
    throw notFound(`Latest version not found for model ${name}.`);
  }
  if (!Object.hasOwn(aliases, alias)) throw invalid(`Registered model alias ${alias} not found.`);
  return requireVersion(store, name, String(aliases[alias]));
}
