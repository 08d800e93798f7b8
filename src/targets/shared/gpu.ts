import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { hasCode } from '../../base/errors.js';

const run = promisify(execFile);

export interface Gpu {
  index: number;
  name: string;
  utilizationPercent: number;
  memoryUsedMegabytes: number;
}

const QUERY = ['--query-gpu=index,name,utilization.gpu,memory.used', '--format=csv,noheader,nounits'];
let missing = false;

/** The NVIDIA GPUs of this machine; none when there is no nvidia-smi. */
export async function readGpus(): Promise<Gpu[]> {
  if (missing) return [];
  try {
    return parseGpus((await run('nvidia-smi', QUERY, { timeout: 5_000, windowsHide: true })).stdout);
  } catch (error) {
    // Not installed does not change while the server runs; a driver that fails now may work at the next look.
    if (hasCode(error, 'ENOENT')) missing = true;
    return [];
  }
}

export function parseGpus(csv: string): Gpu[] {
  return csv
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter((cells) => cells.length === 4)
    .map(([index, name, utilization, memory]) => ({
      index: Number(index),
      name: name as string,
      // “[N/A]” on cards that do not say.
      utilizationPercent: Number(utilization),
      memoryUsedMegabytes: Number(memory),
    }));
}
