import type { Store } from '../store/store.js';
import { invalid, notFound } from './errors.js';
import { isTraceId } from './validation.js';

/** Where an artifact of the protocol is in the store. */
export interface ArtifactAddress {
  /** `runs/<id>`, `models/<id>` or `traces/<id>` */
  owner: string;
  /** Relative to the owner's root; '' is the root. */
  path: string;
}

export const ARTIFACT_SCHEME = 'mlflow-artifacts:/';
const DECODINGS = 5;

/**
 * A relative path without empty parts, as given by a client and decoded once.
 * @throws INVALID_PARAMETER_VALUE when it is absolute or climbs, also when it would after being decoded again
 */
export function safePath(path: string): string {
  let decoded = path;
  for (let i = 0; i < DECODINGS; i++) {
    if (climbs(decoded)) throw invalid('Invalid path');
    const next = decodedOnce(decoded);
    if (next === decoded) break;
    decoded = next;
  }
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function climbs(path: string): boolean {
  return (
    path.includes('\0') ||
    /^([/\\]|[a-z]:[/\\]|file:)/i.test(path) ||
    path.split(/[/\\]/).some((part) => part.trim() === '..')
  );
}

function decodedOnce(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A name may hold a `%` that encodes nothing; then there is nothing to decode.
    return path;
  }
}

/**
 * `<experiment>/<run>/artifacts/<path>`, `<experiment>/models/<model>/artifacts/<path>` or
 * `<experiment>/traces/<trace>/artifacts/<path>`; an experiment may have a longer location of its own.
 * @throws RESOURCE_DOES_NOT_EXIST when there is no such owner
 */
export function resolveArtifact(store: Store, given: string): ArtifactAddress {
  const parts = safePath(given).split('/');
  for (let i = 2; i < parts.length; i++) {
    if (parts[i] !== 'artifacts') continue;
    const owner = ownerOf(store, parts.slice(0, i + 1));
    if (owner !== undefined) return { owner, path: parts.slice(i + 1).join('/') };
  }
  throw notFound(`No run, model or trace keeps its artifacts at '${given}'.`);
}

/** `root` is a path that ends with `<id>/artifacts`. */
function ownerOf(store: Store, root: string[]): string | undefined {
  const id = root.at(-2) ?? '';
  const uri = ARTIFACT_SCHEME + root.join('/');
  if (root.at(-3) === 'models')
    return store.models.logged(id)?.artifactUri === uri ? `models/${id}` : undefined;
  if (root.at(-3) === 'traces') {
    const experiment = root.slice(0, -3).join('/');
    const known = root.length === 4 && store.experiments.get(experiment) !== undefined;
    return known && isTraceId(id) ? `traces/${id}` : undefined;
  }
  return store.runs.get(id)?.artifactUri === uri ? `runs/${id}` : undefined;
}
