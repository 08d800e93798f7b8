/** The types of a job, and what follows from one. The schema itself (schema.ts) is loaded where jobs are checked. */
import { joinArguments } from './arguments.js';
import type { CommandJob, Environment, InterpreterEnvironment } from './schema.js';

export type {
  AssetEnvironment,
  CommandJob,
  DataInput,
  DataOutput,
  Environment,
  ImageEnvironment,
  InterpreterEnvironment,
  JobSpec,
  MetricPattern,
  Resources,
} from './schema.js';

/** As stores hold one: those before there were kinds of jobs left `kind` out. */
export type StoredSpec = Omit<CommandJob, 'kind'> & Partial<Pick<CommandJob, 'kind'>>;

export function inTodaysShape(stored: StoredSpec): CommandJob {
  return { ...stored, kind: stored.kind ?? 'command' };
}

/** Of one job. */
export const MOST_PATTERNS = 100;

/** What of a job says how it runs. */
export interface Runnable {
  readonly launcher?: readonly string[];
  readonly command: readonly string[];
  /** Of its kinds only an interpreter has a say in the words. */
  readonly environment?: InterpreterEnvironment | { readonly kind: string; readonly path?: never };
}

/** All words of a job's command as a person reads them: the interpreter by its name. */
export function wordsOf({ launcher = [], command }: Runnable): string[] {
  return [...launcher, ...command];
}

/** What a job is called when it has no script: its command, with the name of the program only. */
export function titleOf(spec: Pick<CommandJob, 'script' | 'launcher' | 'command'>): string {
  const [program = '', ...args] = wordsOf(spec);
  return (
    spec.script ?? joinArguments([program.split(/[\\/]/).at(-1) ?? program, ...args]).slice(0, MOST_TITLE)
  );
}

const MOST_TITLE = 250;

/** What the first word of a job's command stands for: the interpreter of its environment where it names that, else itself. */
export function programOf({ command, environment }: Runnable): string {
  const [program = ''] = command;
  return environment?.path !== undefined && isNameOf(program, environment.path) ? environment.path : program;
}

/** What an environment is called: the path of an interpreter, an image, `NAME:VERSION`. */
export function nameOfEnvironment(environment: Environment): string {
  switch (environment.kind) {
    case 'interpreter':
      return environment.path;
    case 'image':
      return environment.image;
    case 'asset':
      return `${environment.name}:${environment.version}`;
  }
}

/** What an interpreter is called in a command: `/env/bin/python3.11` is `python3.11`. */
export function nameOfInterpreter(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? path).replace(/\.exe$/i, '');
}

/** `python` and `python3` stand for whichever Python the environment has. */
function isNameOf(word: string, path: string): boolean {
  const name = nameOfInterpreter(path);
  return word === name || (/^python3?$/.test(word) && /^python[\d.]*$/.test(name));
}
