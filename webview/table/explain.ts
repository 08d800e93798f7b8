import type { ColumnId } from '../../src/panels/table-messages.js';
import { cellTitle, numberText } from './cell.js';
import { columnOf } from './columns.js';
import type { TableModel } from './model.js';
import { count, t } from '../shared/l10n.js';

/** What the tooltip of a cell says. */
export function explain(model: TableModel, place: { row: number } | { group: number }, id: ColumnId): string {
  const { view } = model;
  const { values } = view;
  if ('row' in place) {
    const title = cellTitle(values, id, place.row) ?? '';
    return view.isBest(id, place.row) ? `${title}\n${bestTitle(model, id)}` : title;
  }
  const { rows, value } = view.groups![place.group]!;
  const runs = count(rows.length, '{0} run', '{0} runs');
  const isLabel = id === view.allColumns[0]?.id;
  if (isLabel)
    return t(
      '{0}: {1}\n{2}; click to select them',
      columnOf(model.layout.group!).label,
      value ?? t('none'),
      runs,
    );
  const summary = view.summary(id);
  const counted = summary?.count[place.group];
  if (!summary || !counted) return view.common(id, place.group) ?? '';
  const say = (number: number) => numberText(id, number, values.now);
  const mean = say(summary.mean.values[place.group]!);
  const deviation = summary.deviation[place.group]!;
  return [
    Number.isNaN(deviation)
      ? t('Mean {0}', mean)
      : t('Mean {0}, standard deviation {1}', mean, say(deviation)),
    t('Lowest {0}, highest {1}', say(summary.least[place.group]!), say(summary.greatest[place.group]!)),
    t('From {0} of {1}', counted, runs),
  ].join('\n');
}

function bestTitle({ view }: TableModel, id: ColumnId): string {
  return view.goal(id) === 'lower'
    ? t('Best of the runs shown; lower is better')
    : t('Best of the runs shown; higher is better');
}
