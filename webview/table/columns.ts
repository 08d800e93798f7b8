import { compareNames } from '../../src/base/order.js';
import type { ColumnId, TableLayout } from '../../src/panels/table-messages.js';
import { type Goal, goalOf } from '../shared/goal.js';
import { t } from '../shared/l10n.js';

export type ColumnKind = 'attribute' | 'metric' | 'best' | 'min' | 'max' | 'param' | 'tag';

export interface Column {
  id: ColumnId;
  kind: ColumnKind;
  /** Of the metric, param or tag. */
  name: string;
  /** What heads it. */
  label: string;
  /** What it is called where its kind is not plain. */
  title: string;
}

export const ROW_HEIGHT = 22;
/** Both sides of a cell, and the border. */
export const CELL_PADDING = 20;
/** A curve that is narrower says nothing. */
export const LEAST_CURVE = 48;
/** Of what is not arranged by hand. */
const MOST_WIDTH = 180;
const MIN_WIDTH = 40;
const MAX_WIDTH = 800;
/** Room for a curve and the value beside it, and for a mean and its deviation. */
const CURVE_WIDTH = 182;
const MEAN_WIDTH = 136;

/** In the order of the table; with their widths. */
const ATTRIBUTES: readonly { id: ColumnId; label: string; width: number; isShown: boolean }[] = [
  { id: 'name', label: t('Name'), width: 190, isShown: true },
  { id: 'workspace', label: t('Workspace'), width: 110, isShown: false },
  { id: 'state', label: t('State'), width: 104, isShown: true },
  { id: 'started', label: t('Age'), width: 84, isShown: true },
  { id: 'duration', label: t('Duration'), width: 94, isShown: true },
  { id: 'experiment', label: t('Experiment'), width: 120, isShown: false },
  { id: 'commit', label: t('Commit'), width: 84, isShown: true },
  { id: 'branch', label: t('Branch'), width: 100, isShown: true },
  { id: 'target', label: t('Target'), width: 84, isShown: true },
  { id: 'user', label: t('User'), width: 90, isShown: false },
  { id: 'number', label: t('Number'), width: 76, isShown: false },
  { id: 'changed', label: t('Changed files'), width: 110, isShown: false },
  { id: 'failure', label: t('Failure'), width: 180, isShown: true },
  { id: 'note', label: t('Note'), width: 180, isShown: true },
];
const ATTRIBUTE = new Map(ATTRIBUTES.map((attribute) => [attribute.id, attribute]));
/** Attributes that name and judge a run stand before its values; those that place it, behind them. */
const FIRST: readonly ColumnId[] = ['name', 'workspace', 'state', 'started', 'duration'];
const KINDS: readonly ColumnKind[] = ['metric', 'param', 'attribute', 'tag'];
/** What a metric was at its end, its best and its extremes, side by side. */
const OF_METRIC: readonly ColumnKind[] = ['metric', 'best', 'min', 'max'];
const rankOf = ({ id, kind }: Column) =>
  FIRST.includes(id) ? -1 : KINDS.indexOf(OF_METRIC.includes(kind) ? 'metric' : kind);

export const EMPTY_LAYOUT: TableLayout = {
  version: 2,
  order: [],
  shown: [],
  hidden: [],
  pinned: ['name'],
  widths: {},
  sort: [],
  onlyDiffering: false,
  tinted: [],
  group: null,
  collapsed: [],
  curves: [],
  goals: {},
};

export function columnOf(id: ColumnId): Column {
  const attribute = ATTRIBUTE.get(id);
  if (attribute) return { id, kind: 'attribute', name: id, label: attribute.label, title: attribute.label };
  const at = id.indexOf(':');
  const kind = id.slice(0, at) as ColumnKind;
  const name = id.slice(at + 1);
  switch (kind) {
    case 'best':
      return { id, kind, name, label: t('{0} best', name), title: t('Best value of the metric {0}', name) };
    case 'min':
      return { id, kind, name, label: t('{0} min', name), title: t('Lowest value of the metric {0}', name) };
    case 'max':
      return { id, kind, name, label: t('{0} max', name), title: t('Highest value of the metric {0}', name) };
    case 'metric':
      return { id, kind, name, label: name, title: t('Last value of the metric {0}', name) };
    case 'param':
      return { id, kind, name, label: name, title: t('Param {0}', name) };
    default:
      return { id, kind, name, label: name, title: t('Tag {0}', name) };
  }
}

/** Whether it tells of a metric: then a group has a mean of it. */
export function isOfMetric({ kind }: Column): boolean {
  return OF_METRIC.includes(kind);
}

/** What the metric of a column is to be: as a person said, else as its name says. */
export function goalIn({ goals }: TableLayout, metric: string): Goal {
  return goalOf(metric, goals);
}

/** All there are, in their usual order: what names a run, metrics with the machine's last, params, the rest, tags. */
export function knownColumns(ids: Iterable<ColumnId>): Column[] {
  const isOfMachine = ({ id }: Column) => Number(id.includes(':system/'));
  const named = [...ids].filter((id) => id.includes(':')).map(columnOf);
  named.sort(
    (a, b) =>
      isOfMachine(a) - isOfMachine(b) ||
      compareNames(a.name, b.name) ||
      OF_METRIC.indexOf(a.kind) - OF_METRIC.indexOf(b.kind),
  );
  // Attributes keep the order they have.
  return [...ATTRIBUTES.map(({ id }) => columnOf(id)), ...named].sort((a, b) => rankOf(a) - rankOf(b));
}

/** Best, lowest and highest values, and metrics of the machine, are there when they are asked for. */
export function isShownByDefault({ id, kind }: Column): boolean {
  if (kind === 'attribute') return ATTRIBUTE.get(id)?.isShown ?? false;
  return kind === 'metric' ? !id.includes(':system/') : kind === 'param' || kind === 'tag';
}

export function isShown(column: Column, layout: TableLayout): boolean {
  return isShownByDefault(column) ? !layout.hidden.includes(column.id) : layout.shown.includes(column.id);
}

/** The columns of the table from left to right: the pinned first. @param known in their usual order */
export function arrange(
  known: readonly Column[],
  layout: TableLayout,
  isWanted: (column: Column) => boolean = () => true,
): { pinned: Column[]; others: Column[] } {
  const shown = ordered(known, layout.order).filter((column) => isShown(column, layout));
  const isPinned = ({ id }: Column) => layout.pinned.includes(id);
  return {
    pinned: shown.filter(isPinned),
    others: shown.filter((column) => !isPinned(column) && isWanted(column)),
  };
}

/** Those that were put somewhere in that order, each of the others after the one that usually is before it. */
export function ordered(known: readonly Column[], put: readonly ColumnId[]): Column[] {
  if (put.length === 0) return [...known];
  const byId = new Map(known.map((column) => [column.id, column]));
  const result = put.flatMap((id) => byId.get(id) ?? []);
  const isPut = new Set(put);
  let before: Column | undefined;
  for (const column of known) {
    if (!isPut.has(column.id)) result.splice(before ? result.indexOf(before) + 1 : 0, 0, column);
    before = column;
  }
  return result;
}

/** The layout with a column put before another, or at the end. */
export function moved(
  known: readonly Column[],
  layout: TableLayout,
  id: ColumnId,
  before: ColumnId | undefined,
): TableLayout {
  const ids = ordered(known, layout.order)
    .map((column) => column.id)
    .filter((other) => other !== id);
  ids.splice(before === undefined ? ids.length : ids.indexOf(before), 0, id);
  // A column is pinned, or not, as the one it was put before.
  const isPinned = before !== undefined && layout.pinned.includes(before);
  const pinned = layout.pinned.filter((other) => other !== id);
  return { ...layout, order: ids, pinned: isPinned ? [...pinned, id] : pinned };
}

export function withShown(layout: TableLayout, column: Column, show: boolean): TableLayout {
  const without = (ids: readonly ColumnId[]) => ids.filter((id) => id !== column.id);
  const byDefault = isShownByDefault(column);
  return {
    ...layout,
    shown: show && !byDefault ? [...without(layout.shown), column.id] : without(layout.shown),
    hidden: !show && byDefault ? [...without(layout.hidden), column.id] : without(layout.hidden),
  };
}

/** @param content pixels that its widest value needs */
export function widthOf(column: Column, { widths, curves, group }: TableLayout, content = 0): number {
  const { id, label } = column;
  const own = widths[id] ?? ATTRIBUTE.get(id)?.width;
  if (own !== undefined) return own;
  const isCurve = curves.includes(id);
  const least = isCurve ? CURVE_WIDTH : group !== null && isOfMetric(column) ? MEAN_WIDTH : 88;
  const needed = Math.ceil(content) + CELL_PADDING + (isCurve ? LEAST_CURVE : 0);
  // Room for the name and the arrow of the sort, and for the values, within reason.
  return Math.max(least, Math.min(MOST_WIDTH, label.length * 7.5 + 34), Math.min(MOST_WIDTH, needed));
}

export function clampWidth(width: number): number {
  return Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)));
}
