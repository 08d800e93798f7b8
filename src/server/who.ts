import { TrainyardError } from '../base/errors.js';

/**
 * Who may call an endpoint, stated by each line of the route tables. `anyone`: no token needed. `person`: programs of
 * the person, which have the token of the server. `job`: also programs of an active job.
 */
export type Who = 'anyone' | 'person' | 'job';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Absent: `person`. */
    who?: Who;
  }
}

export const WHAT_A_JOB_MAY =
  'A job may log to the run that it was submitted as, to runs that it begins, to their children and to the models of their ' +
  'experiment, and it may read. Do anything else from a shell of your own that has what “trainyard env” prints.';

export function notForJobs(what: string): TrainyardError {
  return new TrainyardError('FORBIDDEN', `The token of a job does not reach ${what}.`, {
    hint: WHAT_A_JOB_MAY,
  });
}
