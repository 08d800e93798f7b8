import { TrainyardError } from '../../base/errors.js';
import type { RunFile } from '../types.js';
import type { Connection } from './connection.js';
import { allPages } from './pages.js';
import type { WireFile, WireRun } from './wire.js';

const PROXIED = /^mlflow-artifacts:/i;
/** Runs whose place is remembered; it never changes. */
const MOST_PLACES = 10_000;

/** The files of runs, through the server. */
export class Files {
  private readonly connection: Connection;
  private readonly places = new Map<string, string>();

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Children of `folder`, all of them. */
  async list(runId: string, folder: string, signal?: AbortSignal): Promise<RunFile[]> {
    const found = await allPages(async (page) => {
      const query = { run_id: runId, path: folder === '' ? undefined : folder, page_token: page };
      const { files, next_page_token: next } = await this.explained(runId, signal, () =>
        this.connection.get<{ files?: WireFile[]; next_page_token?: string }>(
          'mlflow/artifacts/list',
          query,
          signal,
        ),
      );
      return { items: files, next };
    });
    return found.map(({ path, is_dir: isFolder = false, file_size: bytes = 0 }) => ({
      path,
      isFolder,
      ...(!isFolder && { bytes: Number(bytes) }),
    }));
  }

  async read(runId: string, path: string, signal?: AbortSignal, mostBytes?: number): Promise<Uint8Array> {
    const place = await this.placeOf(runId, signal);
    return this.explained(runId, signal, () => {
      if (!PROXIED.test(place))
        return this.connection.bytes('get-artifact', { run_id: runId, path }, signal, mostBytes);
      const route = `mlflow-artifacts/artifacts/${encoded(`${pathOf(place)}/${path}`)}`;
      return this.connection.bytes(route, {}, signal, mostBytes);
    }).catch(async (error: unknown) => {
      // Before 3.5 a server says of a missing file that it failed.
      if (TrainyardError.is(error, 'INTERNAL') && !(await this.has(runId, path, signal)))
        throw new TrainyardError('NOT_FOUND', `Run ${runId} has no file ${path}.`, { cause: error });
      throw error;
    });
  }

  /** Whether there is such a file. */
  async has(runId: string, path: string, signal?: AbortSignal): Promise<boolean> {
    const slash = path.lastIndexOf('/');
    const files = await this.list(runId, slash < 0 ? '' : path.slice(0, slash), signal);
    return files.some((file) => file.path === path && !file.isFolder);
  }

  async placeOf(runId: string, signal?: AbortSignal): Promise<string> {
    const known = this.places.get(runId);
    if (known !== undefined) return known;
    const { run } = await this.connection.get<{ run: WireRun }>('mlflow/runs/get', { run_id: runId }, signal);
    const place = run.info.artifact_uri ?? '';
    if (this.places.size >= MOST_PLACES) this.places.clear();
    this.places.set(runId, place);
    return place;
  }

  /** A server that cannot reach the storage fails; where the files are helps more than how it failed. */
  private async explained<T>(
    runId: string,
    signal: AbortSignal | undefined,
    read: () => Promise<T>,
  ): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!TrainyardError.is(error, 'INTERNAL')) throw error;
      const place = await this.placeOf(runId, signal);
      if (PROXIED.test(place)) throw error;
      throw new TrainyardError(
        'NOT_SUPPORTED',
        `The server does not hand out the files at ${place}: ${error.message}`,
        {
          hint: 'Open them where they are, or run the server with --serve-artifacts.',
          cause: error,
        },
      );
    }
  }
}

/** The path behind `mlflow-artifacts:/`, with or without a host. */
function pathOf(place: string): string {
  return place.replace(/^mlflow-artifacts:(\/\/[^/]*)?\/*/i, '');
}

function encoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
