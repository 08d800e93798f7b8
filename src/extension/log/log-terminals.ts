import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.js';
import { parseRunKey, refOf, runKey, type RunKey } from '../../workspace/run-ref.js';
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
  readonly #open = new Map<RunKey, vscode.Terminal>();

  constructor(workspaces: Workspaces, log: vscode.LogOutputChannel) {
    this.#workspaces = workspaces;
    this.#log = log;
  }

  show(run: Run): void {
    const key = runKey(refOf(run));
    let terminal = this.#open.get(key);
    if (!terminal) {
      terminal = vscode.window.createTerminal({
        name: run.name,
        iconPath: new vscode.ThemeIcon('output'),
        color: runColour(run),
        pty: this.#viewer(key),
        isTransient: true,
      });
      this.#open.set(key, terminal);
    }
    terminal.show(true);
  }

  /** Key of the run whose log a terminal shows. */
  runOf(terminal: vscode.Terminal): RunKey | undefined {
    for (const [key, open] of this.#open) if (open === terminal) return key;
    return undefined;
  }

  dispose(): void {
    for (const terminal of this.#open.values()) terminal.dispose();
  }

  #viewer(key: RunKey): vscode.Pseudoterminal {
    const ref = parseRunKey(key);
    const written = new vscode.EventEmitter<string>();
    const closed = new AbortController();
    return {
      onDidWrite: written.event,
      open: () => {
        const follow = async () =>
          followLog(this.#workspaces.of(ref), ref.run, (text) => written.fire(text), closed.signal);
        follow().catch((error: unknown) => {
          if (closed.signal.aborted || isCancelled(error)) return;
          logError(error, this.#log);
          written.fire(aside(messageOf(error)));
        });
      },
      close: () => {
        closed.abort();
        this.#open.delete(key);
        written.dispose();
      },
    };
  }
}
