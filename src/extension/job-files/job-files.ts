import * as vscode from 'vscode';
import { logError } from '../errors.js';
import { SETTINGS, touchesSetting } from '../settings.js';
import type { Workspaces } from '../workspaces.js';
import { isBound, YAML } from './is-bound.js';
import type { JobFileLanguage, JobPlace } from './language.js';
import type { LiveNames } from './names.js';

/** ms after the last key until the problems of a file are told. */
const REST = 300;

/**
 * Problems, hovers, completion, links and fixes of job files, and of no other YAML. What knows the language is loaded
 * with the first job file. It needs no other extension, and takes no part in what one says of YAML.
 */
export class JobFiles implements vscode.Disposable {
  readonly #names: LiveNames;
  readonly #log: vscode.LogOutputChannel;
  readonly #problems = vscode.languages.createDiagnosticCollection('trainyard');
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #subscriptions: vscode.Disposable[];
  #language: Promise<JobFileLanguage> | undefined;

  constructor(workspaces: Pick<Workspaces, 'onDidChange'>, names: LiveNames, log: vscode.LogOutputChannel) {
    this.#names = names;
    this.#log = log;
    const { languages, window, workspace } = vscode;
    this.#subscriptions = [
      this.#problems,
      workspace.onDidOpenTextDocument((document) => this.#look(document)),
      workspace.onDidChangeTextDocument(({ document }) => this.#look(document, REST)),
      // A file that it names may be there now.
      workspace.onDidSaveTextDocument(() => this.#lookAtAll()),
      workspace.onDidCloseTextDocument(({ uri }) => this.#forget(uri)),
      // And so may the environment, the data or the workspace.
      window.onDidChangeActiveTextEditor((editor) => editor && this.#look(editor.document)),
      window.onDidChangeWindowState(({ focused }) => focused && this.#lookAtAll()),
      workspaces.onDidChange(() => this.#lookAtAll()),
      workspace.onDidChangeConfiguration((event) => {
        if (touchesSetting(event, SETTINGS.jobFiles)) this.#lookAtAll();
      }),
      languages.registerHoverProvider(YAML, {
        provideHover: (document, position) => this.#ask(document, (it) => it.hover(document, position)),
      }),
      languages.registerCompletionItemProvider(
        YAML,
        {
          provideCompletionItems: (document, position) =>
            this.#ask(document, (it) => it.completions(document, position)),
        },
        ' ',
        '/',
      ),
      languages.registerDocumentLinkProvider(YAML, {
        provideDocumentLinks: (document) => this.#ask(document, (it) => it.links(document)),
      }),
      languages.registerCodeActionsProvider(
        YAML,
        {
          provideCodeActions: (document, _, context) =>
            this.#ask(document, (it) => it.fixes(document, context)),
        },
        { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
      ),
    ];
    this.#lookAtAll();
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Where the jobs of a file begin; none in other files. */
  async places(document: vscode.TextDocument): Promise<JobPlace[]> {
    return (await this.#ask(document, (it) => it.places(document))) ?? [];
  }

  #lookAtAll(): void {
    for (const document of vscode.workspace.textDocuments) this.#look(document);
  }

  /** Tells the problems of a file, when it is a job file; and else those that it had no more. */
  #look(document: vscode.TextDocument, after = 0): void {
    if (vscode.languages.match(YAML, document) === 0) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    const look = () => {
      this.#timers.delete(key);
      this.#tell(document).catch((error: unknown) => logError(error, this.#log));
    };
    this.#timers.set(key, setTimeout(look, after));
  }

  async #tell(document: vscode.TextDocument): Promise<void> {
    const { version, uri } = document;
    const problems = await this.#ask(document, (it) => it.diagnostics(document));
    // An answer to a text that is no more is none.
    if (document.isClosed || document.version !== version) return;
    this.#problems.set(uri, problems);
  }

  #forget(uri: vscode.Uri): void {
    clearTimeout(this.#timers.get(uri.toString()));
    this.#timers.delete(uri.toString());
    this.#problems.delete(uri);
  }

  /** Undefined for YAML that is no job file. */
  async #ask<T>(
    document: vscode.TextDocument,
    question: (language: JobFileLanguage) => T | Promise<T>,
  ): Promise<T | undefined> {
    if (!isBound(document)) return undefined;
    return question(await (this.#language ??= this.#load()));
  }

  async #load(): Promise<JobFileLanguage> {
    const { JobFileLanguage: Language } = await import('./language.js');
    return new Language(this.#names);
  }
}
