import type { ColumnId } from '../../src/panels/table-messages.js';
import { cellTitle, numberText } from './cell.js';
import { columnOf } from './columns.js';
import type { TableModel } from './model.js';

/** What the tooltip of a cell says. */
export function explain(model: TableModel, place: { row: number } | { group: number }, id: ColumnId): string {
  const { view } = model;
  const { values } = view;
  if ('row' in place) {
    const title = cellTitle(values, id, place.row) ?? '';
    return view.isBest(id, place.row) ? `${title}\n${bestTitle(model, id)}` : title;
  }
  const { rows, value } = view.groups![place.group]!;
  const runs = `${rows.length} ${rows.length === 1 ? 'run' : 'runs'}`;
  const isLabel = id === view.allColumns[0]?.id;
  if (isLabel)
    return `${columnOf(model.layout.group!).label}: ${value ?? 'none'}\n${runs}; click to select them`;
  const summary = view.summary(id);
  const count = summary?.count[place.group];
  if (!summary || !count) return view.common(id, place.group) ?? '';
  const say = (number: number) => numberText(id, number, values.now);
  const deviation = summary.deviation[place.group]!;
  return [
    `Mean ${say(summary.mean.values[place.group]!)}` +
      (Number.isNaN(deviation) ? '' : `, standard deviation ${say(deviation)}`),
    `Lowest ${say(summary.least[place.group]!)}, highest ${say(summary.greatest[place.group]!)}`,
    `From ${count} of ${runs}`,
  ].join('\n');
}

function bestTitle({ view }: TableModel, id: ColumnId): string {
  return `Best of the runs shown; ${view.goal(id)} is better`;
}
