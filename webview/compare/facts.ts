import type { ComparedRun } from '../../src/panels/compare-messages.js';
import { formatDuration, formatTime } from '../shared/format.js';
import { t } from '../shared/l10n.js';
import { RUN_STATES } from '../shared/run-state.js';
import { type TextRow, textRows } from './rows.js';

type Texts = Readonly<Record<string, string>>;

/** What the runs ran and where, in the order it is read. */
export function factRows(runs: readonly ComparedRun[]): TextRow[] {
  const of = ({ state, startTime, duration, facts }: ComparedRun): Texts => ({
    [t('State')]: RUN_STATES[state].label,
    [t('Started')]: formatTime(startTime),
    ...(duration !== null && { [t('Duration')]: formatDuration(duration) }),
    ...Object.fromEntries(facts.map(([name, value]) => [t(name), value])),
  });
  const names = [
    t('State'),
    t('Started'),
    t('Duration'),
    ...runs.flatMap(({ facts }) => facts.map(([name]) => t(name))),
  ];
  return textRows(runs, of, [...new Set(names)]);
}
