import type { Target, TargetDescription } from '../../targets/target.js';
import type { Targets } from '../../targets/targets.js';
import type { Compute } from '../../workspace/types.js';
import type { JobRecord } from '../store/jobs.js';
import { ask, whyUnreachable } from './contact.js';
import { isInSlot } from './queue.js';

/** Every place where jobs can run, and what is there. One that does not answer is a row that says so. */
export async function computeOf(targets: Targets, active: readonly JobRecord[]): Promise<Compute[]> {
  const { targets: all, failed } = await targets.all();
  const rows = await Promise.all(
    all.map(async (target) => {
      const here = active.filter(({ spec }) => spec.target === target.name);
      const idsOf = (is: (job: JobRecord) => boolean) => here.filter(is).map(({ runId }) => runId);
      return {
        ...(await descriptionOf(target)),
        running: idsOf(isInSlot),
        queued: idsOf(({ state }) => state === 'queued'),
        collecting: idsOf(({ state }) => state === 'collecting'),
        slots: target.slots(),
        ...(((target.leftovers && target.prune) || target.environments) && { canPrune: true }),
      };
    }),
  );
  const broken = failed.map(({ kind, error }) => ({
    ...notReady(kind, kind, error),
    running: [],
    queued: [],
    collecting: [],
    slots: 0,
  }));
  return [...rows, ...broken];
}

async function descriptionOf(target: Target): Promise<TargetDescription> {
  try {
    return await ask(target, () => target.describe());
  } catch (error) {
    return notReady(target.name, target.kind, error);
  }
}

function notReady(name: string, kind: string, error: unknown): TargetDescription {
  return { name, kind, label: name, detail: '', ready: false, problem: whyUnreachable(error) };
}
