import { errorData, messageOf, TrainyardError } from '../../base/errors.js';
import type { CodeOrigin } from '../../job/code-path.js';
import { parseRunKey, type RunKey } from '../../workspace/run-ref.js';
import type { Run, RunFile } from '../../workspace/types.js';
import { linksIn } from '../../panels/code-places.js';
import { LogEnd } from '../log/log-end.js';
import { Coalescer } from '../runs/coalescer.js';
import { findFiles } from '../runs/find-files.js';
import { originOf } from '../runs/run-failure.js';
import { NOTE_TAG } from '../runs/own-tags.js';
import { dataUri, isPicture } from '../runs/pictures.js';
import { splitPath } from '../runs/run-uri.js';
import { readStart } from '../runs/read-start.js';
import { MOST_BYTES, readTable } from '../tables/read-table.js';
import type { ShownTable } from '../../panels/table.js';
import type { FromRun, ToRun } from '../../panels/run-messages.js';
import { locate, type PanelWorkspace, type PanelWorkspaces, placeOf } from './panel-workspaces.js';
import { shownRun } from './shown-run.js';
import { type KeyedEvent, WorkspaceEvents } from './workspace-events.js';
import type { Goals } from '../../panels/table-messages.js';
import { facetOf } from '../../workspace/facets.js';

const REFRESH_MS = 1_000;
const FILES_MS = 2_000;
/** Of a curve that is 100 pixels wide. */
const CURVE_POINTS = 200;

interface Options {
  workspaces: PanelWorkspaces;
  post: (message: ToRun) => void;
  warn: (message: string) => void;
  /** Called with the run as it was read. */
  onRun: (run: Run) => void;
  goals: (run: Run) => Goals;
  /** Sections that a person closed. */
  collapsed: () => string[];
}

/** Feeds the panel of one run while it is in view. What is not in sight of the page is not asked for. */
export class RunFeed {
  readonly key: RunKey;
  readonly #options: Options;
  readonly #abort = new AbortController();
  readonly #events: WorkspaceEvents;
  readonly #refresh: Coalescer;
  readonly #files: Coalescer;
  readonly #log: LogEnd;
  #experiments = new Map<string, string>();
  /** By which lines of code are found in the log. */
  #origin: CodeOrigin | undefined;
  #isLoaded = false;

  constructor(key: RunKey, options: Options) {
    this.key = key;
    this.#options = options;
    this.#refresh = new Coalescer(
      () => this.#readRun(),
      REFRESH_MS,
      (error) => this.#failed(error),
    );
    this.#files = new Coalescer(
      () => this.#find(),
      FILES_MS,
      (error) => this.#warn('Files of the run', error),
    );
    this.#log = new LogEnd({
      log: (id, from, signal) => facetOf(this.#at.workspace, 'jobs').log(id, from, signal),
      tell: (_, { text, isCut }) => {
        const links = this.#origin ? linksIn(text, this.#origin) : [];
        this.#post({ type: 'log', text, isCut, ...(links.length > 0 && { links }) });
      },
      failed: (error) => this.#warn('The log', error),
    });
    // Before the first read, so that nothing falls between.
    this.#events = new WorkspaceEvents(options.workspaces, (event) => this.#onEvent(event));
    this.#events.followRuns([key]);
    this.reload();
  }

  dispose(): void {
    this.#abort.abort();
    this.#log.dispose();
    this.#events.dispose();
    this.#refresh.dispose();
    this.#files.dispose();
  }

  /** @throws NOT_FOUND when the workspace was removed */
  get #at(): { workspace: PanelWorkspace; id: string } {
    return locate(this.#options.workspaces, this.key);
  }

  reload(): void {
    this.#refresh.trigger();
    this.#files.trigger();
  }

  async points(keys: readonly string[]): Promise<void> {
    try {
      const { workspace, id } = this.#at;
      const requests = keys.map((key) => ({ runId: id, key, from: 0 }));
      const points = await workspace.points(requests, CURVE_POINTS, this.#abort.signal);
      this.#post({
        type: 'points',
        series: points.map(({ key, steps, values }) => ({ key, steps, values })),
      });
    } catch (error) {
      this.#warn('Curves', error);
    }
  }

  /** Follows the end of the log until that is no longer wanted. */
  log(isWanted: boolean): Promise<void> {
    return this.#log.follow(isWanted ? parseRunKey(this.key).run : undefined);
  }

  async folder(folder: string): Promise<void> {
    try {
      const files = await this.#list(folder);
      this.#post({ type: 'folder', folder, files });
    } catch (error) {
      this.#warn('Files', error);
    }
  }

  /** @param path as the page says it: only pictures of this run are read */
  async picture(path: string): Promise<void> {
    try {
      const file = await this.#file(path);
      const { workspace, id } = this.#at;
      const uri =
        file && isPicture(file)
          ? dataUri(path, await workspace.readFile(id, path, this.#abort.signal))
          : null;
      this.#post({ type: 'picture', path, uri });
    } catch (error) {
      this.#warn('A picture', error);
    }
  }

  /** @param path as the page says it: only files of this run are read */
  async table({ path, known }: Extract<FromRun, { type: 'table' }>): Promise<void> {
    const tell = (table: ShownTable | string, sha256?: string) =>
      this.#post({ type: 'table', path, table, ...(sha256 !== undefined && { sha256 }) });
    try {
      const file = await this.#file(path);
      if (!file || file.isFolder) tell('The run no longer has this file.');
      else if (file.sha256 === undefined || file.sha256 !== known) {
        const { workspace, id: runId } = this.#at;
        const { signal } = this.#abort;
        const { bytes, isCut } = await readStart(workspace, { runId, path }, MOST_BYTES, signal);
        tell(readTable(path, bytes, isCut), file.sha256);
      }
    } catch (error) {
      this.#warn('A table', error);
      tell(`The table could not be read: ${messageOf(error)}`);
    }
  }

  /** Saves the note, unless it was changed elsewhere since the editing began. */
  async saveNote({ text, base }: Extract<FromRun, { type: 'saveNote' }>): Promise<void> {
    try {
      const { workspace, id } = this.#at;
      const { tags } = await workspace.run(id, this.#abort.signal);
      const note = tags[NOTE_TAG] ?? '';
      if (note !== base && note !== text) {
        this.#post({ type: 'noteConflict', note });
        return;
      }
      await facetOf(workspace, 'edit').tag(id, { [NOTE_TAG]: text === '' ? null : text });
      this.#post({ type: 'noteSaved' });
      this.#refresh.trigger();
    } catch (error) {
      this.#post({ type: 'noteFailed', message: messageOf(error) });
    }
  }

  async #readRun(): Promise<void> {
    const { workspaces, onRun, collapsed, goals } = this.#options;
    const { signal } = this.#abort;
    const { workspace, id } = this.#at;
    const run = await workspace.run(id, signal);
    if (run.lifecycle === 'deleted')
      throw new TrainyardError('NOT_FOUND', `The run ${run.name} was deleted.`, {
        hint: 'Bring it back with Restore Deleted Runs….',
      });
    if (!this.#experiments.has(run.experimentId)) {
      const all = await workspace.experiments(signal);
      this.#experiments = new Map(all.map(({ id, name }) => [id, name]));
    }
    if (signal.aborted) return;
    this.#isLoaded = true;
    this.#origin = workspace.code && originOf(run);
    onRun(run);
    const experiment = this.#experiments.get(run.experimentId) ?? run.experimentId;
    const shown = shownRun(run, experiment, workspace, placeOf(workspaces, run));
    this.#post({ type: 'run', run: shown, collapsed: collapsed(), goals: goals(run) });
  }

  async #find(): Promise<void> {
    this.#post({ type: 'found', found: await findFiles((folder) => this.#list(folder)) });
  }

  async #file(path: string): Promise<RunFile | undefined> {
    return (await this.#list(splitPath(path).folder)).find((file) => file.path === path);
  }

  async #list(folder: string): Promise<RunFile[]> {
    const { workspace, id } = this.#at;
    return workspace.files(id, folder, this.#abort.signal);
  }

  #onEvent(event: KeyedEvent): void {
    if (event.type === 'reset') this.reload();
    if (event.type !== 'run' || event.run !== this.key) return;
    if (event.parts.some((part) => part !== 'log' && part !== 'files')) this.#refresh.trigger();
    if (event.parts.includes('files')) this.#files.trigger();
  }

  /** A page that shows the run goes on as it is, unless the run is gone. */
  #failed(error: unknown): void {
    if (this.#isLoaded && !TrainyardError.is(error, 'NOT_FOUND')) {
      this.#warn('The run', error);
      return;
    }
    this.#isLoaded = false;
    this.#post({ type: 'error', error: errorData(error) });
  }

  #warn(what: string, error: unknown): void {
    if (!this.#abort.signal.aborted) this.#options.warn(`${what} could not be read: ${messageOf(error)}`);
  }

  #post(message: ToRun): void {
    if (!this.#abort.signal.aborted) this.#options.post(message);
  }
}
