import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { VERSION } from '../base/version.js';
import { chooseWorkspace, withCredentialsHint } from './context.js';
import { addDebug } from './debug.js';
import { addCompute } from './compute.js';
import { addData } from './data.js';
import { addDatastore } from './datastore.js';
import { addEnvironment } from './environment.js';
import { addExperiments } from './experiments.js';
import { addInstallPath } from './install-path.js';
import { addJob } from './job.js';
import { addLineage } from './lineage.js';
import { EXIT_USAGE, report } from './output.js';
import { addPurge } from './purge.js';
import { addRuns } from './runs.js';
import { addServer } from './server.js';
import { addStore } from './store.js';
import { addSubmit } from './submit.js';
import { addWorkspaces } from './workspaces.js';

const program = new Command('trainyard')
  .description('Train models where you write them.')
  // Commands have a --version of their own, which would not reach them.
  .version(VERSION, '-V', 'output the version number; so does --version alone')
  .option(
    '--workspace <workspace>',
    'name or ID of the workspace; default: TRAINYARD_WORKSPACE, else the active one',
  )
  .configureHelp({ showGlobalOptions: true })
  .exitOverride()
  .showHelpAfterError('(see --help)');
addSubmit(program);
addDebug(program);
addJob(program);
addRuns(program);
addExperiments(program);
addData(program);
addDatastore(program);
addEnvironment(program);
addLineage(program);
addPurge(program);
addCompute(program);
addWorkspaces(program);
addServer(program);
addStore(program);
addInstallPath(program);
let isJson = false;
program.hook('preAction', (_, command) => {
  chooseWorkspace(program.opts<{ workspace?: string }>().workspace);
  isJson = command.opts<{ json?: boolean }>().json === true;
});

// `trainyard runs | head`: the reader has exited, which is fine.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const [, , first] = process.argv;
if (first === '--version') process.argv[2] = '-V';
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  else process.exitCode = report(withCredentialsHint(error), isJson);
}
