import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Usage } from '../target.js';
import { processIds, readStat } from '../shared/proc.js';

const run = promisify(execFile);
/** Linux has both fixed for programs (sysconf): 100 ticks a second; the page is 4 KiB on nearly every machine. */
const TICKS_PER_SECOND = 100;
const PAGE = 4096;

interface Sample {
  at: number;
  ticks: number;
}

/** Measures a process group; CPU is what it used since it was measured last. */
export class UsageMeter {
  private readonly before = new Map<number, Sample>();

  async measure(group: number): Promise<Usage | undefined> {
    if (process.platform === 'linux') return this.linux(group);
    if (process.platform === 'win32') return undefined;
    const { stdout } = await run('ps', ['-axo', 'pgid=,rss=,%cpu=']);
    const rows = stdout
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter(([pgid]) => pgid === group);
    if (rows.length === 0) return undefined;
    return {
      memoryBytes: rows.reduce((sum, [, kilobytes = 0]) => sum + kilobytes * 1024, 0),
      cpuPercent: rows.reduce((sum, [, , percent = 0]) => sum + percent, 0),
    };
  }

  private linux(group: number): Usage | undefined {
    let ticks = 0;
    let pages = 0;
    let found = false;
    for (const pid of processIds()) {
      const stat = readStat(pid);
      if (stat?.group !== group) continue;
      found = true;
      ticks += stat.ticks;
      pages += stat.resident;
    }
    if (!found) {
      this.before.delete(group);
      return undefined;
    }
    const now = { at: Date.now(), ticks };
    const before = this.before.get(group);
    this.before.set(group, now);
    const seconds = before ? (now.at - before.at) / 1000 : 0;
    // A child that ended takes its ticks along, so the sum may fall.
    const used = before ? Math.max(0, now.ticks - before.ticks) / TICKS_PER_SECOND : 0;
    return { memoryBytes: pages * PAGE, cpuPercent: seconds > 0 ? (used / seconds) * 100 : 0 };
  }
}
