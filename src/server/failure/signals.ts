/** Describes processes that were killed. Pure. */
import os from 'node:os';

const WORDS: Partial<Record<string, string>> = {
  SIGABRT: 'Aborted',
  SIGBUS: 'Bus error',
  SIGFPE: 'Arithmetic error',
  SIGHUP: 'Hung up',
  SIGILL: 'Illegal instruction',
  SIGINT: 'Interrupted',
  SIGKILL: 'Killed',
  SIGPIPE: 'Broken pipe',
  SIGSEGV: 'Segmentation fault',
  SIGTERM: 'Terminated',
  SIGXCPU: 'Out of CPU time',
  SIGXFSZ: 'File too large',
};
/** Windows exit codes with the same meaning. */
const WINDOWS: Partial<Record<number, string>> = {
  0xc0000005: 'Access violation',
  0xc0000017: 'Out of memory',
  0xc00000fd: 'Stack overflow',
  0xc0000135: 'A DLL was not found',
  0xc000013a: 'Interrupted',
  0xc0000374: 'Heap corruption',
  0xc0000409: 'Stack buffer overrun',
};

/**
 * The signal that killed a process, or a process started by a shell: the shell exits with 128 plus the signal number.
 */
export function signalOf(signal: string | undefined, exitCode: number | null): string | undefined {
  if (signal !== undefined) return signal;
  if (exitCode === null || exitCode <= 128 || exitCode >= 192) return undefined;
  const number = exitCode - 128;
  return Object.entries(os.constants.signals).find(([name, value]) => value === number && name in WORDS)?.[0];
}

/** e.g. `Killed (SIGKILL)`. */
export function signalWord(signal: string): string {
  const word = WORDS[signal];
  return word === undefined ? `Ended by ${signal}` : `${word} (${signal})`;
}

/** For a Windows exit code that means a crash. */
export function crashWord(exitCode: number | null): string | undefined {
  return exitCode === null ? undefined : WINDOWS[exitCode >>> 0];
}
