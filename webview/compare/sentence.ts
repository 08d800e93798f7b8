import type { ChangedFile, ComparedRun } from '../../src/extension/panels/compare-messages.js';
import { deltaOf, formatDelta } from './delta.js';
import { metricRows, textRows } from './rows.js';

export interface Part {
  text: string;
  /** A name, set as code. */
  isName?: boolean;
  verdict?: 'better' | 'worse';
}

const NAMED_PARAMS = 3;
const NAMED_METRICS = 2;

/** What changed from one run to another: `3 files, lr 0.1 → 0.01; val_acc +0.012`. @param files undefined: not known */
export function sentenceOf(
  first: ComparedRun,
  other: ComparedRun,
  files: readonly ChangedFile[] | undefined,
): Part[] {
  const changes: Part[][] = [];
  if (files && files.length > 0)
    changes.push([{ text: files.length === 1 ? '1 file' : `${files.length} files` }]);
  const params = textRows([first, other], (run) => run.params).filter(({ differs }) => differs);
  for (const { name, values } of params.slice(0, NAMED_PARAMS))
    changes.push([{ text: name, isName: true }, { text: ` ${values[0] ?? '–'} → ${values[1] ?? '–'}` }]);
  const more = params.length - NAMED_PARAMS;
  if (more > 0) changes.push([{ text: more === 1 ? '1 more param' : `${more} more params` }]);
  if (changes.length === 0) changes.push([{ text: files ? 'Same code and params' : 'Same params' }]);
  const results = telling(first, other);
  return [...joined(changes), ...(results.length > 0 ? [{ text: '; ' }, ...joined(results)] : [])];
}

/** The metrics by which runs are judged: those with a goal, of validation before training. */
function telling(first: ComparedRun, other: ComparedRun): Part[][] {
  const rank = (name: string) => (/test/i.test(name) ? 0 : /val|eval/i.test(name) ? 1 : 2);
  return metricRows([first, other])
    .filter(({ goal, differs }) => goal !== 'unknown' && differs)
    .sort((a, b) => rank(a.name) - rank(b.name))
    .flatMap(({ name, values, goal }): Part[][] => {
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
    })
    .slice(0, NAMED_METRICS);
}

function joined(parts: readonly Part[][]): Part[] {
  return parts.flatMap((part, i) => (i === 0 ? part : [{ text: ', ' }, ...part]));
}
