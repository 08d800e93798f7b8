import path from 'node:path';
import * as vscode from 'vscode';
import { joinArguments, splitArguments } from '../../job/arguments.js';
import type { Workspace } from '../../workspace/workspace.js';
import { LAUNCHERS } from '../../job/launch.js';
import { moduleOf } from '../../job/module.js';
import type { MetricPattern } from '../../job/spec.js';
import { settings } from '../settings.js';
import type { ChosenInterpreters } from '../submit/chosen-interpreters.js';
import { envFileOf, hasEnvFile } from '../submit/env-file.js';
import { formatAssignments, parseAssignments } from '../submit/assignments.js';
import { allInterpreters, defaultInterpreter, isPython } from '../submit/interpreter.js';
import { hasPythonExtension } from '../submit/python-extension.js';
import type { ScriptOptions } from '../submit/script-options.js';
import type { Script } from '../submit/script.js';
import type { JobSecrets } from '../submit/secrets.js';
import { type PlaceToLog, placesToLog } from '../../workspace/log-to.js';
import type { Workspaces } from '../workspaces.js';
import { automaticItem } from './automatic-item.js';
import { type EnvironmentChoice, environmentChoices, isSameEnvironment } from './environment-choices.js';
import { type Asker, runSteps } from './multi-step.js';
import { facetOf } from '../../workspace/facets.js';

export interface AskedOptions {
  options: ScriptOptions;
  displayName?: string;
}

export interface StepParts {
  /** That it is submitted to. */
  workspace: Workspace;
  workspaces: Pick<Workspaces, 'active' | 'listed' | 'surroundingsOf'>;
  secrets: JobSecrets;
  chosen: ChosenInterpreters;
  log: vscode.LogOutputChannel;
}

/** Asks how to submit a script, one thing at a time, beginning with what was chosen last; undefined when closed. */
export async function askOptions(
  script: Script,
  before: ScriptOptions,
  parts: StepParts,
): Promise<AskedOptions | undefined> {
  const title = vscode.l10n.t('Submit {0}', path.basename(script.uri.fsPath));
  const asked: AskedOptions = { options: { ...before } };
  const { metrics = [] } = before;
  const { listed } = parts.workspaces;
  const places = await placesToLog(
    listed.map(({ entry }) => entry),
    ({ id }) => parts.workspaces.surroundingsOf(id),
  );
  if (places.length === 0) delete asked.options.logTo;
  const usual = { usual: path.basename(script.folder), why: vscode.l10n.t('name of the folder') };
  const done = await runSteps([
    (ask) => askTarget(ask, title, asked, parts),
    ...(places.length > 0 ? [(ask: Asker) => askLogTo(ask, title, asked, places, parts)] : []),
    (ask) => askInterpreter(ask, title, asked, script, parts),
    (ask) => askWay(ask, title, asked, script),
    (ask) => askLauncher(ask, title, asked, script),
    (ask) => askArguments(ask, title, asked),
    (ask) => askExperiment(ask, title, asked, usual, parts),
    (ask) => askName(ask, title, asked),
    (ask) => askEnvironment(ask, title, asked),
    (ask) => askEnvFile(ask, title, asked, script),
    (ask) => askSecrets(ask, title, asked, parts),
    ...(metrics.length > 0 ? [(ask: Asker) => askMetrics(ask, title, asked, metrics)] : []),
  ]);
  return done ? asked : undefined;
}

export async function askTarget(
  ask: Asker,
  title: string,
  { options }: { options: { target?: string } },
  { workspace }: Pick<StepParts, 'workspace'>,
): Promise<void> {
  const targets = await facetOf(workspace, 'jobs').compute();
  const items = targets.map(({ name, label, detail, ready, problem }) => ({
    label: `$(${ready ? 'server' : 'warning'}) ${label}`,
    description: ready ? undefined : problem,
    detail,
    name,
  }));
  const placeholder = vscode.l10n.t('Where does it run?');
  const picked = await ask.pick({ title, placeholder, items, active: ({ name }) => name === options.target });
  options.target = picked.name;
}

/** The workspace itself, or a server. */
async function askLogTo(
  ask: Asker,
  title: string,
  { options }: AskedOptions,
  places: readonly PlaceToLog[],
  { workspace }: StepParts,
): Promise<void> {
  interface Choice extends vscode.QuickPickItem {
    logTo?: string;
  }
  const items: Choice[] = [
    { label: `$(home) ${workspace.label}`, description: vscode.l10n.t('where it is submitted') },
    ...places.map(({ entry, problem }) => ({
      label: `$(${problem === undefined ? 'cloud' : 'warning'}) ${entry.name}`,
      description: entry.uri,
      detail: problem,
      logTo: entry.id,
    })),
  ];
  const placeholder = vscode.l10n.t('Where does it log?');
  const active = ({ logTo }: Choice) => logTo === options.logTo;
  const { logTo } = await ask.pick<Choice>({ title, placeholder, items, active });
  if (logTo === undefined) delete options.logTo;
  else options.logTo = logTo;
}

async function askInterpreter(
  ask: Asker,
  title: string,
  { options }: AskedOptions,
  script: Script,
  parts: StepParts,
): Promise<void> {
  interface Choice extends EnvironmentChoice {
    program?: string;
    browse?: true;
  }
  const automatic = await automaticItem(defaultInterpreter(script, parts));
  const items: Choice[] = [automatic.item];
  if (options.interpreter)
    items.push({ label: `$(history) ${options.interpreter}`, program: options.interpreter });
  const shown = [options.interpreter, automatic.path];
  for (const { path: program, source } of await allInterpreters(script, parts.log))
    if (!shown.includes(program)) items.push({ label: `$(symbol-misc) ${source}`, detail: program, program });
  items.push(...(await environmentChoices(script, parts.workspace)));
  items.push({ label: vscode.l10n.t('$(folder-opened) Choose a Program…'), browse: true });
  const placeholder =
    isPython(script) && hasPythonExtension()
      ? vscode.l10n.t('Which interpreter runs it? Automatic follows “Python: Select Interpreter”.')
      : vscode.l10n.t('Which interpreter runs it? Choose one, or type a path.');
  const typed = (value: string) => (value ? { label: `$(terminal) ${value}`, program: value } : undefined);
  const active = ({ program, environment }: Choice) =>
    options.environment
      ? isSameEnvironment(environment, options.environment)
      : program !== undefined && program === options.interpreter;
  const picked = await ask.pick<Choice>({ title, placeholder, items, active, typed });
  if (!picked.browse) {
    options.interpreter = picked.program;
    if (picked.environment) options.environment = picked.environment;
    else delete options.environment;
    return;
  }
  const [chosen] = (await vscode.window.showOpenDialog({ title: placeholder, canSelectMany: false })) ?? [];
  // A dialog that was closed leaves the choice as it was.
  if (!chosen) return;
  options.interpreter = chosen.fsPath;
  delete options.environment;
}

/** As a script, or as a module; nothing to ask when it is in no package. */
async function askWay(
  ask: Asker,
  title: string,
  { options }: AskedOptions,
  script: Script,
): Promise<void | 'skip'> {
  const found = moduleOf(script.uri.fsPath, script.folder);
  if (!found) {
    delete options.asModule;
    return 'skip';
  }
  const items = [
    {
      label: vscode.l10n.t('$(file-code) As a script'),
      description: path.basename(script.uri.fsPath),
      asModule: false,
    },
    {
      label: vscode.l10n.t('$(package) As a module'),
      description: `python -m ${found.name}`,
      asModule: true,
    },
  ];
  const placeholder = vscode.l10n.t('Run it as a script or as a module? Relative imports need a module.');
  const active = ({ asModule }: { asModule: boolean }) => asModule === (options.asModule ?? false);
  const { asModule } = await ask.pick({ title, placeholder, items, active });
  if (asModule) options.asModule = true;
  else delete options.asModule;
  return undefined;
}

async function askLauncher(
  ask: Asker,
  title: string,
  { options }: AskedOptions,
  script: Script,
): Promise<void | 'skip'> {
  interface Choice extends vscode.QuickPickItem {
    launcher?: string;
  }
  if (!isPython(script)) {
    delete options.launcher;
    return 'skip';
  }
  const known = [...new Set([options.launcher ?? '', ...LAUNCHERS])].filter(Boolean);
  const items: Choice[] = [
    { label: vscode.l10n.t('$(play) No launcher'), description: vscode.l10n.t('one process') },
    ...known.map((launcher) => ({ label: `$(server-process) ${launcher}`, launcher })),
  ];
  const typed = (value: string) =>
    value ? { label: `$(terminal) ${value}`, launcher: value, alwaysShow: true } : undefined;
  const placeholder = vscode.l10n.t('Which launcher starts it? Choose one, or type it with its options.');
  const active = ({ launcher }: Choice) => launcher === options.launcher;
  const { launcher } = await ask.pick<Choice>({ title, placeholder, items, active, typed });
  if (launcher) options.launcher = launcher;
  else delete options.launcher;
  return undefined;
}

async function askEnvFile(
  ask: Asker,
  title: string,
  { options }: AskedOptions,
  script: Script,
): Promise<void | 'skip'> {
  if (!(await hasEnvFile(script))) return 'skip';
  const name = path.basename(envFileOf(script));
  const items = [
    { label: vscode.l10n.t('$(circle-slash) Without {0}', name), use: false },
    {
      label: vscode.l10n.t('$(key) With the variables of {0}', name),
      description: vscode.l10n.t('as secrets that are never stored'),
      detail: envFileOf(script),
      use: true,
    },
  ];
  const placeholder = vscode.l10n.t('Give the job the variables of {0}?', name);
  const now = options.envFile ?? settings.envFile(script.uri);
  options.envFile = (await ask.pick({ title, placeholder, items, active: ({ use }) => use === now })).use;
  return undefined;
}

async function askArguments(ask: Asker, title: string, { options }: AskedOptions): Promise<void> {
  const line = await ask.input({
    title,
    prompt: vscode.l10n.t('Arguments for the script. Quotes keep words together.'),
    placeholder: '--epochs 20 --lr 0.01',
    value: joinArguments(options.args),
    validate: (value) => problemIn(() => splitArguments(value), vscode.l10n.t('A quote is not closed.')),
  });
  options.args = splitArguments(line);
}

/** @param usual the one that it is part of when nobody chooses, and why */
export async function askExperiment(
  ask: Asker,
  title: string,
  { options }: { options: { experiment?: string } },
  { usual, why }: { usual: string; why: string },
  { workspace }: Pick<StepParts, 'workspace'>,
): Promise<void> {
  interface Choice extends vscode.QuickPickItem {
    experiment?: string;
  }
  const names = (await workspace.experiments()).map(({ name }) => name).filter((name) => name !== usual);
  const items: Choice[] = [
    { label: `$(beaker) ${usual}`, description: why },
    ...names.map((name) => ({ label: `$(beaker) ${name}`, experiment: name })),
  ];
  const typed = (value: string) => {
    if (!value || value === usual || names.includes(value)) return undefined;
    return { label: vscode.l10n.t('$(add) New experiment “{0}”', value), experiment: value };
  };
  const placeholder = vscode.l10n.t('Which experiment is it part of? Choose, or type a new name.');
  const active = ({ experiment }: Choice) => experiment === options.experiment;
  options.experiment = (await ask.pick<Choice>({ title, placeholder, items, active, typed })).experiment;
}

export async function askName(ask: Asker, title: string, asked: { displayName?: string }): Promise<void> {
  const name = await ask.input({
    title,
    prompt: vscode.l10n.t('Name of the run. Leave it empty to generate one.'),
    value: asked.displayName,
  });
  asked.displayName = name.trim() || undefined;
}

async function askEnvironment(ask: Asker, title: string, { options }: AskedOptions): Promise<void> {
  const line = await ask.input({
    title,
    prompt: vscode.l10n.t(
      'Environment variables. They are stored with the run. For secrets, use the next step.',
    ),
    placeholder: 'CUDA_VISIBLE_DEVICES=0 SEED=42',
    value: formatAssignments(options.environmentVariables),
    validate: (value) =>
      problemIn(() => parseAssignments(value), vscode.l10n.t('Enter NAME=value pairs, separated by spaces.')),
  });
  options.environmentVariables = parseAssignments(line);
}

export async function askSecrets(
  ask: Asker,
  title: string,
  { options }: { options: { secrets: string[] } },
  { secrets }: Pick<StepParts, 'secrets'>,
): Promise<void | 'skip'> {
  const names = await secrets.names();
  if (names.length === 0) {
    options.secrets = [];
    return 'skip';
  }
  const items = names.map((name) => ({ label: `$(key) ${name}`, name }));
  const placeholder = vscode.l10n.t('Which secrets does it get as environment variables?');
  const active = ({ name }: { name: string }) => options.secrets.includes(name);
  options.secrets = (await ask.pickMany({ title, placeholder, items, active })).map(({ name }) => name);
  return undefined;
}

/** Of those that a person chose from what the script printed. */
async function askMetrics(
  ask: Asker,
  title: string,
  { options }: AskedOptions,
  known: readonly MetricPattern[],
): Promise<void> {
  const items = known.map((pattern) => ({
    label: `$(graph-line) ${pattern.name}`,
    detail: pattern.regex,
    pattern,
  }));
  const placeholder = vscode.l10n.t('Which metrics to read from its output?');
  const active = ({ pattern }: { pattern: MetricPattern }) => options.metrics?.includes(pattern) ?? false;
  const metrics = (await ask.pickMany({ title, placeholder, items, active })).map(({ pattern }) => pattern);
  if (metrics.length > 0) options.metrics = metrics;
  else delete options.metrics;
}

function problemIn(parse: () => unknown, message: string): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return message;
    throw error;
  }
}
