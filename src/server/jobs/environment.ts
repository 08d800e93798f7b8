import type { Environment } from '../../job/spec.js';
import type { DefinedEnvironment, JobEnvironment } from '../../targets/target.js';
import { readContext } from '../environments/context.js';
import type { Store } from '../store/store.js';

/** What a job runs in, with its content. @throws NOT_FOUND when the workspace has no such environment */
export function environmentOf(
  store: Store,
  environment: Environment | undefined,
): JobEnvironment | undefined {
  if (environment?.kind !== 'asset') return environment;
  return definedEnvironment(store, environment.name, environment.version);
}

/** @throws NOT_FOUND */
export function definedEnvironment(store: Store, name: string, version: string): DefinedEnvironment {
  const { digest, definition, ...kept } = store.environments.require(name, version);
  const context = definition.build?.context;
  return {
    ...{ kind: 'defined', name, version: kept.version, digest, definition },
    ...(context !== undefined && { context: () => readContext(store, context) }),
  };
}
