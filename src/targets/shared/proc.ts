/** Processes of this machine, as Linux tells of them in /proc. Those that end meanwhile or are closed to us tell nothing. */
import fs from 'node:fs';
import process from 'node:process';
import { hasCode } from '../../base/errors.js';

/** Of all processes; empty on other systems than Linux. */
export function processIds(): number[] {
  if (process.platform !== 'linux') return [];
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** What a process was started with, as `NAME=value` with a NUL after each; see proc_pid_environ(5). */
export function environmentOf(pid: number): string | undefined {
  return ifOpen(() => fs.readFileSync(`/proc/${pid}/environ`, 'utf8'));
}

/** The run that a process belongs to by its environment: every job has this variable. */
export function runIn(environment: string): string | undefined {
  return /(?:^|\0)TRAINYARD_RUN_ID=([^\0]*)/.exec(environment)?.[1];
}

/** The processes of a run, but for those that gave up their environment. */
export function processesOf(runId: string): number[] {
  return processIds().filter((pid) => runIn(environmentOf(pid) ?? '') === runId);
}

export interface Stat {
  state: string;
  parent: number;
  group: number;
  /** CPU time, user and system, clock ticks. */
  ticks: number;
  startTime: string;
  /** Pages. */
  resident: number;
}

/** See proc_pid_stat(5). The name in parentheses may hold anything, so fields count from after it. */
export function readStat(pid: number): Stat | undefined {
  const text = ifOpen(() => fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] as string,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    ticks: Number(fields[11]) + Number(fields[12]),
    startTime: fields[19] as string,
    resident: Number(fields[21]),
  };
}

/** What a process has open: paths of files, and others such as `socket:[inode]`. */
export function openedBy(pid: number): { handle: string; target: string }[] {
  const folder = `/proc/${pid}/fd`;
  const handles = ifOpen(() => fs.readdirSync(folder)) ?? [];
  return handles.flatMap((handle) => {
    const target = ifOpen(() => fs.readlinkSync(`${folder}/${handle}`));
    return target === undefined ? [] : [{ handle, target }];
  });
}

/** Whether a process can write to what it has open. */
export function canWrite(pid: number, handle: string): boolean {
  const info = ifOpen(() => fs.readFileSync(`/proc/${pid}/fdinfo/${handle}`, 'latin1')) ?? '';
  // Octal, as of open(2): the lowest two bits are 0 for reading only.
  const flags = /^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? '0';
  return (Number.parseInt(flags, 8) & 3) !== 0;
}

function ifOpen<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH', 'EACCES', 'EPERM')) return undefined;
    throw error;
  }
}
