/** Rows of a text of comma- or tab-separated values (RFC 4180; the separator may be another). */
export interface Delimited {
  /** The first of them, with the head. */
  records: string[][];
  /** How many there are, with the head. */
  recordCount: number;
}

const SEPARATORS = [',', '\t', ';'];

/**
 * @param isCut the text breaks off: its last record does not count
 * @param separator default: what stands most often in the first line
 */
export function readDelimited(
  text: string,
  mostRecords: number,
  isCut: boolean,
  separator = separatorOf(text),
): Delimited {
  const records: string[][] = [];
  let recordCount = 0;
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length;) {
    const record: string[] = [];
    at = readRecord(text, at, separator, recordCount < mostRecords ? record : undefined);
    const isLast = at >= text.length && !text.endsWith('\n');
    if (isLast && isCut) break;
    // pandas and others skip lines without anything, too.
    if (record.length === 1 && record[0] === '') continue;
    if (recordCount < mostRecords) records.push(record);
    recordCount++;
  }
  return { records, recordCount };
}

function separatorOf(text: string): string {
  const [line = ''] = /^[^\r\n]*/.exec(text) ?? [];
  const counts = SEPARATORS.map((separator) => line.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))]!;
}

/** @returns where the next record begins */
function readRecord(text: string, start: number, separator: string, into: string[] | undefined): number {
  for (let at = start; ;) {
    let value: string | undefined;
    if (text[at] === '"') {
      const close = closingQuote(text, at);
      if (into) value = text.slice(at + 1, close).replaceAll('""', '"');
      at = close + 1;
    }
    const from = at;
    while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++;
    into?.push((value ?? '') + text.slice(from, at));
    if (text[at] === separator) at++;
    else return text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : at + 1;
  }
}

/** The end of the text when there is none. */
function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at < 0 ? text.length : at;
}
