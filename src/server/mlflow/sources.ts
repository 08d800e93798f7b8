import type { ModelVersionRecord } from '../store/models.js';
import type { Store } from '../store/store.js';
import { invalid } from './errors.js';
import { requireAliased, requireLoggedModel, requireRegistered, requireVersion } from './lookup.js';
import { findArtifact, leadsUp } from './paths.js';

/** Where the files of a model version are: which sources a client may give, and the download URI it gets. */

const LOGGED_MODEL = /^models:\/+(m-[0-9a-f]{32})$/;
const OF_RUN = /^(?:runs:\/+([^/]+)|mlflow-artifacts:\/+[^/]+\/([^/]+)\/artifacts(?:\/|$))/;
const DEEPEST = 10;

/** The logged model that a source names; undefined when it is another kind of source. */
export function loggedModelId(source: string): string | undefined {
  return LOGGED_MODEL.exec(source)?.[1];
}

/** The path that a source names among the artifacts of this server; undefined when it is another kind of source. */
export function keptPath(source: string): string | undefined {
  return /^mlflow-artifacts:\/+(.*)$/.exec(source)?.[1];
}

/** The run whose files a source names; undefined when it is another kind of source. */
export function sourceRunId(store: Store, source: string): string | undefined {
  const kept = keptPath(source);
  const [kind, id] = (kept && findArtifact(store, kept)?.owner.split('/')) || [];
  if (kind === 'runs') return id;
  const [, byRun, byPlace] = OF_RUN.exec(source) ?? [];
  return byRun ?? byPlace;
}

/** The run or model given beside a source must match the source. */
export function notBeside(source: string, field: 'run_id' | 'model_id'): Error {
  return invalid(
    `Invalid model version source: '${source}'. The ${field} request parameter must identify the resource that ` +
      'contains the source.',
  );
}

/**
 * A source elsewhere (s3:, gs:, …) is kept as a text that this server never follows. A path of the client's own disk
 * is refused: it would make any file of this machine look like a model. So is one that climbs, wherever it is.
 */
export function checkSource(source: string): void {
  if (/^(file:|[a-z]:[\\/]|[/\\.~])/i.test(source))
    throw invalid(
      `Invalid model version source: '${source}'. Log the model to a run first; a path on disk cannot be registered.`,
    );
  if (leadsUp(source))
    throw invalid(
      `Invalid model version source: '${source}'. If supplying a source as an http, https, local file path, ftp, ` +
        'objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references ' +
        'present. Please provide an absolute path.',
    );
}

/**
 * Follows `models:/…` to the place of the files.
 * @throws RESOURCE_DOES_NOT_EXIST when it leads nowhere, INVALID_PARAMETER_VALUE when it leads in a circle
 */
export function resolveSource(store: Store, source: string): string {
  let at = source;
  for (let depth = 0; depth < DEEPEST; depth++) {
    if (!at.startsWith('models:')) return at;
    const modelId = loggedModelId(at);
    if (modelId !== undefined) return requireLoggedModel(store, modelId).artifactUri;
    at = versionOf(store, at).source;
  }
  throw invalid(`Model version source '${source}' refers to itself.`);
}

/** The version that `models:/<name>/<version>` or `models:/<name>@<alias>` names. */
export function versionOf(store: Store, source: string): ModelVersionRecord {
  const named = /^models:\/+([^/@]+)(?:\/([^/]+)|@([^/]+))$/.exec(source);
  if (!named) throw notBeside(source, 'model_id');
  const [, name = '', version, alias = ''] = named;
  requireRegistered(store, name);
  return version === undefined ? requireAliased(store, name, alias) : requireVersion(store, name, version);
}
