import { TrainyardError } from '../../base/errors.js';
import type { Environment } from '../../job/spec.js';
import type { JobEnvironment } from '../../targets/target.js';
import type { Store } from '../store/store.js';

/** What a job runs in, with its content. @throws NOT_FOUND when the workspace has no such environment */
export function environmentOf(
  _store: Store,
  environment: Environment | undefined,
): JobEnvironment | undefined {
  if (environment?.kind !== 'asset') return environment;
  throw new TrainyardError(
    'NOT_FOUND',
    `There is no environment ${environment.name}:${environment.version}.`,
  );
}
