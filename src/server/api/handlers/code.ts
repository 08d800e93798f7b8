import { diffSnapshots, diffWithFolder } from '../../../snapshot/diff.js';
import { readBlob, readTree } from '../../../snapshot/read.js';
import { restore } from '../../../snapshot/restore.js';
import type { CodeDiff } from '../../../workspace/types.js';
import { endpoint } from '../endpoint.js';
import { requireSnapshot } from '../lookup.js';
import * as schema from '../schemas.js';
import { sendBytes } from '../send-bytes.js';

/** The code of a run, as it was at the submit. */

export const list = endpoint(
  { params: schema.RunParams, query: schema.FolderQuery },
  async ({ params, query }, { store }) => ({
    files: await readTree(requireSnapshot(store, params.id), query.folder ?? ''),
  }),
);

export const read = endpoint(
  { params: schema.RunParams, query: schema.PathQuery },
  async ({ params, query }, { store, reply }) => {
    const blob = await readBlob(requireSnapshot(store, params.id), query.path);
    return sendBytes(reply, blob, blob.length);
  },
);

export const diff = endpoint(
  { params: schema.RunParams, query: schema.DiffQuery },
  async ({ params: { id }, query: { other } }, { store, home }): Promise<CodeDiff> => {
    const from = requireSnapshot(store, id);
    const to = other === 'folder' ? undefined : requireSnapshot(store, other);
    const { files, patch } = to ? await diffSnapshots(from, to) : await diffWithFolder(from, home);
    return {
      from: { runId: id, commit: from.commit },
      to: { runId: to ? other : null, commit: to?.commit ?? null },
      files,
      patch,
    };
  },
);

export const restoreTo = endpoint(
  { params: schema.RunParams, body: schema.RestoreBody },
  async ({ params, body }, { store }) => {
    await restore(requireSnapshot(store, params.id), body.folder);
    return {};
  },
);
