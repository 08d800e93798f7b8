import { createHmac, timingSafeEqual } from 'node:crypto';

/** `<run id of the job>.<signature>`; nothing of it is stored, and the server's own token does not follow from it. */

/** The token by which the server knows the programs of a job. @param secret the server's own token */
export function jobToken(secret: string, runId: string): string {
  return `${runId}.${signature(secret, runId).toString('base64url')}`;
}

/** The job that a token was made for; undefined when this server did not make it. */
export function jobOfToken(secret: string, token: string): string | undefined {
  const [, runId, signed] = /^([a-zA-Z0-9_-]+)\.([a-zA-Z0-9_-]+)$/.exec(token) ?? [];
  if (runId === undefined || signed === undefined) return undefined;
  const given = Buffer.from(signed, 'base64url');
  const expected = signature(secret, runId);
  return given.length === expected.length && timingSafeEqual(given, expected) ? runId : undefined;
}

function signature(secret: string, runId: string): Buffer {
  return createHmac('sha256', secret).update(`job ${runId}`).digest();
}
