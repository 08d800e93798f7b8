import { posix } from 'node:path';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { ARTIFACT_SCHEME } from '../../store/artifact-path.js';
import { sendFile } from '../../send-file.js';
import type { ArtifactEntry } from '../../store/artifacts.js';
import type { Store } from '../../store/store.js';
import { contentType } from '../content-types.js';
import { endpoint, type Call } from '../endpoint.js';
import { invalid, MlflowError, notFound } from '../errors.js';
import { requireKeptHere } from '../locations.js';
import { requireActiveRun, requireLoggedModel, requireRun, requireVersion } from '../lookup.js';
import { findArtifact, resolveArtifact, safePath, type ArtifactAddress } from '../paths.js';
import { Required, Text } from '../schema.js';
import { resolveSource } from '../sources.js';

/** Files: the mlflow-artifacts proxy, and the older calls that browsers use. */

/** Field of the route's wildcard: the router has decoded it once. */
const ByPath = Type.Object({ '*': Required });

export const upload = endpoint(ByPath, ({ '*': given }, call) =>
  save(call, resolveArtifact(call.store, given)),
);

export const uploadToRun = endpoint(Type.Object({ run_id: Required, path: Required }), (input, call) =>
  save(call, { owner: `runs/${input.run_id}`, path: safePath(input.path) }),
);

async function save({ store, request }: Call, { owner, path }: ArtifactAddress) {
  if (path === '') throw invalid('Invalid path');
  const [kind, id = ''] = owner.split('/');
  if (kind === 'runs') requireKeptHere(requireActiveRun(store, id));
  await receive(request, (content) => store.artifacts.put(owner, path, content));
  return {};
}

/**
 * Streams the body without buffering it. If the store fails, the connection stays open so that the client gets the
 * response.
 */
async function receive(
  { raw }: FastifyRequest,
  put: (content: AsyncIterable<Uint8Array>) => Promise<unknown>,
): Promise<void> {
  try {
    await put(raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>);
  } catch (error) {
    if (raw.destroyed && !raw.complete)
      throw new MlflowError('CANCELLED', 'The client disconnected before the end of the file.', {
        cause: error,
      });
    throw error;
  } finally {
    // The rest of a refused body is read and discarded, since a client only reads the response once it has sent
    // everything.
    raw.resume();
  }
}

export const download = endpoint(ByPath, ({ '*': given }, call) => {
  const address = findArtifact(call.store, given);
  if (!address) throw notFound(`No such artifact: '${given}'`);
  return send(call, address, given);
});

/** `named`: what the file is called in errors */
async function send({ store, reply }: Call, { owner, path }: ArtifactAddress, named: string) {
  const file = store.artifacts.stat(owner, path);
  if (!file) {
    if (store.artifacts.isFolder(owner, path))
      throw invalid(`Artifact path refers to a directory, not a file: '${named}'`);
    throw notFound(`No such artifact: '${named}'`);
  }
  void reply
    .header('content-type', contentType(path))
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeHeader(posix.basename(path))}`)
    .header('x-content-type-options', 'nosniff');
  return sendFile(reply, file.file, file.bytes);
}

/** RFC 5987. */
function encodeHeader(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export const list = endpoint(Type.Object({ path: Text }), ({ path: given = '' }, { store }) => {
  const address = findArtifact(store, given);
  return address ? listing(store.artifacts.list(address.owner, address.path), '') : {};
});

/** Names below `folder`; empty if it is empty, missing or a file. */
function listing(entries: readonly ArtifactEntry[], folder: string) {
  if (entries.length === 0) return {};
  return {
    files: entries.map(({ name, isFolder, bytes }) => ({
      path: posix.join(folder, name),
      is_dir: isFolder,
      // Protobuf leaves out what is zero.
      file_size: isFolder ? undefined : bytes || undefined,
    })),
  };
}

export const remove = endpoint(ByPath, async ({ '*': given }, { store }) => {
  const address = findArtifact(store, given);
  if (address) await store.artifacts.delete(address.owner, address.path);
  return {};
});

/** The client requests this if configured to. On this message it sends the file in one piece. */
export const multipartUpload = endpoint(Type.Object({}), () => {
  throw new MlflowError(
    'NOT_IMPLEMENTED',
    'Multipart upload is not supported for the current artifact repository',
  );
});

export const multipartDownload = endpoint(Type.Object({}), () => {
  throw new MlflowError(
    'NOT_IMPLEMENTED',
    'Multipart download is not supported for the current artifact repository',
  );
});

export const listOfRun = endpoint(
  Type.Object({ run_id: Required, path: Text }),
  ({ run_id: id, path: given = '' }, { store }) => {
    const path = safePath(given);
    const run = requireRun(store, id);
    requireKeptHere(run);
    return { root_uri: run.artifactUri, ...listing(store.artifacts.list(`runs/${id}`, path), path) };
  },
);

export const listOfModel = endpoint(
  Type.Object({ model_id: Required, artifact_directory_path: Text }),
  ({ model_id: id, artifact_directory_path: given = '' }, { store }) => {
    const path = safePath(given);
    const model = requireLoggedModel(store, id);
    requireKeptHere(model);
    return { root_uri: model.artifactUri, ...listing(store.artifacts.list(`models/${id}`, path), path) };
  },
);

/** As the proxy would be asked for it. */
function named(artifactUri: string, path: string): string {
  return posix.join(artifactUri.slice(ARTIFACT_SCHEME.length), path);
}

export const getOfRun = endpoint(Type.Object({ run_id: Required, path: Required }), (input, call) => {
  const path = safePath(input.path);
  const run = requireRun(call.store, input.run_id);
  requireKeptHere(run);
  return send(call, { owner: `runs/${run.id}`, path }, named(run.artifactUri, path));
});

export const getOfModel = endpoint(
  Type.Object({ model_id: Required, artifact_file_path: Required }),
  (input, call) => {
    const path = safePath(input.artifact_file_path);
    const model = requireLoggedModel(call.store, input.model_id);
    requireKeptHere(model);
    return send(call, { owner: `models/${model.id}`, path }, named(model.artifactUri, path));
  },
);

export const getOfVersion = endpoint(
  Type.Object({ name: Required, version: Required, path: Required }),
  (input, call) => {
    const path = safePath(input.path);
    const source = resolveSource(call.store, requireVersion(call.store, input.name, input.version).source);
    const root = resolveUri(call.store, source);
    return send(call, { owner: root.owner, path: posix.join(root.path, path) }, path);
  },
);

/** @throws when the files are not kept here */
function resolveUri(store: Store, uri: string): ArtifactAddress {
  const ofRun = /^runs:\/+([^/]+)\/?(.*)$/.exec(uri);
  if (ofRun) {
    const run = requireRun(store, ofRun[1] ?? '');
    requireKeptHere(run);
    return { owner: `runs/${run.id}`, path: safePath(ofRun[2] ?? '') };
  }
  const kept = /^mlflow-artifacts:\/(?!\/)(.*)$/.exec(uri);
  if (kept) return resolveArtifact(store, kept[1] ?? '');
  requireKeptHere({ artifactUri: uri });
  throw notFound(`The files at '${uri}' are not kept by this server.`);
}
