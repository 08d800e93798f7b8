import type { ColumnId, RunChunk, SortKey, TableLayout } from '../../src/panels/table-messages.js';
import type { Goal } from '../shared/goal.js';
import { bestOf } from './best.js';
import {
  arrange,
  type Column,
  columnOf,
  EMPTY_LAYOUT,
  goalIn,
  isOfMetric,
  knownColumns,
  widthOf,
} from './columns.js';
import { differs } from './differ.js';
import { type Group, groupRows, headsOf, linesOf, orderGroups, summarise, type Summary } from './group.js';
import { sortRows } from './sort.js';
import { type ColumnData, RunStore } from './store.js';
import { tintsOf } from './tint.js';
import { RunValues } from './values.js';
import { type Measure, roughly, Widths } from './widths.js';
import { indexAt } from './window.js';

const NEWEST_FIRST: SortKey = { id: 'started', descending: true };
/** Columns whose best is marked: a least value is only good where the least is looked for. */
const MARKED: Record<Goal, readonly Column['kind'][]> = {
  lower: ['metric', 'best', 'min'],
  higher: ['metric', 'best', 'max'],
  unknown: [],
};

/** The star before the best, and its distance. */
const MARK_WIDTH = 15;

/** A line of the table: the head of a group, or a run. */
export type Place = { runId: string } | { group: string | undefined };

/** Derived from the runs and their layout: computed on demand, cached until either changes. */
export class TableView {
  readonly store = new RunStore();
  readonly values = new RunValues(this.store, (metric) => this.goalOf(metric));
  readonly #measure: Measure;
  readonly #widths: Widths;
  #layout = EMPTY_LAYOUT;
  #sorted: { rows: Uint32Array; groups: Group[] | undefined } | undefined;
  #lines: Int32Array | undefined;
  #heads: Uint32Array | undefined;
  #known: Column[] | undefined;
  #columns: { pinned: Column[]; others: Column[] } | undefined;
  readonly #goals = new Map<string, Goal>();
  readonly #tints = new Map<ColumnId, (row: number) => number>();
  /** Of runs by column; of groups by `group ` and column. */
  readonly #bests = new Map<string, number | undefined>();
  readonly #summaries = new Map<ColumnId, Summary | undefined>();
  readonly #common = new Map<ColumnId, (string | undefined)[]>();

  constructor(measure: Measure = roughly) {
    this.#measure = measure;
    this.#widths = new Widths(this.values, measure);
  }

  get layout(): TableLayout {
    return this.#layout;
  }

  set layout(layout: TableLayout) {
    const before = this.#layout;
    this.#layout = layout;
    const has = (...keys: (keyof TableLayout)[]) => keys.some((key) => layout[key] !== before[key]);
    if (has('sort', 'group', 'goals')) this.#forgetRows();
    if (has('collapsed')) this.#forgetLines();
    if (has('goals')) {
      this.#goals.clear();
      this.#widths.forget();
      this.#known = undefined;
    }
    if (has('goals', 'group', 'order', 'shown', 'hidden', 'pinned', 'onlyDiffering'))
      this.#columns = undefined;
  }

  /** Takes runs over, in place of what was known of them. */
  put(chunk: RunChunk): void {
    const { columns } = this.store;
    const { size } = columns;
    this.store.put(chunk);
    this.#widths.came(
      chunk.ids.map((id) => this.store.rowOf(id)!),
      this.store.size,
    );
    this.#changed();
    if (columns.size > size) this.#forgetColumns();
  }

  remove(ids: Iterable<string>): void {
    this.store.remove(ids);
    this.#changed();
  }

  clear(): void {
    this.store.clear();
    this.#widths.clear();
    this.#changed();
    this.#forgetColumns();
  }

  /** Active runs have progressed. */
  tick(): void {
    this.values.renew();
    if (this.#layout.sort.some(({ id }) => id === 'duration')) this.#forgetRows();
    else this.#forgetDerived();
  }

  // ---- rows

  /** Rows of the store as they are sorted, group by group. */
  get rows(): Uint32Array {
    return this.#sort().rows;
  }

  get groups(): readonly Group[] | undefined {
    return this.#sort().groups;
  }

  /** See `linesOf`; without groups the rows. */
  get lines(): Int32Array {
    const { rows, groups } = this.#sort();
    this.#lines ??= groups ? linesOf(groups, ({ value }) => this.isCollapsed(value)) : Int32Array.from(rows);
    return this.#lines;
  }

  /** The group of a line: the line of its head, and the one after its last. */
  groupAbove(line: number): { head: number; end: number } | undefined {
    const { groups = [], lines } = this;
    this.#heads ??= headsOf(groups, ({ value }) => this.isCollapsed(value));
    const group = indexAt(this.#heads, line);
    const head = this.#heads[group];
    return head === undefined ? undefined : { head, end: this.#heads[group + 1] ?? lines.length };
  }

  /** @param value of the group */
  isCollapsed(value: string | undefined): boolean {
    return this.#layout.collapsed.includes(value ?? null);
  }

  /** Ids of the runs as they are sorted, those of closed groups too. */
  get order(): string[] {
    return Array.from(this.rows, (row) => this.store.ids[row]!);
  }

  /** Where on the list it is; a run of a closed group is at its head. −1: nowhere. */
  lineOf(place: Place): number {
    const { groups = [] } = this;
    if ('group' in place) {
      const at = groups.findIndex(({ value }) => value === place.group);
      return at < 0 ? -1 : this.lines.indexOf(~at);
    }
    const row = this.store.rowOf(place.runId);
    if (row === undefined) return -1;
    const line = this.lines.indexOf(row);
    const group = line < 0 ? this.groupOf(place.runId) : undefined;
    return group ? this.lines.indexOf(~groups.indexOf(group)) : line;
  }

  groupOf(runId: string): Group | undefined {
    const row = this.store.rowOf(runId);
    return row === undefined ? undefined : this.groups?.find(({ rows }) => rows.includes(row));
  }

  /** The run, or the runs of the group. */
  runsAt(place: Place): string[] {
    if ('runId' in place) return [place.runId];
    const group = this.groups?.find(({ value }) => value === place.group);
    return Array.from(group?.rows ?? [], (row) => this.store.ids[row]!);
  }

  placeOf(line: number): Place | undefined {
    const value = this.lines[line];
    if (value === undefined) return undefined;
    return value < 0 ? { group: this.groups![~value]!.value } : { runId: this.store.ids[value]! };
  }

  // ---- columns

  /** Every column there is, in the usual order. */
  get known(): Column[] {
    return (this.#known ??= knownColumns([...this.store.columns.keys(), ...this.#bestColumns()]));
  }

  /** Those that are shown, from left to right. */
  get columns(): { pinned: Column[]; others: Column[] } {
    if (this.#columns) return this.#columns;
    const { pinned, others } = arrange(this.known, this.#layout, (column) => this.#isWanted(column));
    // The first column names the groups: it has to stay in sight.
    const first = pinned.length === 0 && this.#layout.group !== null ? others.splice(0, 1) : [];
    return (this.#columns = { pinned: [...pinned, ...first], others });
  }

  get allColumns(): Column[] {
    return [...this.columns.pinned, ...this.columns.others];
  }

  /** Pixels. */
  widthOf(column: Column): number {
    const isGiven = this.#layout.widths[column.id] !== undefined || column.kind === 'attribute';
    return widthOf(column, this.#layout, isGiven ? 0 : this.valueWidth(column.id));
  }

  /** Pixels that the widest value needs, with the mark of the best where the column has one. */
  valueWidth(id: ColumnId): number {
    const isMarked = MARKED[this.goal(id)].includes(columnOf(id).kind);
    return this.#widths.widest(id, isMarked) + (isMarked ? MARK_WIDTH : 0);
  }

  /** Whether the text, as it is usually set, is seen whole in so many pixels. */
  fits(text: string, pixels: number): boolean {
    return this.#measure(text, false) <= pixels;
  }

  isNumber(id: ColumnId): boolean {
    const data = this.values.data(id);
    return data?.kind === 'number' || (data?.kind === 'text' && data.isNumeric && !id.startsWith('tag:'));
  }

  goal(id: ColumnId): Goal {
    const column = columnOf(id);
    return isOfMetric(column) ? this.goalOf(column.name) : 'unknown';
  }

  goalOf(metric: string): Goal {
    let goal = this.#goals.get(metric);
    if (goal === undefined) this.#goals.set(metric, (goal = goalIn(this.#layout, metric)));
    return goal;
  }

  /** Runs can be grouped by words, but not by notes, which are all different. */
  canGroupBy(id: ColumnId): boolean {
    return this.values.data(id)?.kind === 'text' && id !== 'note';
  }

  /** Step of the tint of a cell; −1 without. */
  tint(id: ColumnId, row: number): number {
    if (!this.#layout.tinted.includes(id)) return -1;
    const data = this.values.data(id);
    if (data?.kind !== 'number') return -1;
    let tint = this.#tints.get(id);
    if (!tint) this.#tints.set(id, (tint = tintsOf(data, this.rows, this.goal(id))));
    return tint(row);
  }

  /** Whether no run that is shown has a better value than this one. */
  isBest(id: ColumnId, row: number): boolean {
    const best = this.#best(id, id, () => [this.values.data(id), this.rows]);
    const data = best === undefined ? undefined : this.values.data(id);
    return data?.kind === 'number' && data.isSet[row] === 1 && data.values[row] === best;
  }

  // ---- groups

  /** What a column of numbers comes to in each group; undefined for one whose mean would say nothing. */
  summary(id: ColumnId): Summary | undefined {
    if (!this.#summaries.has(id)) this.#summaries.set(id, this.#summarise(id, this.groups ?? []));
    return this.#summaries.get(id);
  }

  isBestGroup(id: ColumnId, group: number): boolean {
    const best = this.#best(`group ${id}`, id, () => [this.summary(id)?.mean, this.groups!.keys()]);
    return best !== undefined && this.summary(id)?.mean.values[group] === best;
  }

  /** The text that all runs of a group have in common. */
  common(id: ColumnId, group: number): string | undefined {
    let common = this.#common.get(id);
    if (!common) {
      const data = this.values.data(id);
      common = (this.groups ?? []).map(({ rows }) => {
        if (data?.kind !== 'text') return undefined;
        const code = data.codes[rows[0]!]!;
        return code > 0 && rows.every((row) => data.codes[row] === code) ? data.words[code - 1] : undefined;
      });
      this.#common.set(id, common);
    }
    return common[group];
  }

  #best(
    key: string,
    id: ColumnId,
    among: () => [ColumnData | undefined, Iterable<number>],
  ): number | undefined {
    if (!this.#bests.has(key)) {
      const [data, rows] = among();
      const goal = this.goal(id);
      const isMarked = data?.kind === 'number' && MARKED[goal].includes(columnOf(id).kind);
      this.#bests.set(key, isMarked ? bestOf(data, rows, goal) : undefined);
    }
    return this.#bests.get(key);
  }

  #summarise(id: ColumnId, groups: readonly Group[]): Summary | undefined {
    const data = this.values.data(id);
    const isWanted = id === 'duration' || isOfMetric(columnOf(id));
    return isWanted && data?.kind === 'number' ? summarise(data, groups) : undefined;
  }

  #sort(): { rows: Uint32Array; groups: Group[] | undefined } {
    if (this.#sorted) return this.#sorted;
    const { sort, group } = this.#layout;
    const columnData = (id: ColumnId) => this.values.data(id);
    const rows = sortRows(this.store.rows(), [...sort, NEWEST_FIRST], columnData);
    if (group === null) return (this.#sorted = { rows, groups: undefined });
    const by = columnData(group);
    const found = groupRows(rows, by?.kind === 'text' ? by : undefined);
    const groups = orderGroups(found, {
      by: group,
      sort,
      columnOf: columnData,
      summaryOf: (id) => this.#summarise(id, found),
    });
    const inGroups = new Uint32Array(rows.length);
    let at = 0;
    for (const one of groups) {
      inGroups.set(one.rows, at);
      at += one.rows.length;
    }
    return (this.#sorted = { rows: inGroups, groups });
  }

  #bestColumns(): ColumnId[] {
    return [...this.store.columns.keys()].flatMap((id) => {
      const name = id.startsWith('min:') ? id.slice('min:'.length) : undefined;
      return name !== undefined && this.goalOf(name) !== 'unknown' ? `best:${name}` : [];
    });
  }

  #isWanted({ id, kind }: Column): boolean {
    // A note can be given where none is.
    if (id === 'note' && !this.#layout.onlyDiffering) return true;
    const data = this.values.data(id);
    // An attribute that no run has tells nothing; a metric is only known by runs that have it.
    if (kind === 'attribute' && this.store.size > 0 && data === undefined) return false;
    if (!this.#layout.onlyDiffering || this.store.size < 2) return true;
    return data !== undefined && differs(data, this.rows);
  }

  #changed(): void {
    this.values.renew();
    this.#forgetRows();
  }

  #forgetColumns(): void {
    this.#known = undefined;
    this.#columns = undefined;
  }

  #forgetRows(): void {
    this.#sorted = undefined;
    this.#forgetLines();
    this.#forgetDerived();
    if (this.#layout.onlyDiffering) this.#columns = undefined;
  }

  #forgetLines(): void {
    this.#lines = undefined;
    this.#heads = undefined;
  }

  #forgetDerived(): void {
    this.#tints.clear();
    this.#bests.clear();
    this.#summaries.clear();
    this.#common.clear();
  }
}
