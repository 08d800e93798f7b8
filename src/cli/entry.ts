import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { TrainyardError } from '../base/errors.js';
import { isWithin } from '../base/within.js';
import { buildJob, buildModuleJob, buildScriptJob, type JobParts } from '../job/build.js';
import {
  findInterpreter,
  findProgram,
  type Interpreter,
  interpreterAt,
  interpreterNamed,
} from '../job/interpreter.js';
import type { Override } from '../job/file/overrides.js';
import { invocationOf, isOfPython, type Launcher, launcherOf, problemOfModule } from '../job/launch.js';
import { isJobFileName } from '../job/job-file-name.js';
import { findModule } from '../job/module.js';
import { isProgram } from '../job/programs.js';
import { findPython } from '../job/python/find.js';
import type { CommandJob } from '../job/spec.js';
import { chosenEnvironment, planJobFileAt } from './job-file.js';
import { repositoryRoot } from './repository.js';

/** What `submit` runs in place of a script. */
export interface EntryFlags {
  module?: string;
  code?: string;
  command?: boolean;
  launcher?: string;
  python?: string;
  /** Values in place of those of a job file. */
  set?: readonly Override[];
  /** Of an MLproject. */
  entryPoint?: string;
  /** It runs in a container of this image, which has its own programs. */
  image?: string;
  /** One of the workspace’s, or a file that defines one. It has its own programs, too. */
  environment?: string;
}

export type CommonParts = Omit<JobParts, 'codeFolder' | 'workingFolder'>;

/** A job and its interpreter; a plain command needs none. */
export interface Planned {
  spec: CommandJob;
  interpreter?: Interpreter;
}

const WHERE = { env: process.env };

/**
 * The job described by a call of `submit`.
 * @param operands the script and its arguments, or the arguments alone, or the command
 * @throws BAD_REQUEST | NO_INTERPRETER
 */
export async function planJob(operands: string[], flags: EntryFlags, parts: CommonParts): Promise<Planned> {
  refuseSeveral(flags);
  const [file = '', ...args] = operands;
  const isEntry = flags.module !== undefined || flags.code !== undefined || flags.command === true;
  if (!isEntry && isJobFileName(file)) {
    refuseWithFile(flags, args);
    return planJobFileAt(file, flags.set ?? [], flags, parts);
  }
  if (flags.set && flags.set.length > 0)
    throw new TrainyardError('BAD_REQUEST', '--set is for job files.', {
      hint: 'Pass arguments to a script after --.',
    });
  const environment = await chosenEnvironment(flags);
  if (!environment) return planEntry(operands, flags, parts);
  const { spec } = await planEntry(operands, { ...flags, image: flags.image ?? flags.environment }, parts);
  return { spec: { ...spec, environment } };
}

function planEntry(operands: string[], flags: EntryFlags, parts: CommonParts): Promise<Planned> {
  if (flags.module !== undefined) return planModule(flags.module, operands, flags, parts);
  if (flags.code !== undefined) return planCode(flags.code, operands, flags, parts);
  if (flags.command) return planCommand(operands, flags, parts);
  return planScript(operands, flags, parts);
}

function refuseSeveral({ module, code, command }: EntryFlags): void {
  const given = { '-m': module !== undefined, '-c': code !== undefined, '--command': command === true };
  const names = Object.entries(given).flatMap(([name, isGiven]) => (isGiven ? [name] : []));
  if (names.length > 1)
    throw new TrainyardError('BAD_REQUEST', `${names.join(' and ')} cannot be used together.`);
}

function refuseWithFile({ launcher }: EntryFlags, args: readonly string[]): void {
  if (args.length > 0)
    throw new TrainyardError('BAD_REQUEST', 'A job file takes no arguments.', {
      hint: 'Set its inputs with --set inputs.NAME=VALUE.',
    });
  if (launcher !== undefined)
    throw new TrainyardError(
      'BAD_REQUEST',
      '--launcher cannot be used with a job file, which has its command.',
    );
}

async function planScript(
  [file, ...args]: string[],
  flags: EntryFlags,
  parts: CommonParts,
): Promise<Planned> {
  if (file === undefined)
    throw new TrainyardError('BAD_REQUEST', 'There is nothing to run.', {
      hint: 'Name a script, or use -m MODULE, -c CODE, or --command -- PROGRAM.',
    });
  const script = path.resolve(file);
  if (!fs.statSync(script, { throwIfNoEntry: false })?.isFile())
    throw new TrainyardError('BAD_REQUEST', `There is no file ${file}.`);
  const real = fs.realpathSync(script);
  const folders = await foldersAround(path.dirname(real));
  const interpreter =
    interpreterOfFlag(flags, () => interpreterNamed(real)) ??
    findInterpreter({ script: real, codeFolder: folders.codeFolder, ...WHERE });
  const launcher = launcherOfFlag(
    flags,
    interpreter,
    path.extname(real).toLowerCase() === '.py' ? undefined : file,
  );
  const job = { ...parts, ...folders, script: real, interpreter: interpreter.path, args };
  return { spec: buildScriptJob({ ...job, ...(launcher && { launcher }) }), interpreter };
}

async function planModule(
  module: string,
  args: string[],
  flags: EntryFlags,
  parts: CommonParts,
): Promise<Planned> {
  const problem = problemOfModule(module);
  if (problem)
    throw new TrainyardError('BAD_REQUEST', problem, { hint: 'Submit a file by its path, without -m.' });
  const folders = await foldersAround(here());
  const found = findModule(module, [folders.workingFolder, folders.codeFolder]);
  const folder = found ? path.dirname(found.file) : folders.workingFolder;
  const interpreter =
    interpreterOfFlag(flags) ?? findPython({ folder, codeFolder: folders.codeFolder, ...WHERE });
  const launcher = launcherOfFlag(flags, interpreter);
  const spec = buildModuleJob({
    ...parts,
    ...folders,
    module,
    interpreter: interpreter.path,
    args,
    ...(found && { found }),
    ...(launcher && { launcher }),
    pythonPath: process.env['PYTHONPATH'],
  });
  return { spec, interpreter };
}

async function planCode(
  code: string,
  args: string[],
  flags: EntryFlags,
  parts: CommonParts,
): Promise<Planned> {
  const folders = await foldersAround(here());
  const { workingFolder: folder, codeFolder } = folders;
  const interpreter = interpreterOfFlag(flags) ?? findPython({ folder, codeFolder, ...WHERE });
  const launcher = launcherOfFlag(flags, interpreter);
  return {
    spec: buildJob({ ...parts, ...folders }, invocationOf(interpreter.path, { code }, args, launcher)),
    interpreter,
  };
}

async function planCommand(
  [program, ...args]: string[],
  flags: EntryFlags,
  parts: CommonParts,
): Promise<Planned> {
  if (program === undefined)
    throw new TrainyardError('BAD_REQUEST', 'There is no command.', {
      hint: 'Put it after --, for example: submit --command -- make train',
    });
  for (const name of ['launcher', 'python'] as const)
    if (flags[name] !== undefined)
      throw new TrainyardError(
        'BAD_REQUEST',
        `--${name} cannot be used with --command, which names its own program.`,
      );
  const folders = await foldersAround(here());
  const job = { ...parts, ...folders };
  if (!/[\\/]/.test(program)) {
    // The target looks for it, too: one that is missing here is told now.
    if (flags.image === undefined) findProgram([program], WHERE);
    return { spec: buildJob(job, { command: [program, ...args] }) };
  }
  const full = path.resolve(program);
  if (flags.image !== undefined && path.posix.isAbsolute(program))
    return { spec: buildJob(job, { command: [program, ...args] }) };
  if (!isProgram(full, WHERE))
    throw new TrainyardError('NO_INTERPRETER', `${program} is not an executable program.`, {
      hint: 'It must exist and be executable (chmod +x).',
    });
  const real = fs.realpathSync(full);
  if (!isWithin(folders.codeFolder, real)) return { spec: buildJob(job, { command: [full, ...args] }) };
  // A program in the code runs from the snapshot.
  const named = path.relative(folders.workingFolder, real).split(path.sep).join('/');
  const command = [named.includes('/') ? named : `./${named}`, ...args];
  return { spec: buildJob(job, { command }, real) };
}

/** @param named what it is called in an image */
function interpreterOfFlag(
  { python, image }: EntryFlags,
  named: () => string = () => 'python',
): Interpreter | undefined {
  if (image !== undefined) return { path: python ?? named(), source: image };
  return python === undefined ? undefined : interpreterAt(python, process.cwd(), '--python', WHERE);
}

/** @param other a script in another language than Python */
function launcherOfFlag(
  { launcher, image }: EntryFlags,
  { path: program }: Interpreter,
  other?: string,
): Launcher | undefined {
  if (launcher === undefined) return undefined;
  if (other !== undefined && isOfPython(launcher))
    throw new TrainyardError(
      'BAD_REQUEST',
      `${launcher.trim().split(/\s/)[0]} runs Python, but ${other} is not Python.`,
    );
  return launcherOf(launcher, program, image === undefined ? WHERE : undefined);
}

const here = () => fs.realpathSync(process.cwd());

/** The code folder and the working folder. @param folder absolute, of the script or program */
async function foldersAround(folder: string): Promise<{ codeFolder: string; workingFolder: string }> {
  const current = here();
  // Without a repository, the current folder is the code folder if it contains the script.
  const codeFolder = (await repositoryRoot(folder)) ?? (isWithin(current, folder) ? current : folder);
  const workingFolder = isWithin(current, folder) && isWithin(codeFolder, current) ? current : folder;
  return { codeFolder, workingFolder };
}
