import { TrainyardError } from '../../../base/errors.js';
import type { RunFile } from '../../../workspace/types.js';
import { sendFile } from '../../send-file.js';
import { endpoint } from '../endpoint.js';
import { requireRun } from '../lookup.js';
import * as schema from '../schemas.js';
import { asBytes } from '../send-bytes.js';

/** The files of a run. */

export const list = endpoint(
  { params: schema.RunParams, query: schema.FolderQuery },
  ({ params: { id }, query: { folder = '' } }, { store }) => {
    requireRun(store, id);
    const files = store.artifacts
      .list(`runs/${id}`, folder)
      .map(({ name, isFolder, bytes, sha256 }): RunFile => ({
        path: folder === '' ? name : `${folder}/${name}`,
        isFolder,
        ...(!isFolder && { bytes, sha256 }),
      }));
    return { files };
  },
);

export const read = endpoint(
  { params: schema.RunParams, query: schema.PathQuery },
  ({ params: { id }, query: { path } }, { store, reply }) => {
    requireRun(store, id);
    const found = store.artifacts.stat(`runs/${id}`, path);
    if (!found) throw new TrainyardError('NOT_FOUND', `Run ${id} has no file ${path}.`);
    return sendFile(asBytes(reply), found.file, found.bytes);
  },
);
