import path from 'node:path';
import fs from 'node:fs';
import { TrainyardError } from '../../base/errors.js';
import { codeOf, inputsOf } from '../../targets/shared/code.js';
import { tokenVariables } from '../../targets/shared/environment.js';
import type { Job, JobData, Target } from '../../targets/target.js';
import type { ServerSettings } from '../../workspace/types.js';
import { noteBuilt } from '../environments/build.js';
import type { JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';
import { attempt } from './contact.js';
import { outputsOf } from './declared-outputs.js';
import { environmentOf } from './environment.js';
import type { JobInputs } from './inputs.js';
import { keepJob } from './kept-jobs.js';
import type { SecretsInMemory } from './secrets.js';
import { jobToken } from './token.js';

/** The variable that tells a job the folder whose files become files of its run. */
const OUTPUT_VARIABLE = 'TRAINYARD_OUTPUT';

export interface StarterOptions {
  store: Store;
  home: string;
  /** Address of this server. */
  serverUrl: () => string;
  /** The server's own, of which those of jobs are made. */
  token: string;
  settings: () => ServerSettings;
  secrets: SecretsInMemory;
  inputs: JobInputs;
}

/** Brings jobs to their targets: what is written down is enough to find out afterwards whether one arrived. */
export class Starter {
  private readonly options: StarterOptions;

  constructor(options: StarterOptions) {
    this.options = options;
  }

  /**
   * Starts a job; one that has a handle already may have been started before.
   * @returns false: it was cancelled meanwhile, and nothing was started
   * @throws TrainyardError when it cannot be started | UnreachableError when nobody knows
   */
  async start(record: JobRecord, target: Target): Promise<boolean> {
    const { store, home, secrets, inputs } = this.options;
    const { runId } = record;
    const inMemory = secrets.get(runId);
    if (!inMemory && record.secretNames.length > 0)
      throw new TrainyardError(
        'TARGET_FAILED',
        `Its secrets (${record.secretNames.join(', ')}) were only in the memory of a server that ended. Submit it again.`,
      );
    if (!inMemory && record.memoryNames.length > 0)
      await store.write(() => store.jobs.update(runId, { reason: lostNames(record.memoryNames) }));
    target.expect?.(runId);
    const job = this.jobOf(record, await inputs.of(record));
    const handle = record.handle ?? target.plan(job);
    if (store.jobs.get(runId)?.cancelRequested) return false;
    if (!record.handle) {
      keepJob(home, runId, { ...record, handle });
      await store.write(() => store.jobs.update(runId, { handle, state: 'preparing' }));
    }
    await attempt(target, () =>
      target.start(job, handle, {
        ...inMemory?.declared,
        ...tokenVariables(record.spec.environmentVariables, job.tracking.token),
      }),
    );
    secrets.delete(runId);
    if (job.environment?.kind === 'defined') await noteBuilt(store, target, job.environment);
    inputs.forget(runId);
    return true;
  }

  private jobOf({ runId, spec, snapshot, baseEnv }: JobRecord, data: JobData[]): Job {
    if (!snapshot) throw new TrainyardError('INTERNAL', 'The job has no snapshot.');
    const { store, serverUrl, token, settings, secrets } = this.options;
    const environment = environmentOf(store, spec.environment);
    return {
      id: runId,
      code: codeOf(snapshot, workingFolderIn(snapshot.root, spec)),
      ...(spec.launcher && { launcher: spec.launcher }),
      command: spec.command,
      ...(environment && { environment }),
      parameters: spec.parameters ?? {},
      data,
      ...(spec.resources && { resources: spec.resources }),
      ...(spec.network && { network: spec.network }),
      ...(spec.debug && { debug: spec.debug }),
      variables: {
        own: spec.environmentVariables,
        inherited: baseEnv,
        inheritedInMemory: secrets.get(runId)?.inherited ?? {},
      },
      inputs: inputsOf(snapshot),
      outputs: [{ variable: OUTPUT_VARIABLE, path: '' }, ...outputsOf(spec)],
      timeout: spec.timeout ?? 0,
      grace: settings().grace,
      ...(snapshot.umask !== undefined && { umask: snapshot.umask }),
      tracking: { url: serverUrl(), token: jobToken(token, runId) },
    };
  }
}

/** Where the command starts, from the root of the code, with `/`. */
function workingFolderIn(root: string, { codeFolder, workingFolder }: JobRecord['spec']): string {
  // The folder that a person named may be a link to the one that was kept.
  const inside = path.relative(root, fs.existsSync(codeFolder) ? fs.realpathSync(codeFolder) : codeFolder);
  return path.join(inside, workingFolder).split(path.sep).join('/').replace(/^\.$/, '');
}

function lostNames(names: readonly string[]): string {
  const named = names.length > 5 ? [...names.slice(0, 5), '…'] : names;
  return `It ran without ${named.join(', ')}: Trainyard does not write such variables down, and its server was ended before the job started.`;
}
