import { lacksOutputs } from '../jobs/collector.js';
import { withoutPassword } from '../jobs/elsewhere.js';
import { wordsOf } from '../../job/spec.js';
import { codeOfTags } from '../../workspace/code-of-tags.js';
import type { DataInput, JobSummary, ModelLink, RunState } from '../../workspace/types.js';
import type { ServedRun } from '../../workspace/local/contract.js';
import { ARTIFACT_SCHEME } from '../store/artifact-path.js';
import { allPatterns, type JobRecord } from '../store/jobs.js';
import type { DatasetInput, FullRun } from '../store/full-runs.js';
import { PARENT_TAG, type RunStatus } from '../store/runs.js';
import type { Store } from '../store/store.js';
import { environmentOf } from './environment-view.js';

const STATES: Record<RunStatus, RunState> = {
  scheduled: 'queued',
  running: 'running',
  finished: 'finished',
  failed: 'failed',
  killed: 'cancelled',
};

/** Runs as people see them: the data of the script, overridden by what the job knows. */
export function toRuns(store: Store, runs: readonly FullRun[]): ServedRun[] {
  const jobs = store.jobs.ofRuns(runs.map(({ id }) => id));
  return runs.map((run) => toRun(run, jobs.get(run.id)));
}

/** The runs of these ids, less those that are deleted. */
export function toListedRuns(store: Store, ids: readonly string[]): ServedRun[] {
  const found = ids.flatMap((id) => store.runs.full(id) ?? []);
  return toRuns(
    store,
    found.filter(({ lifecycle }) => lifecycle === 'active'),
  );
}

/** One run as in a search, without the environment of its model. */
export function toListedRun(store: Store, run: FullRun): ServedRun {
  return toRun(run, store.jobs.ofRun(run.id));
}

/** One run with its inputs, output models and environment. */
export async function toSingleRun(store: Store, run: FullRun): Promise<ServedRun> {
  return {
    ...toRun(run, store.jobs.ofRun(run.id)),
    inputs: run.datasets.map(inputOf),
    models: linksOf(store, run),
    environment: await environmentOf(store, run),
  };
}

function toRun(run: FullRun, job: JobRecord | undefined): ServedRun {
  // A script may end its run long before its process ends. Other runs that it started end when it says so.
  const own = job?.runId === run.id ? job : undefined;
  return {
    id: run.id,
    number: run.number,
    experimentId: run.experimentId,
    name: run.name,
    state: own?.state ?? STATES[run.status],
    lifecycle: run.lifecycle,
    user: run.user,
    startTime: own?.startedAt ?? run.startTime,
    endTime: own ? own.endedAt : (run.endTime ?? undefined),
    parentRunId: run.tags[PARENT_TAG],
    filesElsewhere: run.artifactUri.startsWith(ARTIFACT_SCHEME) ? undefined : run.artifactUri,
    metrics: run.metrics,
    params: run.params,
    tags: run.tags,
    code: job ? codeOf(job) : codeOfTags(run.tags),
    job: job && summaryOf(job),
  };
}

function inputOf({ name, digest, sourceType, source, profile, tags }: DatasetInput): DataInput {
  const context = tags['mlflow.data.context'];
  const version = versionOf(name, profile);
  return {
    ...{ name, digest, sourceType, source },
    ...(context && { context }),
    ...(version !== undefined && { version }),
  };
}

/** Of a data asset, as jobs/inputs.ts wrote it down; scripts write what they like. */
function versionOf(name: string, profile: string | null | undefined): string | undefined {
  if (!profile?.startsWith('{"input":"azureml:')) return undefined;
  const { input, type, version } = JSON.parse(profile) as Record<string, unknown>;
  const isData = typeof type === 'string' && !type.endsWith('_model');
  return isData && typeof version === 'string' && input === `azureml:${name}:${version}`
    ? version
    : undefined;
}

function linksOf(store: Store, { modelInputs, modelOutputs }: FullRun): ModelLink[] {
  // A model may be deleted, or from another server.
  const nameOf = (id: string) => store.models.logged(id)?.name ?? id;
  return [
    ...modelInputs.map((id): ModelLink => ({ id, name: nameOf(id), role: 'input' })),
    ...modelOutputs.map(({ modelId: id, step }): ModelLink => ({
      id,
      name: nameOf(id),
      role: 'output',
      step,
    })),
  ];
}

function codeOf({ snapshot, spec }: JobRecord): ServedRun['code'] {
  if (!snapshot) return undefined;
  return {
    head: snapshot.head,
    branch: snapshot.branch,
    snapshot: snapshot.commit,
    ...(snapshot.torn && { torn: true }),
    changedFiles: snapshot.changedFiles,
    root: snapshot.root,
    remote: snapshot.remote,
    script: spec.script,
  };
}

function summaryOf(job: JobRecord): JobSummary {
  const patterns = allPatterns(job);
  return {
    runId: job.runId,
    target: job.spec.target,
    command: wordsOf(job.spec),
    environment: job.spec.environment,
    workingFolder: job.spec.workingFolder,
    environmentVariables: job.spec.environmentVariables,
    exitCode: job.exitCode,
    reason: job.reason,
    lacksOutputs: lacksOutputs(job.reason) || undefined,
    cause: job.cause,
    metrics: patterns.length > 0 ? patterns : job.spec.metrics,
    progress: job.state === 'collecting' ? job.collected : job.progress,
    waiting: job.waiting,
    debugger: job.debugger,
    unreachable: job.unreachable,
    machine: job.machine,
    elsewhere: elsewhereOf(job),
    outsideCode: job.outsideCode.length > 0 ? job.outsideCode : undefined,
    queuedAt: job.queuedAt,
    startedAt: job.startedAt,
    endedAt: job.endedAt,
  };
}

/** Where the job logs besides: what its output or its end told, else the server that the submit named. */
function elsewhereOf({ elsewhere, spec }: JobRecord): string[] | undefined {
  if (elsewhere.length > 0) return elsewhere;
  const named = spec.environmentVariables['MLFLOW_TRACKING_URI'];
  return named ? [withoutPassword(named)] : undefined;
}
