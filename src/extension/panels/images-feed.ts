import { errorData, messageOf, TrainyardError } from '../../base/errors.js';
import type { WorkspaceEvent } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { Coalescer } from '../runs/coalescer.js';
import { IMAGES_FOLDER, loggedImages } from './logged-images.js';
import type { FromCharts, ToCharts } from '../../panels/messages.js';

type Told = Extract<ToCharts, { type: 'images' | 'image' }>;

/** A run that logs images is listed again at most so often. */
const REFRESH_MS = 1_000;
/** Runs that are listed at the same time: of hundreds, most have no images. */
const AT_ONCE = 4;

interface Options {
  workspace: Pick<Workspace, 'files' | 'readFile' | 'onEvent'>;
  /** Names runs by their ids in the workspace. */
  post: (message: Told) => void;
  warn: (message: string) => void;
}

/** Tells a charts page which images its runs of one workspace have logged, and gives those that it asks for. */
export class ImagesFeed {
  readonly #options: Options;
  readonly #abort = new AbortController();
  readonly #subscription: { dispose(): void };
  readonly #refresh: Coalescer;
  #runIds: readonly string[] = [];
  /** Runs that are to be listed. */
  readonly #stale = new Set<string>();
  /** What the page has of each run, as JSON. */
  readonly #told = new Map<string, string>();

  constructor(options: Options) {
    this.#options = options;
    this.#refresh = new Coalescer(
      () => this.#listStale(),
      REFRESH_MS,
      (error) => options.warn(`Images could not be listed: ${messageOf(error)}`),
    );
    this.#subscription = options.workspace.onEvent((event) => this.#onEvent(event));
  }

  /** For these runs, in this order. */
  show(runIds: readonly string[]): void {
    for (const id of this.#told.keys()) if (!runIds.includes(id)) this.#told.delete(id);
    for (const id of runIds) if (!this.#runIds.includes(id)) this.#stale.add(id);
    this.#runIds = runIds;
    if (this.#stale.size > 0) this.#refresh.trigger();
  }

  async fetch({ runId, path }: Extract<FromCharts, { type: 'fetchImage' }>): Promise<void> {
    try {
      const bytes = await this.#options.workspace.readFile(runId, path, this.#abort.signal);
      this.#post({ type: 'image', runId, path, bytes });
    } catch (error) {
      this.#post({ type: 'image', runId, path, error: errorData(error) });
    }
  }

  dispose(): void {
    this.#abort.abort();
    this.#subscription.dispose();
    this.#refresh.dispose();
  }

  #onEvent(event: WorkspaceEvent): void {
    if (event.type === 'reset') {
      for (const id of this.#runIds) this.#stale.add(id);
    } else if (event.type === 'run' && event.parts.includes('files') && this.#runIds.includes(event.runId)) {
      this.#stale.add(event.runId);
    }
    if (this.#stale.size > 0) this.#refresh.trigger();
  }

  async #listStale(): Promise<void> {
    const ids = this.#runIds.filter((id) => this.#stale.has(id));
    this.#stale.clear();
    const next = async (): Promise<void> => {
      for (let id = ids.shift(); id !== undefined && !this.#abort.signal.aborted; id = ids.shift())
        await this.#list(id);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }

  async #list(runId: string): Promise<void> {
    const { workspace, warn } = this.#options;
    try {
      const images = loggedImages(await workspace.files(runId, IMAGES_FOLDER, this.#abort.signal));
      const told = JSON.stringify(images);
      if (!this.#runIds.includes(runId) || told === (this.#told.get(runId) ?? '[]')) return;
      this.#told.set(runId, told);
      this.#post({ type: 'images', runId, images });
    } catch (error) {
      // A run that is gone: the charts say so.
      if (TrainyardError.is(error, 'NOT_FOUND') || this.#abort.signal.aborted) return;
      warn(`Images of run ${runId} could not be listed: ${messageOf(error)}`);
    }
  }

  #post(message: Told): void {
    if (!this.#abort.signal.aborted) this.#options.post(message);
  }
}
