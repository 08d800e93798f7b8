/** Puts together the environment of a job's process, for targets of every kind. */
import path from 'node:path';
import { pastProxies, trackingSecrets } from '../../workspace/local/tracking.js';
import type { Job } from '../target.js';

/** By this another tracking server is chosen. */
export const TRACKING = 'MLFLOW_TRACKING_URI';

/** What leads git to the repository of a hook or an alias that the job was submitted from, and to its index. */
const OF_A_REPOSITORY = new Set(
  'DIR WORK_TREE INDEX_FILE INDEX_VERSION OBJECT_DIRECTORY ALTERNATE_OBJECT_DIRECTORIES COMMON_DIR PREFIX NAMESPACE CONFIG CONFIG_PARAMETERS GRAFT_FILE SHALLOW_FILE REPLACE_REF_BASE NO_REPLACE_OBJECTS IMPLICIT_WORK_TREE INTERNAL_SUPER_PREFIX QUARANTINE_PATH REFLOG_ACTION'
    .split(' ')
    .map((name) => `GIT_${name}`),
);

export function isOfRepository(name: string): boolean {
  return OF_A_REPOSITORY.has(name.toUpperCase());
}

/** Where the target has put what the variables of a job name. */
export interface EnvironmentPlaces {
  /** Absolute, by the variables of outputs and data; see `bound`. */
  outputs: Readonly<Record<string, string>>;
  /** How the job reaches its tracking server from there; default: as this machine does. */
  trackingUrl?: string;
  /** Folders that git does not look into for a repository around the code, which is in none. */
  ceilings?: readonly string[];
}

/**
 * The environment of a process on the submitter's machine, but for its secrets. It names no run: the script begins one as it
 * does by hand, and the server knows by its token which job it belongs to.
 */
export function environmentHere(job: Job, places: EnvironmentPlaces): Record<string, string> {
  const { inherited, own } = job.variables;
  const base = Object.fromEntries(Object.entries(inherited).filter(([name]) => !isOfRepository(name)));
  const ceilings = [...(places.ceilings ?? []), inherited['GIT_CEILING_DIRECTORIES']].filter(Boolean);
  return {
    ...base,
    ...(ceilings.length > 0 && { GIT_CEILING_DIRECTORIES: ceilings.join(path.delimiter) }),
    ...ofJob(job, places),
    ...pastProxies({ ...inherited, ...own }),
    ...named(job, places),
  };
}

/** The same for another machine, whose own PATH, HOME and the like hold there: what the submitter's shell has means nothing. */
export function environmentElsewhere(job: Job, places: EnvironmentPlaces): Record<string, string> {
  return { ...ofJob(job, places), ...pastProxies(job.variables.own), ...named(job, places) };
}

/** What is never written down, on the submitter's machine. @param secrets as `start` gets them */
export function secretsHere(job: Job, secrets: Readonly<Record<string, string>>): Record<string, string> {
  const inherited = Object.entries(job.variables.inheritedInMemory).filter(
    ([name]) => !Object.hasOwn(job.variables.own, name),
  );
  return { ...Object.fromEntries(inherited), ...secrets };
}

/** By which the programs of a job are known to the server; none when the job has a tracking server of its own. */
export function tokenVariables(own: Readonly<Record<string, string>>, token: string): Record<string, string> {
  return TRACKING in own ? {} : trackingSecrets(token);
}

function ofJob({ variables, tracking }: Job, { trackingUrl }: EnvironmentPlaces): Record<string, string> {
  return {
    // Else Python holds back what it prints until its buffer is full.
    PYTHONUNBUFFERED: '1',
    [TRACKING]: trackingUrl ?? tracking.url,
    ...variables.own,
  };
}

function named({ id }: Job, { outputs }: EnvironmentPlaces): Record<string, string> {
  return { TRAINYARD_RUN_ID: id, ...outputs };
}
