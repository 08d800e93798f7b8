import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf, TrainyardError } from '../../base/errors.js';
import { facetOf } from '../../workspace/facets.js';
import type { Run } from '../../workspace/types.js';
import { logError } from '../errors.js';
import { followLog } from '../log/follow-log.js';
import { aside } from '../log/terminal-text.js';
import { PLAIN_OPTIONS } from '../submit/script-options.js';
import { scriptAt, type Script } from '../submit/script.js';
import type { Submitter } from '../submit/submitter.js';
import type { Workspaces } from '../workspaces.js';
import { parseJobTask, TASK_TYPE } from './job-task.js';

export interface TaskParts {
  workspaces: Workspaces;
  submitter: Submitter;
  log: vscode.LogOutputChannel;
}

/** Tasks of type `trainyard` in tasks.json: a run whose log is the task's output and whose exit code is the task's. */
export class JobTaskProvider implements vscode.TaskProvider {
  readonly #parts: TaskParts;

  constructor(parts: TaskParts) {
    this.#parts = parts;
  }

  provideTasks(): vscode.Task[] {
    return [];
  }

  resolveTask(task: vscode.Task): vscode.Task {
    const execution = new vscode.CustomExecution((definition) =>
      Promise.resolve(new JobTerminal(definition, this.#parts)),
    );
    return new vscode.Task(
      task.definition,
      task.scope ?? vscode.TaskScope.Workspace,
      task.name,
      TASK_TYPE,
      execution,
    );
  }
}

/**
 * Closing a task cancels its run. When the window closes, its terminals close too, but training outlives a window: so
 * the run is cancelled only if this process is still there a moment later.
 */
const CLOSE_GRACE = 2000;
const CTRL_C = '\u0003';

class JobTerminal implements vscode.Pseudoterminal {
  readonly #definition: vscode.TaskDefinition;
  readonly #parts: TaskParts;
  readonly #written = new vscode.EventEmitter<string>();
  readonly #closed = new vscode.EventEmitter<number>();
  readonly #abort = new AbortController();
  #run: Run | undefined;
  #isOver = false;
  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;

  constructor(definition: vscode.TaskDefinition, parts: TaskParts) {
    this.#definition = definition;
    this.#parts = parts;
  }

  open(): void {
    this.#work().then(
      (code) => this.#end(code),
      (error: unknown) => {
        if (this.#abort.signal.aborted) return;
        logError(error, this.#parts.log);
        const hint = TrainyardError.is(error) ? error.hint : undefined;
        this.#written.fire(aside([messageOf(error), hint].filter(Boolean).join(' ')));
        this.#end(1);
      },
    );
  }

  handleInput(data: string): void {
    if (data === CTRL_C) this.#cancel();
  }

  close(): void {
    if (this.#isOver) return;
    setTimeout(() => this.#cancel(), CLOSE_GRACE);
    this.#abort.abort();
  }

  async #work(): Promise<number> {
    const task = parseJobTask(this.#definition);
    const { what, ...others } = task;
    const options = { ...PLAIN_OPTIONS, ...others };
    const { submitter } = this.#parts;
    this.#run =
      'script' in what
        ? await submitter.submitScript(scriptOfTask(what.script), options)
        : await submitter.submitPython(what, folderOfTask(), options);
    if (!this.#run) return 1;
    if (this.#abort.signal.aborted) this.#cancel();
    const { name, id } = this.#run;
    this.#written.fire(aside(vscode.l10n.t('Run {0} ({1}). Ctrl+C cancels it.', name, id)));
    const write = (text: string) => this.#written.fire(text);
    const workspace = this.#parts.workspaces.of(this.#run);
    const ended = await followLog(workspace, id, write, this.#abort.signal);
    return ended.job?.exitCode ?? (ended.state === 'finished' ? 0 : 1);
  }

  #end(code: number): void {
    this.#isOver = true;
    this.#closed.fire(code);
  }

  #cancel(): void {
    if (!this.#run || this.#isOver) return;
    const run = this.#run;
    const cancel = async () => facetOf(this.#parts.workspaces.of(run), 'jobs').cancel(run.id);
    cancel().catch((error: unknown) => logError(error, this.#parts.log));
  }
}

function folderOfTask(): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (folder) return folder;
  throw new TrainyardError('BAD_REQUEST', vscode.l10n.t('A task without a script needs an open folder.'));
}

function scriptOfTask(script: string): Script {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (path.isAbsolute(script) || !folder) return scriptAt(vscode.Uri.file(script));
  return scriptAt(vscode.Uri.joinPath(folder, script));
}
