import type * as vscode from 'vscode';
import { type MetricPattern, MOST_PATTERNS } from '../../job/spec.js';
import { type JobFileOptions, PLAIN_JOB_FILE } from './job-file-options.js';

/** How a script is submitted; remembered for each script of a workspace. */
export interface ScriptOptions {
  target?: string;
  /** Undefined: chosen at each submit. */
  interpreter?: string;
  /** What it runs in, in place of an interpreter: of a file, which is read at each submit, or one that the workspace keeps. */
  environment?: { file: string } | { name: string; version: string };
  args: string[];
  /** Runs it as a module of its package; absent: as a script. */
  asModule?: true;
  /** What starts it, such as `torchrun --nproc-per-node 2`. */
  launcher?: string;
  /** Whether it gets the variables of the file that `python.envFile` names; absent: as the setting says. */
  envFile?: boolean;
  /** Id of the workspace that the script logs to; absent: the one that it is submitted to. */
  logTo?: string;
  /** Undefined: named after the folder. */
  experiment?: string;
  environmentVariables: Record<string, string>;
  /** What is read from the output as metrics. */
  metrics?: MetricPattern[];
  /** Names of secrets that reach the job as environment variables; values are in SecretStorage only. */
  secrets: string[];
}

export const PLAIN_OPTIONS: ScriptOptions = { args: [], environmentVariables: {}, secrets: [] };

const OPTIONS_KEY = 'submit.options';
const JOB_FILES_KEY = 'submit.jobFiles';
const LAST_KEY = 'submit.last';
const MOST = 200;

/** What was submitted from this workspace, in the editor's own storage for it. */
export class SubmitMemory {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** Address of the script or job file that was submitted last. */
  get last(): string | undefined {
    return this.#state.get<string>(LAST_KEY);
  }

  options(script: string): ScriptOptions {
    return { ...PLAIN_OPTIONS, ...this.#all()[script] };
  }

  async remember(script: string, options: ScriptOptions): Promise<void> {
    await this.#put(OPTIONS_KEY, script, options);
    await this.#state.update(LAST_KEY, script);
  }

  /** How a job file was submitted last. */
  jobFileOptions(file: string): JobFileOptions {
    const all = this.#state.get<Record<string, JobFileOptions>>(JOB_FILES_KEY, {});
    return { ...PLAIN_JOB_FILE, ...all[file] };
  }

  async rememberJobFile(file: string, options: JobFileOptions): Promise<void> {
    await this.#put(JOB_FILES_KEY, file, options);
    await this.#state.update(LAST_KEY, file);
  }

  /** For the next submits of a script, beside the patterns that it has. */
  async addMetrics(script: string, patterns: readonly MetricPattern[]): Promise<void> {
    const { metrics = [], ...options } = this.options(script);
    const isKnown = ({ name, regex }: MetricPattern) =>
      metrics.some((known) => known.name === name && known.regex === regex);
    const fresh = patterns.filter((pattern) => !isKnown(pattern));
    await this.#put(OPTIONS_KEY, script, {
      ...options,
      metrics: [...metrics, ...fresh].slice(-MOST_PATTERNS),
    });
  }

  async #put(key: string, file: string, options: ScriptOptions | JobFileOptions): Promise<void> {
    const others = Object.entries(this.#state.get<object>(key, {})).filter(([other]) => other !== file);
    // The newest stands last, the oldest go.
    const all = [...others, [file, options] as const].slice(-MOST);
    await this.#state.update(key, Object.fromEntries(all));
  }

  async forgetInterpreter(script: string): Promise<void> {
    const all = this.#all();
    const { interpreter, ...others } = all[script] ?? PLAIN_OPTIONS;
    if (interpreter !== undefined) await this.#state.update(OPTIONS_KEY, { ...all, [script]: others });
  }

  #all(): Record<string, ScriptOptions> {
    return this.#state.get<Record<string, ScriptOptions>>(OPTIONS_KEY, {});
  }
}
