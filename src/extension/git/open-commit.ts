import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.js';
import type { GitApi, GitExtension, Repository } from './git-api.js';

/**
 * The commit that is checked out, as the built-in git extension tells it: that of the repository of the active editor,
 * else of the first workspace folder. Undefined without git, without a repository and before the first commit.
 */
export class OpenCommit implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<string | undefined>();
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[] = [];
  readonly #watched = new Map<Repository, vscode.Disposable>();
  #git: Promise<GitApi | undefined> | undefined;
  #last: string | undefined;

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
  }

  /** The first call connects to the git extension; from then on changes are told. */
  async get(): Promise<string | undefined> {
    const git = await (this.#git ??= this.#connect());
    this.#last = git && commitOf(git);
    return this.#last;
  }

  dispose(): void {
    for (const subscription of [...this.#subscriptions, ...this.#watched.values()]) subscription.dispose();
    this.#changed.dispose();
  }

  async #connect(): Promise<GitApi | undefined> {
    const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
    try {
      const api = await extension?.activate();
      if (!api?.enabled) return undefined;
      const git = api.getAPI(1);
      const watch = (repository: Repository) => {
        this.#watched.set(
          repository,
          repository.state.onDidChange(() => this.#check(git)),
        );
        this.#check(git);
      };
      const unwatch = (repository: Repository) => {
        this.#watched.get(repository)?.dispose();
        this.#watched.delete(repository);
        this.#check(git);
      };
      git.repositories.forEach(watch);
      this.#subscriptions.push(
        git.onDidOpenRepository(watch),
        git.onDidCloseRepository(unwatch),
        vscode.window.onDidChangeActiveTextEditor(() => this.#check(git)),
      );
      return git;
    } catch (error) {
      this.#log.warn(`The git extension does not answer: ${messageOf(error)}`);
      return undefined;
    }
  }

  #check(git: GitApi): void {
    const commit = commitOf(git);
    if (commit === this.#last) return;
    this.#last = commit;
    this.#changed.fire(commit);
  }
}

function commitOf(git: GitApi): string | undefined {
  const places = [
    vscode.window.activeTextEditor?.document.uri,
    ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri),
  ];
  for (const uri of places) {
    const repository = uri?.scheme === 'file' ? git.getRepository(uri) : null;
    if (repository) return repository.state.HEAD?.commit;
  }
  return git.repositories[0]?.state.HEAD?.commit;
}
