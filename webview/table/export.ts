import { quoted } from '../shared/csv.js';

/** A table as text for other programs. Pure. */

export interface Sheet {
  head: readonly string[];
  /** undefined: no value */
  rows: readonly (readonly (string | undefined)[])[];
}

/** RFC 4180. A text that a spreadsheet would take for a formula is kept one by an apostrophe. */
export function toCsv({ head, rows }: Sheet): string {
  return [head, ...rows].map((cells) => cells.map((cell) => csvCell(cell)).join(',')).join('\r\n') + '\r\n';
}

/** For the clipboard: spreadsheets take it apart into cells. */
export function toTsv({ head, rows }: Sheet): string {
  const cell = (value = '') => value.replaceAll(/[\t\r\n]+/g, ' ');
  return [head, ...rows].map((cells) => cells.map((value) => cell(value)).join('\t')).join('\n') + '\n';
}

function csvCell(value = ''): string {
  const isFormula = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) && value !== '-Infinity';
  return quoted(isFormula ? `'${value}` : value);
}

/** @param isNumber of each column: numbers are set to the right */
export function toMarkdown({ head, rows }: Sheet, isNumber: readonly boolean[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return (
    [
      line(head.map((cell) => markdownCell(cell))),
      line(head.map((_, i) => (isNumber[i] ? '---:' : '---'))),
      ...rows.map((cells) => line(cells.map((cell) => markdownCell(cell)))),
    ].join('\n') + '\n'
  );
}

function markdownCell(value = ''): string {
  return value.replaceAll(/[\\|`*_<>[\]]/g, '\\$&').replaceAll(/\s*\r?\n\s*/g, ' ');
}
