import { TrainyardError } from '../base/errors.js';
import type { JobSpec } from '../job/spec.js';
import type { WorkspaceEntry } from './configuration/list.js';
import { kindOf, type Surroundings, type Tracking, WORKSPACE_KINDS } from './registry.js';

/** Jobs whose scripts log to another workspace than the one that runs them. */

const EXPERIMENT = 'MLFLOW_EXPERIMENT_NAME';
/** By these, MLflow's client finds a server and is known there. */
const OF_A_SERVER = /^MLFLOW_TRACKING_(URI|TOKEN|USERNAME|PASSWORD|SERVER_CERT_PATH)$/;

/** What a submit needs so that its script logs to a workspace. */
export interface LogTo {
  /** The spec with the variables that may be written down. */
  spec: JobSpec;
  /** For the submit only. */
  secrets: Record<string, string>;
}

/**
 * Has the script of a job log to a workspace, by default to the experiment there that the submit names.
 * @param secretNames other secrets of the job
 * @throws NOT_SUPPORTED when scripts cannot log there | UNAUTHENTICATED when a secret is not known on this computer |
 * BAD_REQUEST when the job itself names a server
 */
export async function logTo(
  spec: JobSpec,
  secretNames: readonly string[],
  entry: WorkspaceEntry,
  surroundings: Surroundings,
): Promise<LogTo> {
  const own = spec.environmentVariables;
  const clash = [...Object.keys(own), ...secretNames].find((name) => OF_A_SERVER.test(name));
  if (clash !== undefined)
    throw new TrainyardError(
      'BAD_REQUEST',
      `The job has a variable ${clash} of its own, so it cannot log to the workspace “${entry.name}”.`,
      { hint: 'Leave out the variable or the workspace.' },
    );
  const tracking = await trackingOf(entry, surroundings);
  const namesExperiment = EXPERIMENT in own || 'MLFLOW_EXPERIMENT_ID' in own;
  const environmentVariables = {
    ...(!namesExperiment && { [EXPERIMENT]: spec.experiment }),
    ...own,
    ...tracking.variables,
  };
  return { spec: { ...spec, environmentVariables }, secrets: await tracking.secrets() };
}

/**
 * Secrets of a job that logged to one of the workspaces, for another submit of it.
 * @param wanted names of the secrets that the job had
 * @returns none when it logged to none of them
 * @throws UNAUTHENTICATED when a secret is not known on this computer
 */
export async function secretsForLogging(
  { environmentVariables: own }: JobSpec,
  wanted: readonly string[],
  entries: readonly WorkspaceEntry[],
  surroundingsOf: (entry: WorkspaceEntry) => Surroundings,
): Promise<Record<string, string>> {
  if (!wanted.some((name) => OF_A_SERVER.test(name))) return {};
  const names = Object.keys(own).filter((name) => OF_A_SERVER.test(name));
  const fits = ({ variables, secretNames }: Tracking) =>
    secretNames.length > 0 &&
    secretNames.every((name) => wanted.includes(name)) &&
    names.length === Object.keys(variables).length &&
    names.every((name) => own[name] === variables[name]);
  const places = await placesToLog(entries, surroundingsOf);
  return places.find(({ tracking }) => tracking && fits(tracking))?.tracking?.secrets() ?? {};
}

/** A workspace that scripts can log to, or what keeps them from it, in words. */
export type PlaceToLog =
  | { entry: WorkspaceEntry; tracking: Tracking; problem?: undefined }
  | { entry: WorkspaceEntry; tracking?: undefined; problem: string };

/** Those of the workspaces whose kind scripts can log to. */
export async function placesToLog(
  entries: readonly WorkspaceEntry[],
  surroundingsOf: (entry: WorkspaceEntry) => Surroundings,
): Promise<PlaceToLog[]> {
  const places = await Promise.all(
    entries.map(async (entry): Promise<PlaceToLog[]> => {
      // A later version may know the kind.
      if (!WORKSPACE_KINDS.some(({ kind }) => kind === entry.kind)) return [];
      const kind = await kindOf(entry);
      try {
        const tracking = kind.tracking?.(entry, surroundingsOf(entry));
        return tracking ? [{ entry, tracking }] : [];
      } catch (error) {
        if (!TrainyardError.is(error)) throw error;
        return [{ entry, problem: error.message }];
      }
    }),
  );
  return places.flat();
}

async function trackingOf(entry: WorkspaceEntry, surroundings: Surroundings): Promise<Tracking> {
  const tracking = (await kindOf(entry)).tracking?.(entry, surroundings);
  if (tracking) return tracking;
  throw new TrainyardError('NOT_SUPPORTED', `Jobs cannot log to the workspace “${entry.name}”.`, {
    hint: 'Choose an MLflow tracking server.',
  });
}
