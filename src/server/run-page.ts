import type { FastifyReply } from 'fastify';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends `{ runs, ...rest }` with runs that are JSON already. */
export function sendRuns(reply: FastifyReply, runs: readonly string[], rest: object): FastifyReply {
  const more = JSON.stringify(rest).slice(1);
  const body = `{"runs":[${runs.join(',')}]${more === '}' ? '' : ','}${more}`;
  return reply.type(JSON_TYPE).send(body);
}
