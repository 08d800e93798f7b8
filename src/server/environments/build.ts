import { isDeepStrictEqual } from 'node:util';
import { TrainyardError } from '../../base/errors.js';
import type { BuildProgress, BuiltEnvironment, DefinedEnvironment, Target } from '../../targets/target.js';
import type { BuiltOn } from '../../workspace/types.js';
import type { Store } from '../store/store.js';

/** Builds an environment on a target, or finds it there; what is in it is written down. @throws see Environments.build */
export async function buildOn(
  store: Store,
  target: Target,
  environment: DefinedEnvironment,
  progress: BuildProgress,
): Promise<BuiltOn> {
  const { environments } = target;
  if (!environments)
    throw new TrainyardError('NOT_SUPPORTED', `“${target.name}” cannot build environments.`, {
      hint: 'Choose another target.',
    });
  return noted(store, target, environment, await environments.build(environment, progress));
}

/** After a job has started: its target has built the environment, and knows what is in it. */
export async function noteBuilt(
  store: Store,
  target: Target,
  environment: DefinedEnvironment,
): Promise<void> {
  const there = await target.environments?.find(environment);
  if (there) await noted(store, target, environment, there);
}

/** What is written down of one that is there: what was known of it, unless it is another now. */
async function noted(
  store: Store,
  target: Target,
  environment: DefinedEnvironment,
  there: BuiltEnvironment,
): Promise<BuiltOn> {
  const known = store.environments
    .buildsOf(environment.digest)
    .find(({ target: name, at }) => name === target.name && at === there.at);
  return known && isDeepStrictEqual(known.packages, there.packages)
    ? known
    : note(store, target, environment, there);
}

async function note(
  store: Store,
  target: Target,
  { digest }: DefinedEnvironment,
  { at, packages }: BuiltEnvironment,
): Promise<BuiltOn> {
  const built: BuiltOn = {
    ...{ target: target.name, at, builtAt: Date.now() },
    ...(packages && { packages: { ...packages } }),
  };
  await store.write(() => store.environments.noteBuild(digest, built));
  return built;
}
