/** Errors as Node, R, Julia, shells and command-line parsers print them. Pure. */
import type { Frame } from './python.js';

export interface Printed {
  headline: string;
  exception?: string;
  message: string;
  /** The deepest last. */
  frames: Frame[];
  /** Where it starts. */
  line: number;
  hint?: string;
}

/** The number of last lines that may contain a shell's error. */
const SHELL_LINES = 6;
const USAGE_LINES = 80;
/** A progress bar without a line break. */
const BAR = /^.*\d%(?:\|.*\])?\s*/;

/** The last error of any of them. */
export function errorIn(lines: readonly string[], exitCode: number | null): Printed | undefined {
  const found = [
    nodeError(lines),
    rError(lines),
    juliaError(lines),
    shellError(lines),
    usageError(lines, exitCode),
  ];
  return found.reduce(
    (last, error) => (error && (!last || error.line > last.line) ? error : last),
    undefined,
  );
}

const NODE_FRAME = /^\s+at (?:.* \()?(?:file:\/\/)?([^()]+?):(\d+):\d+\)?$/;
const NODE_ERROR = /^(?:Uncaught )?((?:[A-Z]\w*)?(?:Error|Exception))(?: \[\w+\])?(?:: (.*))?$/;

function nodeError(lines: readonly string[]): Printed | undefined {
  const end = lines.findLastIndex((line) => /^Node\.js v\d/.test(line));
  if (end < 0) return undefined;
  for (let at = end - 1; at >= 0 && at > end - 100; at--) {
    const [, exception, message = ''] = NODE_ERROR.exec(lines[at] ?? '') ?? [];
    if (exception === undefined) continue;
    const frames: Frame[] = [];
    for (let i = at + 1; i < end; i++) {
      const [, file, line] = NODE_FRAME.exec(lines[i] ?? '') ?? [];
      if (file !== undefined && !file.startsWith('node:')) frames.unshift({ file, line: Number(line) });
    }
    // A file that could not be compiled is named above: `/x/train.js:3`, the line, an arrow.
    const above = lines.slice(Math.max(0, at - 6), at).findLast((line) => /^\S.*:\d+$/.test(line));
    const [, file, line] = /^(?:file:\/\/)?(.*):(\d+)$/.exec(above ?? '') ?? [];
    if (frames.length === 0 && file !== undefined) frames.push({ file, line: Number(line) });
    const missing = /^Cannot find (?:module|package) '([^']+)'/.exec(message)?.[1];
    return {
      ...{ headline: headlineOf(exception, message), exception, message, frames, line: at },
      ...(missing !== undefined && !/^[./]/.test(missing) && { hint: `Install it: npm install ${missing}` }),
    };
  }
  return undefined;
}

function rError(lines: readonly string[]): Printed | undefined {
  const end = lines.findLastIndex((line) => /^Execution halted\s*$/.test(line));
  const at = lines.findLastIndex((line, i) => i < end && i > end - 40 && /^Error(?: in .*?)?\s?:/.test(line));
  if (at < 0) return undefined;
  const first = lines[at] ?? '';
  const [, where, said = ''] = /^Error(?: in (.*?))? ?:\s*(.*)$/.exec(first) ?? [];
  const rest = [];
  for (let i = at + 1; i < end && /^\s+\S/.test(lines[i] ?? ''); i++) rest.push((lines[i] ?? '').trim());
  // The file that could not be read is named in a warning below.
  const unread = lines.slice(at, end).find((line) => /^\s+cannot open /.test(line));
  const message = [said, ...rest, unread?.trim()].filter(Boolean).join(' ');
  const missing = /there is no package called [‘'"]([^’'"]+)/.exec(message)?.[1];
  return {
    headline: where === undefined ? `Error: ${message}` : `Error in ${where}: ${message}`,
    ...{ exception: 'Error', message, frames: [], line: at },
    ...(missing !== undefined && { hint: `Install it in R: install.packages("${missing}")` }),
  };
}

function juliaError(lines: readonly string[]): Printed | undefined {
  const at = lines.findLastIndex((line) => /^ERROR: /.test(line));
  const stack = lines.findIndex(
    (line, i) => i > at && /^(?:Stacktrace:|in expression starting at )/.test(line),
  );
  if (at < 0 || stack < 0 || stack > at + 12) return undefined;
  const message = (lines[at] ?? '').replace(/^ERROR: (?:LoadError: )*/, '');
  const frames: Frame[] = [];
  for (const line of lines.slice(stack)) {
    const [, file, number] =
      /^\s+@ (?:[A-Z][\w.]* )?(\S+?):(\d+)(?: \[inlined\])?$/.exec(line) ??
      /^\s*\[\d+\] .* at (\S+?):(\d+)$/.exec(line) ??
      /^in expression starting at (\S+?):(\d+)$/.exec(line) ??
      [];
    // The root cause comes last, and only counts if there is no other. `./array.jl` is of Julia itself.
    if (file !== undefined && !file.startsWith('./')) frames.unshift({ file, line: Number(number) });
  }
  const exception = /^((?:\w+\.)*\w*(?:Error|Exception))\b/.exec(message)?.[1];
  const missing = /^ArgumentError: Package (\S+) not found/.exec(message)?.[1];
  return {
    ...{ headline: message, message, frames, line: at },
    ...(exception !== undefined && { exception }),
    ...(missing !== undefined && { hint: `Install it in Julia: import Pkg; Pkg.add("${missing}")` }),
  };
}

function shellError(lines: readonly string[]): Printed | undefined {
  const written = lines.flatMap((line, i) => (line.trim() === '' ? [] : [i])).slice(-SHELL_LINES);
  for (const at of written.reverse()) {
    const text = (lines[at] ?? '').replace(BAR, '');
    const [, file, line, message] =
      /^(.+?): line (\d+): (.+)$/.exec(text) ??
      /^(\S+?): (\d+): (.+: .+)$/.exec(text) ??
      /^(\S+?):(\d+): ((?:command not found|no such file or directory|permission denied): .+)$/.exec(text) ??
      [];
    // In backquotes is the line itself, below what is wrong with it.
    if (file === undefined || message === undefined || message.startsWith('`')) continue;
    // `12345 Killed python train.py` is told by its signal.
    if (/^\s*\d+ (?:Killed|Segmentation fault|Aborted|Terminated|Bus error)/.test(message)) continue;
    const name = file.replace(/^(?:\/\S*\/)?(?:ba|da|z|k)?sh: /, '');
    const missing = /^(?:command not found: )?(.+?)(?:: (?:command )?not found)?$/.exec(message)?.[1];
    return {
      ...{ headline: message, message, frames: [{ file: name, line: Number(line) }], line: at },
      ...(/not found/.test(message) && {
        hint: `The program ${missing} is not on the PATH of the job.`,
      }),
    };
  }
  return undefined;
}

/** Messages of argparse, click, typer and others about wrong arguments; these programs exit with 2. */
function usageError(lines: readonly string[], exitCode: number | null): Printed | undefined {
  if (exitCode !== 2) return undefined;
  const usage = lines.findLastIndex((line) => /^\s*usage: /i.test(line));
  if (usage < 0 || usage < lines.length - USAGE_LINES) return undefined;
  for (let at = lines.length - 1; at > usage; at--) {
    const line = lines[at] ?? '';
    const message =
      /^(?:\S.*?: )?error: (.+)$/i.exec(line)?.[1] ??
      (/^[╭+]─* ?Error ─/.test(lines[at - 1] ?? '') ? /^[│|] (.*?)\s*[│|]$/.exec(line)?.[1] : undefined);
    if (message !== undefined)
      return {
        ...{ headline: `Wrong arguments: ${message}`, message, frames: [], line: at },
        hint: 'Choose the arguments with “Submit With Options…”. On the command line, put them after “--”.',
      };
  }
  return undefined;
}

/** `ValueError: shapes differ`, or the name alone. */
export function headlineOf(exception: string, message: string): string {
  return message === '' ? exception : `${exception}: ${message}`;
}
