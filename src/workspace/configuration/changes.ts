import { TrainyardError } from '../../base/errors.js';
import { type Holdings, kindOf, type Surroundings, WORKSPACE_KINDS } from '../registry.js';
import { changeList, readList } from './file.js';
import {
  findWorkspace,
  type NewWorkspace,
  newId,
  withActive,
  withAdded,
  withRemoved,
  withRenamed,
  type WorkspaceEntry,
} from './list.js';

/** What people do with their list of workspaces, in the editor and on the command line. Each takes a name or an id. */

/**
 * Adds a workspace; nothing is started or asked yet.
 * @throws BAD_REQUEST for a name that is invalid or taken, an unknown kind, or settings that its kind cannot use
 */
export async function addWorkspace(
  workspace: NewWorkspace,
  surroundings: Surroundings,
): Promise<WorkspaceEntry> {
  if (!WORKSPACE_KINDS.some(({ kind }) => kind === workspace.kind))
    throw new TrainyardError('BAD_REQUEST', `“${workspace.kind}” is not a kind of workspace.`, {
      hint: `The kinds are ${WORKSPACE_KINDS.map(({ kind }) => kind).join(', ')}.`,
    });
  const { kind: _, name, ...settings } = workspace;
  const entry: WorkspaceEntry = {
    ...settings,
    id: workspace.id ?? newId(name),
    name: name.trim(),
    kind: workspace.kind,
  };
  const kind = await kindOf(entry);
  await kind.open(entry, surroundings);
  let admitted = entry;
  await changeList(surroundings.home, (list) => {
    admitted = kind.admit?.(entry, list.workspaces, surroundings) ?? entry;
    return withAdded(list, admitted);
  });
  return admitted;
}

/**
 * Connects to a workspace once, to say early what is wrong with its settings. The list is left as it is.
 * @returns what is there, e.g. `MLflow 3.17.2`; undefined for a kind that has nothing to connect to
 * @throws TrainyardError that says what is wrong
 */
export async function checkWorkspace(
  entry: WorkspaceEntry,
  surroundings: Surroundings,
  signal?: AbortSignal,
): Promise<string | undefined> {
  return (await kindOf(entry)).check?.(entry, surroundings, signal);
}

/** @throws NOT_FOUND | BAD_REQUEST */
export async function renameWorkspace(home: string, nameOrId: string, name: string): Promise<void> {
  await changeList(home, (list) => withRenamed(list, findWorkspace(list, nameOrId).id, name));
}

/** Makes it the one that submits go to. @throws NOT_FOUND */
export async function activateWorkspace(home: string, nameOrId: string): Promise<WorkspaceEntry> {
  const list = await changeList(home, (list) => withActive(list, findWorkspace(list, nameOrId).id));
  return findWorkspace(list, list.active);
}

/** What is lost with a workspace; undefined when nothing is, since it is kept elsewhere. @throws NOT_FOUND */
export async function holdingsOf(
  nameOrId: string,
  surroundings: Surroundings,
): Promise<Holdings | undefined> {
  const entry = findWorkspace(await readList(surroundings.home), nameOrId);
  return (await kindOf(entry)).holdings?.(entry, surroundings);
}

export interface Removed {
  entry: WorkspaceEntry;
  /** Where its folder is now; undefined when nothing was kept here. */
  folder?: string;
}

/**
 * Takes a workspace off the list and puts its folder away; nothing is deleted.
 * @param isBroken it cannot be opened, so nobody knows whether it has jobs
 * @throws NOT_FOUND | BAD_REQUEST for the workspace of this computer | CONFLICT while it has active jobs
 */
export async function removeWorkspace(
  nameOrId: string,
  surroundings: Surroundings,
  { isBroken = false } = {},
): Promise<Removed> {
  const { home } = surroundings;
  const list = await readList(home);
  const entry = findWorkspace(list, nameOrId);
  // Refused before anything is changed.
  withRemoved(list, entry.id);
  const kind = WORKSPACE_KINDS.some((known) => known.kind === entry.kind) ? await kindOf(entry) : undefined;
  const holdings = isBroken ? undefined : await kind?.holdings?.(entry, surroundings);
  const activeJobs = holdings?.activeJobs ?? 0;
  if (activeJobs > 0)
    throw new TrainyardError(
      'CONFLICT',
      activeJobs === 1
        ? `The workspace “${entry.name}” has an active job.`
        : `The workspace “${entry.name}” has ${activeJobs} active jobs.`,
      { hint: 'Wait until they have ended, or cancel them.' },
    );
  await changeList(home, (list) => withRemoved(list, entry.id));
  const folder = await kind?.putAway?.(entry, surroundings);
  return { entry, ...(folder !== undefined && { folder }) };
}
