import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { findServer, homeOf, readDiscovery } from '../../workspace/local/launch.js';
import { COMMANDS } from '../command-ids.js';
import { settings } from '../settings.js';
import type { Workspaces } from '../workspaces.js';
import { findAddresses } from './addresses.js';

interface RunTerminalLink extends vscode.TerminalLink {
  runId?: string;
  experimentId?: string;
}

/** A line that is full of hexadecimal numbers is no list of runs. */
const MOST_IN_A_LINE = 5;
const MOST_KEPT = 1_000;

/**
 * What MLflow's client prints at the end of a run leads to the run's panel, and so does the id of a run that is known.
 * Looking at a terminal starts no server.
 */
export class RunTerminalLinks implements vscode.TerminalLinkProvider<RunTerminalLink> {
  readonly #workspaces: Workspaces;
  readonly #openTable: (experimentId: string) => void;
  /** Ids that were asked for: whether there is such a run. */
  readonly #known = new Map<string, boolean>();

  constructor(workspaces: Workspaces, openTable: (experimentId: string) => void) {
    this.#workspaces = workspaces;
    this.#openTable = openTable;
  }

  async provideTerminalLinks({ line }: Pick<vscode.TerminalLinkContext, 'line'>): Promise<RunTerminalLink[]> {
    const found = findAddresses(line);
    if (found.length === 0 || found.length > MOST_IN_A_LINE) return [];
    const home = homeOf({ home: settings.home() });
    const port = readDiscovery(home)?.port;
    if (port === undefined) return [];
    const links: RunTerminalLink[] = [];
    for (const { start, length, runId, experimentId, port: named } of found) {
      // A port is the server's for good; an id alone may be of anything.
      if (named === undefined ? await this.#isRun(runId ?? '', home) : named === port)
        links.push({
          startIndex: start,
          length,
          tooltip: runId === undefined ? vscode.l10n.t('Show Runs Table') : vscode.l10n.t('Show Run'),
          ...(runId !== undefined && { runId }),
          ...(experimentId !== undefined && { experimentId }),
        });
    }
    return links;
  }

  async handleTerminalLink({ runId, experimentId }: RunTerminalLink): Promise<void> {
    if (runId !== undefined) await vscode.commands.executeCommand(COMMANDS.showRun, runId);
    else if (experimentId !== undefined) this.#openTable(experimentId);
  }

  async #isRun(id: string, home: string): Promise<boolean> {
    const before = this.#known.get(id);
    if (before !== undefined) return before;
    if (!(await findServer(home))) return false;
    const isRun = await this.#workspaces.active.run(id).then(
      () => true,
      (error: unknown) => {
        if (TrainyardError.is(error, 'NOT_FOUND')) return false;
        throw error;
      },
    );
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    this.#known.set(id, isRun);
    return isRun;
  }
}
