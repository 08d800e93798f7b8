import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { ownPath, pathInCode, runOfPath } from '../../job/code-path.js';
import type { Run } from '../../workspace/types.js';
import { findServer, homeOf, readDiscovery } from '../../workspace/local/launch.js';
import { COMMANDS } from '../command-ids.js';
import { openCodeLine, openLine } from '../runs/open-line.js';
import type { CodeLine } from '../../panels/code-line.js';
import { originOf } from '../runs/run-failure.js';
import { settings } from '../settings.js';
import type { Workspaces } from '../workspaces.js';
import { findAddresses } from './addresses.js';
import { findPlaces } from '../../panels/code-places.js';

interface RunTerminalLink extends vscode.TerminalLink {
  runId?: string;
  experimentId?: string;
  /** A line of the code of that run, or of a file of the person. */
  line?: CodeLine;
}

interface LinkOptions {
  /** The run whose log a terminal shows, if it does. */
  runOf: (terminal: vscode.Terminal) => string | undefined;
  /** Told when a link leads nowhere. */
  onError?: (error: unknown) => void;
}

/** A line that is full of hexadecimal numbers is no list of runs. */
const MOST_IN_A_LINE = 5;
const MOST_KEPT = 1_000;

/**
 * Lines of code lead to the person's file, from wherever the job ran it. What MLflow's client prints at the end of a run
 * leads to the run's panel, and so does the id of a run that is known.
 * Looking at a terminal starts no server.
 */
export class RunTerminalLinks implements vscode.TerminalLinkProvider<RunTerminalLink> {
  readonly #workspaces: Workspaces;
  readonly #openTable: (experimentId: string) => void;
  readonly #options: LinkOptions;
  /** Ids that were asked for: the run, if there is one. */
  readonly #known = new Map<string, Run | undefined>();

  constructor(
    workspaces: Workspaces,
    openTable: (experimentId: string) => void,
    options: LinkOptions = { runOf: () => undefined },
  ) {
    this.#workspaces = workspaces;
    this.#openTable = openTable;
    this.#options = options;
  }

  async provideTerminalLinks({
    line,
    terminal,
  }: Pick<vscode.TerminalLinkContext, 'line'> & { terminal?: vscode.Terminal }): Promise<RunTerminalLink[]> {
    return [
      ...(await this.#placesIn(line, terminal && this.#options.runOf(terminal))),
      ...(await this.#addressesIn(line)),
    ];
  }

  async #placesIn(line: string, shown: string | undefined): Promise<RunTerminalLink[]> {
    const links: RunTerminalLink[] = [];
    for (const { start, length, file: named, line: number } of findPlaces(line)) {
      const at = { startIndex: start, length, tooltip: vscode.l10n.t('Open Line') };
      const runId = shown ?? runOfPath(named);
      const run = runId === undefined ? undefined : await this.#run(runId, homeOf({ home: settings.home() }));
      const origin = run && originOf(run);
      const file = origin && pathInCode(named, origin);
      if (run && file !== undefined) links.push({ ...at, runId: run.id, line: { file, line: number } });
      // A copy that jobs share names the person's file itself.
      else if (ownPath(named) !== named) links.push({ ...at, line: { file: ownPath(named), line: number } });
    }
    return links;
  }

  async #addressesIn(line: string): Promise<RunTerminalLink[]> {
    const found = findAddresses(line);
    if (found.length === 0 || found.length > MOST_IN_A_LINE) return [];
    const home = homeOf({ home: settings.home() });
    const port = readDiscovery(home)?.port;
    if (port === undefined) return [];
    const links: RunTerminalLink[] = [];
    for (const { start, length, runId, experimentId, port: named } of found) {
      // A port is the server's for good; an id alone may be of anything.
      if (named === undefined ? (await this.#run(runId ?? '', home)) !== undefined : named === port)
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

  async handleTerminalLink({ runId, experimentId, line }: RunTerminalLink): Promise<void> {
    if (line) await this.#open(line, runId);
    else if (runId !== undefined) await vscode.commands.executeCommand(COMMANDS.showRun, runId);
    else if (experimentId !== undefined) this.#openTable(experimentId);
  }

  async #open(line: CodeLine, runId: string | undefined): Promise<void> {
    const run = runId === undefined ? undefined : this.#known.get(runId);
    try {
      if (run) await openCodeLine(this.#workspaces.active, run, line);
      else await openLine(vscode.Uri.file(line.file), line.line);
    } catch (error) {
      if (!this.#options.onError) throw error;
      this.#options.onError(error);
    }
  }

  async #run(id: string, home: string): Promise<Run | undefined> {
    if (this.#known.has(id)) return this.#known.get(id);
    if (!(await findServer(home))) return undefined;
    const run = await this.#workspaces.active.run(id).catch((error: unknown) => {
      if (TrainyardError.is(error, 'NOT_FOUND')) return undefined;
      throw error;
    });
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    this.#known.set(id, run);
    return run;
  }
}
