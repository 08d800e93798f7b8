/** How a container ended, for people. Pure. */
import os from 'node:os';
import { formatBytes } from '../../base/format.js';
import type { EndedStatus } from '../target.js';
import type { EndingFile, PlaceFile } from './files.js';

/** Of `docker inspect`. */
export interface ContainerState {
  Status: string;
  Running: boolean;
  OOMKilled: boolean;
  ExitCode: number;
  Error: string;
  StartedAt: string;
  FinishedAt: string;
}

const READ_ONLY =
  'What git ignores is read-only in a container. Write to $TRAINYARD_OUTPUT, or set trainyard.docker.writableInputs.';

/** All that is said when there is no program to become: by the shell, or by the first process of the engine. */
const NOT_STARTED = /^(sh: .*exec: .*|\[\w+ tini \(\d+\)\] exec .*)$/;

/**
 * @param ending undefined: nobody asked the job to end
 * @param log the end of what it printed
 */
export function endedStatus(
  state: ContainerState,
  place: Pick<PlaceFile, 'memoryLimit' | 'timeout' | 'program' | 'image'>,
  ending: EndingFile | undefined,
  log = '',
): EndedStatus {
  const { ExitCode: exitCode } = state;
  const startedAt = timeOf(state.StartedAt);
  const base = {
    state: 'ended' as const,
    ...(startedAt !== undefined && { startedAt }),
    endedAt: timeOf(state.FinishedAt) ?? Date.now(),
    exitCode,
  };
  const signal = exitCode > 128 && exitCode < 160 ? nameOfSignal(exitCode - 128) : undefined;
  const ended = { ...base, ...(signal !== undefined && { signal }) };
  if (ending?.why === 'timeout')
    return { ...ended, cause: 'timeout', reason: `It ran longer than its limit of ${place.timeout} s.` };
  if (ending) return { ...ended, cause: 'cancelled' };
  if (state.OOMKilled) return { ...ended, cause: 'exit', ...ofMemory(exitCode, place.memoryLimit) };
  if (exitCode === 137)
    return {
      ...ended,
      cause: 'exit',
      reason:
        'It was killed from outside (SIGKILL): by a person, or because the engine stopped. Memory was not the reason.',
    };
  if (signal !== undefined) return { ...ended, cause: 'exit', reason: `It was ended by ${signal}.` };
  if ((exitCode === 126 || exitCode === 127) && NOT_STARTED.test(log.trim()))
    return {
      ...ended,
      exitCode: null,
      cause: 'spawn-failed',
      reason: `${place.program} ${exitCode === 127 ? 'was not found' : 'could not be started'} in the image ${place.image}.`,
      hint: 'Name a program that the image has. Its own entrypoint is not used.',
    };
  return {
    ...ended,
    cause: 'exit',
    ...(exitCode !== 0 && /Read-only file system/.test(log) && { reason: READ_ONLY }),
  };
}

function ofMemory(exitCode: number, limit: number | undefined): Pick<EndedStatus, 'reason' | 'hint'> {
  const than = limit === undefined ? 'than was available' : `than its limit of ${formatBytes(limit)}`;
  return {
    reason:
      exitCode === 137
        ? `It was killed because it used more memory ${than}.`
        : `One of its processes was killed because the job used more memory ${than}.`,
    hint: limit === undefined ? 'Use less memory.' : 'Raise resources.memory, or use less.',
  };
}

function nameOfSignal(number: number): string | undefined {
  return Object.entries(os.constants.signals).find(([, value]) => value === number)?.[0];
}

/** ms since the epoch; undefined for what has not been. */
export function timeOf(text: string): number | undefined {
  const time = Date.parse(text);
  return time > 0 ? time : undefined;
}
