import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { TrainyardError } from '../base/errors.js';
import { jobOfToken } from './jobs/token.js';
import { doorOf, isCalled, LOOPBACK_NAMES } from './tracking.js';
import { notForJobs } from './who.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The run of the job whose program sent the request; undefined for the person's own programs. */
    jobId: string | undefined;
  }
}

/**
 * Who may talk to the server: programs of this user, which know the token. A web page must not, even one whose name
 * was made to point to this machine: its `Host` or `Origin` gives it away. Programs of a job have a token of the job, which
 * is good for as long as `isActive` says so, and for what the tables of routes say. At an address beside loopback it is the only
 * one.
 */
export function guard(app: FastifyInstance, token: string, isActive: (jobId: string) => boolean): void {
  const expected = Buffer.from(token);
  app.decorateRequest('jobId', undefined);
  app.addHook('onRequest', async (request) => {
    const door = doorOf(request.raw);
    if (!isCalled(request.headers.host, door?.names ?? LOOPBACK_NAMES))
      throw new TrainyardError(
        'FORBIDDEN',
        door
          ? 'This server is not called by that name here.'
          : 'This server answers to its loopback address only.',
      );
    if (request.headers.origin !== undefined)
      throw new TrainyardError('FORBIDDEN', 'This server does not answer to web pages.');
    const who = request.routeOptions.config.who ?? 'person';
    if (who === 'anyone') return;
    const given = tokenOf(request);
    // On an address that other machines may reach, the server accepts no token that outlives a job.
    if (!door && given !== undefined && isEqual(Buffer.from(given), expected)) return;
    request.jobId = given === undefined ? undefined : jobOfToken(token, given);
    if (request.jobId === undefined)
      throw door
        ? new TrainyardError('UNAUTHENTICATED', 'At this address only the token of a job is good.', {
            hint: 'Start the script through Trainyard.',
          })
        : new TrainyardError('UNAUTHENTICATED', 'The token of the Trainyard server is missing or wrong.', {
            hint: 'Start the script through Trainyard, or set MLFLOW_TRACKING_TOKEN to the token in server.json.',
          });
    if (!isActive(request.jobId))
      throw new TrainyardError('UNAUTHENTICATED', 'The job that this token was made for has ended.', {
        hint: 'Submit the script again.',
      });
    // A missing route is 404 for everybody; MLflow's client then tries another route.
    if (who !== 'job' && !request.is404) throw notForJobs(`${request.method} ${request.routeOptions.url}`);
  });
}

/** The timing only reveals whether the lengths are equal, and the length of a token is no secret. */
function isEqual(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Bearer, or Basic with the token as the password: what MLflow sends when a user and password are set. */
function tokenOf({ headers }: FastifyRequest): string | undefined {
  const [scheme = '', value] = (headers.authorization ?? '').split(' ');
  if (value === undefined) return undefined;
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const pair = Buffer.from(value, 'base64').toString();
  return pair.slice(pair.indexOf(':') + 1);
}
