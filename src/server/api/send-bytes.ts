import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

export function sendBytes(reply: FastifyReply, body: Buffer | Readable, bytes: number): FastifyReply {
  return asBytes(reply).header('content-length', bytes).send(body);
}

export function asBytes(reply: FastifyReply): FastifyReply {
  return reply.header('x-content-type-options', 'nosniff').type('application/octet-stream');
}
