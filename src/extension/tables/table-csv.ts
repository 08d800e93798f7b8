import { readRows } from './read-table.js';
import type { TableCell } from '../../panels/table.js';

/** Bytes of a file that are made lines of: more is nothing that anybody reads in an editor. */
export const MOST_CSV_BYTES = 20_000_000;

/**
 * A table with one line for each row, so that the editor shows which rows differ; the file as it is when it is no table.
 * @param bytes the file, or its beginning when `isCut`
 */
export function tableCsv(path: string, bytes: Uint8Array, isCut: boolean): Uint8Array {
  const table = readRows(path, bytes, isCut);
  if (typeof table === 'string') return bytes;
  const lines = [table.columns, ...table.rows].map((row) => row.map(quoted).join(','));
  if (isCut) lines.push('… Only the beginning of the file is shown.');
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

/** A cell of CSV (RFC 4180), in one line: a line break in it is written `\n`. */
function quoted(cell: TableCell): string {
  if (cell === null) return '';
  const text = (typeof cell === 'string' ? cell : cell.picture).replaceAll(/\r\n|\r|\n/g, '\\n');
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
