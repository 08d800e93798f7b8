import process from 'node:process';
import type { Command } from 'commander';
import { formatBytes } from '../base/format.js';
import type { StoreRecovery, StoreVerification } from '../workspace/local/contract.js';
import { maintainStore } from '../workspace/local/maintenance.js';
import { localHome, serverEntry } from './context.js';
import { count, print, printJson, table } from './output.js';

interface Json {
  json?: boolean;
}

export function addStore(program: Command): void {
  const store = program
    .command('store')
    .description('check or rebuild the store while the server is stopped');
  store
    .command('verify')
    .description('read the whole store and report what is damaged')
    .option('--json', 'print JSON')
    .action(async (flags: Json) => {
      const found = await maintainStore('verify', { home: await localHome(), serverEntry });
      if (process.stderr.isTTY) process.stderr.write('\n');
      if (flags.json) printJson(found);
      else print(table(verified(found)));
      if (found.database !== null || found.damaged.length > 0 || found.missing.length > 0)
        process.exitCode = 1;
    });
  store
    .command('recover')
    .description('rebuild a damaged store from what is left; nothing is removed')
    .option('--json', 'print JSON')
    .action(async (flags: Json) => {
      const made = await maintainStore('recover', { home: await localHome(), serverEntry });
      if (flags.json) printJson(made);
      else print(table(recovered(made)));
    });
  store
    .command('reset')
    .description('set the store aside and start empty; nothing is removed')
    .option('--json', 'print JSON')
    .action(async (flags: Json) => {
      const done = await maintainStore('reset', { home: await localHome(), serverEntry });
      if (flags.json) printJson(done);
      else print(done.setAside === null ? 'There is no store.' : `Moved the store to ${done.setAside}.`);
    });
}

function verified({ database, objects, bytes, damaged, missing, unnamed }: StoreVerification): string[][] {
  return [
    ['Database', database ?? 'whole'],
    ['Files', `${count(objects, 'content')}, ${formatBytes(bytes)}`],
    ['Damaged', damaged.length === 0 ? 'none' : damaged.join(' ')],
    ['Missing', missing.length === 0 ? 'none' : missing.join(' ')],
    ['Without a run', String(unnamed)],
  ];
}

const SOURCES: Record<StoreRecovery['from'], string> = {
  database: 'the database itself',
  copy: 'its second copy',
  rows: 'the rows that could be read',
  nothing: 'nothing: the database could not be read',
};

function recovered(made: StoreRecovery): string[][] {
  return [
    ['Rebuilt from', SOURCES[made.from]],
    ['Runs', `${made.runs}${made.jobs > 0 ? `, ${made.jobs} of them from their job folders` : ''}`],
    ['Lost', lost(made)],
    [
      'Files without a run',
      made.filesRun === null ? 'none' : `${made.unnamedObjects}, now files of the run ${made.filesRun}`,
    ],
    ['Missing files', made.missingObjects.length === 0 ? 'none' : made.missingObjects.join(' ')],
    ['Set aside', made.setAside ?? 'nothing'],
  ];
}

function lost({ lostChanges, lastChangeAt }: StoreRecovery): string {
  if (lostChanges === 0) return 'no known changes';
  if (lostChanges === null) return 'the rows that could not be read';
  const since = lastChangeAt === null ? '' : `, those after ${new Date(lastChangeAt).toISOString()}`;
  return `${count(lostChanges, 'change')}${since}`;
}
