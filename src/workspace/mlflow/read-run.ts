import { codeOfTags } from '../code-of-tags.js';
import type { DataInput, Experiment, MetricSummary, Run, RunState } from '../types.js';
import type { WireExperiment, WireMetric, WireRun, WireTag } from './wire.js';

/** From what MLflow says to the nouns of the domain. Pure. */

const STATES: Record<string, RunState> = {
  SCHEDULED: 'queued',
  RUNNING: 'running',
  FINISHED: 'finished',
  FAILED: 'failed',
  KILLED: 'cancelled',
};

export function readExperiment(experiment: WireExperiment): Experiment {
  const createdAt = Number(experiment.creation_time ?? 0);
  return {
    id: experiment.experiment_id,
    name: experiment.name,
    lifecycle: experiment.lifecycle_stage === 'deleted' ? 'deleted' : 'active',
    createdAt,
    updatedAt: Number(experiment.last_update_time ?? createdAt),
    tags: readTags(experiment.tags),
  };
}

/** @param workspace id of the workspace */
export function readRun({ info, data = {} }: WireRun, workspace: string): Run {
  const id = info.run_id ?? info.run_uuid ?? '';
  const tags = readTags(data.tags);
  const startTime = Number(info.start_time ?? 0);
  const endTime = Number(info.end_time ?? 0);
  const parentRunId = tags['mlflow.parentRunId'];
  const filesElsewhere = filesElsewhereOf(info.artifact_uri);
  const code = codeOfTags(tags);
  return {
    id,
    workspace,
    number: numberOf(startTime, id),
    experimentId: info.experiment_id,
    name: info.run_name ?? tags['mlflow.runName'] ?? '',
    state: STATES[info.status ?? ''] ?? 'running',
    lifecycle: info.lifecycle_stage === 'deleted' ? 'deleted' : 'active',
    user: info.user_id || (tags['mlflow.user'] ?? ''),
    startTime,
    ...(endTime > 0 && { endTime }),
    ...(parentRunId && { parentRunId }),
    ...(filesElsewhere !== undefined && { filesElsewhere }),
    metrics: Object.fromEntries((data.metrics ?? []).map((metric) => [metric.key, readSummary(metric)])),
    params: readTags(data.params),
    tags,
    ...(code && { code }),
  };
}

/** What only a run that is asked for by its id tells of its data. */
export function readInputs({ inputs }: WireRun): DataInput[] {
  return (inputs?.dataset_inputs ?? []).map(({ tags, dataset }) => {
    const context = readTags(tags)['mlflow.data.context'];
    return {
      name: dataset.name,
      digest: dataset.digest,
      ...(context && { context }),
      sourceType: dataset.source_type,
      source: dataset.source,
    };
  });
}

export function readTags(tags: readonly WireTag[] = []): Record<string, string> {
  // A key such as `__proto__` is one like any other.
  return Object.fromEntries(tags.map(({ key, value = '' }) => [key, value]));
}

/** MLflow tells of the newest point only. */
function readSummary({ value = 0, step = 0, timestamp = 0 }: WireMetric): MetricSummary {
  return { value: readDouble(value), step: Number(step), timestamp: Number(timestamp) };
}

/** The database of MLflow's server keeps an infinity as the greatest double. */
export function readDouble(value: number | string): number {
  const number = Number(value);
  return Math.abs(number) === Number.MAX_VALUE ? Math.sign(number) * Infinity : number;
}

/** Counts up with the start, and is the same whenever the run is read: MLflow does not number runs. */
function numberOf(startTime: number, id: string): number {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + character.charCodeAt(0)) % SPREAD;
  return Math.max(0, startTime) * SPREAD + hash;
}

const SPREAD = 1_000;

/**
 * Where the files are when the server does not hand them out: in the storage that the script writes to itself. Those on
 * the server's own disk and behind its proxy it does.
 */
function filesElsewhereOf(artifactUri = ''): string | undefined {
  const [, scheme] = /^([a-z][a-z0-9+.-]+):/i.exec(artifactUri) ?? [];
  return scheme === undefined || /^(mlflow-artifacts|file)$/i.test(scheme) ? undefined : artifactUri;
}
