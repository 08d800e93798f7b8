import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { facetOf } from '../../workspace/facets.js';
import { parseRunKey, type RunKey } from '../../workspace/run-ref.js';
import type { RunFile } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { MOST_CSV_BYTES, tableCsv } from '../tables/table-csv.js';
import type { PlacedEvent, Workspaces } from '../workspaces.js';
import { readStart } from './read-start.js';
import { parseRunUriPath, RUN_SCHEME, runUriPath, splitPath, type RunPath } from './run-uri.js';

export function runUri(path: RunPath): vscode.Uri {
  return vscode.Uri.from({ scheme: RUN_SCHEME, path: runUriPath(path) });
}

/**
 * The same file under the path that `shown` has: a diff takes two paths that differ for a renamed file. The address is
 * in the query.
 */
export function runUriAs(shown: vscode.Uri, path: RunPath): vscode.Uri {
  return vscode.Uri.from({ scheme: RUN_SCHEME, path: shown.path, query: runUriPath(path) });
}

/** A table among the files of a run as lines, under the name of a file that has them. */
export function tableUri(runId: RunKey, path: string): vscode.Uri {
  const shown = runUri({ runId, area: 'files', path: path.replace(/\.json$/i, '.csv') });
  return runUriAs(shown, { runId, area: 'table', path });
}

/** The files and the code of runs, for the editor to open. Nothing is asked before a file is. */
export class RunFileSystem implements vscode.FileSystemProvider {
  readonly #workspaces: Workspaces;
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#changed.event;
  /** When the files of a run last changed as far as we know: the editor reads a file again when its time is new. */
  readonly #changedAt = new Map<string, number>();
  readonly #openedAt = Date.now();

  constructor(workspaces: Workspaces) {
    this.#workspaces = workspaces;
  }

  /** The files of a run may be written while they are open; its code never changes. */
  watch(uri: vscode.Uri): vscode.Disposable {
    const { runId, area } = parse(uri);
    if (area === 'code') return new vscode.Disposable(() => undefined);
    const { workspace, run } = parseRunKey(runId);
    const isWritten = (event: PlacedEvent) =>
      event.type === 'run' &&
      event.workspace === workspace &&
      event.runId === run &&
      event.parts.includes('files');
    const listening = this.#workspaces.onEvent(
      (event) => {
        if (!isWritten(event)) return;
        this.#changedAt.set(runId, Date.now());
        this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
      },
      ({ id }) => id === workspace,
    );
    return new vscode.Disposable(() => listening.dispose());
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const at = parse(uri);
    const mtime = this.#changedAt.get(at.runId) ?? this.#openedAt;
    const folder = { type: vscode.FileType.Directory, ctime: 0, mtime, size: 0 };
    if (at.path === '') return folder;
    const { folder: parent, name } = splitPath(at.path);
    const found = (await this.#list({ ...at, path: parent }, uri)).find(
      (file) => splitPath(file.path).name === name,
    );
    if (!found) throw vscode.FileSystemError.FileNotFound(uri);
    if (found.isFolder) return folder;
    return { ...folder, type: vscode.FileType.File, size: found.bytes ?? 0 };
  }

  async readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
    const files = await this.#list(parse(uri), uri);
    return files.map(({ path, isFolder }) => [
      splitPath(path).name,
      isFolder ? vscode.FileType.Directory : vscode.FileType.File,
    ]);
  }

  readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return translate(uri, this.#read(parse(uri)));
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  async #read({ runId, area, path }: RunPath): Promise<Uint8Array> {
    const { workspace, run } = this.#located(runId);
    switch (area) {
      case 'files':
        return workspace.readFile(run, path);
      case 'code':
        return facetOf(workspace, 'code').read(run, path);
      case 'table': {
        const { bytes, isCut } = await readStart(workspace, { runId: run, path }, MOST_CSV_BYTES);
        return tableCsv(path, bytes, isCut);
      }
    }
  }

  #list({ runId, area, path }: RunPath, uri: vscode.Uri): Promise<RunFile[]> {
    const list = async () => {
      const { workspace, run } = this.#located(runId);
      return area === 'code' ? facetOf(workspace, 'code').files(run, path) : workspace.files(run, path);
    };
    return translate(uri, list());
  }

  #located(key: RunKey): { workspace: Workspace; run: string } {
    const ref = parseRunKey(key);
    return { workspace: this.#workspaces.of(ref), run: ref.run };
  }
}

function parse(uri: vscode.Uri): RunPath {
  const path = parseRunUriPath(uri.query || uri.path);
  if (!path) throw vscode.FileSystemError.FileNotFound(uri);
  return path;
}

async function translate<T>(uri: vscode.Uri, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (TrainyardError.is(error, 'NOT_FOUND')) throw vscode.FileSystemError.FileNotFound(uri);
    if (TrainyardError.is(error)) throw vscode.FileSystemError.Unavailable(error.message);
    throw error;
  }
}
