/** How a debugger is asked for in a job, and where it listens, for targets of every kind. See `debugger-hook.ts`. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, TrainyardError } from '../../base/errors.js';
import type { JobPython } from '../../workspace/types.js';
import type { EndedStatus } from '../target.js';
import { ASK_FILE, DEBUGGER_VARIABLE, PYTHONS_FOLDER, TOLD_FILE } from './debugger-hook.js';
import { writeJson } from './json-file.js';

/** Milliseconds that a Python gets to answer, and that lie between two signals. */
const PATIENCE = 30_000;
const EVERY = 250;
/** Bytes of the files that a job writes. */
const MOST = 64 * 1024;

/** A debugger in a job. `host` and `port` as the job knows them. */
export interface ToldDebugger {
  /** Of the process, as the job knows it. */
  pid: number;
  /** The program of the Python. */
  python: string;
  host: string;
  port: number;
  waits: boolean;
}

/** debugpy cannot be used there: why, and the version of the Python. */
export interface FailedDebugger {
  error: string;
  version: string;
  /** The job was to start under it, and so did not. */
  atStart: boolean;
}

/** A process of a job in which a debugger can begin to listen, and the program of its Python. */
export interface AskablePython extends JobPython {
  python: string;
}

/** Environment variables of a job that starts under a debugger. @param debugpy its folder as the job sees it */
export function debuggerVariables(debugpy = ''): Record<string, string> {
  return {
    [DEBUGGER_VARIABLE]: debugpy,
    // Else it warns in the job's log of modules of Python that it cannot show.
    PYDEVD_DISABLE_FILE_VALIDATION: '1',
  };
}

/** What a job has told. Jobs write it, so anything may be in it. @param folder of `sitecustomize.py` */
export function toldIn(folder: string): ToldDebugger | FailedDebugger | undefined {
  const told = parsed(readShort(path.join(folder, TOLD_FILE)));
  if (!told) return undefined;
  const { pid, python, host, port, waits, error, version, atStart } = told;
  if (typeof error === 'string')
    return { error, version: typeof version === 'string' ? version : '', atStart: atStart === true };
  if (typeof pid !== 'number' || typeof python !== 'string' || typeof host !== 'string') return undefined;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  return { pid, python, host, port, waits: waits === true };
}

export function listensIn(folder: string): ToldDebugger | undefined {
  const told = toldIn(folder);
  return told && 'port' in told ? told : undefined;
}

/** The Pythons that have begun and can be asked, in this order; some may have ended. */
export function pythonsIn(folder: string): AskablePython[] {
  const pythons = path.join(folder, PYTHONS_FOLDER);
  const found = namesIn(pythons).flatMap((name) => {
    const file = path.join(pythons, name);
    const at = fs.lstatSync(file, { throwIfNoEntry: false })?.mtimeMs;
    const [python = '', ...command] = readShort(file)?.split('\0') ?? [];
    return at === undefined || python === '' || !/^\d+$/.test(name)
      ? []
      : [{ at, python, pid: Number(name), command }];
  });
  return found.sort((a, b) => a.at - b.at).map(({ at: _, ...python }) => python);
}

/** Makes what the hook writes to. */
export function makeDebuggerFolder(folder: string): void {
  fs.mkdirSync(path.join(folder, PYTHONS_FOLDER), { recursive: true, mode: 0o700 });
}

/** How a target reaches the Pythons of a job. */
export interface Reach {
  /** The folder of `sitecustomize.py`. */
  folder: string;
  /** Those of `pythonsIn` that have not ended. */
  living(pythons: readonly AskablePython[]): Promise<readonly AskablePython[]>;
  /** Sends `ASK_SIGNAL`. One that has ended is no error. */
  signal(python: AskablePython): Promise<void>;
}

/**
 * Has a debugger listen in a Python of a job, where none listens yet: a job has one.
 * @param wish `pid`: default the first. `debugpy`: its folder as the job sees it, for a Python that has none
 * @throws NOT_SUPPORTED when none of its Pythons can be asked | NOT_FOUND | CONFLICT when another has the debugger |
 *   TARGET_FAILED when it does not come to listen
 */
export async function haveDebugger(
  { folder, living, signal }: Reach,
  { pid, debugpy }: { pid?: number; debugpy?: string },
): Promise<void> {
  const pythons = await living(pythonsIn(folder));
  const told = toldIn(folder);
  if (told && 'port' in told) {
    // One that starts under a debugger cannot be asked for one.
    const isKnown = pythonsIn(folder).some((python) => python.pid === told.pid);
    if (!isKnown || pythons.some((python) => python.pid === told.pid)) {
      if (pid === undefined || pid === told.pid) return;
      throw new TrainyardError(
        'CONFLICT',
        `The debugger of this job listens in process ${told.pid} already.`,
        {
          hint: 'A job has one debugger, which stays until that process ends. Attach to that.',
        },
      );
    }
  }
  const python = pid === undefined ? pythons[0] : pythons.find((one) => one.pid === pid);
  if (!python) throw pythons.length === 0 ? cannotAsk() : notThere(pid, pythons);
  fs.rmSync(path.join(folder, TOLD_FILE), { force: true });
  writeJson(folder, ASK_FILE, { pid: python.pid, ...(debugpy !== undefined && { debugpy }) });
  for (const end = Date.now() + PATIENCE; Date.now() < end;) {
    if (fs.existsSync(path.join(folder, ASK_FILE))) await signal(python);
    await sleep(EVERY);
    const answer = toldIn(folder);
    if (answer && 'error' in answer) {
      // The next one asks again.
      fs.rmSync(path.join(folder, TOLD_FILE), { force: true });
      throw failure(answer);
    }
    if (answer) return fs.rmSync(path.join(folder, ASK_FILE), { force: true });
    if ((await living([python])).length === 0)
      throw new TrainyardError(
        'NOT_RUNNING',
        `Process ${python.pid} ended before a debugger could listen in it.`,
      );
  }
  throw new TrainyardError(
    'TARGET_FAILED',
    `Process ${python.pid} did not answer within ${PATIENCE / 1000} s.`,
    {
      hint: 'It may be in a long call of native code. The debugger listens as soon as that returns: attach again then.',
    },
  );
}

function cannotAsk(): TrainyardError {
  return new TrainyardError('NOT_SUPPORTED', 'The debugger cannot be attached to this job.', {
    hint:
      process.platform === 'win32'
        ? 'Windows cannot ask a running process for it. Submit the script with “Submit and Debug”.'
        : 'It runs no Python now that Trainyard has prepared: none has begun yet, it was started with -I, -E or -S or without the variable PYTHONPATH that Trainyard set, or an earlier version of Trainyard started it. Submit the script with “Submit and Debug”.',
  });
}

function notThere(pid: number | undefined, pythons: readonly JobPython[]): TrainyardError {
  return new TrainyardError('NOT_FOUND', `This job has no Python with the process ID ${pid}.`, {
    hint: `It has ${pythons.map((python) => python.pid).join(', ')}.`,
  });
}

/** The end of a job, which says so when its script never ran because debugpy could not be used. */
export function undebugged(folder: string, ended: EndedStatus): EndedStatus {
  if (ended.cause !== 'exit' || ended.exitCode === 0) return ended;
  const told = toldIn(folder);
  if (!told || !('error' in told) || !told.atStart) return ended;
  const { message: reason, hint } = failure(told);
  return { ...ended, exitCode: null, cause: 'spawn-failed', reason, ...(hint !== undefined && { hint }) };
}

/** Why a debugger does not listen in a job. */
function failure({ error, version }: FailedDebugger): TrainyardError {
  const isMissing = /^(ModuleNotFoundError|ImportError): No module named '?debugpy'?$/.test(error);
  const python = version === '' ? 'The Python of the job' : `The Python of the job (${version})`;
  return isMissing
    ? new TrainyardError('TARGET_FAILED', `${python} has no debugpy.`, {
        hint: 'Install it into the environment of the job: pip install debugpy.',
      })
    : new TrainyardError('TARGET_FAILED', `${python} cannot use debugpy: ${error}.`, {
        hint: 'Install a version of debugpy that suits it into the environment of the job.',
      });
}

function parsed(text: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch (error) {
    // Written by something else.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A job may have put a link there, which leads to something else on this machine. */
function readShort(file: string): string | undefined {
  try {
    const stat = fs.lstatSync(file);
    return stat.isFile() && stat.size <= MOST ? fs.readFileSync(file, 'utf8') : undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
