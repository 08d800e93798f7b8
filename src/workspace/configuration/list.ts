import { randomBytes } from 'node:crypto';
import { TrainyardError } from '../../base/errors.js';
import { LOCAL_ID } from '../run-ref.js';

/** The workspaces of a person, as a list. Pure: see file.ts for where it is kept. */

/** A workspace as it is configured. What its kind needs besides stands beside the name. */
export interface WorkspaceEntry {
  /** Never changes, and is never used again: letters, digits, `-`, `_` and `.`. */
  id: string;
  /** What people call it; unique, whatever the case of its letters. */
  name: string;
  /** One of the kinds in registry.ts; a later version may have written one that this one does not know. */
  kind: string;
  /** Of a local workspace elsewhere: the absolute path of its folder. */
  home?: string;
  /** Of a server. */
  uri?: string;
  [setting: string]: unknown;
}

/** `workspaces` holds the one of this computer, first unless the file says otherwise. */
export interface WorkspaceList {
  /** Id of the one that submits go to unless something else is said. */
  active: string;
  workspaces: WorkspaceEntry[];
}

/** What a new one is made of. */
export interface NewWorkspace {
  /** Default: one that is made of its name; see `newId`. */
  id?: string;
  name: string;
  kind: string;
  home?: string;
  uri?: string;
  [setting: string]: unknown;
}

export const LOCAL_ENTRY: WorkspaceEntry = { id: LOCAL_ID, name: 'Local', kind: 'local' };

const LONGEST_NAME = 100;
/** A line ends, or the direction of what follows changes. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;
const VISIBLE = /[^\p{Z}\p{Cf}\p{M}]/u;

/** With the workspace of this computer, and an active one that exists. */
export function completeList(list: Partial<WorkspaceList>): WorkspaceList {
  const { active, workspaces = [] } = list;
  const all = workspaces.some(({ id }) => id === LOCAL_ID) ? workspaces : [LOCAL_ENTRY, ...workspaces];
  // With the fields of later versions.
  return { ...list, active: all.some(({ id }) => id === active) ? active! : LOCAL_ID, workspaces: all };
}

/**
 * What is wrong with a name for a workspace; undefined when nothing is.
 * @param of id of the workspace that gets the name, when it is there already
 */
export function problemOfName({ workspaces }: WorkspaceList, name: string, of?: string): string | undefined {
  const wanted = name.trim();
  if (!VISIBLE.test(wanted)) return 'A workspace needs a name.';
  if (wanted.length > LONGEST_NAME) return `A name has at most ${LONGEST_NAME} characters.`;
  if (CONTROL.test(wanted)) return 'A name is one line of text without control characters.';
  // The command line would take it for an option.
  if (wanted.startsWith('-')) return 'A name cannot begin with “-”.';
  const others = workspaces.filter(({ id }) => id !== of);
  // Both find a workspace.
  const taken = others.find((other) => isNamed(other, wanted) || other.id === wanted);
  return taken && `There is a workspace “${taken.name}” already.`;
}

/** The workspace that a name or an id means; undefined when there is none. */
export function workspaceNamed({ workspaces }: WorkspaceList, nameOrId: string): WorkspaceEntry | undefined {
  const wanted = nameOrId.trim();
  return workspaces.find(({ id }) => id === wanted) ?? workspaces.find((one) => isNamed(one, wanted));
}

/** The workspace that a name or an id means. @throws NOT_FOUND */
export function findWorkspace(list: WorkspaceList, nameOrId: string): WorkspaceEntry {
  const found = workspaceNamed(list, nameOrId);
  if (found) return found;
  const names = list.workspaces.map(({ name }) => `“${name}”`).join(', ');
  throw new TrainyardError('NOT_FOUND', `There is no workspace “${nameOrId}”.`, {
    hint: `The workspaces are ${names}.`,
  });
}

/** @throws BAD_REQUEST for a name that is invalid or taken */
export function withAdded(list: WorkspaceList, entry: WorkspaceEntry): WorkspaceList {
  requireName(list, entry.name);
  return { ...list, workspaces: [...list.workspaces, { ...entry, name: entry.name.trim() }] };
}

/** @throws NOT_FOUND | BAD_REQUEST for a name that is invalid or taken */
export function withRenamed(list: WorkspaceList, id: string, name: string): WorkspaceList {
  const renamed = { ...findWorkspace(list, id), name: name.trim() };
  requireName(list, name, id);
  return { ...list, workspaces: list.workspaces.map((entry) => (entry.id === id ? renamed : entry)) };
}

/** @throws NOT_FOUND */
export function withActive(list: WorkspaceList, id: string): WorkspaceList {
  return { ...list, active: findWorkspace(list, id).id };
}

/** The workspace of this computer becomes the active one when the active one goes. @throws NOT_FOUND | BAD_REQUEST for that one */
export function withRemoved(list: WorkspaceList, id: string): WorkspaceList {
  const { name } = findWorkspace(list, id);
  if (id === LOCAL_ID)
    throw new TrainyardError('BAD_REQUEST', `The workspace “${name}” cannot be removed.`, {
      hint: 'It belongs to this computer. Its runs can be deleted and purged.',
    });
  return completeList({ ...list, workspaces: list.workspaces.filter((entry) => entry.id !== id) });
}

/** An id for a workspace of this name, such as `team-a-x7k2`: what is kept of a removed one never means a new one. */
export function newId(name: string): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  const suffix = parseInt(randomBytes(4).toString('hex'), 16).toString(36).padStart(4, '0').slice(-4);
  return `${words || 'workspace'}-${suffix}`;
}

function requireName(list: WorkspaceList, name: string, of?: string): void {
  const problem = problemOfName(list, name, of);
  if (problem !== undefined)
    throw new TrainyardError('BAD_REQUEST', problem, { hint: 'Choose another name.' });
}

function isNamed({ name }: WorkspaceEntry, wanted: string): boolean {
  return folded(name) === folded(wanted);
}

/** Equal for names that look the same but for the case of their letters. */
function folded(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase();
}
