import * as vscode from 'vscode';
import type { Run, RunQuery } from '../../workspace/types.js';
import { formatAge } from '../format.js';
import { runsById } from '../runs/runs-by-id.js';
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
   * The rows that a menu passed (the selection, when the row is part of it), the selection for a key binding, the ids
   * that code passed, or those that a person chooses from the newest. Empty when nobody chose, or no row is of a run.
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
    const ids = [...new Set(named.flatMap(runIdOf))];
    if (ids.length === 0) return rows.some(isLeaf) ? [] : this.ask(options);
    const { active } = this.#workspaces;
    // One that was just deleted is told of; of many those that are left are meant.
    const runs = ids[1] === undefined ? [await active.run(ids[0]!)] : await runsById(active, ids);
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
  async ask({ placeholder, fits = () => true, many = false, among = {} }: ChooseOptions): Promise<Run[]> {
    const options = { placeHolder: placeholder, matchOnDescription: true };
    const items = this.#recent(fits, among);
    const picked = many
      ? await vscode.window.showQuickPick(items, { ...options, canPickMany: true })
      : await vscode.window.showQuickPick(items, options);
    return [picked ?? []].flat().map(({ run }) => run);
  }

  async #recent(fits: (run: Run) => boolean, among: RunQuery) {
    const { runs } = await this.#workspaces.active.runs({ ...among, limit: RECENT });
    const now = Date.now();
    return runs.filter(fits).map((run) => ({
      label: run.name,
      description: `${stateWord(run.state)} · ${formatAge(run.endTime ?? run.startTime, now)}`,
      iconPath: stateIcon(run),
      run,
    }));
  }
}

const isOfKind = (row: unknown, kind: string) =>
  typeof row === 'object' && row !== null && 'kind' in row && row.kind === kind;
const isRun = (row: unknown) => isOfKind(row, 'run');
const isLeaf = (row: unknown) => isOfKind(row, 'leaf');

function runIdOf(row: unknown): string[] {
  if (typeof row === 'string') return [row];
  if (typeof row !== 'object' || row === null) return [];
  if ('run' in row) return [(row.run as Run).id];
  if ('runId' in row && typeof row.runId === 'string') return [row.runId];
  if ('runIds' in row && Array.isArray(row.runIds)) return row.runIds.filter((id) => typeof id === 'string');
  return [];
}
