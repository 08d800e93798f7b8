import { buildProgram } from './program.js';

/** Builds the supervisor of jobs into a folder. @returns the program and arguments that run it */
export function buildSupervisor(folder: string): Promise<string[]> {
  return buildProgram('process/supervisor.ts', folder);
}
