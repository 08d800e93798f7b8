import fs from 'node:fs';
import process from 'node:process';
import { type Command, InvalidArgumentError } from 'commander';
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
import { facetOf } from '../workspace/facets.js';
import { ACTIVE_STATES, type JobDebugger, type Run } from '../workspace/types.js';
import type { Workspace } from '../workspace/workspace.js';
import { callAbout } from './context.js';
import type { Planned } from './entry.js';
import { stateOf } from './failure.js';
import { findRun } from './find-run.js';
import { waitFor } from './follow.js';
import { print, printJson, shellWord } from './output.js';
import { submitJob, type SubmitFlags, withJobOptions } from './submit.js';

/** Interpreters of this machine that are asked for debugpy. */
const MOST_PYTHONS = 5;
/** Letters of a command that are shown. */
const LONGEST_WORDS = 100;

type DebugFlags = SubmitFlags & { attach?: string; pid?: number };

export function addDebug(program: Command): void {
  withJobOptions(program.command('debug'))
    .description(
      'submit a Python script that waits for a debugger, or have one listen in a run, and say how an editor attaches to it',
    )
    .option('--attach <run>', 'a run that runs already, in place of a script')
    .option('--pid <number>', 'with --attach: which of its processes; default: the first Python', wholeNumber)
    .option('--json', 'print JSON')
    .action((file: string | undefined, rest: string[], flags: DebugFlags) =>
      flags.attach === undefined ? debug(file, rest, flags) : attach(flags.attach, [file, ...rest], flags),
    );
}

async function debug(file: string | undefined, rest: string[], flags: DebugFlags): Promise<void> {
  if (flags.pid !== undefined)
    throw new TrainyardError('BAD_REQUEST', '--pid is for --attach.', {
      hint: 'A script that is submitted has one process at its start.',
    });
  let codeFolder = '';
  const { workspace, run, told } = await submitJob(file, rest, flags, async (planned) => {
    codeFolder = planned.spec.codeFolder;
    return { debug: await debuggerFor(planned) };
  });
  if (!flags.json) told.forEach(print);
  const listening = await untilListening(workspace, run.id);
  const configuration = configurationOf(listening, listening.job?.debugger, codeFolder);
  if (flags.json) return printJson({ ...listening, configuration });
  print(`It waits for a debugger on ${addressOf(configuration.connect)}. Attach with this configuration:`);
  print(JSON.stringify(configuration, null, 2));
  print(`Cancel it with: ${await callAbout(workspace, `run cancel ${run.id}`)}`);
}

/** Has a debugger listen in a run. */
async function attach(given: string, operands: readonly unknown[], flags: DebugFlags): Promise<void> {
  if (operands.some((operand) => operand !== undefined))
    throw new TrainyardError('BAD_REQUEST', '--attach takes a run and no script.');
  const { workspace, run } = await findRun(given);
  const jobs = facetOf(workspace, 'jobs');
  if (!jobs.debug || !jobs.pythons)
    throw new TrainyardError('NOT_SUPPORTED', `The workspace “${workspace.label}” cannot debug jobs.`);
  const root = run.code?.root ?? process.cwd();
  const listening = await jobs.debug(run.id, {
    ...(flags.pid !== undefined && { pid: flags.pid }),
    ...(await debugpyAround(fs.existsSync(root) ? root : process.cwd())),
  });
  const configuration = configurationOf(run, listening, root);
  const pythons = await jobs.pythons(run.id);
  if (flags.json)
    return printJson({ ...run, job: { ...run.job, debugger: listening }, pythons, configuration });
  const { pid } = listening;
  print(
    `A debugger listens on ${addressOf(listening)}, in process ${pid} of ${run.name}. Attach with this configuration:`,
  );
  print(JSON.stringify(configuration, null, 2));
  const others = pythons.filter((python) => python.pid !== pid);
  if (others.length === 0) return;
  print('It has other Pythons, which --pid chooses where no debugger listens yet:');
  for (const python of others) print(`  ${python.pid}  ${shortWords(python.command)}`);
}

function shortWords(command: readonly string[]): string {
  const words = command.map(shellWord).join(' ');
  return words.length > LONGEST_WORDS ? `${words.slice(0, LONGEST_WORDS - 1)}…` : words;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number greater than 0.');
  return Number(text);
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

/** @param codeFolder of the job, as the person has it */
function configurationOf(
  { name, code }: Run,
  at: JobDebugger | undefined,
  codeFolder: string,
): AttachConfiguration {
  if (!at) throw new TrainyardError('INTERNAL', 'The run has no debugger.');
  const real = fs.existsSync(codeFolder) ? fs.realpathSync(codeFolder) : codeFolder;
  const root = code?.root ?? codeFolder;
  return attachConfiguration(name, at, pathMappings(root, at.root, [{ folder: codeFolder, real }]));
}
