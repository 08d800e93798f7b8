import { readDelimited } from './delimited.js';
import { readSplit } from './split-json.js';
import type { ShownTable, TableCell } from '../../panels/table.js';

/** Bytes from the start of a file in which its first rows are looked for. */
export const MOST_BYTES = 4_000_000;
const MOST_ROWS = 1_000;
const MOST_COLUMNS = 100;
/** Characters of a cell. */
const MOST_TEXT = 500;
/** Bytes in which a file that is no text shows it. */
const HEAD_BYTES = 8_192;

const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$|^[-+]?(nan|inf|infinity)$/i;

/** Why there is no table; a sentence. */
export type TableProblem = string;

interface Rows {
  columns: string[];
  rows: TableCell[][];
  rowCount: number;
}

/**
 * The first rows and columns of a table, for a panel.
 * @param bytes the file, or its beginning when `isCut`
 */
export function readTable(path: string, bytes: Uint8Array, isCut: boolean): ShownTable | TableProblem {
  const read = readRows(path, bytes, isCut, MOST_ROWS);
  if (typeof read === 'string') return read;
  const { columns, rows, rowCount } = read;
  const columnCount = rows.reduce((most, row) => Math.max(most, row.length), columns.length);
  const shown = rows.map((row) =>
    Array.from({ length: Math.min(columnCount, MOST_COLUMNS) }, (_, i) => shortened(row[i] ?? null)),
  );
  return {
    columns: Array.from({ length: Math.min(columnCount, MOST_COLUMNS) }, (_, i) => ({
      name: clip(columns[i] ?? ''),
      isNumber: areNumbers(shown, i),
    })),
    rows: shown,
    columnCount,
    rowCount: isCut ? null : rowCount,
  };
}

/** All rows of a table. @param bytes the file, or its beginning when `isCut` */
export function readRows(
  path: string,
  bytes: Uint8Array,
  isCut: boolean,
  mostRows = Number.MAX_SAFE_INTEGER,
): Rows | TableProblem {
  if (bytes.subarray(0, HEAD_BYTES).includes(0)) return 'The file is not text in UTF-8.';
  // Of a character that is cut in two nothing is left.
  const text = new TextDecoder().decode(bytes, { stream: isCut });
  const read = /\.json$/i.test(path)
    ? fromJson(text, isCut, mostRows)
    : fromText(text, isCut, mostRows, /\.tsv$/i.test(path) ? '\t' : undefined);
  if (typeof read !== 'string' && isCut && read.rowCount === 0)
    return 'The file is too large to show: its first rows are too long.';
  return read;
}

function fromText(text: string, isCut: boolean, mostRows: number, separator?: string): Rows {
  const { records, recordCount } = readDelimited(text, mostRows + 1, isCut, separator);
  const [columns = [], ...rows] = records;
  return { columns, rows, rowCount: Math.max(0, recordCount - 1) };
}

function fromJson(text: string, isCut: boolean, mostRows: number): Rows | TableProblem {
  try {
    const split = readSplit(text, mostRows);
    if (!split) return 'The file is JSON, but not a table: “columns” and “data” are missing.';
    const { columns, rows, rowCount, isWhole } = split;
    if (!isWhole && !isCut) return 'The JSON is incomplete: it ends in the middle of the table.';
    return { columns: columns.map(columnName), rows: rows.map((row) => row.map(cellOf)), rowCount };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return 'The file is not JSON.';
    throw error;
  }
}

/** Columns of several levels have a list of names. */
function columnName(name: unknown): string {
  return Array.isArray(name) ? name.map(textOf).join(' / ') : textOf(name);
}

function cellOf(json: string): TableCell {
  if (json === 'null') return null;
  if (json.startsWith('"')) return JSON.parse(json) as string;
  return (json.startsWith('{') && pictureOf(JSON.parse(json) as LoggedPicture)) || json;
}

/** A cell as `mlflow.log_table` writes a picture. */
interface LoggedPicture {
  type?: unknown;
  filepath?: unknown;
  compressed_filepath?: unknown;
}

function pictureOf({ type, filepath, compressed_filepath: small }: LoggedPicture): TableCell {
  const picture = typeof small === 'string' ? small : filepath;
  return type === 'image' && typeof picture === 'string' ? { picture } : null;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function shortened(cell: TableCell): TableCell {
  return typeof cell === 'string' ? clip(cell) : cell;
}

function clip(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}

function areNumbers(rows: readonly TableCell[][], column: number): boolean {
  const values = rows.map((row) => row[column]).filter((cell) => cell !== null && cell !== '');
  return values.length > 0 && values.every((cell) => typeof cell === 'string' && NUMBER.test(cell));
}
