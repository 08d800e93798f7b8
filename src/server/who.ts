import { TrainyardError } from '../base/errors.js';

/**
 * Who may call an endpoint; each line of the tables of routes says it. `anyone`: no token is asked for. `person`:
 * programs of the person, which have the token of the server. `job`: also programs of a job that goes on.
 */
export type Who = 'anyone' | 'person' | 'job';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Absent: `person`. */
    who?: Who;
  }
}

export function notForJobs(what: string): TrainyardError {
  return new TrainyardError('FORBIDDEN', `The token of a job is not good for ${what}.`, {
    hint: 'A job may log to its own runs and read. Do the rest from a shell that has what “trainyard env” prints.',
  });
}
