import { ARTIFACT_SCHEME } from '../store/artifact-path.js';
import type { RunRecord } from '../store/runs.js';
import { invalid, MlflowError } from './errors.js';
import { leadsUp, safePath } from './paths.js';
import { LIMITS } from './validation.js';

/** Where the artifacts of an experiment are: with this server, or where clients read and write them themselves. */

/**
 * A location elsewhere is stored as text and never followed by this server. The client finds it in the run and accesses
 * it itself. @throws INVALID_PARAMETER_VALUE
 */
export function checkLocation(location: string): void {
  if (location.length > LIMITS.artifactLocation)
    throw invalid(
      'Invalid artifact path length. The length of the artifact path cannot be greater than ' +
        `${LIMITS.artifactLocation} characters.`,
    );
  if (/[#?;]/.test(location)) throw invalid("'artifact_location' URL can't include fragments or params.");
  const wrong = (why: string) => invalid(`Invalid artifact_location '${location}': ${why}`);
  // eslint-disable-next-line no-control-regex
  if (/[\0-\x1f\x7f]/.test(location)) throw wrong('it contains a control character.');
  const [, scheme = '', path = location] = /^([a-z][a-z0-9+.-]+):(.*)$/i.exec(location) ?? [];
  if (leadsUp(path)) throw wrong('it contains “..”.');
  if (scheme.toLowerCase() === 'runs')
    throw invalid(`Artifact location cannot be a runs:/ URI. Given: '${location}'`);
  if (scheme.toLowerCase() === 'models' || !/^([/\\]|[a-z]:[/\\])/i.test(path))
    throw wrong('it must be an absolute path, or a URI such as s3://bucket/folder.');
  if (`${scheme}:/`.toLowerCase() !== ARTIFACT_SCHEME) return;
  const kept = location.slice(ARTIFACT_SCHEME.length);
  if (!location.startsWith(ARTIFACT_SCHEME) || kept === '' || kept.startsWith('/') || safePath(kept) !== kept)
    throw wrong(`files on this server have locations of the form ${ARTIFACT_SCHEME}path.`);
  // Clients put the path into an address as it is, where the escape means the character.
  if (/%[0-9a-f]{2}/i.test(kept))
    throw wrong('it contains an escape such as %20. Write the character itself.');
}

/** @throws NOT_IMPLEMENTED if clients have to access the files themselves */
export function requireKeptHere({ artifactUri }: Pick<RunRecord, 'artifactUri'>): void {
  if (artifactUri.startsWith(ARTIFACT_SCHEME)) return;
  throw new MlflowError(
    'NOT_IMPLEMENTED',
    `These files are at '${artifactUri}', where the server does not go: the artifact_location of the experiment says ` +
      "so. Read and write them with MLflow's client (mlflow.artifacts, MlflowClient), which goes there itself.",
  );
}
