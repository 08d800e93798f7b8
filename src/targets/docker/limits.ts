/** What a job may use, as an engine understands it. Pure. */
import type { HostConfig } from 'dockerode';
import { formatBytes } from '../../base/format.js';
import type { Resources } from '../../job/spec.js';
import type { EngineInfo } from './engine.js';

/** The least memory that an engine takes as a limit, in bytes. */
const LEAST_MEMORY = 6 * 1024 * 1024;

/** What this engine cannot give or limit, one sentence each. */
export function problemsWith(resources: Resources = {}, engine: EngineInfo): string[] {
  const { cpus, memory, gpus, instanceCount } = resources;
  const problems: string[] = [];
  if (cpus !== undefined && engine.cannotLimit.includes('cpus'))
    problems.push(cannotLimit(engine, 'the CPUs'));
  else if (cpus !== undefined && cpus > engine.cores)
    problems.push(`The job wants ${cpus} CPUs; ${engine.title} has ${engine.cores}.`);
  if (memory !== undefined && engine.cannotLimit.includes('memory'))
    problems.push(cannotLimit(engine, 'the memory'));
  else if (memory !== undefined && memory > engine.memoryBytes)
    problems.push(
      `The job wants ${formatBytes(memory)} of memory; ${engine.title} has ${formatBytes(engine.memoryBytes)}.`,
    );
  else if (memory !== undefined && memory < LEAST_MEMORY)
    problems.push(
      `The limit of ${formatBytes(memory)} of memory is too low: a container needs ${formatBytes(LEAST_MEMORY)}.`,
    );
  if (gpus !== undefined && gpus !== 0 && !engine.hasGpus)
    problems.push(
      `${engine.title} gives no GPUs to containers here. Install the NVIDIA Container Toolkit and restart the engine, or leave out gpus.`,
    );
  if ((instanceCount ?? 1) > 1)
    problems.push(`${engine.title} is one machine; the job wants ${instanceCount}.`);
  return problems;
}

function cannotLimit({ title, isRootless }: EngineInfo, what: string): string {
  return isRootless
    ? `${title} runs without root and was not given the right to limit ${what} of a job. Leave out the limit, or have the administrator delegate the CPU and memory controllers of cgroup v2 to users.`
    : `${title} cannot limit ${what} of a job on this machine.`;
}

export function limitsOf({ cpus, memory, shmSize, gpus }: Resources = {}): HostConfig {
  return {
    ...(cpus !== undefined && { NanoCpus: Math.round(cpus * 1e9) }),
    // Equal to the limit: none of it is swap.
    ...(memory !== undefined && { Memory: memory, MemorySwap: memory }),
    ...(shmSize !== undefined && { ShmSize: shmSize }),
    ...(gpus !== undefined &&
      gpus !== 0 && { DeviceRequests: [{ Driver: '', Count: gpus, Capabilities: [['gpu']] }] }),
  };
}
