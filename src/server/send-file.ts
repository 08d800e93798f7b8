import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { hasCode, TrainyardError } from '../base/errors.js';

/** Bytes; one piece is read while the previous one is sent. */
const PIECE = 256 * 1024;

/**
 * Sends a file of any size as the body of `reply`, whose headers are set. Uses two alternating buffers: a stream
 * allocates one for each piece, which costs more than reading it.
 * @throws STORE_CORRUPT if the file does not exist, before anything is sent
 * @param bytes its size; when it has become shorter the connection is cut, which the client sees
 */
export async function sendFile(reply: FastifyReply, file: string, bytes: number): Promise<FastifyReply> {
  const handle = await open(file);
  try {
    reply.header('content-length', bytes).hijack();
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    if (reply.request.method !== 'HEAD') await copy(handle, reply.raw, bytes);
    reply.raw.end();
  } catch (error) {
    if (!reply.raw.destroyed) reply.log.error({ err: error, file }, 'a file cannot be sent');
    reply.raw.destroy();
  } finally {
    await handle.close();
  }
  return reply;
}

async function open(file: string): Promise<FileHandle> {
  try {
    return await fs.promises.open(file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    throw new TrainyardError('STORE_CORRUPT', `The content of this file is missing: ${file}.`, {
      hint: 'Put it back if you have a copy of it. “trainyard store verify” says what else is missing.',
      cause: error,
    });
  }
}

async function copy(handle: FileHandle, response: ServerResponse, bytes: number): Promise<void> {
  const buffers = [0, 1].map(() => Buffer.allocUnsafeSlow(Math.min(PIECE, bytes)));
  let sent = Promise.resolve();
  for (let at = 0, turn = 0; at < bytes; turn = 1 - turn) {
    const { bytesRead, buffer } = await handle.read(buffers[turn] as Buffer, { position: at });
    if (bytesRead === 0) throw new Error(`${bytes - at} of ${bytes} bytes are missing.`);
    at += bytesRead;
    await sent;
    sent = write(response, buffer.subarray(0, bytesRead));
    // Awaited in the next turn; until then a failure must not count as unhandled.
    sent.catch(() => undefined);
  }
  await sent;
}

/** Resolves when the socket no longer needs `piece`. @throws if the client disconnects */
function write(response: ServerResponse, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('The client went away.'));
    response.once('close', gone);
    response.write(piece, (error) => {
      response.off('close', gone);
      if (error) reject(error);
      else resolve();
    });
  });
}
