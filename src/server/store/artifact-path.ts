import { TrainyardError } from '../../base/errors.js';

/** The scheme of locations on this server; anything else is elsewhere. */
export const ARTIFACT_SCHEME = 'mlflow-artifacts:/';

/** Checks a path below an owner: relative, `/`-separated, no way out of it. Returns it. @throws BAD_REQUEST */
export function checkArtifactPath(path: string): string {
  const reason = fault(path);
  if (reason) throw new TrainyardError('BAD_REQUEST', `Invalid path: ${reason}.`);
  return path;
}

function fault(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (path.length > 4096) return 'it is longer than 4,096 characters';
  if (path.includes('\0')) return 'it contains a NUL character';
  // On Windows these would be separators and drives.
  if (path.includes('\\')) return 'it contains a backslash';
  if (/^[a-z]:/i.test(path)) return 'it names a drive';
  const parts = path.split('/');
  if (parts.includes('')) return 'it is absolute or has an empty part';
  if (parts.some((part) => part === '.' || part === '..')) return 'it contains “..”';
  return undefined;
}

/** The folder of a run or a model below the location of its experiment, which may end with a slash. */
export function artifactUri(location: string, ...below: string[]): string {
  return [location.replace(/\/$/, ''), ...below, 'artifacts'].join('/');
}
