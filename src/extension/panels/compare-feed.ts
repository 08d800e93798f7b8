import { errorData, messageOf } from '../../base/errors.js';
import type { RunKey } from '../../workspace/run-ref.js';
import type { CodeDiff, Run, RunPart } from '../../workspace/types.js';
import type { ComparedFile, FromCompare, ToCompare } from '../../panels/compare-messages.js';
import { lacksRuns } from '../../panels/shown-workspace.js';
import type { Goals } from '../../panels/table-messages.js';
import { Coalescer } from '../runs/coalescer.js';
import { dataUri } from '../runs/pictures.js';
import { diffAcross } from './code-across.js';
import { filesOf, picturesOf } from './compared-files.js';
import { comparedRun, detailsOf, differingCurves } from './compared-run.js';
import { facetOf } from '../../workspace/facets.js';
import { byWorkspace, facetsOf, keyOf, type PanelWorkspaces, placeOf, pointsOf } from './panel-workspaces.js';
import { type Reading, readRuns } from './read-runs.js';
import { type KeyedEvent, WorkspaceEvents } from './workspace-events.js';

const REFRESH_MS = 1_000;
/** Runs whose code, files and data are read, and which stand side by side: more cannot be read. */
export const DETAILED = 12;

interface Options {
  workspaces: PanelWorkspaces;
  post: (message: ToCompare) => void;
  goals: (runs: readonly Run[]) => Goals;
  warn: (message: string) => void;
}

/** Feeds one comparison while it is in view: the runs, then of the first few what takes longer: code, data and files. */
export class CompareFeed {
  readonly #options: Options;
  readonly #events: WorkspaceEvents;
  readonly #refresh: Coalescer;
  #keys: readonly RunKey[];
  #load = new AbortController();
  #runs: Run[] = [];
  /** What of which run changed since it was read. */
  readonly #changed = new Map<RunKey, Set<RunPart>>();
  readonly #diffs = new Map<RunKey, Pick<CodeDiff, 'files'>>();
  /** By run, by content: pictures as they were told last, so that only new ones are read. */
  readonly #pictures = new Map<RunKey, ReadonlyMap<string, string>>();

  constructor(keys: readonly RunKey[], options: Options) {
    this.#options = options;
    this.#keys = keys;
    this.#refresh = new Coalescer(
      () => this.#readChanged(this.#load.signal),
      REFRESH_MS,
      (error) => options.warn(`Runs could not be read again: ${messageOf(error)}`),
    );
    this.#events = new WorkspaceEvents(options.workspaces, (event) => this.#onEvent(event));
    this.#events.followRuns(keys);
    void this.#loadAll();
  }

  /** Undefined when it is not compared. */
  run(key: RunKey): Run | undefined {
    return this.#runs.find((run) => keyOf(run) === key);
  }

  /** The first run, another, and how their code differs; undefined until that is known. */
  change(key: RunKey): { run: Run; other: Run; diff: Pick<CodeDiff, 'files'> } | undefined {
    const [run] = this.#runs;
    const other = this.run(key);
    const diff = this.#diffs.get(key);
    return run && other && diff && { run, other, diff };
  }

  /** Tells what metrics are to be, after a person said it elsewhere. */
  tellGoals(): void {
    this.#post({ type: 'goals', goals: this.#options.goals(this.#runs) }, this.#load.signal);
  }

  show(keys: readonly RunKey[]): void {
    this.#keys = keys;
    this.#events.followRuns(keys);
    void this.#loadAll();
  }

  /** The curves of a workspace that fails are left out. */
  async fetch({ id, runIds, key, maxPoints }: Extract<FromCompare, { type: 'fetch' }>): Promise<void> {
    const { signal } = this.#load;
    const { workspaces, warn } = this.#options;
    const answers = await Promise.allSettled(
      [...byWorkspace(runIds, (runId) => runId).values()].map((part) => {
        const series = part.map(({ of: runId }) => ({ runId, key, from: 0 }));
        return pointsOf(workspaces, series, maxPoints, signal);
      }),
    );
    for (const answer of answers)
      if (answer.status === 'rejected' && !signal.aborted)
        warn(`The curves of ${key} could not be read: ${messageOf(answer.reason)}`);
    const points = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    this.#post({ type: 'points', id, points: points.length > 0 ? points.flat() : null }, signal);
  }

  dispose(): void {
    this.#load.abort();
    this.#events.dispose();
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
    /** Runs whose code, files and data were asked for. */
    const asked = new Set<RunKey>();
    const details: Promise<unknown>[] = [];
    try {
      await readRuns(this.#options.workspaces, this.#keys, signal, (reading) => {
        const [before] = this.#runs;
        this.#take(reading, signal);
        // Differences from another first run are other differences.
        if (before !== this.#runs[0]) asked.clear();
        details.push(this.#readMore(asked, signal));
      });
    } catch (error) {
      this.#post({ type: 'error', error: errorData(error) }, signal);
    }
    await Promise.all(details);
  }

  #take({ runs, workspaces }: Reading, signal: AbortSignal): void {
    this.#runs = this.#keys.flatMap((key) => runs.get(key) ?? []);
    this.#post(
      {
        type: 'runs',
        runs: this.#runs.map((run) => this.#compared(run)),
        detailed: DETAILED,
        curves: differingCurves(this.#detailed),
        goals: this.#options.goals(this.#runs),
        workspaces: workspaces.filter(lacksRuns),
      },
      signal,
    );
  }

  #compared(run: Run) {
    return comparedRun(run, placeOf(this.#options.workspaces, run));
  }

  /** What takes longer, of the runs that it was not asked of yet. */
  async #readMore(asked: Set<RunKey>, signal: AbortSignal): Promise<void> {
    const [first] = this.#runs;
    const fresh = this.#detailed.filter((run) => !asked.has(keyOf(run)));
    for (const run of fresh) asked.add(keyOf(run));
    await Promise.all(
      fresh.flatMap((run) => [
        ...(first && run !== first ? [this.#readCode(first, run, signal)] : []),
        this.#readDetails(run, signal),
        this.#readFiles(run, signal),
      ]),
    );
  }

  async #readChanged(signal: AbortSignal): Promise<void> {
    const changed = new Map(this.#changed);
    this.#changed.clear();
    const isOnlyFiles = (parts: Set<RunPart>) => parts.size === 1 && parts.has('files');
    const keys = [...changed].flatMap(([key, parts]) => (isOnlyFiles(parts) ? [] : [key]));
    if (keys.length > 0)
      await readRuns(this.#options.workspaces, keys, signal, ({ runs, workspaces }) => {
        for (const { problem } of workspaces)
          if (problem) this.#options.warn(`Runs could not be read again: ${problem.message}`);
        this.#runs = this.#runs.map((run) => runs.get(keyOf(run)) ?? run);
        const curves = differingCurves(this.#detailed);
        const now = [...runs.values()].map((run) => this.#compared(run));
        this.#post({ type: 'changed', runs: now, curves }, signal);
      });
    await Promise.all(
      this.#detailed.flatMap((run) => {
        const parts = changed.get(keyOf(run));
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
    const runId = keyOf(other);
    const tell = (answer: { files: CodeDiff['files'] | null; problem?: string }) =>
      this.#post({ ...answer, type: 'code', runId }, signal);
    const lacks = [first, other].find((run) => !facetsOf(this.#options.workspaces, run).code);
    if (lacks) {
      const label = this.#options.workspaces.labelOf(lacks.workspace);
      tell({ files: null, problem: `The workspace “${label}” does not keep the code of runs.` });
      return;
    }
    if (!first.code?.snapshot || !other.code?.snapshot) {
      tell({ files: null, problem: 'not kept' });
      return;
    }
    try {
      const files = await this.#diff(first, other, signal);
      // Another is the first by now.
      if (signal.aborted || !this.#runs[0] || keyOf(this.#runs[0]) !== keyOf(first)) return;
      this.#diffs.set(runId, { files });
      tell({
        files: files.map(({ path, from, status, additions, deletions }) => ({
          path,
          ...(from !== undefined && { from }),
          status,
          additions,
          deletions,
        })),
      });
    } catch (error) {
      tell({ files: null, problem: messageOf(error) });
    }
  }

  async #diff(first: Run, other: Run, signal: AbortSignal): Promise<CodeDiff['files']> {
    const { workspaces } = this.#options;
    const left = facetOf(workspaces.of(first), 'code');
    if (first.workspace === other.workspace) return (await left.diff(first.id, other.id, signal)).files;
    const right = facetOf(workspaces.of(other), 'code');
    return diffAcross({ run: first, code: left }, { run: other, code: right }, signal);
  }

  async #readDetails(run: Run, signal: AbortSignal): Promise<void> {
    const { workspaces, warn } = this.#options;
    const runId = keyOf(run);
    try {
      const whole = await workspaces.of(run).run(run.id, signal);
      this.#post({ ...detailsOf(whole), type: 'details', runId }, signal);
    } catch (error) {
      if (!signal.aborted) warn(`Data of ${run.name} could not be read: ${messageOf(error)}`);
    }
  }

  /** Files that cannot be listed are said in their place. */
  async #readFiles(run: Run, signal: AbortSignal): Promise<void> {
    const { id, filesElsewhere } = run;
    const runId = keyOf(run);
    try {
      const { files, isCut } = await filesOf(this.#options.workspaces.of(run), id, signal);
      if (files.length === 0 && filesElsewhere !== undefined) {
        const problem = `They are stored at ${filesElsewhere}`;
        this.#post({ type: 'files', runId, files: null, isCut, problem }, signal);
        return;
      }
      this.#post({ type: 'files', runId, files, isCut }, signal);
      await this.#readPictures(run, files, signal);
    } catch (error) {
      this.#post({ type: 'files', runId, files: null, isCut: false, problem: messageOf(error) }, signal);
    }
  }

  async #readPictures(run: Run, files: readonly ComparedFile[], signal: AbortSignal): Promise<void> {
    const { workspaces, warn } = this.#options;
    const { id, name } = run;
    const runId = keyOf(run);
    try {
      const workspace = workspaces.of(run);
      const known = this.#pictures.get(runId);
      const pictures = await Promise.all(
        [...picturesOf(files)].map(async ([title, { path, sha256 = '' }]) => {
          const uri = known?.get(sha256) ?? dataUri(path, await workspace.readFile(id, path, signal));
          return { title, sha256, uri };
        }),
      );
      this.#pictures.set(
        runId,
        new Map(pictures.flatMap(({ sha256, uri }) => (sha256 === '' ? [] : [[sha256, uri]]))),
      );
      const byTitle = Object.fromEntries(pictures.map(({ title, uri }) => [title, uri]));
      this.#post({ type: 'pictures', runId, pictures: byTitle }, signal);
    } catch (error) {
      if (!signal.aborted) warn(`Pictures of ${name} could not be read: ${messageOf(error)}`);
    }
  }

  #onEvent(event: KeyedEvent): void {
    if (event.type === 'reset') void this.#loadAll();
    else if (event.type === 'run' && this.#keys.includes(event.run)) {
      const parts = event.parts.filter((part) => part !== 'log');
      if (parts.length === 0) return;
      const known = this.#changed.get(event.run) ?? new Set();
      this.#changed.set(event.run, known);
      for (const part of parts) known.add(part);
      this.#refresh.trigger();
    }
  }

  #post(message: ToCompare, signal: AbortSignal): void {
    if (!signal.aborted) this.#options.post(message);
  }
}
