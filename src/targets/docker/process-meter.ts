/** What the processes of a container use, by what Linux tells of them. */
import fs from 'node:fs';
import { processIds, readStat } from '../shared/proc.js';
import type { Usage } from '../target.js';

/** Linux has both fixed for programs (sysconf): 100 ticks a second; the page is 4 KiB on nearly every machine. */
const TICKS_PER_SECOND = 100;
const PAGE = 4096;

export class ProcessMeter {
  /** By the run. */
  private readonly before = new Map<string, { at: number; ticks: number }>();

  /** @param pid of one of them: all are in its namespace. CPU is what they used since they were measured last. */
  measure(runId: string, pid: number): Usage | undefined {
    const namespace = namespaceOf(pid);
    if (namespace === undefined) return undefined;
    const stats = processIds()
      .filter((id) => namespaceOf(id) === namespace)
      .flatMap((id) => readStat(id) ?? []);
    const now = { at: Date.now(), ticks: stats.reduce((sum, { ticks }) => sum + ticks, 0) };
    const before = this.before.get(runId);
    this.before.set(runId, now);
    const seconds = before ? (now.at - before.at) / 1000 : 0;
    // A process that ended takes its ticks along, so the sum may fall.
    const used = before ? Math.max(0, now.ticks - before.ticks) / TICKS_PER_SECOND : 0;
    return {
      memoryBytes: stats.reduce((sum, { resident }) => sum + resident, 0) * PAGE,
      cpuPercent: seconds > 0 ? (used / seconds) * 100 : 0,
      ...networkOf(pid),
    };
  }

  forget(runId: string): void {
    this.before.delete(runId);
  }
}

/** undefined: the process has ended, or is not the person's. */
function namespaceOf(pid: number): string | undefined {
  try {
    return fs.readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

/** See proc_pid_net(5); nothing without a network. */
function networkOf(pid: number): Pick<Usage, 'network'> {
  let text: string;
  try {
    text = fs.readFileSync(`/proc/${pid}/net/dev`, 'utf8');
  } catch {
    return {};
  }
  const rows = text
    .split('\n')
    .map((line) => /^\s*(\S+):\s*(.*)$/.exec(line))
    .filter((row) => row !== null && row[1] !== 'lo')
    .map((row) => (row?.[2] ?? '').trim().split(/\s+/).map(Number));
  if (rows.length === 0) return {};
  const sum = (column: number) => rows.reduce((all, row) => all + (row[column] ?? 0), 0);
  return { network: { receivedBytes: sum(0), sentBytes: sum(8) } };
}
