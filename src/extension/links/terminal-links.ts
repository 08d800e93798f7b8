import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { ownPath, pathInCode, runOfPath } from '../../job/code-path.js';
import type { Run } from '../../workspace/types.js';
import { readDiscovery } from '../../workspace/local/launch.js';
import type { LocalWorkspace } from '../../workspace/local/workspace.js';
import { parseRunKey, refOf, runKey, type RunKey, shortExperimentKey } from '../../workspace/run-ref.js';
import { COMMANDS } from '../command-ids.js';
import { openCodeLine, openLine } from '../runs/open-line.js';
import type { CodeLine } from '../../panels/code-line.js';
import { originOf } from '../runs/run-failure.js';
import { isLocal, isUp } from '../local.js';
import type { Workspaces } from '../workspaces.js';
import { findAddresses, type FoundAddress } from './addresses.js';
import { findPlaces } from '../../panels/code-places.js';

interface RunTerminalLink extends vscode.TerminalLink {
  /** Key of a run. */
  runId?: RunKey;
  /** Key of an experiment. */
  experimentId?: string;
  /** A line of the code of that run, or of a file of the person. */
  line?: CodeLine;
}

interface LinkOptions {
  /** The run whose log a terminal shows, if it does. */
  runOf: (terminal: vscode.Terminal) => RunKey | undefined;
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
  readonly #workspaces: Pick<Workspaces, 'of' | 'all'>;
  readonly #openTable: (experimentKey: string) => void;
  readonly #options: LinkOptions;
  /** Keys, and ids of whatever workspace, that were asked for: the run, if there is one. */
  readonly #known = new Map<string, Run | undefined>();

  constructor(
    workspaces: Pick<Workspaces, 'of' | 'all'>,
    openTable: (experimentKey: string) => void,
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
    const shown = terminal && this.#options.runOf(terminal);
    return [...(await this.#placesIn(line, shown)), ...(await this.#addressesIn(line, shown))];
  }

  async #placesIn(line: string, shown: string | undefined): Promise<RunTerminalLink[]> {
    const links: RunTerminalLink[] = [];
    for (const { start, length, file: named, line: number } of findPlaces(line)) {
      const at = { startIndex: start, length, tooltip: vscode.l10n.t('Open Line') };
      const runId = shown ?? runOfPath(named);
      const run = runId === undefined ? undefined : await this.#run(runId);
      const origin = run && originOf(run);
      const file = origin && pathInCode(named, origin);
      if (run && file !== undefined)
        links.push({ ...at, runId: runKey(refOf(run)), line: { file, line: number } });
      // A copy that jobs share names the person's file itself.
      else if (ownPath(named) !== named) links.push({ ...at, line: { file: ownPath(named), line: number } });
    }
    return links;
  }

  async #addressesIn(line: string, shown: string | undefined): Promise<RunTerminalLink[]> {
    const found = findAddresses(line);
    if (found.length === 0 || found.length > MOST_IN_A_LINE) return [];
    const links: RunTerminalLink[] = [];
    for (const address of found) {
      const { start, length, runId: run, experimentId: experiment } = address;
      const workspace = await this.#workspaceOf(address, shown);
      if (workspace === undefined) continue;
      links.push({
        startIndex: start,
        length,
        tooltip: run === undefined ? vscode.l10n.t('Show Runs Table') : vscode.l10n.t('Show Run'),
        ...(run !== undefined && { runId: runKey({ workspace, run }) }),
        ...(experiment !== undefined && { experimentId: shortExperimentKey({ workspace, experiment }) }),
      });
    }
    return links;
  }

  /**
   * A port of this machine is a server's for good. A job in a container knows the server by another address: then the run tells whose
   * it is, or that whose log is shown.
   */
  async #workspaceOf(
    { port, runId, experimentId }: FoundAddress,
    shown: string | undefined,
  ): Promise<string | undefined> {
    const own =
      port === undefined
        ? undefined
        : this.#local().find(({ home }) => readDiscovery(home)?.port === port)?.id;
    if (own !== undefined) return own;
    if (runId !== undefined) return (await this.#run(runId))?.workspace;
    const run = shown === undefined ? undefined : await this.#run(shown);
    return run?.experimentId === experimentId ? run?.workspace : undefined;
  }

  async handleTerminalLink({ runId, experimentId, line }: RunTerminalLink): Promise<void> {
    if (line) await this.#open(line, runId);
    else if (runId !== undefined) await vscode.commands.executeCommand(COMMANDS.showRun, runId);
    else if (experimentId !== undefined) this.#openTable(experimentId);
  }

  async #open(line: CodeLine, runId: RunKey | undefined): Promise<void> {
    const run = runId === undefined ? undefined : this.#known.get(runId);
    try {
      if (run) await openCodeLine(this.#workspaces.of(run), run, line);
      else await openLine(vscode.Uri.file(line.file), line.line);
    } catch (error) {
      if (!this.#options.onError) throw error;
      this.#options.onError(error);
    }
  }

  /**
   * @param name key of a run, or the id of one in any workspace of this computer
   * @returns undefined when no workspace that runs has it
   */
  async #run(name: string): Promise<Run | undefined> {
    if (this.#known.has(name)) return this.#known.get(name);
    const ref = parseRunKey(name);
    const isKey = name.includes('/');
    const asked = this.#workspaces.all.filter((workspace) =>
      isKey ? workspace.id === ref.workspace : isLocal(workspace),
    );
    let run: Run | undefined;
    let isAnyUp = false;
    for (const workspace of asked) {
      if (run || !(await isUp(workspace))) continue;
      isAnyUp = true;
      run = await workspace.run(ref.run).catch((error: unknown) => {
        if (TrainyardError.is(error, 'NOT_FOUND')) return undefined;
        throw error;
      });
    }
    if (!isAnyUp) return undefined;
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    this.#known.set(name, run);
    if (run) this.#known.set(runKey(refOf(run)), run);
    return run;
  }

  #local(): LocalWorkspace[] {
    return this.#workspaces.all.filter(isLocal);
  }
}
