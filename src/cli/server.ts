import path from 'node:path';
import process from 'node:process';
import { type Command, Option } from 'commander';
import { TrainyardError } from '../base/errors.js';
import { formatBytes, formatDuration } from '../base/format.js';
import { findServer, shutdown } from '../workspace/local/launch.js';
import { settingLines, type Shell, SHELLS } from '../workspace/local/tracking.js';
import type { ServerStatus } from '../workspace/types.js';
import { localHome, openLocal } from './context.js';
import { print, printJson, table } from './output.js';

interface Json {
  json?: boolean;
}

export function addServer(program: Command): void {
  program
    .command('env')
    .description(
      'print the variables that let scripts and notebooks log to this workspace: eval "$(trainyard env)"',
    )
    .addOption(
      new Option('--shell <shell>', 'shell syntax to print').choices(SHELLS).default(shellOf(process.env)),
    )
    .option('--json', 'print JSON')
    .action(async ({ shell, json }: Json & { shell: Shell }) => {
      const variables = await (await openLocal()).trackingVariables();
      if (json) printJson(variables);
      else print(settingLines(variables, shell).trimEnd());
    });

  const server = program.command('server').description('the local workspace server');
  server
    .command('start')
    .description('start it if it is not running')
    .option('--json', 'print JSON')
    .action(async (flags: Json) => show(await (await openLocal()).status(), flags));
  server
    .command('stop')
    .description('stop it; jobs continue')
    .option('--json', 'print JSON')
    .action(async (flags: Json) => {
      const found = await findServer(await localHome());
      if (found) await shutdown(found);
      if (flags.json) printJson({ stopped: found !== undefined });
      else print(found ? 'Stopped. Jobs continue.' : 'No server is running.');
    });
  server
    .command('status')
    .description('show its status')
    .option('--json', 'print JSON')
    .action(async (flags: Json) => {
      const home = await localHome();
      if (!(await findServer(home)))
        throw new TrainyardError('SERVER_UNREACHABLE', `No server is running for ${home}.`, {
          hint: 'It starts when needed. Start it now with: trainyard server start',
        });
      await show(await (await openLocal()).status(), flags);
    });
}

function shellOf({ SHELL = '' }: NodeJS.ProcessEnv): Shell {
  if (process.platform === 'win32') return 'powershell';
  return path.basename(SHELL) === 'fish' ? 'fish' : 'sh';
}

async function show(status: ServerStatus, flags: Json): Promise<void> {
  if (flags.json) return printJson(status);
  print(
    table([
      ['Address', status.url],
      ['PID', String(status.pid)],
      ['Version', `${status.version} (Node ${status.node})`],
      ['Up', formatDuration(Date.now() - status.startedAt)],
      ['Home', status.home],
      ['Store', formatBytes(status.storeBytes)],
      ['Memory', formatBytes(status.memoryBytes)],
      ['Runs', `${status.runs} in ${status.experiments} experiments`],
      [
        'Jobs',
        `${status.running} running, ${status.queued} queued` +
          (status.collecting > 0 ? `, ${status.collecting} collecting` : ''),
      ],
    ]),
  );
}
