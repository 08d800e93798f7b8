import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.js';
import { facetOf } from '../../workspace/facets.js';
import type { BuiltOn } from '../../workspace/types.js';
import { isCancelled } from '../errors.js';
import { aside, TerminalText } from '../log/terminal-text.js';
import { toSignal } from '../progress.js';
import type { Workspaces } from '../workspaces.js';
import { type AssetRef, keyOfAsset, type VersionRef } from './asset-ref.js';

/** Of the output of a build, the last so many characters are kept. */
const MOST_KEPT = 1_000_000;

/** A build that was begun in this window and goes on, or failed. */
export interface EnvironmentBuild {
  readonly target: string;
  /** `3 of 7: RUN pip install …` */
  readonly step?: string;
  /** Why it failed; absent while it goes on. */
  readonly error?: unknown;
}

interface Kept {
  /** Absent once it is built, or was cancelled: only the output is left. */
  build?: EnvironmentBuild;
  output: string;
  readonly written: vscode.EventEmitter<string>;
  terminal?: vscode.Terminal;
}

/** The builds of environments that this window begins: a notification with the step, a terminal with the output. */
export class EnvironmentBuilds implements vscode.Disposable {
  readonly #workspaces: Workspaces;
  readonly #kept = new Map<string, Kept>();
  readonly #changed = new vscode.EventEmitter<AssetRef>();
  /** Tells the environment whose build came a step further, ended or failed. */
  readonly onDidChange = this.#changed.event;

  constructor(workspaces: Workspaces) {
    this.#workspaces = workspaces;
  }

  /** One that goes on, or the last that failed. */
  of(ref: AssetRef): EnvironmentBuild | undefined {
    return this.#kept.get(keyOfAsset(ref))?.build;
  }

  /** @throws what the workspace says, also CANCELLED */
  async build(ref: VersionRef, target: string): Promise<BuiltOn> {
    const key = keyOfAsset(ref);
    this.#kept.get(key)?.terminal?.dispose();
    const kept: Kept = { build: { target }, output: '', written: new vscode.EventEmitter() };
    this.#kept.set(key, kept);
    this.showOutput(ref);
    this.#changed.fire(ref);
    const title = vscode.l10n.t('Building {0}:{1} on {2}', ref.name, ref.version, target);
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    try {
      const built = await vscode.window.withProgress(options, (progress, token) =>
        this.#run(ref, target, { kept, progress, token }),
      );
      const packages = Object.keys(built.packages ?? {}).length;
      this.#write(kept, aside(vscode.l10n.t('Built: {0}. Packages: {1}.', built.at, packages)));
      delete kept.build;
      return built;
    } catch (error) {
      if (isCancelled(error)) delete kept.build;
      else kept.build = { target, error };
      // What the failed step printed is there already.
      const [headline = ''] = messageOf(error).split('\n');
      this.#write(kept, aside(isCancelled(error) ? vscode.l10n.t('Cancelled.') : headline));
      throw error;
    } finally {
      this.#changed.fire(ref);
    }
  }

  /** The terminal with what the build printed; one that was closed is opened again. */
  showOutput(ref: AssetRef): void {
    const kept = this.#kept.get(keyOfAsset(ref));
    if (!kept) return;
    kept.terminal ??= this.#open(ref, kept);
    kept.terminal.show(true);
  }

  dispose(): void {
    for (const { terminal, written } of this.#kept.values()) {
      terminal?.dispose();
      written.dispose();
    }
    this.#changed.dispose();
  }

  async #run(
    ref: VersionRef,
    target: string,
    {
      kept,
      progress,
      token,
    }: {
      kept: Kept;
      progress: vscode.Progress<{ message?: string; increment?: number }>;
      token: vscode.CancellationToken;
    },
  ): Promise<BuiltOn> {
    const environments = facetOf(this.#workspaces.of(ref), 'environments');
    const text = new TerminalText();
    return environments.build(
      ref.name,
      ref.version,
      target,
      (event) => {
        if (event.type === 'output') return this.#write(kept, text.decode(Buffer.from(event.text)));
        const { step, of, text: what } = event;
        const words =
          of > 0 ? vscode.l10n.t('{0} of {1}: {2}', step, of, what) : vscode.l10n.t('{0}: {1}', step, what);
        kept.build = { target, step: words };
        progress.report({ message: words, ...(of > 0 && { increment: 100 / of }) });
        this.#changed.fire(ref);
      },
      toSignal(token),
    );
  }

  #write(kept: Kept, text: string): void {
    kept.output = (kept.output + text).slice(-MOST_KEPT);
    kept.written.fire(text);
  }

  #open(ref: AssetRef, kept: Kept): vscode.Terminal {
    // What is written before the terminal is there is shown then.
    const written = new vscode.EventEmitter<string>();
    let following: vscode.Disposable | undefined;
    return vscode.window.createTerminal({
      name: vscode.l10n.t('Build {0}:{1}', ref.name, ref.version ?? ''),
      iconPath: new vscode.ThemeIcon('tools'),
      isTransient: true,
      pty: {
        onDidWrite: written.event,
        open: () => {
          written.fire(kept.output);
          following = kept.written.event((text) => written.fire(text));
        },
        // The build goes on.
        close: () => {
          following?.dispose();
          written.dispose();
          delete kept.terminal;
        },
      },
    });
  }
}
