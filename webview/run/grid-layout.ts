/** How a table lies in its box. Pure; lengths in pixels. */
import type { ShownTable, TableCell } from '../../src/panels/table.js';

/** On both sides, and the rounding of a pixel. */
const PADDING = 25;
const WIDEST = 320;
const NARROWEST = 48;
/** Of a column of pictures: one is as high as a line of them. */
const PICTURE_WIDTH = 96;
/** A number with more characters is rounded. */
const MOST_DIGITS = 12;
const LINES_BEYOND = 10;

export interface Lines {
  first: number;
  end: number;
}

/** Those in sight, and some above and below, so that a scroll by a few finds them there. */
export function linesInSight(top: number, height: number, lineHeight: number, count: number): Lines {
  const first = Math.min(count, Math.max(0, Math.floor(top / lineHeight) - LINES_BEYOND));
  return { first, end: Math.min(count, Math.ceil((top + height) / lineHeight) + LINES_BEYOND) };
}

/** A number as it is shown: integers whole, others to seven digits when they have very many. */
export function shortNumber(text: string): string {
  if (text.length <= MOST_DIGITS || !text.includes('.')) return text;
  return String(Number(Number(text).toPrecision(7)));
}

/** Digits after the point, with the point: what stands behind the place where the points of a column are. */
export function tailOf(number: string): number {
  const point = number.indexOf('.');
  return point < 0 ? 0 : number.length - point;
}

/** Of each column the longest tail of a number; 0 for a column of text. */
export function tailsOf({ columns, rows }: ShownTable): number[] {
  return columns.map(({ isNumber }, i) =>
    isNumber ? rows.reduce((most, row) => Math.max(most, tailOf(shownText(row[i]!, true))), 0) : 0,
  );
}

export function shownText(cell: TableCell, isNumber: boolean): string {
  if (cell === null) return 'null';
  if (typeof cell !== 'string') return '';
  return isNumber ? shortNumber(cell) : cell;
}

/** @param measure width of a text */
export function widthsOf(
  { columns, rows }: ShownTable,
  tails: readonly number[],
  measure: (text: string) => number,
): number[] {
  return columns.map(({ name, isNumber }, i) => {
    let longest = '';
    let hasPicture = false;
    for (const row of rows) {
      const cell = row[i]!;
      if (cell !== null && typeof cell !== 'string') hasPicture = true;
      const text = shownText(cell, isNumber);
      const padded = text + '0'.repeat(isNumber ? tails[i]! - tailOf(text) : 0);
      if (padded.length > longest.length) longest = padded;
    }
    // No text that is longer would be shown as a whole.
    const wanted = Math.max(measure(name), measure(longest.slice(0, 100)));
    const least = hasPicture ? PICTURE_WIDTH : NARROWEST;
    return Math.ceil(Math.min(WIDEST, Math.max(least, wanted + PADDING)));
  });
}

export function hasPictures({ rows }: ShownTable): boolean {
  return rows.some((row) => row.some((cell) => cell !== null && typeof cell !== 'string'));
}
