import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.js';
import type { Run } from '../../workspace/types.js';
import type { Workspaces } from '../workspaces.js';
import { isCancelled, logError } from '../errors.js';
import { runColour } from '../runs/run-words.js';
import { followLog } from './follow-log.js';
import { aside } from './terminal-text.js';

/** Terminals that show logs: one for each run, from the start, following it. Closing one leaves the run alone. */
export class LogTerminals implements vscode.Disposable {
  readonly #workspaces: Workspaces;
  readonly #log: vscode.LogOutputChannel;
  readonly #open = new Map<string, vscode.Terminal>();

  constructor(workspaces: Workspaces, log: vscode.LogOutputChannel) {
    this.#workspaces = workspaces;
    this.#log = log;
  }

  show(run: Run): void {
    let terminal = this.#open.get(run.id);
    if (!terminal) {
      terminal = vscode.window.createTerminal({
        name: run.name,
        iconPath: new vscode.ThemeIcon('output'),
        color: runColour(run),
        pty: this.#viewer(run.id),
        isTransient: true,
      });
      this.#open.set(run.id, terminal);
    }
    terminal.show(true);
  }

  /** The run whose log a terminal shows. */
  runOf(terminal: vscode.Terminal): string | undefined {
    for (const [runId, open] of this.#open) if (open === terminal) return runId;
    return undefined;
  }

  dispose(): void {
    for (const terminal of this.#open.values()) terminal.dispose();
  }

  #viewer(runId: string): vscode.Pseudoterminal {
    const written = new vscode.EventEmitter<string>();
    const closed = new AbortController();
    return {
      onDidWrite: written.event,
      open: () => {
        followLog(this.#workspaces.active, runId, (text) => written.fire(text), closed.signal).catch(
          (error: unknown) => {
            if (closed.signal.aborted || isCancelled(error)) return;
            logError(error, this.#log);
            written.fire(aside(messageOf(error)));
          },
        );
      },
      close: () => {
        closed.abort();
        this.#open.delete(runId);
        written.dispose();
      },
    };
  }
}
