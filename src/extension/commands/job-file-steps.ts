import path from 'node:path';
import * as vscode from 'vscode';
import type { FileEnvironment } from '../../job/file/command/job-file.js';
import { type FileInput, inputsOf, overrideOf, problemOfValue } from '../../job/file/inputs.js';
import type { JobFileReading } from '../../job/file/read.js';
import type { LiveNames } from '../job-files/names.js';
import { usualExperiment } from '../submit/job-file.js';
import type { JobFileOptions } from '../submit/job-file-options.js';
import { type Asker, runSteps } from './multi-step.js';
import { askExperiment, askName, askSecrets, askTarget, type StepParts } from './submit-steps.js';

export interface AskedJobFile {
  options: JobFileOptions;
  displayName?: string;
}

export interface JobFileStepParts extends Pick<StepParts, 'workspace' | 'secrets'> {
  names: LiveNames;
}

/** Asks how to submit a job file, one thing at a time, beginning with what the file says; undefined when closed. */
export async function askJobFileOptions(
  uri: vscode.Uri,
  reading: JobFileReading,
  before: JobFileOptions,
  parts: JobFileStepParts,
): Promise<AskedJobFile | undefined> {
  const { readJobFileAt } = await import('../../job/file/plan.js');
  const inputs = inputsOf(reading.yaml, before.entryPoint);
  // What is open for now does not matter for the rest of the job.
  const open = inputs.filter(({ value }) => value === undefined).map((input) => overrideOf(input, '0'));
  const { job } = reading.job ? reading : readJobFileAt(uri.fsPath, open, before.entryPoint);
  const title = vscode.l10n.t('Submit {0}', path.basename(uri.fsPath));
  const compute = job?.compute?.startsWith('azureml:') ? undefined : job?.compute;
  const asked: AskedJobFile = {
    options: { ...before, target: compute ?? 'local' },
    displayName: job?.displayName,
  };
  const usual =
    job?.experiment === undefined
      ? { usual: usualExperiment(uri), why: vscode.l10n.t('name of the folder') }
      : { usual: job.experiment, why: vscode.l10n.t('as the file says') };
  const values = new Map(inputs.map(({ name, value }) => [name, value]));

  /** As the file is checked, and whether the workspace has it. */
  const problemOfData = async (input: FileInput, text: string): Promise<string | undefined> => {
    const problem = problemOfValue(input, text);
    if (problem !== undefined) return problem;
    const { problems } = readJobFileAt(uri.fsPath, [overrideOf(input, text)], before.entryPoint);
    const wrong = problems.find(({ severity, path: at }) => severity === 'error' && at === input.path);
    if (wrong) return [wrong.text, wrong.hint].filter(Boolean).join(' ');
    const isMissing = await parts.names.isMissing(kindOf(input), text);
    return isMissing ? vscode.l10n.t('The active workspace has no “{0}”.', text) : undefined;
  };
  const askInput = async (ask: Asker, input: FileInput): Promise<void> => {
    const value = values.get(input.name);
    const answer =
      input.type === 'data'
        ? await askData(ask, title, input, value, uri, parts, problemOfData)
        : await askLiteral(ask, title, input, value);
    values.set(input.name, answer);
  };
  const done = await runSteps([
    (ask) => askTarget(ask, title, asked, parts),
    ...inputs.map((input) => (ask: Asker) => askInput(ask, input)),
    (ask) => askEnvironment(ask, title, asked, job?.environment, parts),
    (ask) => askExperiment(ask, title, asked, usual, parts),
    (ask) => askName(ask, title, asked),
    (ask) => askSecrets(ask, title, asked, parts),
  ]);
  if (!done) return undefined;
  const set = inputs.flatMap((input) => {
    const value = values.get(input.name);
    return value === undefined || value === input.value ? [] : [overrideOf(input, value)];
  });
  return { ...asked, options: { ...asked.options, set } };
}

async function askLiteral(
  ask: Asker,
  title: string,
  input: FileInput,
  value: string | undefined,
): Promise<string> {
  const { name, type } = input;
  if (type === 'boolean') {
    const placeholder = vscode.l10n.t('Value of the input “{0}”', name);
    const items = ['true', 'false'].map((label) => ({ label }));
    return (await ask.pick({ title, placeholder, items, active: ({ label }) => label === value })).label;
  }
  const prompt =
    type === 'integer'
      ? vscode.l10n.t('Value of the input “{0}”, a whole number', name)
      : type === 'number'
        ? vscode.l10n.t('Value of the input “{0}”, a number', name)
        : vscode.l10n.t('Value of the input “{0}”, a text', name);
  return ask.input({ title, prompt, value, validate: (text) => problemOfValue(input, text) });
}

/** Asks again until nothing is wrong, and says what was. */
async function askData(
  ask: Asker,
  title: string,
  input: FileInput,
  value: string | undefined,
  uri: vscode.Uri,
  { names }: JobFileStepParts,
  problemOf: (input: FileInput, text: string) => Promise<string | undefined>,
): Promise<string> {
  interface Choice extends vscode.QuickPickItem {
    text?: string;
  }
  const isFile = input.dataType === 'uri_file';
  const known = ((await names.of(kindOf(input))) ?? []).filter(({ text }) => text !== value);
  const items: Choice[] = [
    ...(value === undefined ? [] : [{ label: `$(file) ${value}`, text: value }]),
    ...known.map(({ text, detail }) => ({ label: `$(database) ${text}`, description: detail, text })),
    {
      label: isFile
        ? vscode.l10n.t('$(folder-opened) Choose a File…')
        : vscode.l10n.t('$(folder-opened) Choose a Folder…'),
    },
  ];
  const typed = (text: string) => (text ? { label: `$(edit) ${text}`, text, alwaysShow: true } : undefined);
  const usual = vscode.l10n.t('Data of the input “{0}”. Choose, or type a path or an address.', input.name);
  for (let placeholder = usual; ;) {
    const picked = await ask.pick<Choice>({ title, placeholder, items, typed });
    const text = picked.text ?? (await chooseData(uri, isFile, usual));
    // A dialog that was closed.
    if (text === undefined) continue;
    const problem = await problemOf(input, text);
    if (problem === undefined) return text;
    placeholder = problem;
  }
}

async function chooseData(uri: vscode.Uri, isFile: boolean, title: string): Promise<string | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({
      title,
      defaultUri: vscode.Uri.joinPath(uri, '..'),
      canSelectFiles: isFile,
      canSelectFolders: !isFile,
      canSelectMany: false,
    })) ?? [];
  return chosen?.fsPath;
}

/** What a path of the input names in a workspace. */
function kindOf({ dataType }: FileInput): 'model' | 'data' {
  return dataType?.endsWith('_model') ? 'model' : 'data';
}

async function askEnvironment(
  ask: Asker,
  title: string,
  { options }: AskedJobFile,
  ofFile: FileEnvironment | undefined,
  { workspace }: JobFileStepParts,
): Promise<void> {
  interface Choice extends vscode.QuickPickItem {
    environment?: JobFileOptions['environment'];
  }
  const python = vscode.l10n.t('Python of the project');
  const kept = (await workspace.environments?.list()) ?? [];
  const items: Choice[] = [
    {
      label: vscode.l10n.t('$(file-code) As the file says'),
      description: ofFile ? wordsOf(ofFile) : python,
    },
    ...(ofFile ? [{ label: `$(symbol-misc) ${python}`, environment: 'interpreter' as const }] : []),
    ...kept.map(({ name, version, description }) => ({
      label: `$(package) ${name}:${version}`,
      description,
      environment: { kind: 'asset' as const, name, version },
    })),
  ];
  const typed = (image: string): Choice | undefined =>
    image
      ? {
          label: vscode.l10n.t('$(package) Image {0}', image),
          description: vscode.l10n.t('in a container'),
          environment: { kind: 'image', image },
        }
      : undefined;
  const placeholder = vscode.l10n.t('What does it run in? Choose, or type the name of a container image.');
  const chosen = JSON.stringify(options.environment);
  const active = ({ environment }: Choice) => JSON.stringify(environment) === chosen;
  const { environment } = await ask.pick<Choice>({ title, placeholder, items, active, typed });
  if (environment === undefined) delete options.environment;
  else options.environment = environment;
}

function wordsOf(environment: FileEnvironment): string {
  switch (environment.kind) {
    case 'asset':
      return [environment.name, environment.version ?? environment.label].filter(Boolean).join(':');
    case 'azure':
      return environment.address;
    case 'file':
      return path.basename(environment.file);
    case 'inline':
      return typeof environment.fields['image'] === 'string'
        ? environment.fields['image']
        : vscode.l10n.t('written in the file');
  }
}
