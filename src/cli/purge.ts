import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { formatBytes } from '../base/format.js';
import { TrainyardError } from '../base/errors.js';
import type { Purgeable, PurgeStep } from '../workspace/types.js';
import { openWorkspace } from './context.js';
import { print, printJson } from './output.js';

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
  const workspace = openWorkspace();
  const found = await workspace.purge.preview(Date.now() - olderThan);
  const what = countsOf(found);
  const isNothing = found.runs + found.models + found.experiments === 0;
  if (!json) for (const line of keptLines(found)) print(line);
  if (isNothing && !json) return print('Nothing to purge.');
  if (
    !isNothing &&
    !yes &&
    !(await confirm(`Permanently remove ${what}? This frees about ${formatBytes(found.bytes)}.`, json))
  )
    return print('Nothing was removed.');
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const isLive = process.stdout.isTTY && !json;
  let runs = 0;
  const purged = await workspace.purge.run(
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

/** @throws BAD_REQUEST where nobody can be asked */
async function confirm(question: string, json: boolean | undefined): Promise<boolean> {
  if (json || !process.stdin.isTTY)
    throw new TrainyardError('BAD_REQUEST', question, {
      hint: 'There is no terminal to ask for confirmation. Use --yes.',
    });
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} This cannot be undone. [y/N] `)).trim());
  } finally {
    lines.close();
  }
}

function countsOf({ runs, models, experiments }: Pick<PurgeStep, 'runs' | 'models' | 'experiments'>): string {
  const some = (count: number, one: string) => (count === 1 ? `1 ${one}` : `${count} ${one}s`);
  return [
    some(runs, 'run'),
    ...(models > 0 ? [some(models, 'logged model')] : []),
    ...(experiments > 0 ? [some(experiments, 'experiment')] : []),
  ].join(', ');
}

function keptLines({ kept: { active, registered, needed } }: Purgeable): string[] {
  const reasons: [number, string][] = [
    [active, 'their jobs are active'],
    [registered, 'registered models use their files'],
    [needed, 'other runs of their jobs are not deleted'],
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
