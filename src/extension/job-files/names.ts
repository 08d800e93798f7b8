import { TrainyardError } from '../../base/errors.js';
import { ANONYMOUS } from '../../job/environment/digest.js';
import { type AssetReference, assetReference } from '../../job/file/references.js';
import type { Reference } from '../../job/file/schema.js';
import type { Workspace } from '../../workspace/workspace.js';
import { isUp } from '../local.js';
import type { Workspaces } from '../workspaces.js';

/** Something that a job file can name. */
export interface LiveName {
  /** As it is written in the file. */
  text: string;
  detail?: string;
}

/** A version of an asset. */
interface Version {
  version: string;
  /** Words that lead to it after `@`. */
  labels: readonly string[];
  archived?: boolean;
}

type Asset = Extract<AssetReference, { kind: 'asset' }>;

/** Newest first; more than anybody reads. */
const MOST = 200;
/** What was asked is good for so long, ms: an editor asks at every key. */
const FRESH = 5_000;

/** The names that the active workspace knows. A server is not started for them. */
export class LiveNames {
  readonly #workspaces: Pick<Workspaces, 'active'>;
  readonly #onError: (error: unknown) => void;
  readonly #known = new Map<string, { at: number; answer: Promise<unknown> }>();

  /** @param onError is told why a workspace did not answer. Then nobody knows. */
  constructor(workspaces: Pick<Workspaces, 'active'>, onError: (error: unknown) => void) {
    this.#workspaces = workspaces;
    this.#onError = onError;
  }

  /** To offer, the newest first. Undefined when nobody knows now: the server does not run, or the workspace has none of the kind. */
  of(reference: Reference): Promise<LiveName[] | undefined> {
    return this.#ask(reference, (workspace) => namesOf(workspace, reference));
  }

  /** Whether a text names something of the workspace that is not there. False when nobody knows. */
  async isMissing(reference: Reference, text: string): Promise<boolean> {
    if (reference === 'compute') {
      const targets = text.startsWith('azureml:') ? undefined : await this.of(reference);
      return targets !== undefined && !targets.some((target) => target.text === text);
    }
    const named = assetReference(text);
    // Those that were made of job files are not listed.
    if (named?.kind !== 'asset' || named.name === ANONYMOUS) return false;
    const { name } = named;
    const versions = await this.#ask(`${reference} ${name}`, (workspace) =>
      versionsOf(workspace, reference, name),
    );
    return versions !== undefined && !versions.some((one) => isMeant(one, named));
  }

  /** What was answered a moment ago is not asked again. Another workspace is another question. */
  async #ask<T>(
    question: string,
    ask: (workspace: Workspace) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    try {
      const workspace = this.#workspaces.active;
      const key = `${workspace.id} ${question}`;
      const known = this.#known.get(key);
      if (known && Date.now() - known.at < FRESH) return (await known.answer) as T | undefined;
      const answer = isUp(workspace).then((isThere) => (isThere ? ask(workspace) : undefined));
      this.#known.set(key, { at: Date.now(), answer });
      return await answer;
    } catch (error) {
      this.#onError(error);
      return undefined;
    }
  }
}

async function namesOf(
  { jobs, registry, environments, data }: Workspace,
  reference: Reference,
): Promise<LiveName[] | undefined> {
  const nameOf = ({ name, version }: { name: string; version: string }) => `azureml:${name}:${version}`;
  switch (reference) {
    case 'compute':
      return (await jobs?.compute())?.map(({ name, label }) => ({ text: name, detail: label }));
    case 'model':
      return (await registry?.models({ kind: 'registered', limit: MOST }))?.models.flatMap(
        ({ name, versions }) => versions.map(({ version }) => ({ text: nameOf({ name, version }) })),
      );
    case 'environment':
      return (await environments?.list())?.map((one) => ({ text: nameOf(one) }));
    case 'data':
      return (await data?.list())?.map((one) => ({ text: nameOf(one), detail: one.type }));
    default:
      return undefined;
  }
}

/** All versions of one name: jobs that name an archived one still find it. Undefined when the workspace has none of the kind. */
async function versionsOf(
  { registry, environments, data }: Workspace,
  reference: Reference,
  name: string,
): Promise<Version[] | undefined> {
  const archivable = (all: readonly { version: string; archived: boolean }[] | undefined) =>
    all?.map(({ version, archived }) => ({ version, archived, labels: archived ? [] : ['latest'] }));
  switch (reference) {
    case 'model':
      return (await registry?.versions(name).catch(none))?.map(({ version, aliases }) => ({
        version,
        labels: ['latest', ...aliases],
      }));
    case 'environment':
      return archivable(await environments?.list({ name, archived: true }));
    case 'data':
      return archivable(await data?.list({ name, archived: true }));
    default:
      return undefined;
  }
}

/** There is no model of this name. */
function none(error: unknown): [] {
  if (TrainyardError.is(error, 'NOT_FOUND')) return [];
  throw error;
}

/** Without version and label the newest is meant. */
function isMeant({ version, labels }: Version, { version: wanted, label = 'latest' }: Asset): boolean {
  return wanted === undefined ? labels.includes(label) : version === wanted;
}
