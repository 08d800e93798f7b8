import type { CurveCell } from '../../src/panels/table-messages.js';
import { type Column, ROW_HEIGHT } from './columns.js';
import type { TableModel } from './model.js';
import { columnWindow, offsetsOf, rowWindow, type Window } from './window.js';

export const HEAD_HEIGHT = 26;
/** Rows drawn above and below those in sight. */
export const MORE_ROWS = 3;

/** The part of the table that is drawn. */
export interface Sight {
  /** Of the columns that are not pinned. */
  across: Window;
  /** Of the lines. */
  down: Window;
  /** Where each of the columns begins, and the last ends; the pinned for themselves. Pixels. */
  offsets: number[];
  pinnedOffsets: number[];
}

/** @param size of what can be seen, in pixels */
export function inSight(
  { view, scroll }: TableModel,
  { width, height }: { width: number; height: number },
): Sight {
  const { pinned, others } = view.columns;
  const offsetsIn = (columns: readonly Column[]) => offsetsOf(columns.map((column) => view.widthOf(column)));
  const offsets = offsetsIn(others);
  const pinnedOffsets = offsetsIn(pinned);
  const across = columnWindow(offsets, scroll.left, Math.max(0, width - pinnedOffsets.at(-1)!));
  const down = rowWindow(scroll.top, height - HEAD_HEIGHT, ROW_HEIGHT, view.lines.length, MORE_ROWS);
  return { across, down, offsets, pinnedOffsets };
}

/** The cells that show a curve. */
export function curvesIn({ view, layout }: TableModel, { across, down }: Sight): CurveCell[] {
  if (layout.curves.length === 0) return [];
  const { pinned, others } = view.columns;
  const shown = [...pinned, ...others.slice(across.first, across.end)];
  const rows = Array.from(view.lines.subarray(down.first, down.end)).filter((line) => line >= 0);
  return shown
    .filter(({ id }) => layout.curves.includes(id))
    .flatMap(({ id, name: metric }) =>
      rows
        .filter((row) => view.values.number(id, row) !== undefined)
        .map((row) => ({ runId: view.store.ids[row]!, metric })),
    );
}
