import fs from 'node:fs';
import path from 'node:path';
import { parseOrNothing } from '../../base/json.js';
import { writeFileAtomic } from '../../base/write-file.js';
import { inTodaysShape } from '../../job/spec.js';
import type { JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import { foldersOf } from './folders.js';
import { createRun, userName } from './submission.js';

/** What a job's folder says of it, so that a store that has lost the job gets it back. */
type KeptJob = Pick<
  JobRecord,
  'spec' | 'baseEnv' | 'secretNames' | 'memoryNames' | 'queuedAt' | 'snapshot' | 'handle'
>;

const FILE = 'submitted.json';

export function keepJob(home: string, runId: string, job: KeptJob): void {
  const { spec, baseEnv, secretNames, memoryNames, queuedAt, snapshot, handle } = job;
  const kept: KeptJob = { spec, baseEnv, secretNames, memoryNames, queuedAt, snapshot, handle };
  const { root } = foldersOf(home, runId);
  fs.mkdirSync(root, { recursive: true, mode: 0o700 });
  writeFileAtomic(path.join(root, FILE), JSON.stringify(kept));
}

/**
 * Writes down the jobs that the store does not know: as running, so that the next server finds out what became of each, and
 * reads its output again.
 * @returns how many
 */
export async function recoverJobs(store: Store, home: string): Promise<number> {
  const folder = path.join(home, 'jobs');
  if (!fs.existsSync(folder)) return 0;
  let count = 0;
  for (const runId of fs.readdirSync(folder)) {
    const file = path.join(folder, runId, FILE);
    if (!/^[0-9a-f]{32}$/.test(runId) || store.runs.get(runId) || !fs.existsSync(file)) continue;
    const job = parseOrNothing(fs.readFileSync(file, 'utf8')) as KeptJob | undefined;
    if (!job?.spec || !job.snapshot || !job.handle) continue;
    const spec = inTodaysShape(job.spec);
    const { snapshot, handle, baseEnv, secretNames, memoryNames, queuedAt } = job;
    await store.write(() => {
      createRun(store, runId, spec, snapshot, userName(baseEnv), queuedAt);
      store.jobs.create({ runId, spec, baseEnv, secretNames, memoryNames, queuedAt });
      store.jobs.update(runId, { snapshot, handle, state: 'running' });
      store.runs.update(runId, { status: 'running' });
    });
    count++;
  }
  return count;
}
