import type { Usage } from '../../targets/target.js';
import type { MetricPoint } from '../store/metrics.js';
import type { Gpu } from './gpu.js';

/** What a job uses, under the names that MLflow's own system metrics have. */
export function usageMetrics(
  usage: Usage,
  gpus: readonly Gpu[],
  step: number,
  timestamp: number,
): MetricPoint[] {
  const values: [string, number][] = [
    ['cpu_utilization_percentage', usage.cpuPercent],
    ['system_memory_usage_megabytes', usage.memoryBytes / 1e6],
    ...gpus.flatMap((gpu): [string, number][] => [
      [`gpu_${gpu.index}_utilization_percentage`, gpu.utilizationPercent],
      [`gpu_${gpu.index}_memory_usage_megabytes`, gpu.memoryUsedMegabytes],
    ]),
  ];
  return values
    .filter(([, value]) => Number.isFinite(value))
    .map(([name, value]) => ({ key: `system/${name}`, value, step, timestamp }));
}
