/** Lines of code that programs name in what they print. Pure. */
import { type CodeOrigin, isLibrary, pathInCode } from '../job/code-path.js';
import type { CodeLine } from './code-line.js';

export interface FoundPlace {
  /** Where it stands in the line. */
  start: number;
  length: number;
  /** As it was printed. */
  file: string;
  /** From 1. */
  line: number;
}

/** As Python has them: `File "train.py", line 6`. */
const QUOTED = /(?<=File )"([^"]{1,1000})", line (\d{1,9})/g;
/** As most others have them: `train.py:6`, `(/x/train.js:6:3)`, `train.sh: line 6`. */
const PLAIN =
  /(?<![\w"'])((?:file:\/\/)?(?:~|\.{1,2}|[A-Za-z]:)?[\w@%+./\\-]{0,1000}\.(?:py|pyx|js|mjs|cjs|ts|r|jl|sh|bash|zsh|lua|cu|cpp|c|h))(?:: (?:line )?|:)(\d{1,9})\b/gi;
const MOST_IN_A_LINE = 20;
/** Of a longer line the end is not looked at. */
const LONGEST_LINE = 2_000;

export function findPlaces(whole: string): FoundPlace[] {
  const line = whole.slice(0, LONGEST_LINE);
  const found = [...line.matchAll(QUOTED), ...line.matchAll(PLAIN)].map(
    ({ index: start, 0: { length }, 1: file = '', 2: number }) => ({
      start,
      length,
      file,
      line: Number(number),
    }),
  );
  return found.slice(0, MOST_IN_A_LINE).sort((a, b) => a.start - b.start);
}

/** A place in a run's own code, in a text of several lines. */
export interface LogLink extends CodeLine {
  /** Where it stands in the text. */
  start: number;
  length: number;
}

export function linksIn(text: string, origin: CodeOrigin): LogLink[] {
  const links: LogLink[] = [];
  let offset = 0;
  for (const line of text.split('\n')) {
    for (const { start, length, file: named, line: number } of findPlaces(line)) {
      const file = pathInCode(named, origin);
      if (file !== undefined && !isLibrary(file))
        links.push({ start: offset + start, length, file, line: number });
    }
    offset += line.length + 1;
  }
  return links;
}
