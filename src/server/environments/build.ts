import { TrainyardError } from '../../base/errors.js';
import type { BuildProgress, DefinedEnvironment, Target } from '../../targets/target.js';
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
  const known = store.environments
    .buildsOf(environment.digest)
    .find(({ target: name }) => name === target.name);
  const there = await environments.find(environment);
  if (there && known && there.at === known.at) return known;
  const { at, packages } = there ?? (await environments.build(environment, progress));
  const built: BuiltOn = {
    ...{ target: target.name, at, builtAt: Date.now() },
    ...(packages && { packages: { ...packages } }),
  };
  await store.write(() => store.environments.noteBuild(environment.digest, built));
  return built;
}

/** After a job has started: its target has built the environment, and knows what is in it. */
export async function noteBuilt(
  store: Store,
  target: Target,
  environment: DefinedEnvironment,
): Promise<void> {
  const there = await target.environments?.find(environment);
  if (!there) return;
  const known = store.environments.buildsOf(environment.digest);
  if (known.some(({ target: name, at }) => name === target.name && at === there.at)) return;
  const { at, packages } = there;
  await store.write(() =>
    store.environments.noteBuild(environment.digest, {
      ...{ target: target.name, at, builtAt: Date.now() },
      ...(packages && { packages: { ...packages } }),
    }),
  );
}
