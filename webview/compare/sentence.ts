import type { ChangedFile, ComparedRun } from '../../src/panels/compare-messages.js';
import type { Goals } from '../../src/panels/table-messages.js';
import { formatValue } from '../shared/format.js';
import { deltaOf, formatDelta } from './delta.js';
import { type MetricRow, metricRows, textRows } from './rows.js';
import { around, t } from '../shared/l10n.js';

export interface Part {
  text: string;
  /** A name, set as code. */
  isName?: boolean;
  verdict?: 'better' | 'worse';
}

const NAMED_PARAMS = 3;
const NAMED_METRICS = 2;
/** A longer value says in the table what it is. */
const LONGEST = 32;

/** What changed from one run to another: `3 files, lr 0.1 → 0.01; val_acc +0.012`. @param files undefined: not known */
export function sentenceOf(
  first: ComparedRun,
  other: ComparedRun,
  files: readonly ChangedFile[] | undefined,
  said?: Goals,
): Part[] {
  const changes: Part[][] = [];
  if (files && files.length > 0)
    changes.push([{ text: files.length === 1 ? t('1 file') : t('{0} files', files.length) }]);
  const params = textRows([first, other], (run) => run.params).filter(({ differs }) => differs);
  for (const { name, values } of params.slice(0, NAMED_PARAMS))
    changes.push([{ text: name, isName: true }, { text: ` ${short(values[0])} → ${short(values[1])}` }]);
  changes.push(...moreParams(params.length - NAMED_PARAMS));
  if (changes.length === 0) changes.push([{ text: files ? t('Same code and params') : t('Same params') }]);
  const results = telling([first, other], said).flatMap(({ name, values, goal }): Part[][] => {
    const delta = deltaOf(values[0], values[1], goal);
    if (!delta) return [];
    const { verdict } = delta;
    const told = verdict === 'better' || verdict === 'worse' ? { verdict } : {};
    return [
      [
        { text: name, isName: true },
        { text: ` ${formatDelta(delta)}`, ...told },
      ],
    ];
  });
  return sentence(changes, results.slice(0, NAMED_METRICS));
}

/** What differs among many runs: `lr 0.001 to 0.1, optimizer adam, sgd; best val_acc 0.94 (calm-otter)`. */
export function summaryOf(runs: readonly ComparedRun[], said?: Goals): Part[] {
  const params = textRows(runs, (run) => run.params).filter(({ differs }) => differs);
  const changes = params
    .slice(0, NAMED_PARAMS)
    .map(({ name, values }): Part[] => [{ text: name, isName: true }, { text: ` ${rangeOf(values)}` }]);
  changes.push(...moreParams(params.length - NAMED_PARAMS));
  if (changes.length === 0) changes.push([{ text: t('Same params') }]);
  const results = telling(runs, said).flatMap(({ name, values, best }): Part[][] =>
    best === undefined
      ? []
      : [
          around(t('best {0} {1} ({2})', '{0}', formatValue(values[best]!), runs[best]!.name), {
            text: name,
            isName: true,
          }).map((part) => (typeof part === 'string' ? { text: part } : part)),
        ],
  );
  return sentence(changes, results.slice(0, NAMED_METRICS));
}

/** The metrics by which runs are judged: those with a goal, of a test before validation before training. */
export function telling(runs: readonly ComparedRun[], said?: Goals): MetricRow[] {
  const rank = (name: string) => (/test/i.test(name) ? 0 : /val|eval/i.test(name) ? 1 : 2);
  return metricRows(runs, said)
    .filter(({ goal, differs }) => goal !== 'unknown' && differs)
    .sort((a, b) => rank(a.name) - rank(b.name));
}

function rangeOf(values: readonly (string | undefined)[]): string {
  const given = values.filter((value) => value !== undefined);
  const numbers = given.map(Number);
  if (numbers.length > 0 && numbers.every(Number.isFinite) && given.every((value) => value.trim() !== ''))
    return t('{0} to {1}', formatValue(Math.min(...numbers)), formatValue(Math.max(...numbers)));
  const words = [...new Set(given)];
  const more = words.length - NAMED_PARAMS;
  return words.slice(0, NAMED_PARAMS).map(short).join(', ') + (more > 0 ? t(' and {0} more', more) : '');
}

function moreParams(count: number): Part[][] {
  return count <= 0 ? [] : [[{ text: count === 1 ? t('1 more param') : t('{0} more params', count) }]];
}

function short(value: string | undefined): string {
  if (value === undefined) return '–';
  return value.length > LONGEST ? `${value.slice(0, LONGEST - 1)}…` : value;
}

function sentence(changes: readonly Part[][], results: readonly Part[][]): Part[] {
  return [...joined(changes), ...(results.length > 0 ? [{ text: '; ' }, ...joined(results)] : [])];
}

function joined(parts: readonly Part[][]): Part[] {
  return parts.flatMap((part, i) => (i === 0 ? part : [{ text: ', ' }, ...part]));
}
