import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { TrainyardError } from '../base/errors.js';
import { readList } from '../workspace/configuration/file.js';
import { findWorkspace, type WorkspaceEntry } from '../workspace/configuration/list.js';
import { homeOf } from '../workspace/local/launch.js';
import { LocalWorkspace } from '../workspace/local/workspace.js';
import { kindOf, openWorkspace as openEntry, type Surroundings } from '../workspace/registry.js';
import type { Workspace } from '../workspace/workspace.js';
import { credentialsOf } from './credentials.js';
import { shellWord } from './output.js';

export const serverEntry = fileURLToPath(new URL('./server.js', import.meta.url));

/** Says which workspace a call is about, in place of `--workspace`. */
const VARIABLE = 'TRAINYARD_WORKSPACE';

let chosen: string | undefined;
let askedVariable: string | undefined;

/** @param nameOrId what `--workspace` says; called before any command runs */
export function chooseWorkspace(nameOrId: string | undefined): void {
  chosen = nameOrId;
}

/** What a workspace is opened with. Without an entry: for what is done to the list. */
export function surroundingsOf(entry: Pick<WorkspaceEntry, 'id' | 'uri'> = { id: '' }): Surroundings {
  const credentials = credentialsOf(entry, process.env, (variable) => (askedVariable = variable));
  return { home: homeOf({}), serverEntry, credentials };
}

/** The workspace of this call: that of `--workspace`, of TRAINYARD_WORKSPACE, or the active one. @throws NOT_FOUND */
export async function chosenEntry(): Promise<WorkspaceEntry> {
  const list = await readList(homeOf({}));
  return findWorkspace(list, chosen ?? (process.env[VARIABLE] || list.active));
}

/** @param entry default: that of this call @throws NOT_FOUND | NOT_SUPPORTED | BAD_REQUEST */
export async function openWorkspace(entry?: WorkspaceEntry): Promise<Workspace> {
  const opened = entry ?? (await chosenEntry());
  return openEntry(opened, surroundingsOf(opened));
}

/** @throws NOT_SUPPORTED for a workspace that has no server of ours */
export async function openLocal(): Promise<LocalWorkspace> {
  const workspace = await openWorkspace();
  if (workspace instanceof LocalWorkspace) return workspace;
  throw notLocal(workspace.label);
}

/** The home of the workspace of this call; starts nothing. @throws NOT_SUPPORTED */
export async function localHome(): Promise<string> {
  const entry = await chosenEntry();
  const home = (await kindOf(entry)).folderOf?.(entry, surroundingsOf(entry));
  if (home === undefined) throw notLocal(entry.name);
  return home;
}

function notLocal(name: string): TrainyardError {
  return new TrainyardError('NOT_SUPPORTED', `The workspace “${name}” has no server on this computer.`, {
    hint: 'Choose another one with --workspace. List them with: trainyard workspaces',
  });
}

/** A call of this command that is about the same workspace, to be copied: `trainyard --workspace team runs`. */
export async function callAbout(workspace: Pick<Workspace, 'id'>, words: string): Promise<string> {
  return (await isDefault(workspace))
    ? `trainyard ${words}`
    : `trainyard --workspace ${shellWord(workspace.id)} ${words}`;
}

/** A run as a later call finds it, whatever workspace that is about. */
export async function referenceTo(workspace: Pick<Workspace, 'id'>, runId: string): Promise<string> {
  return (await isDefault(workspace)) ? runId : `${workspace.id}/${runId}`;
}

async function isDefault({ id }: Pick<Workspace, 'id'>): Promise<boolean> {
  const list = await readList(homeOf({}));
  return findWorkspace(list, process.env[VARIABLE] || list.active).id === id;
}

/** An error of a server that does not know us, with what to do about it here. */
export function withCredentialsHint(error: unknown): unknown {
  if (!TrainyardError.is(error, 'UNAUTHENTICATED') || askedVariable === undefined) return error;
  return new TrainyardError('UNAUTHENTICATED', error.message, {
    hint: `Set the variable ${askedVariable}. See “Credentials” in docs/cli.md.`,
    details: error.details,
    cause: error,
  });
}
