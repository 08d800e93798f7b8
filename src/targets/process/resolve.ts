import { TrainyardError } from '../../base/errors.js';
import { disk as realDisk } from '../../job/disk.js';
import { findBeside, isProgram, onPath, programFiles, type Surroundings } from '../../job/programs.js';
import { programOf, type Runnable } from '../../job/spec.js';

/**
 * What the process of a job runs here, as a program and its arguments. The interpreter of the job's environment stands
 * where the command names it. A program that goes by a name comes from beside the interpreter, else from the PATH; one
 * that is found nowhere keeps its name, and the system says that it was not found.
 * @param where with the environment variables of the job
 * @throws NO_INTERPRETER when the interpreter is not there
 */
export function resolve({ launcher = [], command, environment }: Runnable, where: Surroundings): string[] {
  const interpreter = environment?.path === undefined ? undefined : interpreterAt(environment.path, where);
  const isNamed = interpreter !== undefined && programOf({ command, environment }) === environment?.path;
  const words = [...launcher, ...(isNamed ? [interpreter, ...command.slice(1)] : command)];
  const [program = '', ...args] = words;
  return [(isName(program) && findBeside(program, interpreter, where)) || program, ...args];
}

function interpreterAt(named: string, where: Surroundings): string {
  const found = isName(named) ? onPath([named], where).next().value : isThere(named, where) && named;
  if (found) return found;
  throw new TrainyardError('NO_INTERPRETER', `${named} was not found.`, {
    hint: 'The job needs this interpreter. Set up its environment again, or submit with another interpreter.',
  });
}

/** Whether it can be started is for the system to say. */
function isThere(file: string, where: Surroundings): boolean {
  const { disk = realDisk } = where;
  return programFiles(file, where).some((one) => disk.kind(one) !== undefined || isProgram(one, where));
}

function isName(word: string): boolean {
  return word !== '' && !/[\\/]/.test(word);
}
