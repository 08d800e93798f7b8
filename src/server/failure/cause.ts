/** Why a job failed, derived from how it ended and from the end of its output. Pure. */
import { Terminal } from '../../base/terminal/terminal.js';
import { isLibrary } from '../../job/code-path.js';
import type { FailureCause } from '../../workspace/types.js';
import { errorIn, headlineOf } from './programs.js';
import { crashIn, exceptionsIn, type Frame, type Raised } from './python.js';
import { crashWord, signalOf, signalWord } from './signals.js';

export interface JobEnd {
  cause: 'exit' | 'cancelled' | 'timeout' | 'lost' | 'spawn-failed';
  exitCode: number | null;
  signal?: string;
  /** The target's own reason, and what to do about it: a sentence each. */
  reason?: string;
  hint?: string;
}

export interface JobCode {
  /** Maps a path that the job printed to one relative to the root of its code; undefined for other files. */
  pathOf: (named: string) => string | undefined;
  /** Its working folder, by the person's own path. */
  cwd: string;
  /** The interpreter of the script. */
  program: string;
}

const LONGEST = 300;
const LONGEST_MESSAGE = 2_000;
/** The most lines that may follow an exception. One that was printed long before the end was handled. */
const MOST_AFTER = 200;
/** Lines between an exception and a crash that it caused. */
const CRASH_AFTER = 40;

const OUT_OF_MEMORY =
  /(?:^|\.)_?(?:Array)?(?:MemoryError|OutOfMemoryError|ResourceExhaustedError)$|out of memory|RESOURCE_EXHAUSTED|can't allocate memory|Cannot allocate memory/i;
const ON_GPU = /CUDA|HIP|MPS|RESOURCE_EXHAUSTED|ResourceExhausted|XPU/;
const NO_MODULE = /No module named '?([\w.]+)'?/;
const NO_FILE = /No such file or directory: ['"](.+?)['"]/;
const NO_INPUT = 'The script asked for input, which jobs do not have.';
/** Messages of other processes after one has failed. */
const FOLLOW_UP = /ChildFailedError$|DistBackendError$|(?:DistNetworkError|DistStoreError)$/;
const CONNECTION_LOST = /Connection (?:closed|reset) by peer|remote process exited|Broken pipe/;

/**
 * @param log the end of it, as it was written
 * @returns the cause, with lines short enough for a row or a notification
 */
export function causeOf(log: string, end: JobEnd, code: JobCode): FailureCause {
  const cause = find(linesOf(log), end, code);
  return {
    ...cause,
    headline: inLine(cause.headline),
    ...(cause.message !== undefined && { message: cause.message.slice(0, LONGEST_MESSAGE) }),
    ...(cause.hint !== undefined && { hint: inLine(cause.hint) }),
  };
}

function find(lines: readonly string[], end: JobEnd, code: JobCode): FailureCause {
  const { reason, hint } = end;
  switch (end.cause) {
    case 'cancelled':
      return { kind: 'cancelled', headline: 'It was cancelled.' };
    case 'timeout':
      return { kind: 'timeout', headline: reason ?? 'It ran longer than its limit.' };
    case 'spawn-failed':
      return {
        kind: 'start',
        headline: reason ?? 'It could not be started.',
        ...(hint !== undefined && { hint }),
      };
    case 'lost':
      return { kind: 'lost', headline: reason ?? 'Its process is gone.' };
    case 'exit':
      return ofExit(lines, end, code);
  }
}

function ofExit(lines: readonly string[], end: JobEnd, code: JobCode): FailureCause {
  const launched = ofLaunchedProcesses(lines, end, code);
  if (launched) return launched;
  const raised = last(lines);
  const printed = errorIn(lines, end.exitCode);
  const signal = signalOf(end.signal, end.exitCode);
  if (signal !== undefined || crashWord(end.exitCode) !== undefined) {
    const isOfException =
      raised && signal !== 'SIGKILL' && raised.end >= lines.length - CRASH_AFTER && !crashIn(lines);
    if (!isOfException) return ofCrash(lines, signal, end, code);
  }
  const command = /^\S*: No module named ([\w.]+)$/.exec(lines.at(-1) ?? '')?.[1];
  if (command !== undefined)
    return ofException(
      { ...NOTHING, exception: 'ModuleNotFoundError', message: `No module named '${command}'` },
      code,
    );
  if (printed && (!raised || printed.line >= raised.end)) {
    const { headline, exception, message, hint } = printed;
    return {
      kind: headline.startsWith('Wrong arguments') ? 'usage' : 'exception',
      ...{ headline, message },
      ...(exception !== undefined && { exception }),
      ...placeOf(printed.frames, code),
      ...(hint !== undefined && { hint }),
    };
  }
  if (raised) return ofException(raised, code);
  return ofNothing(lines, end);
}

const NOTHING: Omit<Raised, 'exception' | 'message'> = { frames: [], start: 0, end: 0 };

/** The last exception that was not handled. */
function last(lines: readonly string[], rank?: number): Raised | undefined {
  const late = exceptionsIn(lines).filter(
    ({ end, aside, rank: own }) =>
      end >= lines.length - MOST_AFTER && aside !== 'ignored' && (rank === undefined || own === rank),
  );
  const first = late.filter(
    ({ exception, message, aside }) => !aside && !FOLLOW_UP.test(exception) && !CONNECTION_LOST.test(message),
  );
  return first.at(-1) ?? late.findLast(({ aside }) => !aside) ?? late.at(-1);
}

/** torchrun says which of its processes failed first, and how. */
function ofLaunchedProcesses(lines: readonly string[], end: JobEnd, code: JobCode): FailureCause | undefined {
  const report = lines.findLastIndex((line) => /Root Cause \(first observed failure\):/.test(line));
  if (report < 0) return undefined;
  const field = (name: RegExp) => {
    for (const line of lines.slice(report, report + 12)) {
      const value = name.exec(line)?.[1];
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const rank = Number(field(/^\s*rank\s*: (\d+)/) ?? NaN);
  if (Number.isNaN(rank)) return undefined;
  const signal = field(/Signal \d+ \((SIG\w+)\) received/);
  const withRank = (cause: FailureCause): FailureCause => ({
    ...cause,
    rank,
    headline: `${inLine(cause.headline)} (rank ${rank})`,
  });
  if (signal !== undefined) return withRank(ofCrash(lines.slice(0, report), signal, end, code));
  const told = exceptionsIn(lines.slice(report)).find(({ exception }) => !FOLLOW_UP.test(exception));
  const before = lines.slice(0, report);
  const raised = told ?? last(before, rank) ?? last(before);
  if (raised && !FOLLOW_UP.test(raised.exception)) return withRank(ofException(raised, code));
  const exitCode = Number(field(/^\s*exitcode\s*: (-?\d+)/) ?? end.exitCode);
  return withRank(ofNothing(before, { ...end, exitCode }));
}

function ofException(raised: Raised, code: JobCode): FailureCause {
  const member = raised.members?.[0];
  const exception = raised.exception;
  const { message } = raised;
  const own = headlineOf(shortName(exception), headOf(message));
  const inner = member && headlineOf(shortName(member.exception), headOf(member.message));
  const cause: FailureCause = {
    kind: 'exception',
    headline: inner === undefined ? own : `${own}: ${inner}`,
    ...{ exception, message },
    ...placeOf(framesOf(member?.frames.length ? member : raised), code),
    ...(raised.rank !== undefined && { rank: raised.rank }),
  };
  const known = explain(member ?? raised, code);
  if (known) return { ...cause, ...known };
  const from = originOf(raised);
  if (!from || isSame(from, raised)) return cause;
  return { ...cause, hint: `Caused by ${headlineOf(shortName(from.exception), headOf(from.message))}` };
}

/** Hints for some exceptions. */
function explain(
  { exception, message }: Raised,
  { program, cwd, pathOf }: JobCode,
): Pick<FailureCause, 'kind' | 'hint'> | undefined {
  const module = exception.endsWith('ModuleNotFoundError') ? NO_MODULE.exec(message)?.[1] : undefined;
  if (module !== undefined) {
    const [top] = module.split('.');
    return { kind: 'missing-module', hint: `Install ${top} for ${program}, or choose another interpreter.` };
  }
  const file = NO_FILE.exec(message)?.[1];
  if (file !== undefined) {
    const isAbsolute = /^(?:[/\\~]|[A-Za-z]:)/.test(file);
    const slash = cwd.includes('\\') ? '\\' : '/';
    if (!isAbsolute)
      return { kind: 'missing-file', hint: `It looked for ${cwd}${slash}${file.replace(/^\.[\\/]/, '')}.` };
    const own = pathOf(file);
    return {
      kind: 'missing-file',
      ...(own !== undefined && { hint: `It looked for ${own} in the code of the run.` }),
    };
  }
  if (/(?:^|\.)EOFError$/.test(exception) && /^EOF when reading/.test(message))
    return { kind: 'input', hint: `${NO_INPUT} Pass it as an argument.` };
  if (/(?:^|\.)BdbQuit$/.test(exception))
    return {
      kind: 'input',
      hint: 'The debugger waits for input, which jobs do not have. Remove the breakpoint.',
    };
  if (OUT_OF_MEMORY.test(exception) || OUT_OF_MEMORY.test(message))
    return {
      kind: 'out-of-memory',
      hint: ON_GPU.test(`${exception} ${message}`)
        ? 'Reduce the batch or model size, or check what else uses the GPU.'
        : 'Reduce the batch or data size, or check what else uses the memory.',
    };
  return undefined;
}

function ofCrash(
  lines: readonly string[],
  signal: string | undefined,
  { exitCode }: JobEnd,
  code: JobCode,
): FailureCause {
  const word = signal === undefined ? (crashWord(exitCode) ?? '') : signalWord(signal);
  const crash = crashIn(lines);
  const thrown = lines.findLastIndex((line) => /^terminate called after throwing/.test(line));
  const what = /^\s*what\(\): +(.*)$/.exec(lines[thrown + 1] ?? '')?.[1];
  const message = thrown >= 0 ? (what ?? lines[thrown]) : crash?.reason;
  const isSaid = message === undefined || word.startsWith(message);
  return {
    kind: 'signal',
    headline: isSaid ? word : `${word}: ${message}`,
    ...(message !== undefined && { message }),
    ...(crash && placeOf(crash.frames, code)),
    ...(signal === 'SIGKILL' && { hint: 'The machine probably ran out of memory.' }),
  };
}

/** The exit code and the last line of output. */
function ofNothing(lines: readonly string[], { exitCode, reason }: JobEnd): FailureCause {
  const words = exitCode === null ? (reason ?? 'Its exit code is not known.') : `Exit code ${exitCode}`;
  const message = lines.findLast((line) => /[\p{L}\p{N}]/u.test(line) && !/\d+%\|/.test(line))?.trim();
  if (message === undefined) return { kind: 'exit', headline: words };
  if (/(?:^|: )Aborted[!.]?$/.test(message) && exitCode === 1)
    return {
      kind: 'input',
      headline: `${words}: ${message}`,
      message,
      hint: `${NO_INPUT} Pass it as an argument.`,
    };
  return { kind: 'exit', headline: `${words}: ${message}`, message };
}

/** The deepest frame in the person's own code; other frames are not shown. */
function placeOf(frames: readonly Frame[], code: JobCode): Pick<FailureCause, 'file' | 'line'> {
  for (const { file: named, line } of frames.toReversed()) {
    const file = code.pathOf(named);
    if (file !== undefined && !isLibrary(file)) return { file, line };
  }
  return {};
}

/** For an exception that a worker re-raised in the main program: the worker's position. */
function framesOf(raised: Raised): Frame[] {
  return raised.from && isSame(raised.from, raised) ? raised.from.frames : raised.frames;
}

function originOf(raised: Raised): Raised | undefined {
  let at = raised.from;
  while (at?.from) at = at.from;
  return at;
}

const isSame = (a: Raised, b: Raised) =>
  shortName(a.exception) === shortName(b.exception) && a.message === b.message;

/** Without its module. */
function shortName(exception: string): string {
  return /[^.]+$/.exec(exception)?.[0] ?? exception;
}

/** The first line, and the next one if the first only announces it. */
function headOf(message: string): string {
  const [first = '', second, third = ''] = message.split('\n');
  if (/^\d+ validation errors? for /.test(first)) return [first, second, third].join(': ');
  return second !== undefined && /^$|:$/.test(first) ? `${first} ${second}`.trim() : first;
}

function inLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** As a terminal shows them, without empty ones at the end. */
function linesOf(log: string): string[] {
  const lines: string[] = [];
  const keep = ({ text }: { text: string }) => void lines.push(text);
  const terminal = new Terminal(keep, { columns: LONGEST_MESSAGE });
  terminal.write(log);
  terminal.rows.forEach(keep);
  while (lines.at(-1) === '') lines.pop();
  return lines;
}
