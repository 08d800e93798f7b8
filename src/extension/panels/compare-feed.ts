import { messageOf, TrainyardError } from '../../base/errors.js';
import type { CodeDiff, Run, RunFile, WorkspaceEvent } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { Coalescer } from '../runs/coalescer.js';
import { runsById } from '../runs/runs-by-id.js';
import type { ToCompare } from './compare-messages.js';
import { comparedRun } from './compared-run.js';

const REFRESH_MS = 1_000;
const PICTURE = /\.(png|jpe?g|gif|webp)$/i;
const MIME: Record<string, string> = { jpg: 'jpeg' };
/** Folders whose pictures are shown, besides the root. */
const PICTURE_FOLDERS = ['images', 'plots', 'figures'];
const MOST_PICTURES = 12;
const MOST_BYTES = 2_000_000;

interface Options {
  workspace: Pick<Workspace, 'runs' | 'diff' | 'files' | 'readFile' | 'onEvent'>;
  post: (message: ToCompare) => void;
  warn: (message: string) => void;
}

/** Feeds one comparison while it is in view: the runs, then what takes longer: their code and pictures. */
export class CompareFeed {
  readonly #options: Options;
  readonly #subscription: { dispose(): void };
  readonly #refresh: Coalescer;
  #runIds: readonly string[];
  #load = new AbortController();
  #runs: Run[] = [];
  readonly #diffs = new Map<string, CodeDiff>();

  constructor(runIds: readonly string[], options: Options) {
    this.#options = options;
    this.#runIds = runIds;
    this.#refresh = new Coalescer(
      () => this.#readRuns(this.#load.signal),
      REFRESH_MS,
      (error) => options.warn(`Runs could not be read again: ${messageOf(error)}`),
    );
    this.#subscription = options.workspace.onEvent((event) => this.#onEvent(event));
    void this.#loadAll();
  }

  get runIds(): readonly string[] {
    return this.#runIds;
  }

  /** The first run, another, and how their code differs; undefined until that is known. */
  change(runId: string): { run: Run; other: Run; diff: CodeDiff } | undefined {
    const [run] = this.#runs;
    const other = this.#runs.find(({ id }) => id === runId);
    const diff = this.#diffs.get(runId);
    return run && other && diff && { run, other, diff };
  }

  show(runIds: readonly string[]): void {
    this.#runIds = runIds;
    void this.#loadAll();
  }

  dispose(): void {
    this.#load.abort();
    this.#subscription.dispose();
    this.#refresh.dispose();
  }

  async #loadAll(): Promise<void> {
    this.#load.abort();
    this.#load = new AbortController();
    const { signal } = this.#load;
    this.#diffs.clear();
    try {
      await this.#readRuns(signal);
      const [first, ...others] = this.#runs;
      await Promise.all([
        ...(first ? others.map((other) => this.#readCode(first, other, signal)) : []),
        ...this.#runs.map((run) => this.#readPictures(run, signal)),
      ]);
    } catch (error) {
      const data = TrainyardError.is(error)
        ? error.toData()
        : { code: 'INTERNAL' as const, message: messageOf(error) };
      this.#post({ type: 'error', error: data }, signal);
    }
  }

  async #readRuns(signal: AbortSignal): Promise<void> {
    const runs = await runsById(this.#options.workspace, this.#runIds, signal);
    if (signal.aborted) return;
    this.#runs = runs;
    this.#post({ type: 'runs', runs: runs.map(comparedRun) }, signal);
  }

  /** The code of runs of two repositories, or of a run that was started elsewhere, cannot be compared: said in its place. */
  async #readCode(first: Run, other: Run, signal: AbortSignal): Promise<void> {
    const runId = other.id;
    if (!first.code?.snapshot || !other.code?.snapshot) {
      this.#post({ type: 'code', runId, files: null, problem: 'not kept' }, signal);
      return;
    }
    try {
      const diff = await this.#options.workspace.diff(first.id, runId, signal);
      this.#diffs.set(runId, diff);
      const files = diff.files.map(({ path, from, status, additions, deletions }) => ({
        path,
        from,
        status,
        additions,
        deletions,
      }));
      this.#post({ type: 'code', runId, files }, signal);
    } catch (error) {
      this.#post({ type: 'code', runId, files: null, problem: messageOf(error) }, signal);
    }
  }

  async #readPictures(run: Run, signal: AbortSignal): Promise<void> {
    const { workspace, warn } = this.#options;
    try {
      const root = await workspace.files(run.id, '', signal);
      const folders = root.filter(({ path, isFolder }) => isFolder && PICTURE_FOLDERS.includes(path));
      const nested = await Promise.all(folders.map(({ path }) => workspace.files(run.id, path, signal)));
      const files = [root, ...nested].flat().filter(isPicture).slice(0, MOST_PICTURES);
      const pictures = await Promise.all(
        files.map(async ({ path }) => [path, dataUri(path, await workspace.readFile(run.id, path, signal))]),
      );
      if (pictures.length > 0)
        this.#post(
          {
            type: 'pictures',
            runId: run.id,
            pictures: Object.fromEntries(pictures) as Record<string, string>,
          },
          signal,
        );
    } catch (error) {
      if (!signal.aborted) warn(`Pictures of ${run.name} could not be read: ${messageOf(error)}`);
    }
  }

  #onEvent(event: WorkspaceEvent): void {
    if (event.type === 'reset') void this.#loadAll();
    else if (event.type === 'run' && this.#runIds.includes(event.runId)) {
      if (event.parts.some((part) => part !== 'log' && part !== 'files')) this.#refresh.trigger();
    }
  }

  #post(message: ToCompare, signal: AbortSignal): void {
    if (!signal.aborted) this.#options.post(message);
  }
}

function isPicture({ path, isFolder, bytes = 0 }: RunFile): boolean {
  return !isFolder && PICTURE.test(path) && bytes <= MOST_BYTES;
}

function dataUri(path: string, bytes: Uint8Array): string {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return `data:image/${MIME[extension] ?? extension};base64,${Buffer.from(bytes).toString('base64')}`;
}
