import { setTimeout as sleep } from 'node:timers/promises';
import type { DefinedEnvironment } from '../../targets/target.js';
import type { Targets } from '../../targets/targets.js';
import type { BuiltOn } from '../../workspace/types.js';

/** Milliseconds that somebody who looks at an environment waits for its targets. */
const PATIENCE = 2_000;

/** The builds of an environment, with those marked that are not on their target any more. Targets that do not answer decide nothing. */
export function markGone(
  targets: Targets,
  environment: DefinedEnvironment,
  builds: readonly BuiltOn[],
): Promise<BuiltOn[]> {
  return Promise.all(
    builds.map(async (built) =>
      (await isGone(targets, environment, built)) ? { ...built, isGone: true as const } : built,
    ),
  );
}

async function isGone(
  targets: Targets,
  environment: DefinedEnvironment,
  { target }: BuiltOn,
): Promise<boolean> {
  const late = new AbortController();
  const ask = async () => {
    const environments = (await targets.get(target))?.environments;
    return environments !== undefined && (await environments.find(environment)) === undefined;
  };
  const isUnknown = () => false;
  try {
    return await Promise.race([
      ask().catch(isUnknown),
      sleep(PATIENCE, false, { signal: late.signal, ref: false }).catch(isUnknown),
    ]);
  } finally {
    late.abort();
  }
}
