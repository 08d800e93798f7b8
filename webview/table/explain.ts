import type { ColumnId } from '../../src/panels/table-messages.js';
import { cellTitle, numberText } from './cell.js';
import { columnOf } from './columns.js';
import type { TableModel } from './model.js';
import { t } from '../shared/l10n.js';

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
    t('Mean {0}', say(summary.mean.values[place.group]!)) +
      (Number.isNaN(deviation) ? '' : t(', standard deviation {0}', say(deviation))),
    t('Lowest {0}, highest {1}', say(summary.least[place.group]!), say(summary.greatest[place.group]!)),
    t('From {0} of {1}', count, runs),
  ].join('\n');
}

function bestTitle({ view }: TableModel, id: ColumnId): string {
  return t('Best of the runs shown; {0} is better', view.goal(id));
}
