import { TrainyardError } from '../../base/errors.js';
import { mapBounded } from '../../base/map-bounded.js';
import { addressIn } from '../../job/datastore.js';
import type { Datastore } from '../../workspace/types.js';
import type { KeptSource } from '../data/kept-source.js';
import { openStore } from './open.js';
import type { DatastoreSecrets } from './secrets.js';

/** Files that are sent at once. */
const AT_ONCE = 2;

export interface Upload {
  /** What the run keeps of the output. */
  source: KeptSource;
  runId: string;
  /** In the datastore: of the folder, or of the file. */
  path: string;
  /** Only this run writes there, so what another has written is not replaced. */
  isOfRun: boolean;
  /** Bytes that are there, of how many. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * Writes an output into a datastore of objects. What an earlier attempt has written is passed over.
 * @throws CONFLICT when something of another run is there | TrainyardError as `failureOf` says
 */
export async function upload(
  datastore: Datastore,
  secrets: DatastoreSecrets,
  { source, runId, path, isOfRun, onProgress }: Upload,
  signal: AbortSignal,
): Promise<void> {
  const store = await openStore(datastore, secrets);
  const files = await source.list();
  const total = files.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  let done = 0;
  await mapBounded(files, AT_ONCE, async (file) => {
    const { bytes = 0, sha256 = '' } = file;
    const target = source.isFile ? path : `${path}/${file.path}`;
    const there = await store.stat(target, signal);
    const isOwn = there?.writer?.runId === runId;
    let counted = 0;
    const onSent = (sent: number) => {
      done += sent - counted;
      counted = sent;
      onProgress?.(done, total);
    };
    if (isOwn && there?.bytes === bytes && there.writer?.sha256 === sha256) return onSent(bytes);
    if (there && isOfRun && !isOwn)
      throw new TrainyardError(
        'CONFLICT',
        `${addressIn(datastore.place, target)} is there already, and not of this run.`,
        {
          hint: 'Move it away, and keep the outputs again.',
        },
      );
    const writer = { runId, sha256 };
    await store.write(target, { file: source.fileOf(file), bytes, writer, onSent }, signal);
    onSent(bytes);
  });
}
