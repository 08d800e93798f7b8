import * as vscode from 'vscode';
import { currentKey } from '../../panels/keys.js';
import { parseRunKey, refOf, runKey, type RunKey } from '../../workspace/run-ref.js';
import type { Run, RunQuery } from '../../workspace/types.js';
import type { Workspace } from '../../workspace/workspace.js';
import { formatAge } from '../format.js';
import { answersOf } from '../runs/answers.js';
import { runsByKey } from '../runs/runs-by-id.js';
import { stateIcon, stateWord } from '../runs/run-words.js';
import type { Workspaces } from '../workspaces.js';

export interface ChooseOptions {
  placeholder: string;
  /** Which runs can be chosen. */
  fits?: (run: Run) => boolean;
  many?: boolean;
  /** A row of what a run holds, as a file, does not stand for the run: one does not delete a run by its file. */
  onlyRuns?: boolean;
  /** Among which runs; by default all. */
  among?: RunQuery;
  /** Id of the workspace among whose runs; by default all. */
  workspace?: string;
}

const RECENT = 50;
/** What the key bindings of package.json pass: the selection of the Runs view is meant. */
export const SELECTION = 'selection';

/** Finds the runs that a command is to work on. */
export class RunChooser {
  readonly #workspaces: Workspaces;
  readonly #selection: () => readonly unknown[];

  constructor(workspaces: Workspaces, selection: () => readonly unknown[]) {
    this.#workspaces = workspaces;
    this.#selection = selection;
  }

  /**
   * The rows that a menu passed (the selection, when the row is part of it), the selection for a key binding, the keys
   * or ids that code passed, or those that a person chooses from the newest. Empty when nobody chose, or no row is of a run.
   */
  async runs(args: readonly unknown[], options: ChooseOptions): Promise<Run[]> {
    const { fits = () => true, onlyRuns = false } = options;
    const rows = this.#rows(args);
    // Among rows of other kinds the runs are meant.
    const named = rows.some(isRun)
      ? rows.filter(isRun)
      : onlyRuns
        ? rows.filter((row) => !isLeaf(row))
        : rows;
    const keys = [...new Set(named.flatMap(runKeyOf))];
    if (keys.length === 0) return rows.some(isLeaf) ? [] : this.ask(options);
    const [only, ...others] = keys.map(parseRunKey);
    // One that was just deleted is told of; of many those that are left are meant.
    const runs =
      only && others.length === 0
        ? [await this.#workspaces.of(only).run(only.run)]
        : await runsByKey(this.#workspaces, keys);
    return runs.filter(fits);
  }

  /** The first of them. */
  async run(args: readonly unknown[], options: ChooseOptions): Promise<Run | undefined> {
    return (await this.runs(args, options))[0];
  }

  #rows([first, selection]: readonly unknown[]): readonly unknown[] {
    if (first === SELECTION) return this.#selection();
    return Array.isArray(selection) && selection.includes(first) ? selection : [first];
  }

  /** Those that a person chooses from the newest. */
  async ask(chosen: ChooseOptions): Promise<Run[]> {
    const { placeholder, many = false } = chosen;
    const options = { placeHolder: placeholder, matchOnDescription: true };
    const items = this.#recent(chosen);
    const picked = many
      ? await vscode.window.showQuickPick(items, { ...options, canPickMany: true })
      : await vscode.window.showQuickPick(items, options);
    return [picked ?? []].flat().map(({ run }) => run);
  }

  async #recent({ fits = () => true, among = {}, workspace }: ChooseOptions) {
    const all = this.#workspaces.all.filter(({ id }) => workspace === undefined || id === workspace);
    const runs = await recentRuns(all, { ...among, limit: RECENT });
    const now = Date.now();
    return runs.filter(fits).map((run) => {
      const age = formatAge(run.endTime ?? run.startTime, now);
      const place = all.length > 1 ? [this.#workspaces.labelOf(run.workspace)] : [];
      return {
        label: run.name,
        description: [stateWord(run.state), age, ...place].join(' · '),
        iconPath: stateIcon(run),
        run,
      };
    });
  }
}

const isOfKind = (row: unknown, kind: string) =>
  typeof row === 'object' && row !== null && 'kind' in row && row.kind === kind;
const isRun = (row: unknown) => isOfKind(row, 'run');
const isLeaf = (row: unknown) => isOfKind(row, 'leaf');

/** Newest first. One of several workspaces that does not answer is left out. @throws what it says when none answers */
async function recentRuns(workspaces: readonly Workspace[], query: RunQuery): Promise<Run[]> {
  const pages = await answersOf(workspaces.map((workspace) => workspace.runs(query)));
  const runs = pages.flatMap((page) => page.runs);
  return workspaces.length === 1 ? runs : runs.sort((a, b) => b.startTime - a.startTime).slice(0, RECENT);
}

function runKeyOf(row: unknown): RunKey[] {
  const keyOf = (name: unknown) => (typeof name === 'string' ? [currentKey(name)] : []);
  if (typeof row === 'string') return keyOf(row);
  if (typeof row !== 'object' || row === null) return [];
  if ('run' in row) return [runKey(refOf(row.run as Run))];
  if ('runId' in row) return keyOf(row.runId);
  if ('runIds' in row && Array.isArray(row.runIds)) return row.runIds.flatMap(keyOf);
  return [];
}
