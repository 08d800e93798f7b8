import os from 'node:os';
import type { Machine } from '../../workspace/types.js';
import { readGpus } from '../shared/gpu.js';

let gpus: readonly string[] = [];

/** The machine of this server, on which its jobs run. Its GPUs are asked for until they have been told once. */
export async function readMachine(): Promise<Machine> {
  if (gpus.length === 0) gpus = (await readGpus()).map(({ name }) => name);
  const processors = os.cpus();
  return {
    host: os.hostname(),
    system: `${os.type()} ${os.release()}`,
    processor: processors[0]?.model.trim() ?? '',
    cores: processors.length,
    memoryBytes: os.totalmem(),
    ...(gpus.length > 0 && { gpus: [...gpus] }),
  };
}
