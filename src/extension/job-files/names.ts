import { ANONYMOUS } from '../../job/environment/digest.js';
import { assetReference } from '../../job/file/references.js';
import type { Reference } from '../../job/file/schema.js';
import { isUp } from '../local.js';
import type { Workspaces } from '../workspaces.js';

/** Something that a job file can name. */
export interface LiveName {
  /** As it is written in the file. */
  text: string;
  detail?: string;
  /** It is there, and not offered any more. */
  isArchived?: boolean;
}

/** Newest first; more than anybody reads. */
const MOST = 200;
/** What was asked is good for so long, ms: an editor asks at every key. */
const FRESH = 5_000;

/** The names that the active workspace knows. A server is not started for them. */
export class LiveNames {
  readonly #workspaces: Workspaces;
  readonly #known = new Map<Reference, { at: number; names: Promise<LiveName[] | undefined> }>();

  constructor(workspaces: Workspaces) {
    this.#workspaces = workspaces;
  }

  /** Undefined when nobody knows now: the server does not run, or the workspace has none of the kind. */
  of(reference: Reference): Promise<LiveName[] | undefined> {
    const known = this.#known.get(reference);
    if (known && Date.now() - known.at < FRESH) return known.names;
    const names = this.#ask(reference);
    this.#known.set(reference, { at: Date.now(), names });
    // What failed is asked again.
    names.catch(() => this.#known.delete(reference));
    return names;
  }

  /** Whether a text names something of the workspace that is not there. False when nobody knows. */
  async isMissing(reference: Reference, text: string): Promise<boolean> {
    const named = assetReference(text);
    // Those that were made of job files are not listed.
    if (named?.kind !== 'asset' || named.name === ANONYMOUS) return false;
    const names = await this.of(reference);
    if (!names) return false;
    const others = names.flatMap(({ text: other }) => {
      const one = assetReference(other);
      return one?.kind === 'asset' && one.name === named.name ? [one] : [];
    });
    return !others.some(({ version }) => named.version === undefined || version === named.version);
  }

  async #ask(reference: Reference): Promise<LiveName[] | undefined> {
    const workspace = this.#workspaces.active;
    if (!(await isUp(workspace))) return undefined;
    switch (reference) {
      case 'compute':
        return (await workspace.jobs?.compute())?.map(({ name, label }) => ({ text: name, detail: label }));
      case 'model':
        return (await workspace.registry?.models({ limit: MOST }))?.models.flatMap(({ name, versions }) =>
          versions.map(({ version }) => ({ text: `azureml:${name}:${version}` })),
        );
      case 'environment':
        // Jobs that name an archived one still find it.
        return (await workspace.environments?.list({ archived: true }))?.map(
          ({ name, version, archived }) => ({
            text: `azureml:${name}:${version}`,
            ...(archived && { isArchived: true }),
          }),
        );
      default:
        return undefined;
    }
  }
}
