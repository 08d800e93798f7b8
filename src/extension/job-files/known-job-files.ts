import path from 'node:path';
import * as vscode from 'vscode';
import { MLPROJECT } from '../../job/job-file-name.js';
import { CONTEXT_KEYS } from '../context-key-names.js';
import { setContext } from '../context-keys.js';
import { logError } from '../errors.js';
import { SETTINGS, settings, touchesSetting } from '../settings.js';
import { MOST_CHARACTERS, saysJobFile } from './binding.js';
import { isBound } from './is-bound.js';

const MAY_BE = '**/{*.yml,*.yaml,MLproject}';
/** Folders with files of other people. */
const NOT_LOOKED_AT = '**/{.venv,venv,env,.tox,node_modules,site-packages,.git}/**';
/** More YAML than this is data. Files that are opened count in any case. */
const MOST = 1_000;
/** ms that changes are collected. */
const REST = 200;

/**
 * Which files of the workspace are job files: those that menus offer to submit, and that a person chooses from. It reads what
 * YAML says, as it is on disk, when the window is there and when files change.
 */
export class KnownJobFiles implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #says = new Map<string, vscode.Uri>();
  /** By the setting. */
  #named = new Map<string, vscode.Uri>();
  readonly #subscriptions: vscode.Disposable[];
  #reading: Promise<void>;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
    const { workspace } = vscode;
    const watcher = workspace.createFileSystemWatcher(MAY_BE);
    const look = (uri: vscode.Uri) => this.#then(() => this.#look(uri));
    this.#subscriptions = [
      watcher,
      watcher.onDidCreate(look),
      watcher.onDidChange(look),
      watcher.onDidDelete((uri) => this.#put(uri, false)),
      workspace.onDidOpenTextDocument((document) => this.#open(document)),
      workspace.onDidSaveTextDocument((document) => this.#open(document)),
      workspace.onDidChangeWorkspaceFolders(() => this.#then(() => this.#readAll())),
      workspace.onDidChangeConfiguration((event) => {
        if (touchesSetting(event, SETTINGS.jobFiles)) this.#then(() => this.#readNamed());
      }),
    ];
    this.#reading = this.#readAll().catch((error: unknown) => logError(error, log));
    for (const document of workspace.textDocuments) this.#open(document);
  }

  /** Once those of the workspace are read. Of a folder that went nobody tells which files were in it. */
  async all(): Promise<vscode.Uri[]> {
    await this.#reading;
    const files = [...this.#files().values()];
    const areThere = await Promise.all(files.map(isThere));
    return files.filter((_, i) => areThere[i]);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #files(): Map<string, vscode.Uri> {
    return new Map([...this.#named, ...this.#says]);
  }

  /** One after the other: an older text never replaces a newer one. */
  #then(read: () => Promise<void>): void {
    this.#reading = this.#reading.then(read).catch((error: unknown) => logError(error, this.#log));
  }

  async #readAll(): Promise<void> {
    const found = await vscode.workspace.findFiles(MAY_BE, NOT_LOOKED_AT, MOST);
    for (const uri of found) await this.#look(uri);
    await this.#readNamed();
  }

  async #readNamed(): Promise<void> {
    const named = new Map<string, vscode.Uri>();
    for (const folder of vscode.workspace.workspaceFolders ?? [])
      for (const glob of settings.jobFiles(folder.uri)) {
        const pattern = new vscode.RelativePattern(folder, glob);
        for (const uri of await vscode.workspace.findFiles(pattern, NOT_LOOKED_AT, MOST))
          named.set(uri.toString(), uri);
      }
    this.#named = named;
    this.#tell();
  }

  async #look(uri: vscode.Uri): Promise<void> {
    this.#put(uri, await saysOnDisk(uri));
  }

  #open(document: vscode.TextDocument): void {
    if (document.uri.scheme === 'file') this.#put(document.uri, isBound(document));
  }

  #put(uri: vscode.Uri, isJobFile: boolean): void {
    const key = uri.toString();
    if (this.#says.has(key) === isJobFile) return;
    if (isJobFile) this.#says.set(key, uri);
    else this.#says.delete(key);
    this.#tell();
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // Menus compare with one or the other, as the window is on this computer or not.
      const paths = [...this.#files().values()].flatMap((uri) => [uri.fsPath, uri.path]);
      setContext(CONTEXT_KEYS.jobFiles, [...new Set(paths)]);
    }, REST);
  }
}

async function isThere(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError) return false;
    throw error;
  }
}

async function saysOnDisk(uri: vscode.Uri): Promise<boolean> {
  if (path.posix.basename(uri.path) === MLPROJECT) return true;
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MOST_CHARACTERS) return false;
    return saysJobFile(Buffer.from(await vscode.workspace.fs.readFile(uri)).toString());
  } catch (error) {
    // It was there a moment ago, or may not be read.
    if (error instanceof vscode.FileSystemError) return false;
    throw error;
  }
}
