import fs from 'node:fs';
import process from 'node:process';
import type { Command } from 'commander';
import { TrainyardError } from '../base/errors.js';
import {
  addressOf,
  type AttachConfiguration,
  attachConfiguration,
  pathMappings,
  runsHere,
} from '../job/debug.js';
import { findDebugpy, installDebugpy, missingDebugpy } from '../job/debugpy.js';
import { listPythons } from '../job/python/find.js';
import type { CommandJob } from '../job/spec.js';
import { ACTIVE_STATES, type Run } from '../workspace/types.js';
import type { Workspace } from '../workspace/workspace.js';
import { callAbout } from './context.js';
import type { Planned } from './entry.js';
import { stateOf } from './failure.js';
import { waitFor } from './follow.js';
import { print, printJson, shellWord } from './output.js';
import { submitJob, type SubmitFlags, withJobOptions } from './submit.js';

/** Interpreters of this machine that are asked for debugpy. */
const MOST_PYTHONS = 5;

export function addDebug(program: Command): void {
  withJobOptions(program.command('debug'))
    .description('submit a Python script that waits for a debugger, and say how an editor attaches to it')
    .option('--json', 'print JSON')
    .action(debug);
}

async function debug(file: string | undefined, rest: string[], flags: SubmitFlags): Promise<void> {
  let codeFolder = '';
  const { workspace, run, told } = await submitJob(file, rest, flags, async (planned) => {
    codeFolder = planned.spec.codeFolder;
    return { debug: await debuggerFor(planned) };
  });
  if (!flags.json) told.forEach(print);
  const listening = await untilListening(workspace, run.id);
  const configuration = configurationOf(listening, codeFolder);
  if (flags.json) return printJson({ ...listening, configuration });
  print(`It waits for a debugger on ${addressOf(configuration.connect)}. Attach with this configuration:`);
  print(JSON.stringify(configuration, null, 2));
  print(`Cancel it with: ${await callAbout(workspace, `run cancel ${run.id}`)}`);
}

/** @throws NO_INTERPRETER when debugpy is missing */
async function debuggerFor({ interpreter, spec }: Planned): Promise<NonNullable<CommandJob['debug']>> {
  if (!runsHere(spec)) return debugpyAround(spec.codeFolder);
  if (interpreter && /python/i.test(interpreter.path) && (await findDebugpy(interpreter.path)) === undefined)
    throw missingDebugpy(
      interpreter.path,
      `Install it with: ${installDebugpy(interpreter.path).map(shellWord).join(' ')}`,
    );
  return {};
}

/** That of the first interpreter of a project that has one: for a Python elsewhere that has none. */
async function debugpyAround(folder: string): Promise<{ debugpy?: string }> {
  for (const { path } of listPythons({ folder, codeFolder: folder, env: process.env }).slice(
    0,
    MOST_PYTHONS,
  )) {
    const debugpy = await findDebugpy(path).catch((error: unknown) => {
      // One that does not run has none.
      if (TrainyardError.is(error, 'NO_INTERPRETER')) return undefined;
      throw error;
    });
    if (debugpy !== undefined) return { debugpy };
  }
  return {};
}

/** The run, with the address of its debugger. @throws TARGET_FAILED when it ends before */
async function untilListening(workspace: Workspace, id: string): Promise<Run> {
  const run = await waitFor(
    workspace,
    id,
    () => undefined,
    ({ job }) => job?.debugger !== undefined,
  );
  if (run.job?.debugger && ACTIVE_STATES.includes(run.state)) return run;
  throw new TrainyardError(
    'TARGET_FAILED',
    `${run.name} ended before a debugger could attach: ${stateOf(run)}.`,
    { hint: `Read why with: ${await callAbout(workspace, `run logs ${run.id}`)}` },
  );
}

function configurationOf({ name, code, job }: Run, codeFolder: string): AttachConfiguration {
  const at = job?.debugger;
  if (!at) throw new TrainyardError('INTERNAL', 'The run has no debugger.');
  const folders = [{ folder: codeFolder, real: fs.realpathSync(codeFolder) }];
  return attachConfiguration(name, at, pathMappings(code?.root ?? codeFolder, at.root, folders));
}
