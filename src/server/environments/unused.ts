/** Environments that a target has built and no active job needs. They are built again when one does. */
import { formatAge } from '../../base/format.js';
import type { Leftover, Target, TargetEnvironments } from '../../targets/target.js';
import type { JobRecord } from '../store/jobs.js';
import type { Store } from '../store/store.js';

const PREFIX = 'environment ';

/** @param active the jobs of this target that have not ended */
export async function unusedEnvironments(
  store: Store,
  environments: TargetEnvironments,
  active: readonly JobRecord[],
): Promise<Leftover[]> {
  const needed = new Set(active.map(({ spec }) => digestNeeded(store, spec.environment)));
  const built = (await environments.list()).filter(({ digest }) => !needed.has(digest));
  return built.map(({ digest, bytes, builtAt }) => {
    const names = store.environments.named(digest);
    const usedAt = Math.max(builtAt, store.environments.lastUsed(digest) ?? 0);
    const called = names.length === 0 ? digest.slice(0, 12) : names.join(', ');
    const label = `Environment ${called}, last used ${formatAge(usedAt, Date.now())}`;
    return { id: PREFIX + digest, label, bytes };
  });
}

/** @returns the ids that are no environments */
export async function removeEnvironments(
  { environments }: Target,
  ids: readonly string[],
): Promise<string[]> {
  for (const id of ids)
    if (id.startsWith(PREFIX)) await environments?.remove({ digest: id.slice(PREFIX.length) });
  return ids.filter((id) => !id.startsWith(PREFIX));
}

function digestNeeded(store: Store, environment: JobRecord['spec']['environment']): string | undefined {
  if (environment?.kind !== 'asset') return undefined;
  return store.environments.get(environment.name, environment.version)?.digest;
}
