import { ARTIFACT_SCHEME } from '../store/artifact-path.js';
import type { Store } from '../store/store.js';
import { invalid, notFound } from './errors.js';
import { isTraceId } from './validation.js';

/** Maps artifact paths of the protocol to the store. */
export interface ArtifactAddress {
  /** `runs/<id>`, `models/<id>` or `traces/<id>` */
  owner: string;
  /** Relative to the owner's root; '' is the root. */
  path: string;
}

const DECODINGS = 5;

/**
 * A relative path without empty parts, as given by a client and decoded once.
 * @throws INVALID_PARAMETER_VALUE when it is absolute or climbs, also when it would after being decoded again
 */
export function safePath(path: string): string {
  if (decodings(path).some((decoded) => isAbsolute(decoded)) || leadsUp(path)) throw invalid('Invalid path');
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

/** Whether a path leaves its folder, also after being decoded again, or is invalid because of a NUL. */
export function leadsUp(path: string): boolean {
  return decodings(path).some(
    (decoded) => decoded.includes('\0') || decoded.split(/[/\\]/).some((part) => part.trim() === '..'),
  );
}

function isAbsolute(path: string): boolean {
  return /^([/\\]|[a-z]:[/\\]|file:)/i.test(path);
}

/** The path, and the results of decoding it repeatedly. */
function decodings(path: string): string[] {
  const all = [path];
  while (all.length < DECODINGS) {
    const next = decodedOnce(all.at(-1) as string);
    if (next === all.at(-1)) break;
    all.push(next);
  }
  return all;
}

function decodedOnce(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A name may contain a `%` that encodes nothing; then nothing is decoded.
    return path;
  }
}

/**
 * `<experiment>/<run>/artifacts/<path>`, `<experiment>/models/<model>/artifacts/<path>` or
 * `<experiment>/traces/<trace>/artifacts/<path>`; an experiment may have a longer location of its own.
 * Undefined when there is no such owner.
 */
export function findArtifact(store: Store, given: string): ArtifactAddress | undefined {
  const parts = safePath(given).split('/');
  // The last one: a location may lie among the files of another run.
  for (let i = parts.length - 1; i >= 1; i--) {
    if (parts[i] !== 'artifacts') continue;
    const owner = ownerOf(store, parts.slice(0, i + 1));
    if (owner !== undefined) return { owner, path: parts.slice(i + 1).join('/') };
  }
  return undefined;
}

/** @throws RESOURCE_DOES_NOT_EXIST when there is no such owner */
export function resolveArtifact(store: Store, given: string): ArtifactAddress {
  const address = findArtifact(store, given);
  if (address) return address;
  throw notFound(`No run, model or trace keeps its artifacts at '${given}'.`);
}

/** `root` is a path that ends with `<id>/artifacts`. What comes before may have any names, `models` and `traces` too. */
function ownerOf(store: Store, root: string[]): string | undefined {
  const id = root.at(-2) ?? '';
  const uri = ARTIFACT_SCHEME + root.join('/');
  if (store.runs.get(id)?.artifactUri === uri) return `runs/${id}`;
  if (store.models.logged(id)?.artifactUri === uri) return `models/${id}`;
  if (root.at(-3) !== 'traces' || root.length !== 4 || !isTraceId(id)) return undefined;
  return store.experiments.get(root[0] ?? '') === undefined ? undefined : `traces/${id}`;
}
