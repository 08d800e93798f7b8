import * as vscode from 'vscode';
import { TrainyardError } from '../../base/errors.js';
import { LOCAL_ID, refOf, type RunRef, shortKey } from '../../workspace/run-ref.js';
import { COMMANDS } from '../command-ids.js';
import { showError } from '../errors.js';
import { runsByKey } from '../runs/runs-by-id.js';
import type { Workspaces } from '../workspaces.js';
import { type LinkTarget, targetOf } from './addresses.js';

const EXTENSION_ID = 'trainyard.trainyard';
const COMMAND_OF = {
  run: COMMANDS.showRun,
  charts: COMMANDS.showCharts,
  compare: COMMANDS.compare,
} as const satisfies Record<LinkTarget['show'], string>;

/** An address that opens the panel of a run in the editor, from anywhere on this machine. */
export function runLink({ workspace, run }: RunRef): string {
  const query = workspace === LOCAL_ID ? '' : `?workspace=${encodeURIComponent(workspace)}`;
  return `${vscode.env.uriScheme}://${EXTENSION_ID}/run/${run}${query}`;
}

/** Follows links to runs. They come from anywhere, so they only show. */
export class RunLinks implements vscode.UriHandler {
  readonly #workspaces: Pick<Workspaces, 'of'>;
  readonly #log: vscode.LogOutputChannel;

  constructor(workspaces: Pick<Workspaces, 'of'>, log: vscode.LogOutputChannel) {
    this.#workspaces = workspaces;
    this.#log = log;
  }

  async handleUri(uri: vscode.Uri): Promise<void> {
    try {
      await this.#follow(uri);
    } catch (error) {
      void showError(error, this.#log);
    }
  }

  async #follow(uri: vscode.Uri): Promise<void> {
    const target = targetOf(uri);
    if (!target) throw new TrainyardError('BAD_REQUEST', vscode.l10n.t('Trainyard cannot open this link.'));
    const { show, runIds } = target;
    const found = await runsByKey(this.#workspaces, runIds);
    if (found.length < (show === 'compare' ? 2 : 1))
      throw new TrainyardError('NOT_FOUND', vscode.l10n.t('The run of this link was not found.'), {
        hint: vscode.l10n.t('It was deleted, or it belongs to another machine.'),
      });
    const keys = found.map((run) => shortKey(refOf(run)));
    await vscode.commands.executeCommand(COMMAND_OF[show], keys[0], keys);
  }
}
