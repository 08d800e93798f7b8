import fs from 'node:fs';
import process from 'node:process';
import type { Socket } from 'node:net';
import { environmentOf, openedBy, processesOf } from '../../targets/shared/proc.js';

/** The place of a process in distributed training. */
export interface Rank {
  number: number;
  /** How many there are; at least two. */
  of: number;
}

/** Variables that launchers set: torchrun, Accelerate, DeepSpeed, Lightning; Open MPI; MPICH and Intel MPI; Slurm. */
const LAUNCHERS = [
  ['RANK', 'WORLD_SIZE'],
  ['OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE'],
  ['PMI_RANK', 'PMI_SIZE'],
  ['SLURM_PROCID', 'SLURM_NTASKS'],
] as const;

/** undefined: it trains alone. */
export function rankIn(environment: Readonly<Record<string, string | undefined>>): Rank | undefined {
  for (const [rank, size] of LAUNCHERS) {
    const [number, of] = [environment[rank], environment[size]].map((text) => (text ? Number(text) : NaN));
    if (Number.isInteger(number) && Number.isInteger(of) && (of as number) > 1)
      return { number: number as number, of: of as number };
  }
  return undefined;
}

const known = new WeakMap<Socket, Rank | undefined>();

/**
 * The rank of the process of a job that is at the other end of a connection. Only Linux tells; elsewhere, and of a
 * process that is not on this machine: undefined.
 */
export function rankOf(socket: Socket, jobId: string): Rank | undefined {
  if (process.platform !== 'linux') return undefined;
  if (!known.has(socket)) known.set(socket, readRank(socket, jobId));
  return known.get(socket);
}

function readRank(socket: Socket, jobId: string): Rank | undefined {
  const inode = inodeOf(socket);
  if (inode === undefined) return undefined;
  for (const pid of processesOf(jobId)) {
    const rank = rankIn(variablesIn(environmentOf(pid) ?? ''));
    if (rank && openedBy(pid).some(({ target }) => target === `socket:[${inode}]`)) return rank;
  }
  return undefined;
}

function variablesIn(text: string): Record<string, string> {
  const pairs = text.split('\0').map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** The number of the socket at the other end; see proc_pid_net(5). */
function inodeOf({ remotePort, localPort }: Socket): string | undefined {
  if (remotePort === undefined || localPort === undefined) return undefined;
  const port = (number: number) => `:${number.toString(16).toUpperCase().padStart(4, '0')}`;
  const table = fs.readFileSync('/proc/net/tcp', 'latin1').split('\n').slice(1);
  const row = table
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, remote]) => local?.endsWith(port(remotePort)) && remote?.endsWith(port(localPort)));
  return row?.[9];
}
