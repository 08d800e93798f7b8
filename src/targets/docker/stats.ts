/** What running containers use: the engine sends it every second. */
import { jsonLines } from '../../base/json.js';
import type { Usage } from '../target.js';
import type { Engine } from './engine.js';
import { containerName } from './names.js';
import { ProcessMeter } from './process-meter.js';

/** Of the engine, of version 1 and 2 of control groups. */
export interface Sample {
  cpu_stats: Cpu;
  precpu_stats: Cpu;
  memory_stats: { usage?: number; stats?: Record<string, number> };
  networks?: Record<string, { rx_bytes: number; tx_bytes: number }>;
}

interface Cpu {
  cpu_usage: { total_usage: number; percpu_usage?: number[] | null };
  system_cpu_usage?: number;
  online_cpus?: number;
}

/** undefined: the first sample has nothing to compare with, and the last of a container that ended is empty. */
export function usageIn({
  cpu_stats: now,
  precpu_stats: before,
  memory_stats: memory,
  networks,
}: Sample): Usage | undefined {
  if (
    memory.usage === undefined ||
    before.system_cpu_usage === undefined ||
    now.system_cpu_usage === undefined
  )
    return undefined;
  const cores = now.online_cpus || now.cpu_usage.percpu_usage?.length || 1;
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const passed = now.system_cpu_usage - before.system_cpu_usage;
  // Files that were read are kept for as long as nobody needs the room.
  const cache = memory.stats?.['total_inactive_file'] ?? memory.stats?.['inactive_file'] ?? 0;
  const interfaces = Object.values(networks ?? {});
  const sum = (of: 'rx_bytes' | 'tx_bytes') => interfaces.reduce((all, one) => all + one[of], 0);
  return {
    cpuPercent: passed > 0 ? Math.max(0, (used / passed) * cores * 100) : 0,
    memoryBytes: Math.max(0, memory.usage - cache),
    ...(interfaces.length > 0 && { network: { receivedBytes: sum('rx_bytes'), sentBytes: sum('tx_bytes') } }),
  };
}

type StatsStream = AsyncIterable<Buffer> & { destroy(): void };

export class StatsMeter {
  private readonly latest = new Map<string, Usage | undefined>();
  private readonly streams = new Map<string, StatsStream>();
  private readonly processes = new ProcessMeter();

  private async usageOfProcesses(engine: Engine, runId: string): Promise<Usage | undefined> {
    const found = await engine.find((docker) => docker.getContainer(containerName(runId)).inspect());
    return found?.State.Running ? this.processes.measure(runId, found.State.Pid) : undefined;
  }

  /** What was told last; begins to listen at the first call. */
  async usage(engine: Engine, runId: string): Promise<Usage | undefined> {
    const { isLocal, isVirtual, isRootless, cannotLimit } = await engine.info();
    // Such an engine has no control group to measure a container by.
    if (isLocal && !isVirtual && isRootless && cannotLimit.includes('memory'))
      return this.usageOfProcesses(engine, runId);
    if (!this.latest.has(runId)) {
      this.latest.set(runId, undefined);
      try {
        const options = { stream: true } as const;
        const stream = await engine.call((docker) =>
          docker.getContainer(containerName(runId)).stats(options),
        );
        this.streams.set(runId, stream as unknown as StatsStream);
        void this.follow(runId, stream as unknown as StatsStream);
      } catch (error) {
        this.latest.delete(runId);
        throw error;
      }
    }
    return this.latest.get(runId);
  }

  forget(runId: string): void {
    this.streams.get(runId)?.destroy();
    this.streams.delete(runId);
    this.latest.delete(runId);
    this.processes.forget(runId);
  }

  close(): void {
    for (const runId of [...this.latest.keys()]) this.forget(runId);
  }

  private async follow(runId: string, stream: StatsStream): Promise<void> {
    try {
      for await (const sample of jsonLines(stream)) {
        const usage = usageIn(sample as Sample);
        if (usage && this.streams.get(runId) === stream) this.latest.set(runId, usage);
      }
    } catch {
      // The engine was stopped, or nobody wants to know any more: the next question begins anew.
    } finally {
      if (this.streams.get(runId) === stream) this.forget(runId);
    }
  }
}
