import type { ComparedRun, RunDetails } from '../../src/panels/compare-messages.js';
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

/** Data and models of a run, by name. */
export function dataOf(details: RunDetails | undefined): Texts {
  if (!details) return {};
  const { data, sources, models } = details;
  return {
    ...data,
    ...Object.fromEntries(Object.entries(sources).map(([name, source]) => [t('{0} from', name), source])),
    ...(models.input !== undefined && { [t('Input model')]: models.input }),
    ...(models.output !== undefined && { [t('Output model')]: models.output }),
  };
}

/** Versions of the packages of a run, by name. */
export function packagesOf(details: RunDetails | undefined): Texts {
  const packages = Object.entries(details?.environment ?? {});
  return Object.fromEntries(packages.map(([name, version]) => [name, version || t('any')]));
}
