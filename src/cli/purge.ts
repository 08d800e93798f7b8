import process from 'node:process';
import { type Command, InvalidArgumentError } from 'commander';
import { formatBytes } from '../base/format.js';
import type { Purgeable, PurgeStep } from '../workspace/types.js';
import { facetOf } from '../workspace/facets.js';
import { confirm } from './confirm.js';
import { openWorkspace } from './context.js';
import { count, print, printJson } from './output.js';

export function addPurge(program: Command): void {
  program
    .command('purge')
    .description('permanently remove what was deleted and free its disk space; this cannot be undone')
    .option('--older-than <age>', 'only what was deleted longer ago than this, e.g. 30d or 12h', age, 0)
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print JSON')
    .action(purge);
}

async function purge({ olderThan, yes, json }: { olderThan: number; yes?: boolean; json?: boolean }) {
  const facet = facetOf(await openWorkspace(), 'purge');
  const found = await facet.preview(Date.now() - olderThan);
  const what = countsOf(found);
  const isNothing = found.runs + found.models + found.experiments === 0;
  if (!json) for (const line of keptLines(found)) print(line);
  if (isNothing && !json) return print('Nothing to purge.');
  if (
    !isNothing &&
    !yes &&
    !(await confirm(
      `Permanently remove ${what}? This frees about ${formatBytes(found.bytes)}. This cannot be undone.`,
      { json },
    ))
  )
    return print('Nothing was removed.');
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const isLive = process.stdout.isTTY && !json;
  let runs = 0;
  const purged = await facet.run(
    found.before,
    (step) => {
      runs += step.runs;
      if (isLive) process.stdout.write(`\r\x1b[2K${runs} of ${found.runs} runs`);
    },
    stop.signal,
  );
  if (isLive) process.stdout.write('\r\x1b[2K');
  if (json) return printJson({ ...purged, kept: found.kept });
  print(`Removed ${countsOf(purged)}; freed ${formatBytes(purged.bytes)}.`);
  if (!purged.done) {
    print('Stopped. The rest was not removed.');
    process.exitCode = 130;
  }
}

function countsOf({ runs, models, experiments }: Pick<PurgeStep, 'runs' | 'models' | 'experiments'>): string {
  return [
    count(runs, 'run'),
    ...(models > 0 ? [count(models, 'logged model')] : []),
    ...(experiments > 0 ? [count(experiments, 'experiment')] : []),
  ].join(', ');
}

function keptLines({ kept: { active, registered, needed, data = 0, dataAssets = [] } }: Purgeable): string[] {
  const reasons: [number, string][] = [
    [active, 'their jobs are active'],
    [registered, 'registered models use their files'],
    [needed, 'other runs of their jobs are not deleted'],
    [data, `data assets lead to their files (${dataAssets.join(', ')})`],
  ];
  return reasons
    .filter(([count]) => count > 0)
    .map(([count, reason]) => `${count} deleted ${count === 1 ? 'run' : 'runs'} kept: ${reason}.`);
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Milliseconds. */
function age(text: string): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text) ?? [];
  if (amount === undefined)
    throw new InvalidArgumentError('Expected a number with a unit (s, m, h, d or w), e.g. 30d.');
  return Number(amount) * (UNITS[unit] ?? 0) * 1000;
}
