import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { currentKey } from '../../panels/keys.js';
import { parseRunKey, refOf, runKey, type RunKey, shortKey } from '../../workspace/run-ref.js';
import { ACTIVE_STATES, type Run } from '../../workspace/types.js';
import { goalOfName } from '../../base/goal.js';
import { COMMANDS, type CommandId } from '../command-ids.js';
import { logError } from '../errors.js';
import type { Workspaces } from '../workspaces.js';
import { settings } from '../settings.js';
import { VIEWS } from '../view-ids.js';
import { endCounts, isToldOf, resultText } from './end-words.js';
import { primaryMetric } from './primary-metric.js';
import { failedAt, failureOf, scriptOf } from './run-failure.js';

const KEY = 'ends.watched';
/** What a window submits and never sees the end of. */
const MOST_WATCHED = 200;

/**
 * Tells how the jobs of this window ended, as far as the person wants to know (`trainyard.notify`). Those that ended while
 * no window was open are told of together.
 */
export class EndNotices implements vscode.Disposable {
  readonly #workspaces: Workspaces;
  readonly #state: vscode.Memento;
  readonly #log: vscode.LogOutputChannel;
  readonly #watched: Set<RunKey>;
  #listening: { dispose(): void } | undefined;

  constructor(workspaces: Workspaces, state: vscode.Memento, log: vscode.LogOutputChannel) {
    this.#workspaces = workspaces;
    this.#state = state;
    this.#log = log;
    // Earlier versions kept ids, which are of the workspace of this computer.
    this.#watched = new Set(state.get<string[]>(KEY, []).map(currentKey));
  }

  watch(run: Run): void {
    const key = runKey(refOf(run));
    const isFirst = this.#watchedIn(run.workspace).length === 0;
    this.#watched.add(key);
    this.#keep();
    if (isFirst || !this.#listening) this.#listen();
    // It may have ended before anybody listened.
    this.#look(key);
  }

  /** Goes on with what was watched before the window was opened; it is called when a server is there. */
  resume(): void {
    if (this.#watched.size === 0 || this.#listening) return;
    this.#listen();
    const looked = [...this.#watched].map((key) => this.#endOf(key));
    Promise.all(looked).then(
      (runs) => this.#tellOfAll(runs.filter((run) => run !== undefined)),
      (error: unknown) => logError(error, this.#log),
    );
  }

  #listen(): void {
    this.#listening?.dispose();
    this.#listening = this.#workspaces.onEvent(
      (event) => {
        const key = event.type === 'run' ? runKey({ workspace: event.workspace, run: event.runId }) : '';
        if (event.type === 'reset') for (const each of this.#watchedIn(event.workspace)) this.#look(each);
        if (event.type === 'run' && event.parts.includes('state') && this.#watched.has(key)) this.#look(key);
      },
      ({ id }) => this.#watchedIn(id).length > 0,
    );
  }

  dispose(): void {
    this.#listening?.dispose();
  }

  #watchedIn(workspace: string): RunKey[] {
    return [...this.#watched].filter((key) => parseRunKey(key).workspace === workspace);
  }

  #look(key: RunKey): void {
    this.#endOf(key)
      .then((run) => run && this.#tell(run))
      .catch((error: unknown) => logError(error, this.#log));
  }

  /** The run, once: when it has ended. */
  async #endOf(key: RunKey): Promise<Run | undefined> {
    const ref = parseRunKey(key);
    try {
      const run = await this.#workspaces.of(ref).run(ref.run);
      if (ACTIVE_STATES.includes(run.state) || !this.#watched.has(key)) return undefined;
      this.#forget(key);
      return run;
    } catch (error) {
      if (TrainyardError.is(error, 'NOT_FOUND')) this.#forget(key);
      else logError(error, this.#log);
      return undefined;
    }
  }

  #forget(key: RunKey): void {
    this.#watched.delete(key);
    this.#keep();
    if (this.#watched.size > 0) return;
    this.#listening?.dispose();
    this.#listening = undefined;
  }

  #keep(): void {
    void this.#state.update(KEY, [...this.#watched].slice(-MOST_WATCHED));
  }

  async #tellOfAll(runs: readonly Run[]): Promise<void> {
    const [only, ...others] = runs;
    if (only && others.length === 0) return this.#tell(only);
    const told = runs.filter(({ state }) => isToldOf(state));
    if (told.length === 0) return;
    const show = vscode.l10n.t('Show Runs');
    const text = vscode.l10n.t('While the editor was closed: {0}', endCounts(told));
    if ((await vscode.window.showInformationMessage(text, show)) === show)
      await vscode.commands.executeCommand(`${VIEWS.runs}.focus`);
  }

  async #tell(run: Run): Promise<void> {
    if (!isToldOf(run.state)) return;
    if (run.state === 'failed') this.#tellOfFailure(run);
    else await this.#tellOfSuccess(run);
  }

  async #tellOfSuccess(run: Run): Promise<void> {
    const workspace = this.#workspaces.of(run);
    const experiment = (await workspace.experiments()).find(({ id }) => id === run.experimentId);
    const metric = primaryMetric(run.metrics, settings.metric(), experiment?.tags);
    const result = metric && resultText(run, metric, await this.#bestBefore(run, metric));
    const text = result
      ? vscode.l10n.t('{0} finished: {1}', run.name, result)
      : vscode.l10n.t('{0} finished.', run.name);
    const [charts, panel] = [vscode.l10n.t('Show Charts'), vscode.l10n.t('Show Run')];
    const actions = metric === undefined ? [panel] : [charts, panel];
    const picked = await vscode.window.showInformationMessage(text, ...actions);
    if (picked === undefined) return;
    const command = picked === charts ? COMMANDS.showCharts : COMMANDS.showRun;
    await vscode.commands.executeCommand(command, shortKey(refOf(run)));
  }

  /** The best value of a metric among the other runs of the experiment; undefined when there is none to compare with. */
  async #bestBefore(run: Run, metric: string): Promise<number | undefined> {
    const goal = goalOfName(metric);
    if (goal === 'unknown' || metric.includes('`')) return undefined;
    const { runs } = await this.#workspaces.of(run).runs({
      experimentIds: [run.experimentId],
      orderBy: [`metrics.\`${metric}\` ${goal === 'lower' ? 'ASC' : 'DESC'}`],
      limit: 2,
    });
    const value = runs.find((other) => other.id !== run.id)?.metrics[metric]?.value;
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  }

  #tellOfFailure(run: Run): void {
    const cause = failureOf(run);
    const why = cause?.headline ?? run.job?.reason ?? '';
    const text = why
      ? vscode.l10n.t('{0} failed: {1}', run.name, why)
      : vscode.l10n.t('{0} failed.', run.name);
    const actions: { title: string; command: CommandId; argument: unknown }[] = [];
    const offer = (title: string, command: CommandId, argument: unknown = shortKey(refOf(run))) =>
      actions.push({ title, command, argument });
    if (failedAt(run)) offer(vscode.l10n.t('Open Line'), COMMANDS.openFailure);
    offer(vscode.l10n.t('Show Log'), COMMANDS.showLog);
    const script = scriptOf(run);
    if (cause?.kind === 'missing-module' && script !== undefined)
      offer(vscode.l10n.t('Choose Interpreter…'), COMMANDS.chooseInterpreter, vscode.Uri.file(script));
    vscode.window
      .showErrorMessage([text, cause?.hint].filter(Boolean).join(' — '), ...actions)
      .then((picked) => picked && vscode.commands.executeCommand(picked.command, picked.argument))
      .then(undefined, (error: unknown) => logError(error, this.#log));
  }
}
