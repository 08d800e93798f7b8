/** How a job runs under debugpy, and how an editor attaches to it. */
import path from 'node:path';
import { within } from '../base/within.js';
import { type CommandJob, nameOfInterpreter, programOf, type Runnable } from './spec.js';

/** Only where the job runs can it be reached. The system chooses the port, as several jobs may be debugged. */
const LISTENS = '127.0.0.1:0';

/** The command, in which debugpy starts what Python was to start and waits for an editor before its first line. */
export function underDebugger(command: readonly string[]): string[] {
  const [python = '', ...args] = command;
  const { options, entry } = splitPython(args);
  return [python, ...options, '-m', 'debugpy', '--listen', LISTENS, '--wait-for-client', ...entry];
}

/** Whether the job runs with an interpreter of this machine: whether that has debugpy is known before the submit. */
export function runsHere({ target, environment }: Pick<CommandJob, 'target' | 'environment'>): boolean {
  return target === 'local' && (environment === undefined || environment.kind === 'interpreter');
}

/** Why a job cannot be debugged, for people: a sentence. undefined when it can. */
export function problemOfDebugging(job: Runnable): string | undefined {
  const [launcher] = job.launcher ?? [];
  if (launcher !== undefined)
    return `A job that ${launcher} starts cannot be debugged: it may start several processes.`;
  const program = nameOfInterpreter(programOf(job));
  if (!/^python[\d.]*$/i.test(program))
    return `Only Python can be debugged, and this job runs ${program || 'nothing'}.`;
  const { options, entry } = splitPython(job.command.slice(1));
  if (entry.length === 0 || entry[0] === '-') return 'There is no script, module or code to debug.';
  const isolating = options.find((option) => /^-[A-Za-z]*[EI]/.test(option));
  if (isolating !== undefined)
    return `Python with ${isolating} cannot be debugged: it ignores the environment variables that the debugger needs.`;
  return undefined;
}

/** Options of Python that take a value: within their word, or as the next. */
const WITH_VALUE = new Set(['W', 'X']);
const LONG_WITH_VALUE = new Set(['--check-hash-based-pycs']);

/** Splits the arguments of Python into its options, and what it runs with the arguments of that. */
function splitPython(args: readonly string[]): { options: string[]; entry: string[] } {
  const options: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    if (!word.startsWith('-') || word === '-') return { options, entry: args.slice(i) };
    const takesNext = word.startsWith('--')
      ? LONG_WITH_VALUE.has(word)
      : [...word].findIndex((letter) => WITH_VALUE.has(letter)) === word.length - 1;
    const at = word.startsWith('--') ? -1 : startOfEntry(word);
    if (at < 0) {
      options.push(word, ...(takesNext ? args.slice(++i, i + 1) : []));
      continue;
    }
    // `-um package.train` and `-mpackage.train` are both Python.
    if (at > 1) options.push(word.slice(0, at));
    const value = word.slice(at + 1);
    const rest = args.slice(i + 1);
    return { options, entry: [`-${word[at]}`, ...(value === '' ? rest : [value, ...rest])] };
  }
  return { options, entry: [] };
}

/** Where the letter of `-m` or `-c` is in a word of short options; -1 when it has none. */
function startOfEntry(word: string): number {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] as string;
    if (letter === 'm' || letter === 'c') return at;
    if (WITH_VALUE.has(letter)) return -1;
  }
  return -1;
}

/** Where the code of a job is: for the person, and as the job sees it. Absolute. */
export interface PathMapping {
  localRoot: string;
  remoteRoot: string;
}

/** A configuration of `launch.json` that attaches the Python Debugger. */
export interface AttachConfiguration {
  name: string;
  type: 'debugpy';
  request: 'attach';
  connect: { host: string; port: number };
  pathMappings: PathMapping[];
}

/**
 * Where the files of a run's code are.
 * @param root of its code, as the person has it
 * @param seen the same as the job sees it
 * @param folders by which an editor may know parts of it: those that lead into `root` by a link are mapped as well
 */
export function pathMappings(
  root: string,
  seen: string,
  folders: readonly LinkedFolder[] = [],
): PathMapping[] {
  const linked = folders.flatMap(({ folder, real }) => {
    const inside = within(root, real);
    return inside === undefined || within(root, folder) !== undefined
      ? []
      : [{ localRoot: folder, remoteRoot: joined(seen, inside.split(path.sep)) }];
  });
  return [...linked, { localRoot: root, remoteRoot: seen }];
}

/** The job may be on another system than the person. */
function joined(root: string, steps: readonly string[]): string {
  return (root.startsWith('/') ? path.posix : path.win32).join(root, ...steps);
}

/** A folder by a name that a person uses, and without links. Both absolute. */
export interface LinkedFolder {
  folder: string;
  real: string;
}

/** As people write an address. */
export function addressOf({ host, port }: { host: string; port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export function attachConfiguration(
  name: string,
  { host, port }: { host: string; port: number },
  pathMappings: readonly PathMapping[],
): AttachConfiguration {
  return {
    name,
    type: 'debugpy',
    request: 'attach',
    connect: { host, port },
    pathMappings: [...pathMappings],
  };
}
