import { Type } from 'typebox';
import { endpoint } from '../endpoint.js';

/** Requests by which clients identify the server. */

/**
 * Clients since 3.4 send the spans of traces by OTLP (protobuf, POST /v1/traces) to a server that calls itself 3.4 or
 * newer, and as traces.json to an older one. This server accepts the latter.
 */
export const PROTOCOL_VERSION = '3.3.0';

export const health = endpoint(Type.Object({}), (_input, { reply }) => reply.type('text/plain').send('OK'));

export const version = endpoint(Type.Object({}), (_input, { reply }) =>
  reply.type('text/plain').send(PROTOCOL_VERSION),
);

export const serverInfo = endpoint(Type.Object({}), () => ({
  store_type: 'SqlStore',
  workspaces_enabled: false,
  trace_archival_enabled: false,
  multipart_uploads_enabled: false,
  multipart_downloads_enabled: false,
}));
