import * as vscode from 'vscode';
import { refOf, shortKey } from '../../workspace/run-ref.js';
import { ACTIVE_STATES, type Run } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { COMMANDS } from '../command-ids.js';
import { logError } from '../errors.js';
import { formatAge, formatProgress, formatValue } from '../format.js';
import type { OpenCommit } from '../git/open-commit.js';
import { isUp } from '../local.js';
import { Coalescer } from '../runs/coalescer.js';
import { primaryMetric } from '../runs/primary-metric.js';
import { stateWord } from '../runs/run-words.js';
import { settings } from '../settings.js';
import type { Workspaces } from '../workspaces.js';

/** The editor asks at every pause in typing; what was read is good for so long. */
const FRESH_MS = 5_000;
const REFRESH_MS = 2_000;
/** Runs that a filter finds, among which is the newest that is meant. */
const CANDIDATES = 20;

/** Which runs are those of a file. */
export interface RunsOfFile {
  /** Of this question among all; its answer is remembered by it. */
  key: string;
  filter: string;
  /** Which of those that the filter finds are meant; absent: all. */
  fits?: (run: Run) => boolean;
}

/**
 * The newest runs at the open commit of the files whose lenses are shown. No server is started for it, and it listens to one
 * only while a run that is shown goes on.
 */
export class NewestRuns implements vscode.Disposable {
  readonly #workspaces: Workspaces;
  readonly #openCommit: OpenCommit;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #newest = new Map<string, { run: Run | undefined; readAt: number }>();
  readonly #redraw: Coalescer;
  readonly #subscriptions: vscode.Disposable[];
  /** By workspace. */
  readonly #listening = new Map<string, { dispose(): void }>();

  constructor(workspaces: Workspaces, openCommit: OpenCommit, log: vscode.LogOutputChannel) {
    this.#workspaces = workspaces;
    this.#openCommit = openCommit;
    this.#log = log;
    this.#redraw = new Coalescer(
      () => Promise.resolve(this.refresh()),
      REFRESH_MS,
      (error) => logError(error, log),
    );
    this.#subscriptions = [
      openCommit.onDidChange(() => this.refresh()),
      // A run that was started elsewhere is seen when a person comes back.
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.refresh()),
      this.#changed,
    ];
  }

  /** Something happened that may have made a new run. */
  refresh(): void {
    this.#newest.clear();
    // Who still shows a run that goes on listens again.
    this.#stopListening();
    this.#changed.fire();
  }

  dispose(): void {
    this.#stopListening();
    this.#redraw.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** The lens that shows the newest run; none when there is no run, or it cannot be read. */
  async lensOf(wanted: RunsOfFile, at: vscode.Range, tooltip: string): Promise<vscode.CodeLens[]> {
    const run = await this.#newestOf(wanted).catch((error: unknown) => {
      // The lens is a hint; what is wrong is told where a person asks for runs.
      logError(error, this.#log);
      return undefined;
    });
    if (!run) return [];
    this.#listen(run);
    const command = {
      title: titleOf(run),
      tooltip,
      command: COMMANDS.showRun,
      arguments: [shortKey(refOf(run))],
    };
    return [new vscode.CodeLens(at, command)];
  }

  async #newestOf({ key, filter, fits = () => true }: RunsOfFile): Promise<Run | undefined> {
    const known = this.#newest.get(key);
    if (known && Date.now() - known.readAt < FRESH_MS) return known.run;
    const commit = await this.#openCommit.get();
    const newest = await Promise.all(
      this.#workspaces.all.map(async (workspace) => {
        if (!knowsFiles(workspace) || !(await isUp(workspace))) return undefined;
        const query = { filter, limit: CANDIDATES, ...(commit !== undefined && { commit }) };
        return (await workspace.runs(query)).runs.find(fits);
      }),
    );
    const [run] = newest.flatMap((each) => each ?? []).sort((a, b) => b.startTime - a.startTime);
    this.#newest.set(key, { run, readAt: Date.now() });
    return run;
  }

  #listen({ state, workspace }: Run): void {
    if (!ACTIVE_STATES.includes(state) || this.#listening.has(workspace)) return;
    const listening = this.#workspaces.onEvent(
      (event) => {
        if (event.type === 'run' && event.parts.some((part) => part === 'state' || part === 'metrics'))
          this.#redraw.trigger();
      },
      ({ id }) => id === workspace,
    );
    this.#listening.set(workspace, listening);
  }

  #stopListening(): void {
    for (const listening of this.#listening.values()) listening.dispose();
    this.#listening.clear();
  }
}

/** Only a workspace that runs jobs, or keeps code, knows from which file of which folder a run came. */
const knowsFiles = ({ code, jobs }: Workspace) => code !== undefined || jobs !== undefined;

/** e.g. `Last run: calm-otter, val_loss 0.31 (2h ago)`; of one that goes on, how far it is. */
function titleOf(run: Run): string {
  const metric = primaryMetric(run.metrics, settings.metric());
  const value = metric === undefined ? undefined : run.metrics[metric]?.value;
  const isActive = ACTIVE_STATES.includes(run.state);
  const told = [
    run.name,
    run.state === 'finished' ? undefined : stateWord(run.state),
    isActive && run.job?.progress ? formatProgress(run.job.progress) : undefined,
    value === undefined ? undefined : `${metric} ${formatValue(value)}`,
  ];
  const text = told.filter(Boolean).join(', ');
  return isActive
    ? vscode.l10n.t('Last run: {0}', text)
    : vscode.l10n.t('Last run: {0} ({1})', text, formatAge(run.endTime ?? run.startTime, Date.now()));
}
