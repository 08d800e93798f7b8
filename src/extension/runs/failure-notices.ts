import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { ACTIVE_STATES, type Run } from '../../workspace/types.js';
import { COMMANDS, type CommandId } from '../command-ids.js';
import { logError } from '../errors.js';
import type { Workspaces } from '../workspaces.js';
import { failedAt, failureOf, scriptOf } from './run-failure.js';

const KEY = 'failures.watched';
/** What a window submits and never sees the end of. */
const MOST_WATCHED = 200;

/** Tells of the jobs of this window that fail, why they did, also of one that was submitted before a reload. */
export class FailureNotices implements vscode.Disposable {
  readonly #workspaces: Workspaces;
  readonly #state: vscode.Memento;
  readonly #log: vscode.LogOutputChannel;
  readonly #watched: Set<string>;
  #listening: { dispose(): void } | undefined;

  constructor(workspaces: Workspaces, state: vscode.Memento, log: vscode.LogOutputChannel) {
    this.#workspaces = workspaces;
    this.#state = state;
    this.#log = log;
    this.#watched = new Set(state.get<string[]>(KEY, []));
  }

  watch({ id }: Run): void {
    this.#watched.add(id);
    this.#keep();
    this.resume();
    // It may have ended before anybody listened.
    this.#look(id);
  }

  /** Goes on with what was watched before; it is called when a server is there. */
  resume(): void {
    if (this.#watched.size === 0 || this.#listening) return;
    this.#listening = this.#workspaces.active.onEvent((event) => {
      if (event.type === 'reset') for (const id of this.#watched) this.#look(id);
      if (event.type === 'run' && event.parts.includes('state') && this.#watched.has(event.runId))
        this.#look(event.runId);
    });
    for (const id of this.#watched) this.#look(id);
  }

  dispose(): void {
    this.#listening?.dispose();
  }

  #look(id: string): void {
    this.#workspaces.active.run(id).then(
      (run) => {
        if (ACTIVE_STATES.includes(run.state) || !this.#watched.has(id)) return;
        this.#forget(id);
        if (run.state === 'failed') this.#tell(run);
      },
      (error: unknown) => {
        if (TrainyardError.is(error, 'NOT_FOUND')) this.#forget(id);
        else logError(error, this.#log);
      },
    );
  }

  #forget(id: string): void {
    this.#watched.delete(id);
    this.#keep();
    if (this.#watched.size > 0) return;
    this.#listening?.dispose();
    this.#listening = undefined;
  }

  #keep(): void {
    void this.#state.update(KEY, [...this.#watched].slice(-MOST_WATCHED));
  }

  #tell(run: Run): void {
    const cause = failureOf(run);
    const why = cause?.headline ?? run.job?.reason ?? '';
    const text = why
      ? vscode.l10n.t('{0} failed: {1}', run.name, why)
      : vscode.l10n.t('{0} failed.', run.name);
    const actions: { title: string; command: CommandId; argument: unknown }[] = [];
    const offer = (title: string, command: CommandId, argument: unknown = run.id) =>
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
