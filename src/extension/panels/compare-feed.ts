import { errorData, messageOf } from '../../base/errors.js';
import type { CodeDiff, Run, RunPart, WorkspaceEvent } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { Coalescer } from '../runs/coalescer.js';
import { dataUri } from '../runs/pictures.js';
import { runsById } from '../runs/runs-by-id.js';
import type { ComparedFile, FromCompare, ToCompare } from '../../panels/compare-messages.js';
import { filesOf, picturesOf } from './compared-files.js';
import { comparedRun, detailsOf, differingCurves } from './compared-run.js';
import type { Goals } from '../../panels/table-messages.js';
import { facetOf } from '../../workspace/facets.js';

const REFRESH_MS = 1_000;
/** Runs whose code, files and data are read, and which stand side by side: more cannot be read. */
export const DETAILED = 12;

interface Options {
  workspace: Pick<Workspace, 'run' | 'runs' | 'points' | 'label' | 'code' | 'files' | 'readFile' | 'onEvent'>;
  post: (message: ToCompare) => void;
  goals: (runs: readonly Run[]) => Goals;
  warn: (message: string) => void;
}

/** Feeds one comparison while it is in view: the runs, then of the first few what takes longer: code, data and files. */
export class CompareFeed {
  readonly #options: Options;
  readonly #subscription: { dispose(): void };
  readonly #refresh: Coalescer;
  #runIds: readonly string[];
  #load = new AbortController();
  #runs: Run[] = [];
  /** What of which run changed since it was read. */
  readonly #changed = new Map<string, Set<RunPart>>();
  readonly #diffs = new Map<string, CodeDiff>();
  /** By run, by content: pictures as they were told last, so that only new ones are read. */
  readonly #pictures = new Map<string, ReadonlyMap<string, string>>();

  constructor(runIds: readonly string[], options: Options) {
    this.#options = options;
    this.#runIds = runIds;
    this.#refresh = new Coalescer(
      () => this.#readChanged(this.#load.signal),
      REFRESH_MS,
      (error) => options.warn(`Runs could not be read again: ${messageOf(error)}`),
    );
    this.#subscription = options.workspace.onEvent((event) => this.#onEvent(event));
    void this.#loadAll();
  }

  get runIds(): readonly string[] {
    return this.#runIds;
  }

  /** Undefined when it is not compared. */
  run(runId: string): Run | undefined {
    return this.#runs.find(({ id }) => id === runId);
  }

  /** The first run, another, and how their code differs; undefined until that is known. */
  change(runId: string): { run: Run; other: Run; diff: CodeDiff } | undefined {
    const [run] = this.#runs;
    const other = this.run(runId);
    const diff = this.#diffs.get(runId);
    return run && other && diff && { run, other, diff };
  }

  /** Tells what metrics are to be, after a person said it elsewhere. */
  tellGoals(): void {
    this.#post({ type: 'goals', goals: this.#options.goals(this.#runs) }, this.#load.signal);
  }

  show(runIds: readonly string[]): void {
    this.#runIds = runIds;
    void this.#loadAll();
  }

  async fetch({ id, runIds, key, maxPoints }: Extract<FromCompare, { type: 'fetch' }>): Promise<void> {
    const { signal } = this.#load;
    const { workspace, warn } = this.#options;
    try {
      const series = runIds.map((runId) => ({ runId, key, from: 0 }));
      this.#post({ type: 'points', id, points: await workspace.points(series, maxPoints, signal) }, signal);
    } catch (error) {
      if (!signal.aborted) warn(`The curves of ${key} could not be read: ${messageOf(error)}`);
      this.#post({ type: 'points', id, points: null }, signal);
    }
  }

  dispose(): void {
    this.#load.abort();
    this.#subscription.dispose();
    this.#refresh.dispose();
  }

  get #detailed(): Run[] {
    return this.#runs.slice(0, DETAILED);
  }

  async #loadAll(): Promise<void> {
    this.#load.abort();
    this.#load = new AbortController();
    const { signal } = this.#load;
    this.#diffs.clear();
    this.#changed.clear();
    try {
      const runs = await runsById(this.#options.workspace, this.#runIds, signal);
      if (signal.aborted) return;
      this.#runs = runs;
      const curves = differingCurves(this.#detailed);
      const goals = this.#options.goals(runs);
      this.#post({ type: 'runs', runs: runs.map(comparedRun), detailed: DETAILED, curves, goals }, signal);
    } catch (error) {
      this.#post({ type: 'error', error: errorData(error) }, signal);
      return;
    }
    const [first, ...others] = this.#detailed;
    await Promise.all([
      ...(first ? others.map((other) => this.#readCode(first, other, signal)) : []),
      ...this.#detailed.flatMap((run) => [this.#readDetails(run, signal), this.#readFiles(run, signal)]),
    ]);
  }

  async #readChanged(signal: AbortSignal): Promise<void> {
    const changed = new Map(this.#changed);
    this.#changed.clear();
    const isOnlyFiles = (parts: Set<RunPart>) => parts.size === 1 && parts.has('files');
    const ids = [...changed].flatMap(([id, parts]) => (isOnlyFiles(parts) ? [] : [id]));
    if (ids.length > 0) {
      const now = await runsById(this.#options.workspace, ids, signal);
      if (signal.aborted) return;
      const byId = new Map(now.map((run) => [run.id, run]));
      this.#runs = this.#runs.map((run) => byId.get(run.id) ?? run);
      const curves = differingCurves(this.#detailed);
      this.#post({ type: 'changed', runs: now.map(comparedRun), curves }, signal);
    }
    await Promise.all(
      this.#detailed.flatMap((run) => {
        const parts = changed.get(run.id);
        return [
          // A model's packages come with it.
          ...(parts?.has('models') ? [this.#readDetails(run, signal)] : []),
          ...(parts?.has('files') ? [this.#readFiles(run, signal)] : []),
        ];
      }),
    );
  }

  /** The code of runs of two repositories, or of a run that was started elsewhere, cannot be compared: said in its place. */
  async #readCode(first: Run, other: Run, signal: AbortSignal): Promise<void> {
    const runId = other.id;
    if (!first.code?.snapshot || !other.code?.snapshot) {
      this.#post({ type: 'code', runId, files: null, problem: 'not kept' }, signal);
      return;
    }
    try {
      const diff = await facetOf(this.#options.workspace, 'code').diff(first.id, runId, signal);
      if (signal.aborted) return;
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

  async #readDetails({ id, name }: Run, signal: AbortSignal): Promise<void> {
    const { workspace, warn } = this.#options;
    try {
      this.#post({ ...detailsOf(await workspace.run(id, signal)), type: 'details', runId: id }, signal);
    } catch (error) {
      if (!signal.aborted) warn(`Data of ${name} could not be read: ${messageOf(error)}`);
    }
  }

  /** Files that cannot be listed are said in their place. */
  async #readFiles(run: Run, signal: AbortSignal): Promise<void> {
    const { id, filesElsewhere } = run;
    try {
      const { files, isCut } = await filesOf(this.#options.workspace, id, signal);
      if (files.length === 0 && filesElsewhere !== undefined) {
        const problem = `They are stored at ${filesElsewhere}`;
        this.#post({ type: 'files', runId: id, files: null, isCut, problem }, signal);
        return;
      }
      this.#post({ type: 'files', runId: id, files, isCut }, signal);
      await this.#readPictures(run, files, signal);
    } catch (error) {
      this.#post({ type: 'files', runId: id, files: null, isCut: false, problem: messageOf(error) }, signal);
    }
  }

  async #readPictures({ id, name }: Run, files: readonly ComparedFile[], signal: AbortSignal): Promise<void> {
    const { workspace, warn } = this.#options;
    try {
      const known = this.#pictures.get(id);
      const pictures = await Promise.all(
        [...picturesOf(files)].map(async ([title, { path, sha256 = '' }]) => {
          const uri = known?.get(sha256) ?? dataUri(path, await workspace.readFile(id, path, signal));
          return { title, sha256, uri };
        }),
      );
      this.#pictures.set(
        id,
        new Map(pictures.flatMap(({ sha256, uri }) => (sha256 === '' ? [] : [[sha256, uri]]))),
      );
      const byTitle = Object.fromEntries(pictures.map(({ title, uri }) => [title, uri]));
      this.#post({ type: 'pictures', runId: id, pictures: byTitle }, signal);
    } catch (error) {
      if (!signal.aborted) warn(`Pictures of ${name} could not be read: ${messageOf(error)}`);
    }
  }

  #onEvent(event: WorkspaceEvent): void {
    if (event.type === 'reset') void this.#loadAll();
    else if (event.type === 'run' && this.#runIds.includes(event.runId)) {
      const parts = event.parts.filter((part) => part !== 'log');
      if (parts.length === 0) return;
      const known = this.#changed.get(event.runId) ?? new Set();
      this.#changed.set(event.runId, known);
      for (const part of parts) known.add(part);
      this.#refresh.trigger();
    }
  }

  #post(message: ToCompare, signal: AbortSignal): void {
    if (!signal.aborted) this.#options.post(message);
  }
}
