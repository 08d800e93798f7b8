/** Exceptions that Python programs print, in all the forms they have. Pure. */

export interface Frame {
  /** As it was printed. */
  file: string;
  line: number;
}

/** An exception as it was printed. */
export interface Raised {
  /** With its module, e.g. `torch.cuda.OutOfMemoryError`. */
  exception: string;
  /** Of several lines, perhaps; '' for none. */
  message: string;
  /** The deepest last. */
  frames: Frame[];
  /** Its range of lines, the second excluded. */
  start: number;
  end: number;
  /** Of the process, where several log into one file. */
  rank?: number;
  /** The program continued: the exception was ignored, or was in another thread. */
  aside?: 'ignored' | 'thread';
  /** Its cause or context. */
  from?: Raised;
  /** For a group: its exceptions as a flat list. */
  members?: Raised[];
}

const HEADER = /^(.*?)(Exception Group )?Traceback \(most recent call last\):\s*$/;
const BOXED = /[─-] ?Traceback \(most recent call last\) ?[─-]/;
const NOTEBOOK = /^([A-Za-z_][\w.]*)\s+Traceback \(most recent call last\)\s*$/;
const FRAME = /^\s*>?\s*File "(.+?)", line (\d+)(?:, in .*)?$/;
/** A source that could not be compiled has no traceback of its own. */
const SOURCE = /^\s*File "(.+?)", line (\d+)$/;
const NOT_COMPILED = /^(SyntaxError|IndentationError|TabError)(?:: (.*))?$/;
const EXCEPTION = /^([A-Za-z_][\w.]*(?:\.<locals>\.\w+)*)(?:: ?(.*))?$/;
const LEVEL = /^(?:DEBUG|INFO|NOTE|WARN|WARNING|ERROR|CRITICAL|FATAL)$/;
const CHAINED =
  /^(?:During handling of the above exception, another exception occurred|The above exception was the direct cause of the following exception):/;
const IGNORED = /^(?:Exception ignored |--- Logging error ---)/;
const OF_ANOTHER_THREAD = /^(?:Exception in (?:thread|callback) |Task exception was never retrieved)/;
const RANK = /^\[(?:rank|default)?(\d+)\]:/;
const FATAL = /^Fatal Python error: (.*)$/;
const FATAL_FRAME = /^\s+File "(.+?)", line (\d+)(?: in .*)?$/;

/** Output of other processes between the lines of a traceback. */
const MOST_BETWEEN = 20;
const MOST_MESSAGE_LINES = 10;
const LONGEST_PATH = 4_096;

/** In the order they were printed. If one contains another (from a worker), only the inner one. */
export function exceptionsIn(lines: readonly string[]): Raised[] {
  const found: Raised[] = [];
  for (let at = 0; at < lines.length;) {
    const raised = parseAt(lines, at);
    if (raised) {
      const before = found.at(-1);
      if (before && isOriginal(lines[raised.start] ?? '') && raised.start <= before.end + 1) {
        // “Caught ValueError in DataLoader worker process 0.”, and then the exception itself.
        found.pop();
        raised.from = before.from;
      } else if (before && isChained(lines, before.end, raised.start)) raised.from = before;
      found.push(raised);
    }
    at = raised ? Math.max(raised.end, at + 1) : at + 1;
  }
  return found;
}

/** The interpreter's report of a crash: the reason and the stack, deepest frame last. */
export function crashIn(
  lines: readonly string[],
): { reason: string; frames: Frame[]; line: number } | undefined {
  const line = lines.findLastIndex((text) => FATAL.test(text));
  if (line < 0) return undefined;
  const frames: Frame[] = [];
  const first = lines.findIndex((text, i) => i > line && /\(most recent call first\):/.test(text));
  for (let at = first + 1; first >= 0 && at < lines.length; at++) {
    const [, file, number] = FATAL_FRAME.exec(lines[at] ?? '') ?? [];
    if (file === undefined) break;
    frames.unshift({ file, line: Number(number) });
  }
  return { reason: FATAL.exec(lines[line] ?? '')?.[1] ?? '', frames, line };
}

function parseAt(lines: readonly string[], at: number): Raised | undefined {
  const line = lines[at] ?? '';
  if (BOXED.test(line)) return parseBoxed(lines, at);
  const notebook = NOTEBOOK.exec(line)?.[1];
  if (notebook !== undefined) return parseNotebook(lines, at, notebook);
  const [, before = '', group] = HEADER.exec(line) ?? [];
  if (line !== '' && HEADER.test(line)) {
    const raised = parsePlain(lines, at, before);
    return raised && group ? withMembers(lines, raised) : raised;
  }
  return parseUncompiled(lines, at);
}

function parsePlain(lines: readonly string[], at: number, before: string): Raised | undefined {
  const prefix = prefixOf(lines[at + 1] ?? '');
  const inner = (i: number): string | undefined => {
    const line = lines[i];
    if (line === undefined || prefix === '') return line;
    if (line.startsWith(prefix)) return line.slice(prefix.length);
    return line === prefix.trimEnd() ? '' : undefined;
  };
  const frames: Frame[] = [];
  for (let i = at + 1, between = 0; i < lines.length && between <= MOST_BETWEEN; i++) {
    const line = inner(i);
    if (line === undefined) {
      between++;
      continue;
    }
    const frame = FRAME.exec(line);
    if (frame) {
      frames.push({ file: frame[1]!, line: Number(frame[2]) });
      between = 0;
    } else if (line !== '' && !/^\s/.test(line)) {
      const [, exception, message] = EXCEPTION.exec(line) ?? [];
      if (exception !== undefined && !LEVEL.test(exception) && frames.length > 0)
        return finish(lines, { at, before: before || prefix, end: i, frames, exception, message, inner });
      if (HEADER.test(line)) return undefined;
      between++;
    }
  }
  return undefined;
}

interface Parsed {
  at: number;
  before: string;
  end: number;
  frames: Frame[];
  exception: string;
  message: string | undefined;
  inner: (i: number) => string | undefined;
}

function finish(lines: readonly string[], parsed: Parsed): Raised {
  const { at, before, exception, frames, inner } = parsed;
  const message = [parsed.message ?? ''];
  let end = parsed.end + 1;
  for (; message.length < MOST_MESSAGE_LINES; end++) {
    const line = inner(end);
    if (line === undefined || HEADER.test(line)) break;
    const continues =
      /^\s+\S/.test(line) ||
      // Fields stand at the margin there, what is wrong with them below.
      (/ValidationError$/.test(exception) && line !== '') ||
      (/^(?:|.*:)$/.test(message.at(-1) ?? '') && /^[^\s"]/.test(line));
    if (!continues || CHAINED.test(line)) break;
    message.push(line.trim());
  }
  const rank = RANK.exec(before)?.[1];
  const above = [lines[at - 1], lines[at - 2]].map((line) => (line ?? '').replace(RANK, '').trim());
  return {
    exception,
    message: message.join('\n').trim(),
    frames,
    start: at,
    end,
    ...(above.some((line) => OF_ANOTHER_THREAD.test(line)) && { aside: 'thread' }),
    ...(above.some((line) => IGNORED.test(line)) && { aside: 'ignored' }),
    ...(rank !== undefined && { rank: Number(rank) }),
  };
}

/** The prefix of each line of a traceback: `[rank0]: `, ` | ` in a group, spaces. */
function prefixOf(firstFrame: string): string {
  const at = firstFrame.indexOf('File "');
  return at < 2 ? '' : firstFrame.slice(0, at - 2).replace(/> ?$/, '');
}

function withMembers(lines: readonly string[], group: Raised): Raised {
  let end = group.end;
  while (end < lines.length && /^\s*[|+]/.test(lines[end] ?? '')) end++;
  const members: Raised[] = [];
  for (let i = group.end; i < end;) {
    const header = HEADER.exec(lines[i] ?? '');
    const raised = header ? parsePlain(lines, i, header[1] ?? '') : bareMember(lines, i);
    if (raised && !/ExceptionGroup$/.test(raised.exception)) members.push(raised);
    i = raised ? Math.max(raised.end, i + 1) : i + 1;
  }
  return { ...group, end, members };
}

/** One that was never raised has no traceback. */
function bareMember(lines: readonly string[], at: number): Raised | undefined {
  if (!/^\s*\+[-+]*-{4,} [\d.]+ -{4,}$/.test(lines[at - 1] ?? '')) return undefined;
  const [, exception, message = ''] = EXCEPTION.exec((lines[at] ?? '').replace(/^\s*\| /, '')) ?? [];
  if (exception === undefined) return undefined;
  return { exception, message, frames: [], start: at, end: at + 1 };
}

/** As `rich` draws them, in a box; typer's too. */
function parseBoxed(lines: readonly string[], at: number): Raised | undefined {
  const frames: Frame[] = [];
  let cut = '';
  for (let i = at + 1; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (/^\s*[╰└+]/.test(line)) {
      for (let j = i + 1; j < Math.min(lines.length, i + 3); j++) {
        const [, exception, message] = EXCEPTION.exec(lines[j] ?? '') ?? [];
        if (exception !== undefined)
          return finish(lines, {
            at,
            before: '',
            end: j,
            frames,
            exception,
            message,
            inner: (k) => lines[k],
          });
      }
      return undefined;
    }
    const content = /^\s*[│|] ?(.*?)\s*[│|]?\s*$/.exec(line)?.[1];
    if (content === undefined) return undefined;
    const frame = /^(\S.*?):(\d+) in \S/.exec(cut + content);
    if (frame) frames.push({ file: frame[1]!, line: Number(frame[2]) });
    // A path longer than the box continues on the next line.
    cut =
      !frame && cut.length < LONGEST_PATH && /^(?:\/|[A-Za-z]:\\)\S*$/.test(cut + content)
        ? cut + content
        : '';
  }
  return undefined;
}

/** As IPython prints them, and what runs notebooks. */
function parseNotebook(lines: readonly string[], at: number, exception: string): Raised | undefined {
  const frames: Frame[] = [];
  let open: string | undefined;
  for (let i = at + 1; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line === exception || line.startsWith(`${exception}: `))
      return finish(lines, {
        ...{ at, before: '', end: i, frames, exception },
        message: line.slice(exception.length + 2),
        inner: (k) => lines[k],
      });
    if (NOTEBOOK.test(line)) return undefined;
    const placed = /^(?:File )?((?:[~/]|[A-Za-z]:\\).+?|[\w./-]+\.py):(\d+)(?:, in .*)?$/.exec(line);
    if (placed) frames.push({ file: placed[1]!, line: Number(placed[2]) });
    // Older versions mark the line with an arrow, some lines below.
    open = /^(\S+\.py) in \S/.exec(line)?.[1] ?? open;
    const arrow = /^-+> ?(\d+)/.exec(line);
    if (open !== undefined && arrow) {
      frames.push({ file: open, line: Number(arrow[1]) });
      open = undefined;
    }
  }
  return undefined;
}

function parseUncompiled(lines: readonly string[], at: number): Raised | undefined {
  const [, file, line] = SOURCE.exec(lines[at] ?? '') ?? [];
  if (file === undefined) return undefined;
  for (let i = at + 1; i < Math.min(lines.length, at + 6); i++) {
    const [, exception, message] = NOT_COMPILED.exec(lines[i] ?? '') ?? [];
    if (exception !== undefined)
      return finish(lines, {
        ...{ at, before: '', end: i, frames: [{ file, line: Number(line) }], exception, message },
        inner: (k) => lines[k],
      });
  }
  return undefined;
}

const isOriginal = (line: string) => /^Original Traceback /.test(line);

function isChained(lines: readonly string[], from: number, to: number): boolean {
  for (let i = from; i < to && i < from + 6; i++)
    if (CHAINED.test((lines[i] ?? '').replace(RANK, '').trim())) return true;
  return false;
}
