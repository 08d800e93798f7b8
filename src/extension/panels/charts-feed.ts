import { errorData, messageOf } from '../../base/errors.js';
import { patternsFrom } from '../../job/patterns-from.js';
import { facetOf } from '../../workspace/facets.js';
import { parseRunKey, runKey, type RunKey } from '../../workspace/run-ref.js';
import type { Run, RunPart } from '../../workspace/types.js';
import type { ChartRun, ExperimentLayout, FromCharts, RunLabel, ToCharts } from '../../panels/messages.js';
import type { ShownWorkspace } from '../../panels/shown-workspace.js';
import { LogEnd } from '../log/log-end.js';
import { ImagesFeed } from './images-feed.js';
import {
  byWorkspace,
  experimentKeyOf,
  type Facets,
  facetsOf,
  keyOf,
  locate,
  type PanelWorkspaces,
  pointsOf,
} from './panel-workspaces.js';
import { type Reading, readRuns } from './read-runs.js';
import { labelledBy, labelsOf } from './run-labels.js';
import { shownFailure } from './shown-run.js';
import { type KeyedEvent, WorkspaceEvents } from './workspace-events.js';

/** New points of several runs go to the page as one message. */
const GATHER_MS = 50;
/** What is known of a run (its state, its metrics) is read again at most so often while it logs. */
const REFRESH_MS = 1_000;

const SHOWN_PARTS: ReadonlySet<RunPart> = new Set<RunPart>(['metrics', 'state', 'params', 'tags']);

interface Options {
  workspaces: PanelWorkspaces;
  post: (message: ToCharts) => void;
  /** @param experiment key of the one that all of the runs are of; null: of several */
  layout: (experiment: string | null, runs: readonly Run[]) => Promise<ExperimentLayout>;
  warn: (message: string) => void;
}

/**
 * Feeds one charts page while it is in view: tells it of runs and of new points, and answers what it fetches. Made when
 * the page is ready, disposed when it is hidden; in between lies all that a panel costs.
 */
export class ChartsFeed {
  readonly #log: LogEnd;
  readonly #options: Options;
  readonly #abort = new AbortController();
  readonly #events: WorkspaceEvents;
  /** By workspace. */
  readonly #images = new Map<string, ImagesFeed>();
  /** In the order of the panel. */
  #keys: readonly RunKey[];
  readonly #runs = new Map<RunKey, Run>();
  readonly #workspaces = new Map<string, ShownWorkspace>();
  #missing: RunKey[] = [];
  #isLoaded = false;
  /** Ends the load under way when another begins. */
  #load = new AbortController();
  /** The list that the page has, as JSON. */
  #told = '';
  /** The experiment whose layout the page has. */
  #laidOut: string | null = null;

  readonly #changed = new Set<RunKey>();
  readonly #stale = new Set<RunKey>();
  #gatherTimer: NodeJS.Timeout | undefined;
  #refreshTimer: NodeJS.Timeout | undefined;
  #refreshedAt = -Infinity;

  constructor(keys: readonly RunKey[], options: Options) {
    this.#options = options;
    this.#keys = keys;
    this.#log = new LogEnd({
      log: (key, from, signal) => {
        const { workspace, id } = locate(options.workspaces, key);
        return facetOf(workspace, 'jobs').log(id, from, signal);
      },
      tell: (runId, { text, isCut, first }) => {
        const numbered = text.split('\n').flatMap((line, i) => (patternsFrom(line).length > 0 ? [i] : []));
        this.#post({ type: 'log', runId, log: { text, isCut, first, numbered } });
      },
      failed: (error) => options.warn(`A log could not be read: ${messageOf(error)}`),
    });
    this.#events = new WorkspaceEvents(options.workspaces, (event) => this.#onEvent(event));
    // Before the first read, so that nothing falls between.
    this.#events.followRuns(keys);
    void this.#loadAll();
  }

  dispose(): void {
    this.#abort.abort();
    this.#load.abort();
    this.#events.dispose();
    for (const images of this.#images.values()) images.dispose();
    this.#log.dispose();
    clearTimeout(this.#gatherTimer);
    clearTimeout(this.#refreshTimer);
  }

  /** Shows these runs instead; what is known of those that stay is kept. */
  show(keys: readonly RunKey[]): void {
    this.#keys = keys;
    this.#events.followRuns(keys);
    for (const key of this.#runs.keys()) if (!keys.includes(key)) this.#runs.delete(key);
    this.#missing = [];
    for (const key of keys) if (!this.#runs.has(key)) this.#stale.add(key);
    void this.#refresh();
  }

  /** Those that are there, in the order of the panel. */
  get runs(): readonly Run[] {
    return this.#keys.flatMap((key) => this.#runs.get(key) ?? []);
  }

  /** Key of the experiment that all of the runs are of; null when it is not one, though not all may be read yet. */
  get experiment(): string | null {
    if (byWorkspace(this.#keys, (key) => key).size > 1) return null;
    const [first = null, ...others] = new Set(this.runs.map(experimentKeyOf));
    return others.length === 0 ? first : null;
  }

  /** Tells the page of the layout that its runs have now. */
  async layOut(): Promise<void> {
    this.#post({ type: 'layout', layout: await this.#layout() });
  }

  /** Follows the end of the log of a run of the panel; null: of none. */
  log(runId: RunKey | null): Promise<void> {
    return this.#log.follow(this.#keys.find((key) => key === runId));
  }

  async fetch({ id, series, maxPoints }: Extract<FromCharts, { type: 'fetch' }>): Promise<void> {
    try {
      const points = await pointsOf(this.#options.workspaces, series, maxPoints, this.#abort.signal);
      this.#post({ type: 'points', id, points });
    } catch (error) {
      this.#post({ type: 'error', id, error: errorData(error) });
    }
  }

  async fetchImage({ runId, path }: Extract<FromCharts, { type: 'fetchImage' }>): Promise<void> {
    const { workspace, run } = parseRunKey(runId);
    await this.#images.get(workspace)?.fetch({ type: 'fetchImage', runId: run, path });
  }

  async #loadAll(): Promise<void> {
    this.#load.abort();
    const load = new AbortController();
    this.#load = load;
    this.#workspaces.clear();
    let isFirst = true;
    try {
      await this.#read(this.#keys, load.signal, async () => {
        if (!isFirst) return this.#tellRuns();
        isFirst = false;
        const layout = await this.#layout();
        if (load.signal.aborted) return;
        this.#isLoaded = true;
        const list = this.#list();
        this.#told = JSON.stringify(list);
        this.#post({ ...list, type: 'init', layout });
        this.#showImages();
        // What was asked for, or happened, meanwhile.
        if (this.#stale.size > 0) void this.#refresh();
      });
    } catch (error) {
      if (!load.signal.aborted) this.#post({ type: 'error', error: errorData(error) });
    }
  }

  /** Reads runs anew, and notes those that are gone; `then` follows each time that something came. */
  async #read(keys: readonly RunKey[], signal: AbortSignal, then: () => Promise<void>): Promise<void> {
    let told = Promise.resolve();
    await readRuns(this.#options.workspaces, keys, signal, (reading) => {
      this.#take(keys, reading);
      told = told.then(then);
    });
    await told;
  }

  #take(keys: readonly RunKey[], { runs, missing, workspaces }: Reading): void {
    const wanted = new Set(this.#keys);
    for (const [key, run] of runs) if (wanted.has(key)) this.#runs.set(key, run);
    const gone = new Set(missing);
    for (const key of gone) this.#runs.delete(key);
    this.#missing = this.#keys.filter(
      (key) => gone.has(key) || (this.#missing.includes(key) && !keys.includes(key)),
    );
    for (const workspace of workspaces) {
      const isKnown = this.#isKnown(({ workspace: id }) => id === workspace.id);
      // With all its runs there the page goes on as it is; a workspace says "reset" when it can be reached again.
      if (isKnown && workspace.problem)
        this.#options.warn(`Runs could not be read again: ${workspace.problem.message}`);
      const { id, label } = workspace;
      this.#workspaces.set(id, isKnown ? { id, label } : workspace);
    }
  }

  /** Whether there is an answer for each run of the panel, or of a part of it. */
  #isKnown(isMeant: (ref: { workspace: string }) => boolean = () => true): boolean {
    return this.#keys.every(
      (key) => !isMeant(parseRunKey(key)) || this.#runs.has(key) || this.#missing.includes(key),
    );
  }

  #list(): { runs: ChartRun[]; labels: RunLabel[]; missing: string[]; workspaces: ShownWorkspace[] } {
    const shown = [...byWorkspace(this.#keys, (key) => key).keys()];
    return {
      runs: this.runs.map((run) => chartRun(run, facetsOf(this.#options.workspaces, run))),
      labels: labelsOf(this.runs.map(labelledBy)),
      missing: this.#missing,
      workspaces: shown.flatMap((id) => this.#workspaces.get(id) ?? []),
    };
  }

  #layout(): Promise<ExperimentLayout> {
    this.#laidOut = this.experiment;
    return this.#options.layout(this.experiment, this.runs);
  }

  #onEvent(event: KeyedEvent): void {
    if (event.type === 'reset') {
      this.#forget(event.workspace);
      // As for a new page: it may have failed meanwhile, and asks for all that it shows again.
      void this.#loadAll();
    } else if (event.type === 'run' && this.#keys.includes(event.run)) {
      if (event.parts.includes('metrics')) this.#changed.add(event.run);
      // Tags too: a run's name is one, and runs are grouped by them.
      if (event.parts.some((part) => SHOWN_PARTS.has(part))) this.#stale.add(event.run);
    }
    if (this.#changed.size > 0) this.#gatherTimer ??= setTimeout(() => this.#tell(), GATHER_MS);
    if (this.#stale.size > 0) {
      const wait = Math.max(0, this.#refreshedAt + REFRESH_MS - Date.now());
      this.#refreshTimer ??= setTimeout(() => void this.#refresh(), wait);
    }
  }

  /** It may be opened anew, or not be there any more: then its runs are not, either. */
  #forget(workspace: string): void {
    this.#images.get(workspace)?.dispose();
    this.#images.delete(workspace);
    if (this.#options.workspaces.all.some(({ id }) => id === workspace)) return;
    for (const [key, run] of this.#runs) if (run.workspace === workspace) this.#runs.delete(key);
  }

  #tell(): void {
    this.#gatherTimer = undefined;
    if (this.#isLoaded) this.#post({ type: 'changed', runIds: [...this.#changed] });
    this.#changed.clear();
  }

  async #refresh(): Promise<void> {
    clearTimeout(this.#refreshTimer);
    this.#refreshTimer = undefined;
    if (!this.#isLoaded) return;
    this.#refreshedAt = Date.now();
    const keys = [...this.#stale].filter((key) => this.#keys.includes(key));
    this.#stale.clear();
    try {
      await this.#read(keys, this.#abort.signal, () => this.#tellRuns());
    } catch (error) {
      if (!this.#isKnown()) this.#post({ type: 'error', error: errorData(error) });
      else if (!this.#abort.signal.aborted)
        this.#options.warn(`Runs could not be read again: ${messageOf(error)}`);
      await this.#tellRuns();
    }
  }

  async #tellRuns(): Promise<void> {
    if (this.experiment !== this.#laidOut) await this.layOut();
    const list = this.#list();
    if (JSON.stringify(list) === this.#told) return;
    this.#told = JSON.stringify(list);
    this.#post({ ...list, type: 'runs' });
    this.#showImages();
  }

  /** Each workspace is asked on its own, so that one that is slow keeps no other waiting. */
  #showImages(): void {
    const { workspaces, warn } = this.#options;
    const parts = byWorkspace(this.runs, keyOf);
    for (const [id, images] of this.#images) if (!parts.has(id)) images.show([]);
    for (const [workspace, part] of parts) {
      let images = this.#images.get(workspace);
      if (!images) {
        images = new ImagesFeed({
          workspace: workspaces.of({ workspace }),
          post: (message) => this.#post({ ...message, runId: runKey({ workspace, run: message.runId }) }),
          warn,
        });
        this.#images.set(workspace, images);
      }
      images.show(part.map(({ id }) => id));
    }
  }

  #post(message: ToCharts): void {
    if (!this.#abort.signal.aborted) this.#options.post(message);
  }
}

export function chartRun(run: Run, can: Pick<Facets, 'code' | 'jobs'>): ChartRun {
  const failure = shownFailure(run, can);
  return {
    id: keyOf(run),
    workspace: run.workspace,
    number: run.number,
    name: run.name,
    state: run.state,
    startTime: run.startTime,
    metrics: Object.keys(run.metrics),
    ...(can.jobs && run.job && { isJob: true }),
    ...(can.jobs && run.job?.runId === run.id && { hasLog: true }),
    ...(failure && { failure }),
  };
}
