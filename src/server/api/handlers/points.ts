import { Readable } from 'node:stream';
import { encodePoints } from '../../../workspace/local/contract.js';
import { endpoint } from '../endpoint.js';
import * as schema from '../schemas.js';
import { sendBytes } from '../send-bytes.js';

/** The points of many metrics in one answer, for charts. */
export const read = endpoint(
  { body: schema.PointsBody },
  ({ body: { series, maxPoints } }, { store, reply, frames }) => {
    const frame = frames.borrow();
    // Also if the client disconnected.
    reply.raw.once('close', () => frames.giveBack(frame));
    const points = series.map((request) => store.metrics.points(request, maxPoints, frame.take));
    const parts = encodePoints(points);
    const bytes = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
    return sendBytes(reply, Readable.from(parts), bytes);
  },
);
