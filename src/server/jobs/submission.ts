import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { hasCode, TrainyardError } from '../../base/errors.js';
import { type CommandJob, titleOf, wordsOf } from '../../job/spec.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { take } from '../../snapshot/take.js';
import type { SubmitRequest } from '../../workspace/local/contract.js';
import { PARENT_TAG } from '../store/runs.js';
import type { Store } from '../store/store.js';
import type { PendingRefs } from './pending.js';

export interface Submission extends SubmitRequest {
  runId: string;
  /** Of the submitter's environment: variables that are in memory only. */
  memoryNames: string[];
}

/**
 * Keeps the code of a job and writes it down as queued. @returns what was kept
 * @throws BAD_REQUEST | NOT_FOUND (parent) | CONFLICT (experiment) | LARGE_FILES | GIT_FAILED | TOO_LARGE
 */
export async function admit(
  { runId, spec: asked, secrets = {}, largeFiles, baseEnv, memoryNames, umask }: Submission,
  {
    store,
    home,
    sizeLimit,
    pending,
  }: { store: Store; home: string; sizeLimit: number; pending: PendingRefs },
): Promise<Snapshot> {
  checkSubmission(store, asked);
  try {
    const snapshot = await take({
      runId,
      folder: asked.codeFolder,
      hiddenRoot: path.join(home, 'snapshots'),
      apart: home,
      // What ran is kept, also when git ignores it.
      include: asked.script ? [asked.script] : [],
      sizeLimit,
      ...(largeFiles && { largeFiles }),
      ...(umask !== undefined && { umask }),
      message: `Trainyard run ${asked.displayName ?? runId}\n\n${wordsOf(asked).join(' ')}`,
      intend: async (refs) => pending.add(runId, refs),
    });
    const spec = fromRoot(asked, snapshot.root);
    await store.write(() => {
      // It may have been deleted while the code was kept.
      requireParent(store, spec);
      const now = Date.now();
      createRun(store, runId, spec, snapshot, userName(baseEnv), now);
      const secretNames = Object.keys(secrets);
      store.jobs.create({ runId, spec, baseEnv, secretNames, memoryNames, queuedAt: now });
      store.jobs.update(runId, { snapshot });
    });
    pending.settle(runId);
    return snapshot;
  } catch (error) {
    // Nobody knows of this snapshot. What failed first is what is told.
    await pending.drop(runId).finally(() => {
      throw error;
    });
    throw error;
  }
}

/** In a container the user may have no entry in the list of users, and so no name there. */
export function userName(env: Readonly<Record<string, string>>): string {
  try {
    return os.userInfo().username;
  } catch (error) {
    if (!hasCode(error, 'ERR_SYSTEM_ERROR')) throw error;
    return env['USER'] || env['LOGNAME'] || String(process.getuid?.() ?? 'unknown');
  }
}

/** The same job, told from the folder that was kept: that may be one above the code folder. */
function fromRoot(spec: CommandJob, root: string): CommandJob {
  const inRoot = path.relative(root, fs.realpathSync(spec.codeFolder)).split(path.sep).join('/');
  return {
    ...spec,
    codeFolder: root,
    workingFolder: path.posix.join(inRoot, spec.workingFolder).replace(/^\.$/, ''),
    ...(spec.script !== undefined && { script: path.posix.join(inRoot, spec.script) }),
  };
}

/** Before anything is kept of the job. @throws BAD_REQUEST | NOT_FOUND (parent) | CONFLICT (experiment) */
function checkSubmission(store: Store, spec: CommandJob): void {
  const folders = { code: spec.codeFolder, working: path.join(spec.codeFolder, spec.workingFolder) };
  for (const [kind, folder] of Object.entries(folders))
    if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new TrainyardError('BAD_REQUEST', `The ${kind} folder ${folder} does not exist.`);
  requireParent(store, spec);
  const experiment = store.experiments.byName(spec.experiment);
  if (experiment?.lifecycle === 'deleted')
    throw new TrainyardError('CONFLICT', `The experiment “${spec.experiment}” was deleted.`, {
      hint: 'Restore it, or choose another name.',
      details: { deletedExperiment: experiment.id },
    });
}

/** @throws NOT_FOUND when there is no such run, or it was deleted */
function requireParent({ runs }: Store, { parentRunId }: CommandJob): void {
  if (parentRunId === undefined || runs.get(parentRunId)?.lifecycle === 'active') return;
  const isDeleted = runs.get(parentRunId) !== undefined;
  throw new TrainyardError(
    'NOT_FOUND',
    `The parent run ${parentRunId} ${isDeleted ? 'was deleted' : 'does not exist'}.`,
    {
      hint: isDeleted ? 'Restore it, or submit without a parent run.' : 'Submit without a parent run.',
    },
  );
}

/** For use inside Store.write. */
export function createRun(
  { experiments, runs }: Store,
  runId: string,
  spec: CommandJob,
  snapshot: Snapshot,
  user: string,
  startTime: number,
): void {
  const experiment = experiments.byName(spec.experiment) ?? experiments.create({ name: spec.experiment });
  runs.create({
    id: runId,
    experimentId: experiment.id,
    name: spec.displayName,
    user,
    status: 'scheduled',
    startTime,
    tags: {
      ...spec.tags,
      ...(spec.parentRunId !== undefined && { [PARENT_TAG]: spec.parentRunId }),
      'mlflow.user': user,
      'mlflow.source.name': titleOf(spec),
      'mlflow.source.type': 'LOCAL',
      ...(snapshot.head && { 'mlflow.source.git.commit': snapshot.head }),
      ...(snapshot.branch && { 'mlflow.source.git.branch': snapshot.branch }),
      ...(snapshot.remote && { 'mlflow.source.git.repoURL': snapshot.remote }),
      'trainyard.snapshot.commit': snapshot.commit,
    },
  });
}
