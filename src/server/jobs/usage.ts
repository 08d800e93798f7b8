import type { Target, Usage } from '../../targets/target.js';
import type { JobRecord } from '../store/jobs.js';
import type { MetricPoint } from '../store/metrics.js';
import type { Store } from '../store/store.js';
import { type Gpu, readGpus } from './gpu.js';

/** Milliseconds between looks at what a job uses. */
const SAMPLE_EVERY = 5_000;
/** Milliseconds between the first look and the second: a short job has figures, too. */
const FIRST_SAMPLE = 1_000;

/** Logs what running jobs use as metrics of their runs, now and again. */
export class UsageSampler {
  private readonly store: Store;
  private readonly samples = new Map<string, { step: number; due: number }>();

  constructor(store: Store) {
    this.store = store;
  }

  /** Those of the jobs that run and are due. */
  async sample(jobs: readonly JobRecord[], targetOf: (job: JobRecord) => Target): Promise<void> {
    const now = Date.now();
    const due = jobs.filter(
      ({ runId, state }) => state === 'running' && now >= (this.samples.get(runId)?.due ?? 0),
    );
    if (due.length === 0) return;
    const gpus = await readGpus();
    for (const job of due) {
      const usage = job.handle && (await targetOf(job).usage(job.handle));
      // It may have ended, and was forgotten, meanwhile.
      if (usage && this.store.jobs.get(job.runId)?.state === 'running') await this.log(job, usage, gpus, now);
    }
  }

  forget(runId: string): void {
    this.samples.delete(runId);
  }

  private async log({ runId }: JobRecord, usage: Usage, gpus: readonly Gpu[], now: number): Promise<void> {
    const known = this.samples.get(runId);
    const step = known ? known.step + 1 : this.lastStep(runId);
    this.samples.set(runId, { step, due: now + (known ? SAMPLE_EVERY : FIRST_SAMPLE) });
    // The first look has nothing to compare the CPU time with.
    if (known)
      await this.store.write(() => this.store.metrics.append(runId, usageMetrics(usage, gpus, step, now)));
  }

  private lastStep(runId: string): number {
    return this.store.metrics.summaries(runId)[`${PREFIX}${CPU}`]?.step ?? 0;
  }
}

/** MLflow's own system metrics have these names. */
const PREFIX = 'system/';
const CPU = 'cpu_utilization_percentage';

function usageMetrics(usage: Usage, gpus: readonly Gpu[], step: number, timestamp: number): MetricPoint[] {
  const values: [string, number][] = [
    [CPU, usage.cpuPercent],
    ['system_memory_usage_megabytes', usage.memoryBytes / 1e6],
    ...gpus.flatMap((gpu): [string, number][] => [
      [`gpu_${gpu.index}_utilization_percentage`, gpu.utilizationPercent],
      [`gpu_${gpu.index}_memory_usage_megabytes`, gpu.memoryUsedMegabytes],
    ]),
  ];
  return values
    .filter(([, value]) => Number.isFinite(value))
    .map(([name, value]) => ({ key: `${PREFIX}${name}`, value, step, timestamp }));
}
