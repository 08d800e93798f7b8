/** `{"columns": […], "data": [[…], …]}`: what `mlflow.log_table` and pandas (`orient="split"`) write. */
export interface SplitJson {
  columns: unknown[];
  /** The first of them: of each cell the JSON, so that an id of 64 bits stays what it is. */
  rows: string[][];
  /** How many there are in the text. */
  rowCount: number;
  /** Whether the text goes on to the end of the data. */
  isWhole: boolean;
}

const SPACE = /[\s,]*/y;

/**
 * Reads the first rows and counts the others, which are not parsed. Of a text that breaks off it reads what is there.
 * @returns undefined when the text is something else
 * @throws SyntaxError | RangeError for names of columns that are no JSON, or nested too deep
 */
export function readSplit(text: string, mostRows: number): SplitJson | undefined {
  let columns: unknown;
  let data: (Pick<SplitJson, 'rows' | 'rowCount' | 'isWhole'> & { end: number }) | undefined;
  let at = skip(text, 0);
  if (text[at] !== '{') return undefined;
  for (at = skip(text, at + 1); text[at] === '"'; at = skip(text, at)) {
    const end = valueEnd(text, at);
    const colon = end < 0 ? -1 : skip(text, end);
    if (colon < 0 || text[colon] !== ':') break;
    const key: unknown = JSON.parse(text.slice(at, end));
    const start = skip(text, colon + 1);
    if (key === 'data') {
      data = readRows(text, start, mostRows);
      if (!data) return undefined;
      at = data.end;
    } else {
      at = valueEnd(text, start);
      if (at >= 0 && key === 'columns') columns = JSON.parse(text.slice(start, at));
    }
    if (at < 0) break;
  }
  if (!data || (columns !== undefined && !Array.isArray(columns))) return undefined;
  // Nothing names them when the text breaks off before.
  if (columns === undefined && data.isWhole) return undefined;
  const { rows, rowCount, isWhole } = data;
  return { columns: (columns as unknown[] | undefined) ?? [], rows, rowCount, isWhole };
}

function readRows(text: string, start: number, mostRows: number) {
  if (text[start] !== '[') return undefined;
  const rows: string[][] = [];
  let rowCount = 0;
  for (let at = skip(text, start + 1); ; at = skip(text, at)) {
    if (at >= text.length) return { rows, rowCount, isWhole: false, end: -1 };
    if (text[at] === ']') return { rows, rowCount, isWhole: true, end: at + 1 };
    if (text[at] !== '[') return undefined;
    const end = valueEnd(text, at);
    if (end < 0) return { rows, rowCount, isWhole: false, end };
    if (rowCount < mostRows) rows.push(cellsOf(text.slice(at, end)));
    rowCount++;
    at = end;
  }
}

/** @param row with its brackets */
function cellsOf(row: string): string[] {
  const cells: string[] = [];
  for (let at = skip(row, 1); at < row.length - 1; at = skip(row, at)) {
    const end = valueEnd(row, at);
    cells.push(row.slice(at, end).trim());
    at = end;
  }
  return cells;
}

/** Over white space and commas. */
function skip(text: string, from: number): number {
  SPACE.lastIndex = from;
  SPACE.test(text);
  return SPACE.lastIndex;
}

/** Where the value that begins at `start` ends; -1 when the text breaks off before. */
function valueEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = closingQuote(text, at);
        if (at < 0) return -1;
        if (depth === 0) return at + 1;
        break;
      case '[':
      case '{':
        depth++;
        break;
      case ']':
      case '}':
        depth--;
        if (depth <= 0) return depth < 0 ? at : at + 1;
        break;
      case ',':
      case ' ':
      case '\n':
        if (depth === 0) return at;
        break;
    }
  }
  return -1;
}

function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return -1;
}
