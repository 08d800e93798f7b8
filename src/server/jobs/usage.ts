import type { Logger } from 'pino';
import type { Target, Usage } from '../../targets/target.js';
import type { JobRecord } from '../store/jobs.js';
import type { MetricPoint } from '../store/metrics.js';
import type { Store } from '../store/store.js';
import { ask } from './contact.js';

/** Milliseconds between measurements of what a job uses. */
const SAMPLE_EVERY = 5_000;
/** Milliseconds between the first measurement and the second: a short job has figures, too. */
const FIRST_SAMPLE = 1_000;

/** Logs what running jobs use as metrics of their runs, now and again. */
export class UsageSampler {
  private readonly store: Store;
  private readonly log: Logger;
  private readonly samples = new Map<string, { step: number; due: number }>();
  /** Targets that are being asked. */
  private readonly asking = new Set<Target>();

  constructor(store: Store, log: Logger) {
    this.store = store;
    this.log = log;
  }

  /** Measures those of the jobs of a target that run and are due. */
  async sample(jobs: readonly JobRecord[], target: Target): Promise<void> {
    const now = Date.now();
    const isDue = ({ runId, state, handle }: JobRecord) =>
      state === 'running' && handle && now >= (this.samples.get(runId)?.due ?? 0);
    const due = jobs.filter(isDue);
    if (due.length === 0 || !target.usage || this.asking.has(target)) return;
    this.asking.add(target);
    try {
      const handles = due.flatMap(({ handle }) => (handle ? [handle] : []));
      const usages = await ask(target, async () => target.usage?.(handles));
      for (const [i, job] of due.entries()) {
        const usage = usages?.[i];
        // It may have ended, and was forgotten, meanwhile.
        if (usage && this.store.jobs.get(job.runId)?.state === 'running') await this.append(job, usage, now);
      }
    } catch (error) {
      // A figure that is missing is no reason to look for the job.
      this.log.warn({ err: error, target: target.name }, 'what jobs use could not be measured');
    } finally {
      this.asking.delete(target);
    }
  }

  forget(runId: string): void {
    this.samples.delete(runId);
  }

  private async append({ runId }: JobRecord, usage: Usage, now: number): Promise<void> {
    const known = this.samples.get(runId);
    const step = known ? known.step + 1 : this.lastStep(runId);
    this.samples.set(runId, { step, due: now + (known ? SAMPLE_EVERY : FIRST_SAMPLE) });
    // The first measurement has nothing to compare the CPU time with.
    if (known) await this.store.write(() => this.store.metrics.append(runId, usageMetrics(usage, step, now)));
  }

  private lastStep(runId: string): number {
    return this.store.metrics.summaries(runId)[`${PREFIX}${CPU}`]?.step ?? 0;
  }
}

/** MLflow's own system metrics have these names. */
const PREFIX = 'system/';
const CPU = 'cpu_utilization_percentage';

function usageMetrics(usage: Usage, step: number, timestamp: number): MetricPoint[] {
  const values: [string, number][] = [
    [CPU, usage.cpuPercent],
    ['system_memory_usage_megabytes', usage.memoryBytes / 1e6],
    ...(usage.network
      ? ([
          ['network_receive_megabytes', usage.network.receivedBytes / 1e6],
          ['network_transmit_megabytes', usage.network.sentBytes / 1e6],
        ] as [string, number][])
      : []),
    ...(usage.gpus ?? []).flatMap((gpu): [string, number][] => [
      [`gpu_${gpu.index}_utilization_percentage`, gpu.utilizationPercent],
      [`gpu_${gpu.index}_memory_usage_megabytes`, gpu.memoryUsedMegabytes],
    ]),
  ];
  return values
    .filter(([, value]) => Number.isFinite(value))
    .map(([name, value]) => ({ key: `${PREFIX}${name}`, value, step, timestamp }));
}
