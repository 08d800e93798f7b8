import type { TemplateResult } from 'lit';
import type { ColumnId } from '../../src/panels/table-messages.js';
import type { Column } from './columns.js';

/** The columns that are drawn, and where the keyboard is. */
export interface Drawn {
  pinned: readonly Column[];
  shown: readonly Column[];
  /** Index of the first of `shown` among all. */
  first: number;
  /** Of each column that is drawn; pixels from the left of the table. */
  boxes: ReadonlyMap<ColumnId, { left: number; width: number }>;
  pinnedWidth: number;
  /** Of the cell where the keyboard is; −1 is the head. */
  activeLine: number | undefined;
  activeColumn: ColumnId | undefined;
}

/** What a cell shows. */
export interface CellContent {
  /** Its classes. */
  look: string;
  content: string | TemplateResult;
}

export const isActive = ({ activeLine, activeColumn }: Drawn, line: number, id: ColumnId) =>
  activeLine === line && activeColumn === id;

/** Classes of those that hold. */
export function looks(...names: (string | false)[]): string {
  let look = 'cell';
  for (const name of names) if (name) look += ` ${name}`;
  return look;
}
