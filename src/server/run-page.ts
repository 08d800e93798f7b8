import type { FastifyReply } from 'fastify';

/** Sends `{ runs, ...rest }` with runs that are JSON already. */
export function sendRuns(reply: FastifyReply, runs: readonly string[], rest: object): FastifyReply {
  const more = JSON.stringify(rest).slice(1);
  const body = `{"runs":[${runs.join(',')}]${more === '}' ? '' : ','}${more}`;
  return reply.type('application/json; charset=utf-8').send(body);
}
