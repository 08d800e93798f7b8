import { errorData, messageOf } from '../../base/errors.js';
import { patternsFrom } from '../../job/patterns-from.js';
import type { Run, RunPart, WorkspaceEvent } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { LogEnd } from '../log/log-end.js';
import { runsById } from '../runs/runs-by-id.js';
import { ImagesFeed } from './images-feed.js';
import type { ChartRun, ExperimentLayout, FromCharts, RunLabel, ToCharts } from '../../panels/messages.js';
import { shownFailure } from './shown-run.js';
import { labelledBy, labelsOf } from './run-labels.js';

/** New points of several runs go to the page as one message. */
const GATHER_MS = 50;
/** What is known of a run (its state, its metrics) is read again at most so often while it logs. */
const REFRESH_MS = 1_000;

const SHOWN_PARTS: ReadonlySet<RunPart> = new Set<RunPart>(['metrics', 'state', 'params', 'tags']);

interface Options {
  workspace: Pick<Workspace, 'id' | 'runs' | 'points' | 'files' | 'readFile' | 'label' | 'jobs' | 'onEvent'>;
  post: (message: ToCharts) => void;
  layout: (runs: readonly Run[]) => Promise<ExperimentLayout>;
  warn: (message: string) => void;
}

/**
 * Feeds one charts page while it is in view: tells it of runs and of new points, and answers what it fetches. Made when
 * the page is ready, disposed when it is hidden; in between lies all that a panel costs.
 */
export class ChartsFeed {
  readonly images: ImagesFeed;
  readonly #log: LogEnd;
  readonly #options: Options;
  readonly #abort = new AbortController();
  readonly #subscription: { dispose(): void };
  /** In the order of the panel. */
  #runIds: readonly string[];
  readonly #runs = new Map<string, Run>();
  #missing: string[] = [];
  #isLoaded = false;
  /** The list that the page has, as JSON. */
  #told = '';
  /** The experiments whose layout the page has. */
  #laidOut = '';

  readonly #changed = new Set<string>();
  readonly #stale = new Set<string>();
  #gatherTimer: NodeJS.Timeout | undefined;
  #refreshTimer: NodeJS.Timeout | undefined;
  #refreshedAt = -Infinity;

  constructor(runIds: readonly string[], options: Options) {
    this.#options = options;
    this.#runIds = runIds;
    this.images = new ImagesFeed(options);
    this.#log = new LogEnd({
      workspace: options.workspace,
      tell: (runId, { text, isCut, first }) => {
        const numbered = text.split('\n').flatMap((line, i) => (patternsFrom(line).length > 0 ? [i] : []));
        this.#post({ type: 'log', runId, log: { text, isCut, first, numbered } });
      },
      failed: (error) => options.warn(`A log could not be read: ${messageOf(error)}`),
    });
    // Before the first read, so that nothing falls between.
    this.#subscription = options.workspace.onEvent((event) => this.#onEvent(event));
    void this.#load();
  }

  dispose(): void {
    this.#abort.abort();
    this.#subscription.dispose();
    this.images.dispose();
    this.#log.dispose();
    clearTimeout(this.#gatherTimer);
    clearTimeout(this.#refreshTimer);
  }

  /** Shows these runs instead; what is known of those that stay is kept. */
  show(runIds: readonly string[]): void {
    this.#runIds = runIds;
    for (const id of this.#runs.keys()) if (!runIds.includes(id)) this.#runs.delete(id);
    this.#missing = [];
    for (const id of runIds) if (!this.#runs.has(id)) this.#stale.add(id);
    void this.#refresh();
  }

  /** Those that are there, in the order of the panel. */
  get runs(): readonly Run[] {
    return this.#runIds.flatMap((id) => this.#runs.get(id) ?? []);
  }

  /** Tells the page of the layout that its runs have now. */
  async layOut(): Promise<void> {
    this.#post({ type: 'layout', layout: await this.#layout() });
  }

  /** Follows the end of the log of a run of the panel; null: of none. */
  log(runId: string | null): Promise<void> {
    return this.#log.follow(this.#runIds.find((id) => id === runId));
  }

  async fetch({ id, series, maxPoints }: Extract<FromCharts, { type: 'fetch' }>): Promise<void> {
    try {
      const points = await this.#options.workspace.points(series, maxPoints, this.#abort.signal);
      this.#post({ type: 'points', id, points });
    } catch (error) {
      this.#post({ type: 'error', id, error: errorData(error) });
    }
  }

  async #load(): Promise<void> {
    const { workspace } = this.#options;
    try {
      await this.#read(this.#runIds);
      const layout = await this.#layout();
      this.#isLoaded = true;
      const list = this.#list();
      this.#told = JSON.stringify(list);
      this.#post({ ...list, type: 'init', workspaceId: workspace.id, layout });
      this.images.show(list.runs.map(({ id }) => id));
      // What was asked for, or happened, meanwhile.
      if (this.#stale.size > 0) void this.#refresh();
    } catch (error) {
      this.#post({ type: 'error', error: errorData(error) });
    }
  }

  /** Reads the runs anew, and notes those that are gone. */
  async #read(ids: readonly string[]): Promise<void> {
    const found = await runsById(this.#options.workspace, ids, this.#abort.signal);
    const byId = new Map(found.map((run) => [run.id, run]));
    for (const id of ids) {
      if (!this.#runIds.includes(id)) continue;
      const run = byId.get(id);
      this.#missing = this.#missing.filter((missing) => missing !== id);
      if (run) this.#runs.set(id, run);
      else {
        this.#runs.delete(id);
        this.#missing.push(id);
      }
    }
  }

  #list(): { runs: ChartRun[]; labels: RunLabel[]; missing: string[] } {
    return {
      runs: this.runs.map(chartRun),
      labels: labelsOf(this.runs.map(labelledBy)),
      missing: this.#missing,
    };
  }

  #layout(): Promise<ExperimentLayout> {
    this.#laidOut = this.#experiments();
    return this.#options.layout(this.runs);
  }

  #experiments(): string {
    return [...new Set(this.runs.map((run) => run.experimentId))].sort().join();
  }

  #onEvent(event: WorkspaceEvent): void {
    if (event.type === 'reset') {
      // As for a new page: it may have failed meanwhile, and asks for all that it shows again.
      void this.#load();
    } else if (event.type === 'run' && this.#runIds.includes(event.runId)) {
      if (event.parts.includes('metrics')) this.#changed.add(event.runId);
      // Tags too: a run's name is one, and runs are grouped by them.
      if (event.parts.some((part) => SHOWN_PARTS.has(part))) this.#stale.add(event.runId);
    }
    if (this.#changed.size > 0) this.#gatherTimer ??= setTimeout(() => this.#tell(), GATHER_MS);
    if (this.#stale.size > 0) {
      const wait = Math.max(0, this.#refreshedAt + REFRESH_MS - Date.now());
      this.#refreshTimer ??= setTimeout(() => void this.#refresh(), wait);
    }
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
    const ids = [...this.#stale];
    this.#stale.clear();
    try {
      await this.#read(ids);
    } catch (error) {
      const isAllKnown = this.#runIds.every((id) => this.#runs.has(id) || this.#missing.includes(id));
      // With all runs there the page goes on as it is; the workspace says "reset" when it can be reached again.
      if (!isAllKnown) this.#post({ type: 'error', error: errorData(error) });
      else if (!this.#abort.signal.aborted)
        this.#options.warn(`Runs could not be read again: ${messageOf(error)}`);
    }
    if (this.#experiments() !== this.#laidOut) await this.layOut();
    const list = this.#list();
    if (JSON.stringify(list) === this.#told) return;
    this.#told = JSON.stringify(list);
    this.#post({ ...list, type: 'runs' });
    this.images.show(list.runs.map(({ id }) => id));
  }

  #post(message: ToCharts): void {
    if (!this.#abort.signal.aborted) this.#options.post(message);
  }
}

export function chartRun(run: Run): ChartRun {
  const failure = shownFailure(run);
  return {
    id: run.id,
    number: run.number,
    name: run.name,
    state: run.state,
    startTime: run.startTime,
    metrics: Object.keys(run.metrics),
    ...(run.job?.runId === run.id && { hasLog: true }),
    ...(failure && { failure }),
  };
}
