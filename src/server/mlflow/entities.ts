import type { ExperimentRecord } from '../store/experiments.js';
import type { LoggedModelRecord, ModelVersionRecord, RegisteredModelRecord } from '../store/models.js';
import type { DatasetInput, ListedRun } from '../store/full-runs.js';
import type { RunRecord } from '../store/runs.js';
import { jsonDouble, loggedModelStatus, runStatus, type Pair } from './params.js';

/** Records of the store as entities of the protocol. Fields that are undefined are left out of the JSON. */

/** Empty lists are left out. */
function list<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length > 0 ? items : undefined;
}

function pairs(record: Record<string, string>): readonly Pair[] | undefined {
  return list(Object.entries(record).map(([key, value]) => ({ key, value })));
}

export function experimentEntity(experiment: ExperimentRecord) {
  return {
    experiment_id: experiment.id,
    name: experiment.name,
    artifact_location: experiment.artifactLocation,
    lifecycle_stage: experiment.lifecycle,
    workspace: 'default',
    last_update_time: experiment.updatedAt,
    creation_time: experiment.createdAt,
    tags: pairs(experiment.tags),
  };
}

/** Clients before 3 read run_uuid, those since read run_id. */
export function runInfo(run: RunRecord) {
  return {
    run_uuid: run.id,
    run_id: run.id,
    experiment_id: run.experimentId,
    run_name: run.name,
    user_id: run.user,
    status: runStatus.name(run.status),
    start_time: run.startTime,
    end_time: run.endTime || undefined,
    artifact_uri: run.artifactUri,
    lifecycle_stage: run.lifecycle,
  };
}

/** The entity of a run as JSON. */
export function runText(run: ListedRun): string {
  const { metrics, params, tags } = run;
  const lists = Object.entries({ metrics, params, tags }).filter(([, json]) => json !== '[]');
  const data = `{${lists.map(([name, json]) => `"${name}":${json}`).join(',')}}`;
  const inputs = {
    dataset_inputs: list(run.datasets.map(datasetInput)),
    model_inputs: list(run.modelInputs.map((id) => ({ model_id: id }))),
  };
  const outputs = {
    model_outputs: list(run.modelOutputs.map(({ modelId, step }) => ({ model_id: modelId, step }))),
  };
  const [info, read, written] = [runInfo(run), inputs, outputs].map((part) => JSON.stringify(part));
  return `{"info":${info},"data":${data},"inputs":${read},"outputs":${written}}`;
}

function datasetInput({ tags, name, digest, sourceType, source, schema, profile }: DatasetInput) {
  return { tags: pairs(tags), dataset: { name, digest, source_type: sourceType, source, schema, profile } };
}

export function loggedModelEntity(model: LoggedModelRecord) {
  const metrics = model.metrics.map((metric) => ({
    key: metric.key,
    value: jsonDouble(metric.value),
    timestamp: metric.timestamp,
    step: metric.step,
    model_id: model.id,
    dataset_name: metric.datasetName || undefined,
    dataset_digest: metric.datasetDigest || undefined,
    run_id: metric.runId,
  }));
  return {
    info: {
      model_id: model.id,
      experiment_id: model.experimentId,
      name: model.name,
      creation_timestamp_ms: model.createdAt,
      last_updated_timestamp_ms: model.updatedAt,
      artifact_uri: model.artifactUri,
      status: loggedModelStatus.name(model.status),
      status_message: model.statusMessage || undefined,
      model_type: model.modelType,
      source_run_id: model.sourceRunId,
      tags: pairs(model.tags),
    },
    data: { params: pairs(model.params), metrics: list(metrics) },
  };
}

export function modelVersionEntity(version: ModelVersionRecord) {
  return {
    name: version.name,
    version: String(version.version),
    creation_timestamp: version.createdAt,
    last_updated_timestamp: version.updatedAt,
    current_stage: version.stage,
    description: version.description,
    source: version.source,
    run_id: version.runId,
    // Always ready: with any other status the client waits for minutes.
    status: 'READY',
    tags: pairs(version.tags),
    run_link: version.runLink,
    aliases: list(version.aliases),
  };
}

/** `versions` are all versions of the model. */
export function registeredModelEntity(model: RegisteredModelRecord, versions: readonly ModelVersionRecord[]) {
  return {
    name: model.name,
    creation_timestamp: model.createdAt,
    last_updated_timestamp: model.updatedAt,
    description: model.description || undefined,
    latest_versions: list(
      // As in MLflow: without aliases, which are added below.
      latestPerStage(versions).map((version) => modelVersionEntity({ ...version, aliases: [] })),
    ),
    tags: pairs(model.tags),
    aliases: list(
      Object.entries(model.aliases).map(([alias, version]) => ({ alias, version: String(version) })),
    ),
  };
}

export function latestPerStage(versions: readonly ModelVersionRecord[]): ModelVersionRecord[] {
  const ascending = versions.toSorted((a, b) => a.version - b.version);
  return [...new Map(ascending.map((version) => [version.stage, version])).values()];
}
