import process from 'node:process';
import type { Command } from 'commander';
import { TrainyardError } from '../base/errors.js';
import { formatBytes } from '../base/format.js';
import { facetOf } from '../workspace/facets.js';
import type { Jobs } from '../workspace/workspace.js';
import { confirm } from './confirm.js';
import { openWorkspace } from './context.js';
import { print, printJson, table } from './output.js';

interface Json {
  json?: boolean;
}

export function addCompute(program: Command): void {
  const compute = program.command('compute').description('places where jobs run');
  compute
    .command('list', { isDefault: true })
    .description('list them, with what runs there')
    .option('--json', 'print JSON')
    .action(list);
  compute
    .command('prune')
    .description('remove what ended jobs left there')
    .argument('<name>', 'name of the target')
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print JSON')
    .action(prune);
}

async function list({ json }: Json): Promise<void> {
  const rows = await facetOf(await openWorkspace(), 'jobs').compute();
  if (json) return printJson(rows);
  const cells = rows.map(({ name, label, detail, problem, running, queued, slots, facts = [] }) => [
    name,
    `${running.length} of ${slots} running${queued.length > 0 ? `, ${queued.length} waiting` : ''}`,
    problem ?? [label, detail, ...facts.slice(1).map((fact) => `${fact.label}: ${fact.value}`)].join(', '),
  ]);
  print(table([['TARGET', 'JOBS', ''], ...cells]));
}

async function prune(name: string, { yes, json }: Json & { yes?: boolean }): Promise<void> {
  const jobs: Jobs = facetOf(await openWorkspace(), 'jobs');
  if (!jobs.leftovers || !jobs.prune)
    throw new TrainyardError('NOT_SUPPORTED', 'This workspace has nothing to prune.');
  const found = await jobs.leftovers(name);
  if (!json) for (const { label, bytes } of found) print(`${label}, ${formatBytes(bytes)}`);
  if (found.length === 0 && !json) return print('There is nothing to prune.');
  const frees = formatBytes(sumOf(found));
  if (found.length > 0 && !yes && !(await confirm(`Remove them? This frees about ${frees}.`, { json })))
    return print('Nothing was removed.');
  const removed = await jobs.prune(
    name,
    found.map(({ id }) => id),
  );
  if (json) return printJson({ removed, bytes: sumOf(removed) });
  print(`Removed ${removed.length}; freed about ${formatBytes(sumOf(removed))}.`);
  if (removed.length < found.length) process.exitCode = 1;
}

const sumOf = (all: readonly { bytes: number }[]) => all.reduce((sum, { bytes }) => sum + bytes, 0);
