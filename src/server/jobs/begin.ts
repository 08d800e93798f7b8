import type { JobRecord, RankRuns } from '../store/jobs.js';
import { PARENT_TAG, type RunRecord } from '../store/runs.js';
import type { Store } from '../store/store.js';
import type { Rank } from './rank.js';

/** How the runs that a script begins become those of its job. */

/** A run as a script asks for it. */
export interface RunRequest {
  experimentId: string;
  /** Absent: the script leaves it to the server. */
  name?: string;
  user: string;
  startTime: number;
  tags: Record<string, string>;
}

const CODE_TAGS = [
  'trainyard.snapshot.commit',
  'mlflow.source.git.commit',
  'mlflow.source.git.branch',
  'mlflow.source.git.repoURL',
];

/**
 * The run that a script of `job` asks for, for use inside Store.write. The first one that a job begins is the run that
 * was made for it at the submit; later ones are new, and belong to the job. Ranks of distributed training share: the
 * n-th run that each of them begins is one run, unless they ask for different ones.
 * @throws NOT_FOUND (experiment) | BAD_REQUEST (experiment is deleted)
 */
export function beginRun(store: Store, job: JobRecord, request: RunRequest, rank?: Rank): RunRecord {
  if (rank === undefined) return beginOne(store, job, request);
  const { ranks } = job;
  const before = ranks.begun[rank.number] ?? 0;
  const shared = store.runs.get(ranks.runs[before] ?? '');
  const run = shared && isAskedForBy(store, job, shared, request) ? shared : beginOne(store, job, request);
  if (run === shared) addMissingTags(store, run.id, request.tags);
  const begun = { ...ranks.begun, [rank.number]: before + 1 };
  const runs = ranks.runs.length > before ? ranks.runs : [...ranks.runs, run.id];
  store.jobs.update(job.runId, { ranks: { ...ranks, begun, runs } });
  return run;
}

function beginOne(store: Store, job: JobRecord, request: RunRequest): RunRecord {
  const ofItself = request.tags[PARENT_TAG] === job.runId;
  if (job.begun || ofItself || store.runs.get(job.runId)?.lifecycle !== 'active')
    return store.runs.create({
      ...request,
      tags: { ...request.tags, ...codeTags(store, job) },
      jobId: job.runId,
    });
  store.jobs.update(job.runId, { begun: true });
  store.runs.move(job.runId, request.experimentId);
  addMissingTags(store, job.runId, request.tags);
  // A name that a person gave at the submit stays.
  const name = job.spec.displayName ? undefined : request.name;
  return store.runs.update(job.runId, { status: 'running', name });
}

/** Whether another rank, which began `run`, asked for the same. */
function isAskedForBy(
  store: Store,
  job: JobRecord,
  run: RunRecord,
  { experimentId, name, tags }: RunRequest,
): boolean {
  const parent = store.runs.full(run.id)?.tags[PARENT_TAG];
  // A parent that the submit named is nothing that the script asks for.
  const ofSubmit = run.id === job.runId && parent === job.spec.parentRunId;
  return (
    run.experimentId === experimentId &&
    (parent === tags[PARENT_TAG] || (ofSubmit && tags[PARENT_TAG] === undefined)) &&
    (name === undefined || name === run.name)
  );
}

function codeTags(store: Store, job: JobRecord): Record<string, string> {
  const tags = Object.entries(store.runs.full(job.runId)?.tags ?? {});
  return Object.fromEntries(tags.filter(([key]) => CODE_TAGS.includes(key)));
}

/** The script's tags, but for what is known of the run better than MLflow's client knows it. */
function addMissingTags(store: Store, runId: string, tags: Record<string, string>): void {
  const known = store.runs.full(runId)?.tags ?? {};
  const isKnown = (key: string) => /^(mlflow|trainyard)\./.test(key) && Object.hasOwn(known, key);
  const missing = Object.entries(tags).filter(([key]) => !isKnown(key));
  if (missing.length > 0) store.runs.setTags(runId, Object.fromEntries(missing));
}

/** When a job has ended: so have the runs that its script left open. For use inside Store.write. */
export function endRunsOf(
  store: Store,
  jobId: string,
  end: { status: 'finished' | 'failed' | 'killed'; endTime: number },
): void {
  for (const { id, status } of store.runs.ofJob(jobId))
    // One that has ended is told of anew: it shows how its job ended.
    store.runs.update(id, status === 'running' || status === 'scheduled' ? end : {});
}

/**
 * Logs params of a run that ranks share, for use inside Store.write. What they log alike is one param. Where they
 * differ, the param has the value of rank 0, and those of the others are params named `rank/<number>/<param>`.
 * @throws CONFLICT when a rank itself logs another value than before
 */
export function logParamsOfRank(
  store: Store,
  job: JobRecord,
  { runId, params, rank }: { runId: string; params: Record<string, string>; rank: Rank },
): void {
  const known = store.runs.params(runId);
  const firstBy = new Map(job.ranks.firstBy[runId]);
  const logged: [string, string][] = [];
  const ofRank = (key: string, number: number) => `rank/${number}/${key}`;
  for (const [key, value] of Object.entries(params)) {
    const other = Object.hasOwn(known, key) ? known[key] : undefined;
    const first = firstBy.get(key) ?? 0;
    if (other === undefined) {
      logged.push([key, value]);
      if (rank.number !== 0) firstBy.set(key, rank.number);
    } else if (other === value || first === rank.number) logged.push([key, value]);
    else if (rank.number === 0) {
      store.runs.replaceParam(runId, key, value);
      logged.push([ofRank(key, first), other]);
      firstBy.delete(key);
    } else logged.push([ofRank(key, rank.number), value]);
  }
  store.runs.logParams(runId, Object.fromEntries(logged));
  const ranks: RankRuns = { ...job.ranks, firstBy: { ...job.ranks.firstBy, [runId]: [...firstBy] } };
  if (firstBy.size !== (job.ranks.firstBy[runId]?.length ?? 0)) store.jobs.update(job.runId, { ranks });
}
