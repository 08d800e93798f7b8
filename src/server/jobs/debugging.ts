/** Debuggers in jobs that were not submitted with one. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TrainyardError } from '../../base/errors.js';
import type { Handle, Target } from '../../targets/target.js';
import type { Targets } from '../../targets/targets.js';
import type { DebugWish, JobDebugger, JobPython } from '../../workspace/types.js';
import type { Store } from '../store/store.js';
import { command, reach } from './contact.js';

/** Milliseconds in which a debugger that listens can be reached, and between two looks. */
const PATIENCE = 15_000;
const EVERY = 100;

export class Debugging {
  private readonly store: Store;
  private readonly targets: Targets;
  /** By the job: who asks at the same time gets the same debugger, one after the other. */
  private readonly asking = new Map<string, Promise<unknown>>();

  constructor(store: Store, targets: Targets) {
    this.store = store;
    this.targets = targets;
  }

  /** @throws as `Jobs.pythons` of the workspace */
  async pythons(runId: string): Promise<readonly JobPython[]> {
    const { target, handle } = await this.running(runId);
    return command(target, async () => (await target.pythons?.(handle)) ?? []);
  }

  /** @throws as `Jobs.debug` of the workspace */
  async listen(runId: string, wish: DebugWish): Promise<JobDebugger> {
    if (wish.debugpy !== undefined && !path.isAbsolute(wish.debugpy))
      throw new TrainyardError('BAD_REQUEST', `The path of debugpy “${wish.debugpy}” is not absolute.`);
    const { target, handle } = await this.running(runId);
    const before = this.asking.get(runId) ?? Promise.resolve();
    const listening = before.then(
      () => this.listenAt(target, handle, wish),
      // It was told to whoever asked.
      () => this.listenAt(target, handle, wish),
    );
    this.asking.set(runId, listening);
    try {
      return await listening;
    } finally {
      if (this.asking.get(runId) === listening) this.asking.delete(runId);
    }
  }

  private async listenAt(target: Target, handle: Handle, wish: DebugWish): Promise<JobDebugger> {
    await command(target, async () => target.debug?.(handle, wish));
    for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(EVERY)) {
      const [status] = await reach(target, () => target.status([handle]));
      if (status?.state === 'running' && status.debugger) return status.debugger;
      if (status?.state === 'ended')
        throw new TrainyardError('NOT_RUNNING', 'The job ended before the debugger could be reached.');
    }
    throw new TrainyardError('TARGET_FAILED', 'The debugger listens, but it cannot be reached from here.', {
      hint: 'Attach again in a moment.',
    });
  }

  private async running(runId: string): Promise<{ target: Target; handle: Handle }> {
    const job = this.store.jobs.ofRun(runId);
    const target = job && (await this.targets.get(job.spec.target));
    if (!job || !target?.debug)
      throw new TrainyardError('NOT_SUPPORTED', 'No debugger can be attached to this run.', {
        hint: job ? `Jobs on ${job.spec.target} cannot be debugged.` : 'It is not that of a job.',
      });
    // It may run before the store knows.
    if ((job.state !== 'running' && job.state !== 'preparing') || !job.handle)
      throw new TrainyardError(
        'NOT_RUNNING',
        'A debugger can be attached to a job that runs, and this one does not.',
      );
    return { target, handle: job.handle };
  }
}
