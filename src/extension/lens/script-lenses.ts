import path from 'node:path';
import * as vscode from 'vscode';
import { refOf, shortKey } from '../../workspace/run-ref.js';
import type { Workspace } from '../../workspace/workspace.js';
import { ACTIVE_STATES, type Run } from '../../workspace/types.js';
import { COMMANDS } from '../command-ids.js';
import { logError } from '../errors.js';
import { formatAge, formatProgress, formatValue } from '../format.js';
import type { OpenCommit } from '../git/open-commit.js';
import { Coalescer } from '../runs/coalescer.js';
import { primaryMetric } from '../runs/primary-metric.js';
import { stateWord } from '../runs/run-words.js';
import { isUp } from '../local.js';
import { settings } from '../settings.js';
import type { Workspaces } from '../workspaces.js';
import { lensLine } from './lens-line.js';

/** The editor asks at every pause in typing; what was read is good for so long. */
const FRESH_MS = 5_000;
const REFRESH_MS = 2_000;
/** Runs of scripts with this name, among which is the newest of this one. */
const CANDIDATES = 20;
/** What can stand in a filter as it is. */
const PLAIN_NAME = /^[\w.-]+$/;

/**
 * Above the line that makes a Python file a script: submit it, and how its newest run at the open commit went. No server
 * is started for it, and it listens to one only while the run that it shows goes on.
 */
export class ScriptLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #workspaces: Workspaces;
  readonly #openCommit: OpenCommit;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #newest = new Map<string, { run: Run | undefined; readAt: number }>();
  readonly #redraw: Coalescer;
  readonly #subscriptions: vscode.Disposable[];
  #listening: { dispose(): void } | undefined;

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
    this.#listening?.dispose();
    this.#listening = undefined;
    this.#changed.fire();
  }

  dispose(): void {
    this.#listening?.dispose();
    this.#redraw.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!settings.codeLens()) return [];
    const line = lensLine(document.getText());
    if (line === undefined) return [];
    const at = new vscode.Range(line, 0, line, 0);
    const submit = {
      title: vscode.l10n.t('Submit'),
      tooltip: vscode.l10n.t('Submit this script to Trainyard'),
      command: COMMANDS.submit,
      arguments: [document.uri],
    };
    const run = await this.#newestRun(document.uri).catch((error: unknown) => {
      // The lens is a hint; what is wrong is told where a person asks for runs.
      logError(error, this.#log);
      return undefined;
    });
    this.#listen(run);
    const lenses = [new vscode.CodeLens(at, submit)];
    if (run)
      lenses.push(
        new vscode.CodeLens(at, {
          title: titleOf(run),
          tooltip: vscode.l10n.t('Show the newest run of this script at the open commit'),
          command: COMMANDS.showRun,
          arguments: [shortKey(refOf(run))],
        }),
      );
    return lenses;
  }

  async #newestRun({ fsPath }: vscode.Uri): Promise<Run | undefined> {
    const known = this.#newest.get(fsPath);
    if (known && Date.now() - known.readAt < FRESH_MS) return known.run;
    const name = path.basename(fsPath);
    if (!PLAIN_NAME.test(name)) return undefined;
    const commit = await this.#openCommit.get();
    const newest = await Promise.all(
      this.#workspaces.all.map(async (workspace) => {
        if (!hasScripts(workspace) || !(await isUp(workspace))) return undefined;
        const { runs } = await workspace.runs({
          filter: `tags.\`mlflow.source.name\` LIKE '%${name}'`,
          limit: CANDIDATES,
          ...(commit !== undefined && { commit }),
        });
        return runs.find((each) => scriptOf(each) === fsPath);
      }),
    );
    const [run] = newest.flatMap((each) => each ?? []).sort((a, b) => b.startTime - a.startTime);
    this.#newest.set(fsPath, { run, readAt: Date.now() });
    return run;
  }

  #listen(run: Run | undefined): void {
    if (!run || !ACTIVE_STATES.includes(run.state)) return;
    this.#listening ??= this.#workspaces.onEvent(
      (event) => {
        if (event.type === 'run' && event.parts.some((part) => part === 'state' || part === 'metrics'))
          this.#redraw.trigger();
      },
      ({ id }) => id === run.workspace,
    );
  }
}

/** Only a workspace that runs jobs, or keeps code, knows from which folder a script came. */
const hasScripts = ({ code, jobs }: Workspace) => code !== undefined || jobs !== undefined;

/** Absolute path of the script of a run; undefined when it is not known. */
function scriptOf({ code }: Run): string | undefined {
  return code?.script === undefined ? undefined : path.resolve(code.root || '/', ...code.script.split('/'));
}

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
