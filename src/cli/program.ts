import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { VERSION } from '../base/version.js';
import { addExperiments } from './experiments.js';
import { EXIT_USAGE, report } from './output.js';
import { addInstallPath } from './install-path.js';
import { addPurge } from './purge.js';
import { addRuns } from './runs.js';
import { addServer } from './server.js';
import { addStore } from './store.js';
import { addSubmit } from './submit.js';

const program = new Command('trainyard')
  .description('Train models where you write them.')
  .version(VERSION)
  .exitOverride()
  .showHelpAfterError('(see --help)');
addSubmit(program);
addRuns(program);
addExperiments(program);
addPurge(program);
addServer(program);
addStore(program);
addInstallPath(program);
// Settings of a command are not handed down to those it holds.
for (const command of program.commands) {
  command.exitOverride();
  for (const inner of command.commands) inner.exitOverride();
}

// `trainyard runs | head`: the reader is gone, which is its right.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  else process.exitCode = report(error, process.argv.includes('--json'));
}
