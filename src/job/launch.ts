import { TrainyardError } from '../base/errors.js';
import { splitArguments } from './arguments.js';
import { findBeside, type Surroundings } from './programs.js';
import { type CommandJob, nameOfInterpreter } from './spec.js';

/** What an interpreter runs, in the ways that Python offers. */
export type Entry =
  /** Named from the working folder. */
  | { script: string }
  /** `python -m`: a dotted name. */
  | { module: string }
  /** `python -c`. */
  | { code: string };

/** What starts an entry, and how it takes a module. */
export interface Launcher {
  /** For people. */
  name: string;
  /** Words before the interpreter; none for a launcher that is of Python itself. */
  words: string[];
  /** Words between the interpreter and the entry. */
  options: string[];
  /** The option that names a module instead of a script. */
  moduleOption: string;
  takesCode: boolean;
}

/** Launchers that are Python modules and start Python processes themselves. */
const PYTHON_LAUNCHERS: Record<string, { module: string; moduleOption: string; subcommand?: string }> = {
  torchrun: { module: 'torch.distributed.run', moduleOption: '-m' },
  accelerate: { module: 'accelerate.commands.launch', moduleOption: '-m', subcommand: 'launch' },
  'accelerate-launch': { module: 'accelerate.commands.launch', moduleOption: '-m' },
  deepspeed: { module: 'deepspeed.launcher.runner', moduleOption: '--module' },
};

/** Launchers that are offered. */
export const LAUNCHERS: readonly string[] = [
  'torchrun --nproc-per-node 2',
  'accelerate launch',
  'deepspeed',
  'mpirun -np 2',
];

/**
 * A launcher as a person writes it, such as `torchrun --nproc-per-node 2`. Those of Python run in the job's own
 * environment, as modules of its interpreter; `python -O` is that interpreter with options. Any other program gets the
 * interpreter's command as its last arguments, and must be there: beside the interpreter or on PATH.
 * @param where undefined: on another machine or in an image, which says itself that it is missing
 * @throws NO_INTERPRETER | BAD_REQUEST
 */
export function launcherOf(line: string, interpreter: string, where: Surroundings | undefined): Launcher {
  const [program, ...args] = wordsOf(line);
  if (program === undefined) throw new TrainyardError('BAD_REQUEST', 'The launcher is empty.');
  const name = program.replace(/\.exe$/i, '');
  const known = Object.hasOwn(PYTHON_LAUNCHERS, name) ? PYTHON_LAUNCHERS[name] : undefined;
  if (known) {
    const { module, moduleOption, subcommand } = known;
    const options = subcommand !== undefined && args[0] === subcommand ? args.slice(1) : args;
    return { name, words: [], options: ['-m', module, ...options], moduleOption, takesCode: false };
  }
  if (/^python(\d+(\.\d+)?)?$/.test(name))
    return { name, words: [], options: args, moduleOption: '-m', takesCode: !args.includes('-m') };
  if (where) requireLauncher(program, interpreter, where);
  return { name, words: [program, ...args], options: [], moduleOption: '-m', takesCode: true };
}

/** Whether a launcher starts Python itself and cannot start anything else. */
export function isOfPython(line: string): boolean {
  const [program = ''] = wordsOf(line);
  return (
    /^python(\d+(\.\d+)?)?(\.exe)?$/i.test(program) ||
    Object.hasOwn(PYTHON_LAUNCHERS, program.replace(/\.exe$/i, ''))
  );
}

/** How a job runs, as its spec says it. */
export type Invocation = Pick<CommandJob, 'launcher' | 'command' | 'environment'>;

/**
 * How a job runs an entry by an interpreter, which the target puts in its place.
 * @param interpreter absolute, or a name on PATH
 * @throws BAD_REQUEST when the launcher cannot run such an entry
 */
export function invocationOf(
  interpreter: string,
  entry: Entry,
  args: readonly string[],
  launcher?: Launcher,
): Invocation {
  if ('code' in entry && launcher && !launcher.takesCode)
    throw new TrainyardError('BAD_REQUEST', `${launcher.name} can run a script or a module, but not -c.`);
  return {
    ...(launcher && launcher.words.length > 0 && { launcher: launcher.words }),
    command: [
      nameOfInterpreter(interpreter),
      ...(launcher?.options ?? []),
      ...wordsOfEntry(entry, launcher),
      ...args,
    ],
    environment: { kind: 'interpreter', path: interpreter },
  };
}

function wordsOfEntry(entry: Entry, launcher: Launcher | undefined): string[] {
  if ('script' in entry) return [entry.script];
  if ('module' in entry) return [launcher?.moduleOption ?? '-m', entry.module];
  return ['-c', entry.code];
}

/** Why the name of a module is invalid, for people; undefined if it is valid. */
export function problemOfModule(name: string): string | undefined {
  if (/[\\/]|\.py$/i.test(name)) return `“${name}” is a file. A module has a name such as package.train.`;
  if (name.split('.').some((part) => !/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(part)))
    return `“${name}” is not the name of a module.`;
  return undefined;
}

/** @throws BAD_REQUEST if a quote is not closed */
function wordsOf(line: string): string[] {
  try {
    return splitArguments(line);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TrainyardError('BAD_REQUEST', `The launcher “${line}” cannot be read: ${error.message}`);
  }
}

function requireLauncher(program: string, interpreter: string, where: Surroundings): void {
  if (/[\\/]/.test(program) || findBeside(program, interpreter, where) !== undefined) return;
  throw new TrainyardError(
    'NO_INTERPRETER',
    `The launcher ${program} is neither beside ${interpreter} nor on the PATH.`,
    { hint: `Install ${program}, or submit without it.` },
  );
}
